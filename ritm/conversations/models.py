"""Nouns of the conversations room: what was said with a client, when, by whom, with what result."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ritm.clients.models import Client, Contact, DetailQuerySet, OfClientQuerySet
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
    # How many files go with it: a history without files asks for none.
    files = models.PositiveSmallIntegerField(default=0, db_default=0, editable=False)
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
            # Whether telephony or mail still speaks is asked every five minutes (retention's feeds).
            models.Index(fields=["organisation", "kind", "-at"], name="interaction_by_kind"),
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
            ),
            # A note is a word to oneself; everything else went one way or the other.
            models.CheckConstraint(
                condition=models.Q(kind="note", direction="none", result="", duration_seconds=None)
                | (models.Q(kind__in=["letter", "message"], direction__in=["in", "out"], duration_seconds=None))
                | models.Q(kind__in=["call", "meeting"], direction__in=["in", "out"]),
                name="interaction_kind_and_direction",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.at:%Y-%m-%d}"


class Attachment(Owned):
    """A file that goes with a conversation. It is seen by whoever sees the client, while the conversation stands."""

    # Beside its conversation's client: reach and merging ask for it.
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+")
    interaction = models.ForeignKey(Interaction, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(_("file"), max_length=200)
    content_type = models.CharField(max_length=100)  # by content, not by name
    size = models.PositiveIntegerField()  # bytes
    digest = models.CharField(max_length=64)  # SHA-256
    stored = models.CharField(max_length=100, unique=True)  # path below MEDIA_ROOT
    created_by = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    created_at = models.DateTimeField()

    # A file may tell whom to call as well as a number does.
    objects: ClassVar[Any] = DetailQuerySet.as_manager()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(size__gt=0), name="attachment_has_content")]

    def __str__(self) -> str:
        return self.name
