"""Nouns of the conversations room: what was said with a client, when, by whom, with what result."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ritm.clients.models import Client, Contact, OfClientQuerySet
from ritm.staff.models import Employee, Owned


class InteractionQuerySet(OfClientQuerySet["Interaction"]):
    """Conversations of clients within somebody's reach."""

    def standing(self) -> InteractionQuerySet:
        """This function will leave out what was withdrawn."""
        return self.filter(withdrawn_at=None)


class Interaction(Owned):
    """A call, meeting, letter, message or note. A withdrawn one stays as a row, but counts for nothing."""

    class Kind(models.TextChoices):
        CALL = "call", _("call")
        MEETING = "meeting", _("meeting")
        LETTER = "letter", _("letter")
        MESSAGE = "message", _("message")
        NOTE = "note", pgettext_lazy("conversation", "note")

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
    # Whether it counts as contact, by the rule in force when it was entered (docs/rules/meaning.md).
    meaningful = models.BooleanField(default=False, editable=False)
    rule_version = models.IntegerField(default=1, editable=False)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, editable=False)
    withdrawn_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar = InteractionQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "client", "-at", "-id"], name="interaction_history"),
            models.Index(fields=["organisation", "employee", "-at"], name="interaction_by_employee"),
            models.Index(fields=["organisation", "-at"], name="interaction_by_day"),
            # The contact clock asks for a client's last conversation that counts.
            models.Index(
                fields=["organisation", "client", "-at"],
                name="interaction_meaningful",
                condition=models.Q(meaningful=True),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(withdrawn_at=None) | models.Q(meaningful=False),
                name="interaction_withdrawn_counts_for_nothing",
            )
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"
