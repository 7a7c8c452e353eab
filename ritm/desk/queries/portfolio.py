"""A portfolio at a glance: clients by status, what changed since yesterday, whose order is due today."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, QuerySet, Sum

from ritm.retention.models import Rhythm, Status, Transition
from ritm.staff.composed import composed
from ritm.staff.viewer import Viewer

# The order in which a bar is read: from clients in rhythm to those who are gone.
BAR = (
    Status.ACTIVE,
    Status.WON_BACK,
    Status.NEW,
    Status.OVERDUE,
    Status.SLIPPING,
    Status.LOST,
    Status.PROSPECT,
)
AT_STAKE = (Status.OVERDUE, Status.SLIPPING)
SHOWN = 5


@dataclass(frozen=True)
class Part:
    """One status of a bar: how many clients now, and how many more (or fewer) than yesterday."""

    status: str
    clients: int
    change: int


@dataclass(frozen=True)
class Portfolio:
    """
    Clients by status. `stake` is the yearly worth of those who are late or slipping. `due_today` are expected to
    order today, `late_since_yesterday` were expected yesterday: the first few, and how many there are.
    """

    parts: tuple[Part, ...]
    stake: Decimal
    due_today: tuple[Rhythm, ...]
    due_count: int
    newly_late: tuple[Rhythm, ...]
    newly_late_count: int

    @property
    def due_more(self) -> int:
        return self.due_count - len(self.due_today)

    @property
    def newly_late_more(self) -> int:
        return self.newly_late_count - len(self.newly_late)

    @property
    def clients(self) -> int:
        return sum(part.clients for part in self.parts)


def portfolio(viewer: Viewer, employee_ids: Sequence[int], day: dt.date) -> Portfolio:
    """This function will look at the clients of these employees, within the viewer's reach (three queries)."""
    own = tuple(employee_ids)
    counts: Counter[str] = Counter()
    stake = Decimal(0)
    for status, clients, worth in _statuses(viewer, own):
        counts[status] = clients
        stake += worth if status in AT_STAKE else 0
    change: Counter[str] = Counter()
    for was, became, clients in _passed(viewer, own, day=day):
        change[was] -= clients
        change[became] += clients
    # One day is expected twice: today's orders, and yesterday's that did not come.
    expected: dict[dt.date | None, list[Rhythm]] = defaultdict(list)
    days = (day, day - dt.timedelta(days=1))
    for row in _expected(viewer, own, day=days[0], eve=days[1]):
        expected[row.expected_on].append(row)
    return Portfolio(
        parts=tuple(Part(status, counts[status], change[status]) for status in BAR if counts[status] or change[status]),
        stake=stake,
        due_today=tuple(expected[days[0]][:SHOWN]),
        due_count=len(expected[days[0]]),
        newly_late=tuple(expected[days[1]][:SHOWN]),
        newly_late_count=len(expected[days[1]]),
    )


def _own(viewer: Viewer, employee_ids: tuple[int, ...]) -> QuerySet[Rhythm]:
    return Rhythm.objects.visible_to(viewer).filter(client__owner_id__in=employee_ids, client__archived_at=None)


@composed(plan_kept=False)
def _statuses(viewer: Viewer, employee_ids: tuple[int, ...]) -> QuerySet[Any]:
    return _own(viewer, employee_ids).values_list("status").annotate(Count("pk"), Sum("annual_worth"))


@composed(plan_kept=False)
def _passed(viewer: Viewer, employee_ids: tuple[int, ...], *, day: dt.date) -> QuerySet[Any]:
    rows = Transition.objects.visible_to(viewer).filter(clock="rhythm", on=day, owner_id__in=employee_ids)
    return rows.values_list("was", "became").annotate(Count("pk"))


@composed(plan_kept=False)
def _expected(viewer: Viewer, employee_ids: tuple[int, ...], *, day: dt.date, eve: dt.date) -> QuerySet[Rhythm]:
    rows = _own(viewer, employee_ids).filter(expected_on__in=(day, eve)).select_related("client")
    return rows.only("expected_on", "annual_worth", "client__name").order_by("-annual_worth", "pk")
