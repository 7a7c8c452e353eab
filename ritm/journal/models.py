"""Nouns of the journal: entries, deliveries, and batches that can be undone."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Entry(models.Model):
    """Something that happened. Append-only: a database trigger refuses UPDATE and DELETE."""

    organisation_id = models.BigIntegerField()
    at = models.DateTimeField()
    event = models.CharField(max_length=80)
    payload = models.JSONField(default=dict)
    subject_kind = models.CharField(max_length=40, null=True)
    subject_id = models.BigIntegerField(null=True)
    employee_id = models.BigIntegerField(null=True)
    via = models.CharField(max_length=12)
    cause = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    depth = models.PositiveSmallIntegerField(default=0)

    class Meta:
        indexes = [
            models.Index(fields=["organisation_id", "-id"], name="entry_newest"),
            models.Index(
                fields=["organisation_id", "subject_kind", "subject_id", "-id"],
                name="entry_by_subject",
                condition=models.Q(subject_id__isnull=False),
            ),
            models.Index(
                fields=["organisation_id", "employee_id", "-id"],
                name="entry_by_author",
                condition=models.Q(employee_id__isnull=False),
            ),
            models.Index(fields=["organisation_id", "event", "-id"], name="entry_by_event"),
        ]

    def __str__(self) -> str:
        return f"{self.event} #{self.pk}"


class Delivery(models.Model):
    """The news of an entry has reached a subscriber; the pair is unique, so a repeat does nothing."""

    organisation_id = models.BigIntegerField()
    entry = models.ForeignKey(Entry, on_delete=models.PROTECT, related_name="+", db_index=False)
    subscriber = models.CharField(max_length=80)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["entry", "subscriber"], name="delivery_once")]

    def __str__(self) -> str:
        return f"{self.subscriber} ← {self.entry_id}"


class Batch(models.Model):
    """A bulk change: an import, a reassignment, a merge. Keeps its progress, its counts and what undo needs."""

    class State(models.TextChoices):
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("stopped by an error")
        CANCELLED = "cancelled", _("stopped by hand")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")

    organisation_id = models.BigIntegerField()
    kind = models.CharField(max_length=60)
    title = models.CharField(max_length=300)
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    employee_id = models.BigIntegerField(null=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    counts = models.JSONField(default=dict)
    # What a job needs to go on after it was cut off: what to do, in whose name, in which language.
    plan = models.JSONField(default=dict, db_default=models.Value({}, models.JSONField()))
    undo_report = models.JSONField(null=True)

    class Meta:
        indexes = [models.Index(fields=["organisation_id", "-id"], name="batch_newest")]

    def __str__(self) -> str:
        return self.title


class BatchRow(models.Model):
    """
    One row that a batch touched, or is about to: `before` is null for a row it created; undo restores `before`.

    A batch that runs as a job chooses its rows at the start. `why` is a word for what was refused or kept.
    """

    class State(models.TextChoices):
        CHOSEN = "chosen", _("waits")
        DONE = "done", _("done")
        REFUSED = "refused", _("refused")
        RESTORED = "restored", _("put back")
        KEPT = "kept", _("kept")

    organisation_id = models.BigIntegerField()
    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="+")
    subject_kind = models.CharField(max_length=40)
    subject_id = models.BigIntegerField()
    before = models.JSONField(null=True)
    after = models.JSONField(null=True)
    state = models.CharField(max_length=10, choices=State, default=State.DONE, db_default=State.DONE)
    why = models.CharField(max_length=20, blank=True, default="", db_default="")

    class Meta:
        indexes = [
            models.Index(fields=["subject_kind", "subject_id"], name="batchrow_subject"),
            # Imports write rows by the million, all of them done: they cost nothing here.
            models.Index(fields=["batch", "state", "id"], name="batchrow_not_done", condition=~models.Q(state="done")),
        ]

    def __str__(self) -> str:
        return f"{self.subject_kind} {self.subject_id} in {self.batch_id}"
