"""Nouns of the desk: what was done with an item of today's queue, and what was put off."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from ritm.clients.models import Client, OfClientQuerySet
from ritm.staff.models import Employee, Owned, OwnedInBulk


class VerdictQuerySet(OfClientQuerySet["Verdict"]):
    """Verdicts on clients within somebody's reach."""

    def standing(self) -> VerdictQuerySet:
        """This function will leave out what was undone."""
        return self.filter(undone_at=None)


class Verdict(Owned):
    """
    What somebody did with an item: a result, or a snooze with its reason and the day it comes back.

    `episode` names the occasion ('rhythm:2026-03-14' = the silence since the order of that day), so that one
    occasion is finished once, however often the queue is built.
    """

    class Result(models.TextChoices):
        ORDERED = "ordered", _("will order")
        THINKING = "thinking", _("is thinking")
        CALL_BACK = "call_back", _("call back later")
        NO_ANSWER = "no_answer", _("no answer")
        REFUSED = "refused", _("refused")
        SNOOZED = "snoozed", _("put off")

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+", db_index=False)
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", db_index=False)
    source = models.CharField(max_length=40)  # the queue source's key
    episode = models.CharField(max_length=80)
    result = models.CharField(max_length=20, choices=Result)
    reason = models.CharField(max_length=300, blank=True)
    until = models.DateField(null=True)  # comes back on this day; null: finished for this episode
    at = models.DateTimeField()
    day = models.DateField()
    undone_at = models.DateTimeField(null=True)
    interaction_id = models.BigIntegerField(null=True)

    objects: ClassVar = VerdictQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["organisation", "client", "source", "-id"], name="verdict_of_client"),
            models.Index(fields=["organisation", "employee", "day"], name="verdict_of_day"),
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.episode}: {self.result}"


class Pace(Owned):
    """How many items a day holds, with history: the newest row with effective_on ≤ today is in force."""

    per_day = models.PositiveSmallIntegerField(_("items a day"))
    effective_on = models.DateField(_("from"))
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)

    class Meta:
        indexes = [models.Index(fields=["organisation", "-effective_on", "-id"], name="pace_newest")]
        constraints = [
            models.CheckConstraint(condition=models.Q(per_day__gte=1, per_day__lte=500), name="pace_is_a_days_work")
        ]

    def __str__(self) -> str:
        return f"{self.per_day} from {self.effective_on}"


class Tally(Owned):
    """
    How many clients an employee has in each state of a clock, and their yearly worth together.

    A kept count, so that a head of five hundred sellers need not count a million clients; docs/adr/0009-desk-tally.md.
    """

    clock = models.CharField(max_length=10)  # 'rhythm' or 'zone'
    owner = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="+", db_index=False)
    state = models.CharField(max_length=12)
    clients = models.PositiveIntegerField()
    worth = models.DecimalField(max_digits=18, decimal_places=2)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "owner", "clock", "state"], name="tally_once")]

    def __str__(self) -> str:
        return f"{self.owner_id}: {self.state} {self.clients}"


class Stale(Owned):
    """
    The tally of this employee (of everybody, when null) has to be counted again.

    Appended by triggers in the statement that changed a status, a zone or an owner; removed by the recount.
    """

    owner_id = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "owner_id"], name="stale_of_owner")]

    def __str__(self) -> str:
        return f"{self.owner_id}"


class Standing(OwnedInBulk):
    """
    Clients by state at the end of a day, with one owner (0: with everybody together), and the day's news.

    A kept sum, less by what `Change` says; docs/rules/standing.md. `clients` has a place per state (rules.STATES).
    """

    pk = models.CompositePrimaryKey("organisation_id", "clock", "day", "owner_id")
    clock = models.CharField(max_length=10)  # 'rhythm' or 'zone'
    day = models.DateField()
    owner_id = models.BigIntegerField()
    clients = ArrayField(models.IntegerField())
    good = models.IntegerField()
    bad = models.IntegerField()
    good_worth = models.DecimalField(max_digits=18, decimal_places=2)
    bad_worth = models.DecimalField(max_digits=18, decimal_places=2)

    def __str__(self) -> str:
        return f"{self.owner_id} on {self.day}: {self.clients}"


class Passages(OwnedInBulk):
    """How many clients of the whole office passed from state to state on a day: a kept sum, as `Standing` is."""

    pk = models.CompositePrimaryKey("organisation_id", "clock", "day", "was", "became")
    clock = models.CharField(max_length=10)
    day = models.DateField()
    was = models.CharField(max_length=12)
    became = models.CharField(max_length=12)
    clients = models.IntegerField()
    worth = models.DecimalField(max_digits=18, decimal_places=2)

    def __str__(self) -> str:
        return f"{self.day}: {self.was} → {self.became} {self.clients}"


class Change(OwnedInBulk):
    """
    Something appeared (sign 1) or went (-1) in the log, the ledger of tenures or the archive and is not yet summed.

    Written by triggers (sums/marks.py) in the very statement; removed by the clock that sums it. Without a client it
    says that everything has to be summed anew.
    """

    kind = models.CharField(max_length=10, blank=True)  # the clock of a passage, 'owner', or 'archive'
    sign = models.SmallIntegerField()
    client_id = models.BigIntegerField(null=True)
    row_id = models.BigIntegerField(null=True)
    day = models.DateField(null=True)  # of a passage
    begins = models.DateTimeField(null=True)  # of a tenure, or when he was archived
    ends = models.DateTimeField(null=True)
    was = models.CharField(max_length=12, null=True)
    state = models.CharField(max_length=12, null=True)
    owner_id = models.BigIntegerField(null=True)
    worth = models.DecimalField(max_digits=16, decimal_places=2, null=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "client_id"], name="change_of_client")]

    def __str__(self) -> str:
        return f"{self.client_id}: {self.sign} {self.kind}"


class Book(Owned):
    """From which day to which the sums are kept, and by the midnights of which time zone."""

    since = models.DateField()
    through = models.DateField()
    zone = models.CharField(max_length=50)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation"], name="book_once")]

    def __str__(self) -> str:
        return f"{self.since} – {self.through}"


class Notice(Owned):
    """
    Something that an employee should know, made from news of the rooms below; read once, kept.

    `inputs` are what its sentence needs (queries/notices.py), said in the reader's language when he reads.
    """

    class Kind(models.TextChoices):
        ASSIGNED = "assigned"
        WARNED = "warned"
        YELLOW = "yellow"
        RED = "red"
        RELEASED = "released"
        OBLIGED = "obliged"
        RETURNED = "returned"
        IMPORTED = "imported"
        BATCH = "batch"

    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="+", db_index=False)
    kind = models.CharField(max_length=10, choices=Kind)
    client = models.ForeignKey(Client, null=True, on_delete=models.CASCADE, related_name="+")
    inputs = models.JSONField(default=dict)
    # What it speaks of ('red:1203:77'), so that one thing is told once.
    key = models.CharField(max_length=80)
    at = models.DateTimeField()
    read_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["employee", "key"], name="notice_once")]
        indexes = [
            models.Index(fields=["organisation", "employee", "-id"], name="notice_newest"),
            models.Index(
                fields=["organisation", "employee"], name="notice_unread", condition=models.Q(read_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.employee_id}: {self.kind}"


class NoticeWish(Owned):
    """How an employee wants to be told, by the organisation's clock; without a row, as the defaults say."""

    employee = models.OneToOneField(Employee, on_delete=models.CASCADE, related_name="+")
    bell = models.BooleanField(_("Count on the bell"), default=True)
    digest = models.BooleanField(_("Letter with the day's plan"), default=True)
    digest_hour = models.PositiveSmallIntegerField(_("Hour of the letter"), default=8)
    # Hours between which the bell keeps silent and no letter is sent; equal: never.
    quiet_from = models.PositiveSmallIntegerField(_("Quiet from, hour"), default=21)
    quiet_until = models.PositiveSmallIntegerField(_("Quiet until, hour"), default=7)
    digested_on = models.DateField(null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(digest_hour__lte=23, quiet_from__lte=23, quiet_until__lte=23),
                name="noticewish_hours_of_a_day",
            )
        ]

    def __str__(self) -> str:
        return f"{self.employee_id}: {self.digest_hour}"
