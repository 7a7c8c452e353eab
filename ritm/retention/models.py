"""Nouns of the retention room: a client's rhythm, its history, and the numbers it is judged by."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from ritm.clients.models import Client, OfClientQuerySet
from ritm.staff.models import Employee, Owned, OwnedInBulk, OwnedQuerySet, Unit


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
            # What flowed in a period is counted from these alone: of everybody, and of some owners.
            models.Index(
                fields=["organisation", "clock", "on", "became"],
                name="transition_flow",
                include=["was", "owner_id", "worth"],
            ),
            models.Index(
                fields=["organisation", "owner_id", "clock", "on"],
                name="transition_of_owner",
                include=["was", "became", "worth"],
            ),
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


class Zone(models.TextChoices):
    """How long nobody has talked to a client; '' for one whom nobody has talked to yet."""

    NEVER = "", _("not contacted yet")
    GREEN = "green", _("green zone")
    YELLOW = "yellow", _("yellow zone")
    RED = "red", _("red zone")
    EXCHANGE = "exchange", _("on the exchange")


class ContactClock(Owned):
    """
    When a client was last talked to, and what follows: one row per client, made with his rhythm row.

    `contact_on` is the local date of the last meaningful contact or order; the boundaries follow from it by the policy
    (docs/rules/zones.md). Time passing rewrites only rows whose `next_transition_on` has come.
    """

    client = models.OneToOneField(
        Client, primary_key=True, on_delete=models.CASCADE, related_name="+", related_query_name="contact_clock"
    )
    contact_on = models.DateField(null=True)
    zone = models.CharField(max_length=10, choices=Zone, default="", blank=True)
    zone_since = models.DateField(null=True)
    yellow_on = models.DateField(null=True)
    red_on = models.DateField(null=True)
    release_on = models.DateField(null=True)  # null: the policy keeps him off the exchange
    policy_version = models.IntegerField(default=0)

    excused_on = models.DateField(null=True)
    excused_until = models.DateField(null=True)
    excuse = models.CharField(max_length=300, blank=True)
    excused_by_id = models.BigIntegerField(null=True)

    # The claimant's first meaningful contact is due by then; null without an obligation.
    obliged_from = models.DateField(null=True)
    obliged_until = models.DateField(null=True)

    # The next local date on which the zone changes or a warning is given.
    next_transition_on = models.DateField(null=True)

    objects: ClassVar[Any] = OfClientQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["organisation", "next_transition_on"],
                name="contactclock_due",
                condition=models.Q(next_transition_on__isnull=False),
            ),
            models.Index(fields=["organisation", "zone", "client"], name="contactclock_by_zone"),
            models.Index(
                fields=["organisation", "obliged_until"],
                name="contactclock_obliged",
                condition=models.Q(obliged_until__isnull=False),
            ),
            models.Index(
                fields=["organisation", "-excused_until", "client"],
                name="contactclock_excused",
                condition=models.Q(excused_until__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.client_id}: {self.zone or '–'}"


class ZonePolicy(Owned):
    """
    The constants of zones and exchange, with history: for the organisation, or for one unit with all below it.

    In force on a day is the newest version with effective_on ≤ that day which has not been taken back.
    """

    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    version = models.IntegerField()
    effective_on = models.DateField()
    numbers = models.JSONField()
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "version"], name="zonepolicy_version")]

    def __str__(self) -> str:
        return f"{self.organisation_id} v{self.version} from {self.effective_on}"


class ZoneWarning(Owned):
    """An owner was told that his client will turn into a worse zone in so many days. Given once."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+", db_index=False)
    owner_id = models.BigIntegerField(null=True)
    boundary = models.CharField(max_length=10)
    boundary_on = models.DateField()
    days = models.PositiveSmallIntegerField()
    given_on = models.DateField()

    objects: ClassVar[Any] = OfClientQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["client", "boundary", "boundary_on", "days"], name="zonewarning_once")
        ]
        indexes = [models.Index(fields=["organisation", "boundary_on"], name="zonewarning_ahead")]

    def __str__(self) -> str:
        return f"{self.client_id}: {self.boundary} in {self.days}"


class Claim(Owned):
    """Somebody took a client from the exchange and owes him a contact; open until that is met or he is returned."""

    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+", db_index=False)
    employee = models.ForeignKey(Employee, on_delete=models.PROTECT, related_name="+", db_index=False)
    former_owner_id = models.BigIntegerField(null=True)
    claimed_at = models.DateTimeField()
    obliged_until = models.DateField()
    met_on = models.DateField(null=True)
    returned_on = models.DateField(null=True)

    objects: ClassVar[Any] = OfClientQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["client"],
                name="claim_one_open",
                condition=models.Q(met_on__isnull=True, returned_on__isnull=True),
            )
        ]
        indexes = [models.Index(fields=["organisation", "client", "-claimed_at"], name="claim_of_client")]

    def __str__(self) -> str:
        return f"{self.employee_id} claimed {self.client_id}"


class ExchangeDay(Owned):
    """How many clients somebody has claimed and looked at on one day: what the quotas count."""

    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()
    claims = models.PositiveIntegerField(default=0)
    views = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["employee", "day"], name="exchangeday_once")]

    def __str__(self) -> str:
        return f"{self.employee_id} {self.day}: {self.claims}, {self.views}"


class ExchangeView(Owned):
    """Somebody has opened a client of the exchange on a day; opening him again costs nothing."""

    employee = models.ForeignKey(Employee, on_delete=models.CASCADE, related_name="+", db_index=False)
    client = models.ForeignKey(Client, on_delete=models.CASCADE, related_name="+", db_index=False)
    day = models.DateField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["employee", "day", "client"], name="exchangeview_once")]

    def __str__(self) -> str:
        return f"{self.employee_id} saw {self.client_id} on {self.day}"


class FeedHealthQuerySet(OwnedQuerySet["FeedHealth"]):
    """Feeds, by whether they hold anything."""

    def holding(self) -> FeedHealthQuerySet:
        """This function will keep the feeds that are quiet, and of which nobody said that it is really so."""
        return self.filter(quiet_since__isnull=False, accepted_at=None)


class FeedHealth(Owned):
    """
    Whether a source of contact in use still speaks: quiet beyond its own norm, it holds zones, releases and classes.

    The rule is docs/rules/feeds.md. What is said of a silence (`accepted_at`) is forgotten when the feed speaks again.
    """

    feed = models.CharField(max_length=20)
    last_on = models.DateField(null=True)
    usual_days = models.PositiveSmallIntegerField()  # whole worked days
    quiet_since = models.DateField(null=True)
    accepted_at = models.DateTimeField(null=True)
    accepted_by_id = models.BigIntegerField(null=True)
    reason = models.CharField(max_length=300, blank=True, default="", db_default="")

    objects: ClassVar[Any] = FeedHealthQuerySet.as_manager()

    @property
    def holds(self) -> bool:
        """This property is true while it is quiet and nobody has said that it is really so."""
        return self.quiet_since is not None and self.accepted_at is None

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "feed"], name="feedhealth_once")]

    def __str__(self) -> str:
        return f"{self.feed}: {self.last_on}"


class FeedSilence(Owned):
    """
    The days on which a quiet feed held clocks: from `since` (included) to `until` (the first day on which it held no
    more; null while it holds). History for the back-test, which must not count flags that nobody would have seen.
    """

    feed = models.CharField(max_length=20)
    since = models.DateField()
    until = models.DateField(null=True)

    objects: ClassVar[Any] = OwnedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "feed"], name="feedsilence_one_open", condition=models.Q(until__isnull=True)
            )
        ]
        indexes = [models.Index(fields=["organisation", "since"], name="feedsilence_by_day")]

    def __str__(self) -> str:
        return f"{self.feed}: {self.since} – {self.until or '…'}"


class Sweep(Owned):
    """All contact clocks are to be judged anew from a day on, as a policy begins to hold; gone when it is done."""

    due_on = models.DateField()
    after_id = models.BigIntegerField(default=0)  # the last client who has been judged

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organisation", "due_on"], name="sweep_once_a_day")]

    def __str__(self) -> str:
        return f"{self.due_on}: {self.after_id}"


class Backtest(Owned):
    """
    Rules tried on the organisation's own history (docs/rules/backtest.md): what was asked, how far it is, what came.

    `rules` are tried side by side: `{"clock": "rhythm" | "zone", "numbers": {…}, "version": int | null}`, where a draft
    has no version; `result` has one entry per rule (`backtest_queries.Numbers` by whole, seller and month).
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        RUNNING = "running", _("running")
        DONE = "done", _("done")
        FAILED = "failed", _("stopped by an error")

    rules = models.JSONField()
    since = models.DateField()
    until = models.DateField()
    unit = models.ForeignKey(Unit, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    known_until = models.DateField()  # the last day of what is known: E of the page
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(null=True)
    result = models.JSONField(null=True)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+", db_index=False)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["organisation", "-id"], name="backtest_newest")]

    def __str__(self) -> str:
        return f"{self.since} – {self.until}"


class BacktestCase(OwnedInBulk):
    """
    A silence that a rule flagged in the period, or that was lost in it: the rows behind a back-test's numbers.

    By the million, and gone with its back-test: no foreign key watches the client, whose join every reading makes.
    """

    class Outcome(models.TextChoices):
        RETURNED = "returned", _("came back by himself")
        GONE = "gone", _("gone, came back later")
        NEVER = "never", _("never came back")
        OPEN = "open", _("too early to tell")

    backtest = models.ForeignKey(Backtest, on_delete=models.CASCADE, related_name="+", db_index=False)
    rule = models.PositiveSmallIntegerField()  # its place among the back-test's rules
    client = models.ForeignKey(
        Client, on_delete=models.DO_NOTHING, related_name="+", db_index=False, db_constraint=False
    )
    owner_id = models.BigIntegerField(null=True)
    order_on = models.DateField()
    flag_on = models.DateField(null=True)
    boundary_on = models.DateField(null=True)
    returned_on = models.DateField(null=True)
    gone_on = models.DateField()
    outcome = models.CharField(max_length=8, choices=Outcome)
    worth = models.DecimalField(max_digits=16, decimal_places=2)
    flagged = models.BooleanField()  # within the period
    lost = models.BooleanField()  # within the period
    in_time = models.BooleanField()

    objects: ClassVar[Any] = OfClientQuerySet.as_manager()

    class Meta:
        indexes = [models.Index(fields=["backtest", "rule", "-worth", "id"], name="backtestcase_by_worth")]

    def __str__(self) -> str:
        return f"{self.client_id}: {self.order_on}, {self.outcome}"
