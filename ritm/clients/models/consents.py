"""Consents to be written to (152-FZ): what was agreed to, by whom, when, how; and when it was taken back."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ritm.clients.models.clients import Client, Contact, OfClientQuerySet
from ritm.staff.models import Employee, Owned


class ConsentText(Owned):
    """A text that people agree to, from a day on. It is never edited: another wording is another version."""

    class Purpose(models.TextChoices):
        MAILING = "mailing", _("news and offers")
        PROCESSING = "processing", _("processing of personal data")

    purpose = models.CharField(_("purpose"), max_length=10, choices=Purpose)
    version = models.PositiveIntegerField(editable=False)
    text = models.TextField(_("text"))
    valid_from = models.DateField(_("in force from"))
    written_at = models.DateTimeField()
    written_by = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "purpose", "version"], name="consenttext_version_once"),
            models.CheckConstraint(condition=~Q(text=""), name="consenttext_says_something"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.version}"


class Consent(Owned):
    """Somebody agreed. `contact` is empty for a client who is a person himself; `whose` is his name at that time."""

    class How(models.TextChoices):
        PAPER = "paper", _("on paper")
        SITE = "site", _("a form on the site")
        CALL = "call", _("by phone")
        MESSAGE = "message", _("a message or a letter")
        IMPORT = "import", _("with an import")

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+", db_index=False)
    contact = models.ForeignKey(Contact, null=True, on_delete=models.SET_NULL, related_name="+")
    whose = models.CharField(max_length=300)
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, related_name="+", db_index=False)
    given_on = models.DateField(_("given on"))
    how = models.CharField(_("how"), max_length=8, choices=How)
    proof = models.CharField(_("where the proof is"), max_length=300, blank=True)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    withdrawn_on = models.DateField(_("withdrawn on"), null=True)
    withdrawn_how = models.CharField(_("how"), max_length=8, choices=How, blank=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    objects: ClassVar[Any] = OfClientQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_on=None) | Q(withdrawn_on__gte=models.F("given_on")),
                name="consent_withdrawn_after_given",
            ),
        ]
        indexes = [
            models.Index(fields=["organisation", "client"], name="consent_of_client"),
            models.Index(
                fields=["organisation", "text", "client"], name="consent_in_force", condition=Q(withdrawn_on=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.whose}: {self.text_id}"
