"""The demo's own note: which organisations are invented, and from what they were made."""

from __future__ import annotations

from django.db import models

from ritm.staff.models import Organisation


class Company(models.Model):
    """An invented organisation. Only what is listed here may be replaced or removed by `ritm demo`."""

    organisation = models.OneToOneField(Organisation, primary_key=True, on_delete=models.CASCADE, related_name="+")
    clients = models.IntegerField()
    orders_per_client = models.IntegerField()
    seed = models.IntegerField()
    as_of = models.DateField()
    loaded_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"demo of {self.clients} clients, seed {self.seed}"
