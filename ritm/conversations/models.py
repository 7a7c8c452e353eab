"""Nouns of the conversations room: what was said with a client, when, by whom, with what result."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from ritm.clients.models import Client, Contact, OfClientQuerySet
from ritm.staff.models import Employee, Owned


class Interaction(Owned):
    """A call, meeting, letter, message or note."""

    class Kind(models.TextChoices):
        CALL = "call", _("call")
        MEETING = "meeting", _("meeting")
        LETTER = "letter", _("letter")
        MESSAGE = "message", _("message")
        NOTE = "note", _("note")

    class Direction(models.TextChoices):
        IN = "in", _("incoming")
        OUT = "out", _("outgoing")
        NONE = "none", _("internal")

    class Result(models.TextChoices):
        ORDERED = "ordered", _("will order")
        THINKING = "thinking", _("is thinking")
        CALL_BACK = "call_back", _("call back later")
        NO_ANSWER = "no_answer", _("no answer")
        REFUSED = "refused", _("refused")

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+", db_index=False)
    contact = models.ForeignKey(Contact, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    direction = models.CharField(_("direction"), max_length=4, choices=Direction)
    at = models.DateTimeField(_("when"))
    duration_seconds = models.PositiveIntegerField(_("duration, s"), null=True, blank=True)
    result = models.CharField(_("result"), max_length=20, choices=Result, blank=True)
    text = models.TextField(_("text"), blank=True)
    employee = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    # Whether it resets the contact clock, by the rule in force when it was entered (docs/rules/zones.md).
    meaningful = models.BooleanField(default=False, editable=False)
    created_at = models.DateTimeField()

    objects: ClassVar = OfClientQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "client", "-at", "-id"], name="interaction_history"),
            models.Index(fields=["organisation", "employee", "-at"], name="interaction_by_employee"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"
