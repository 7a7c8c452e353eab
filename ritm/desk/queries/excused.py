"""Excused silences: whose clients are let alone until a day, why, and how often somebody has excused one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Max, Q, QuerySet, Sum

from ritm.journal.models import Entry
from ritm.kernel.reach import Reach
from ritm.retention.events import SilenceExcused
from ritm.retention.models import ContactClock
from ritm.staff.models import Employee
from ritm.staff.viewer import Viewer

PAGE = 50
MOST_SELLERS = 500
# How often somebody excuses is told of so many days.
LATELY = dt.timedelta(days=90)


@dataclass(frozen=True)
class SellerExcused:
    """
    Of one seller (None: of nobody's clients): clients excused now, what they are worth a year, the last day of the
    longest excuse, and how many he has given himself in LATELY.
    """

    employee_id: int | None
    name: str
    now: int
    worth: Any
    until: dt.date | None
    lately: int


def excused(viewer: Viewer, today: dt.date, *, owner_id: int | None = None) -> QuerySet[ContactClock]:
    """
    This function will keep the clients of the viewer's people whose silence is excused today (owner 0: of nobody).

    His people are those whose day he may look at.
    """
    rows: Any = ContactClock.objects.visible_to(viewer).filter(excused_until__gte=today, client__archived_at=None)
    reach = viewer.reach("queue", "see")
    if reach < Reach.ORGANISATION:
        rows = rows.filter(client__owner_id__in=viewer.people(reach, standing_in=False))
    if owner_id is not None:
        rows = rows.filter(client__owner_id=owner_id or None)
    return rows  # type: ignore[no-any-return]


def by_seller(viewer: Viewer, today: dt.date, at: dt.datetime) -> list[SellerExcused]:
    """This function will count excused silences per seller, most first (three queries)."""
    rows: Any = excused(viewer, today)
    counted = {
        row["owner"]: row
        for row in rows.values(owner=F("client__owner_id"))
        .annotate(n=Count("client_id"), worth=Sum("client__rhythm__annual_worth"), until=Max("excused_until"))
        .order_by("-n", "owner")[:MOST_SELLERS]
    }
    given = Entry.objects.filter(
        organisation_id=viewer.organisation_id, event=SilenceExcused.name, at__gt=at - LATELY, employee_id__isnull=False
    )
    times = dict(given.values_list("employee_id").annotate(n=Count("pk")))
    reach = viewer.reach("queue", "see")
    known = Employee.objects.visible_to(viewer).filter(Q(pk__in=counted) | Q(pk__in=times))
    if reach < Reach.ORGANISATION:
        known = known.filter(pk__in=viewer.people(reach, standing_in=False))
    names = dict(known.values_list("pk", "name"))
    found = [
        SellerExcused(owner, names.get(owner, ""), row["n"], row["worth"] or 0, row["until"], times.get(owner, 0))
        for owner, row in counted.items()
    ]
    found += [SellerExcused(pk, name, 0, 0, None, times[pk]) for pk, name in names.items() if pk not in counted]
    return sorted(found, key=lambda one: (-one.now, -one.lately, one.name))[:MOST_SELLERS]


def page_of(rows: QuerySet[ContactClock], after: tuple[dt.date, int] | None) -> Sequence[ContactClock]:
    """This function will return a page and one row more, the last to return first, after that of a day and id."""
    if after is not None:
        day, pk = after
        rows = rows.filter(Q(excused_until__lt=day) | Q(excused_until=day, client_id__gt=pk))
    return list(rows.select_related("client", "client__owner").order_by("-excused_until", "client_id")[: PAGE + 1])
