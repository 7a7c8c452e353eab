"""Nouns of the bridge: files brought in, and the rows that were refused."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from ritm.journal.models import Batch
from ritm.staff.models import Employee, Owned


class Import(Owned):
    """A file on its way in: uploaded → understood → mapped → tried dry → run → done (or failed, or undone)."""

    class State(models.TextChoices):
        UPLOADED = "uploaded", _("uploaded")
        DRY = "dry", _("being checked")
        CHECKED = "checked", _("checked")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("stopped by an error")
        UNDOING = "undoing", _("being undone")
        UNDONE = "undone", _("undone")

    kind = models.CharField(max_length=20)  # 'orders', 'clients'
    filename = models.CharField(max_length=300)
    stored = models.CharField(max_length=300)  # path below MEDIA_ROOT
    size = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=State, default=State.UPLOADED)
    understood = models.JSONField(default=dict)  # format, encoding, delimiter, header row, columns, samples
    mapping = models.JSONField(default=dict)  # role → column
    counts = models.JSONField(default=dict)
    done_rows = models.BigIntegerField(default=0)
    total_rows = models.BigIntegerField(null=True)
    failure = models.TextField(blank=True)
    batch = models.ForeignKey(Batch, null=True, on_delete=models.PROTECT, related_name="+")
    created_by = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "-id"], name="import_newest")]

    def __str__(self) -> str:
        return self.filename


class Problem(Owned):
    """A row that was refused (or taken with a warning), with its number in the file and the reason."""

    source = models.ForeignKey(Import, on_delete=models.CASCADE, related_name="+")
    row = models.BigIntegerField()
    column = models.CharField(max_length=200, blank=True)
    value = models.CharField(max_length=500, blank=True)
    code = models.CharField(max_length=40)
    sentence = models.CharField(max_length=500)
    refused = models.BooleanField(default=True)
    cells = models.JSONField(default=list)

    class Meta:
        indexes = [models.Index(fields=["source", "row"], name="problem_by_row")]

    def __str__(self) -> str:
        return f"{self.row}: {self.code}"


class MappingMemory(Owned):
    """How a file with these columns was read last time."""

    kind = models.CharField(max_length=20)
    columns_digest = models.CharField(max_length=64)
    mapping = models.JSONField()
    used_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind", "columns_digest"], name="mappingmemory_once")
        ]

    def __str__(self) -> str:
        return self.columns_digest
