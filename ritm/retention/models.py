"""Nouns of the retention room: a client's rhythm, its history, and the numbers it is judged by."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from ritm.clients.models import Client, OfClientQuerySet
from ritm.staff.models import Owned


class Status(models.TextChoices):
    """The classes, derived from orders, never typed in."""

    PROSPECT = "prospect", _("prospect")
    NEW = "new", _("new")
    ACTIVE = "active", _("active")
    OVERDUE = "overdue", _("overdue")
    SLIPPING = "slipping", _("slipping")
    LOST = "lost", _("lost")
    WON_BACK = "won_back", _("won back")


class Rhythm(Owned):
    """
    How a client buys: one row per client, made by a database trigger in the statement that makes the client.

    Six numbers carry the whole purchase history (`orders`, `first_on`, `last_on`, `weight` = N, `sum1` = S1,
    `sum2` = S2; docs/rules/rhythm.md); the rest is derived from them when an order comes. Time passing rewrites
    nothing but the rows whose `next_transition_on` has come.
    """

    client = models.OneToOneField(
        Client, primary_key=True, on_delete=models.CASCADE, related_name="+", related_query_name="rhythm"
    )
    orders = models.IntegerField(default=0)  # order days
    first_on = models.DateField(null=True)
    last_on = models.DateField(null=True)
    weight = models.FloatField(default=0)
    sum1 = models.FloatField(default=0)
    sum2 = models.FloatField(default=0)
    base_interval = models.FloatField(null=True)  # G0 as it was at the last order, days

    interval_days = models.FloatField(null=True)  # G
    expected_on = models.DateField(null=True)
    slipping_on = models.DateField(null=True)
    lost_on = models.DateField(null=True)
    rule_version = models.IntegerField(default=1)

    status = models.CharField(max_length=10, choices=Status, default=Status.PROSPECT)
    status_since = models.DateField(null=True)
    # The last order came after its predecessor's slipping_on: won back until the next order in rhythm.
    returned = models.BooleanField(default=False)

    bought = models.DecimalField(max_digits=16, decimal_places=2, default=0)  # orders only, without returns
    ltv = models.DecimalField(_("LTV"), max_digits=16, decimal_places=2, default=0)  # net of returns
    year_value = models.DecimalField(_("12 months"), max_digits=16, decimal_places=2, default=0)
    # Expected money a year: mean order × 365 / G. What is at stake when the client goes.
    annual_worth = models.DecimalField(max_digits=16, decimal_places=2, default=0)

    # The next local date on which anything here changes by itself: a status, or the trailing 12 months.
    next_transition_on = models.DateField(null=True)

    objects: ClassVar = OfClientQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["organisation", "next_transition_on"],
                name="rhythm_due",
                condition=models.Q(next_transition_on__isnull=False),
            ),
            models.Index(fields=["organisation", "status", "-annual_worth", "client"], name="rhythm_by_status"),
            models.Index(fields=["organisation", "-annual_worth", "client"], name="rhythm_by_worth"),
            models.Index(fields=["organisation", "-ltv", "client"], name="rhythm_by_ltv"),
            models.Index(fields=["organisation", "last_on", "client"], name="rhythm_by_last"),
            models.Index(fields=["organisation", "slipping_on", "client"], name="rhythm_by_slipping"),
        ]

    def __str__(self) -> str:
        return f"{self.client_id}: {self.status}"


class Transition(Owned):
    """A client passed from one status to another. Append-only; with the inputs that explain it for ever."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+", db_index=False)
    clock = models.CharField(max_length=10)  # 'rhythm', later 'zone'
    was = models.CharField(max_length=12)
    became = models.CharField(max_length=12)
    on = models.DateField()  # the local date it is true from
    recorded_at = models.DateTimeField()
    owner_id = models.BigIntegerField(null=True)  # whose client he was then
    worth = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    rule_version = models.IntegerField(default=1)
    # Live rows keep the numbers that explain them; a reconstructed one is explained by the order days themselves.
    inputs = models.JSONField(default=dict)
    # Told afterwards from imported history, not witnessed: replaced when older history arrives.
    reconstructed = models.BooleanField(default=False)

    objects: ClassVar = OfClientQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "client", "-on", "-id"], name="transition_of_client"),
            models.Index(fields=["organisation", "clock", "on", "became"], name="transition_flow"),
            models.Index(
                fields=["organisation", "client", "clock"],
                name="transition_witnessed",
                condition=models.Q(reconstructed=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client_id}: {self.was} → {self.became} on {self.on}"


class Prior(Owned):
    """The population's numbers, fitted once a month on the organisation's own history."""

    fitted_on = models.DateField()
    base_interval = models.FloatField()  # G0, days
    numbers = models.JSONField()  # the prior's parameters by name (docs/rules/rhythm.md)
    clients = models.IntegerField()
    repeat_clients = models.IntegerField()
    is_default = models.BooleanField()  # too little history: the shipped prior, said aloud

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "fitted_on"], name="prior_once_a_day")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.fitted_on}"


class RhythmRule(Owned):
    """The constants of the rhythm rule, with history; the newest with effective_on ≤ today is in force."""

    version = models.IntegerField()
    effective_on = models.DateField()
    numbers = models.JSONField()
    created_at = models.DateTimeField()
    created_by_id = models.BigIntegerField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "version"], name="rhythmrule_version")]

    def __str__(self) -> str:
        return f"{self.organisation_id} v{self.version}"
