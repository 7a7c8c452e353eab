"""The bars of the flow's charts, and the clients behind a number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from ritm.kernel.reach import Reach
from ritm.retention.models import Transition
from ritm.staff.viewer import Viewer

# A chart has room for so many bars: days, then weeks, then months.
MOST_DAYS, MOST_WEEKS = 16, 126
PAGE = 50


@dataclass(frozen=True)
class Span:
    """A bar's days, both included."""

    since: dt.date
    until: dt.date


def spans(since: dt.date, until: dt.date) -> list[Span]:
    """This function will cut a period (both days included) into days, weeks from Monday, or months, oldest first."""
    days = (until - since).days + 1
    found, start = [], since
    while start <= until:
        if days <= MOST_DAYS:
            end = start
        elif days <= MOST_WEEKS:
            end = start + dt.timedelta(days=6 - start.weekday())
        else:
            end = (start.replace(day=1) + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1)
        found.append(Span(start, min(end, until)))
        start = end + dt.timedelta(days=1)
    return found


@dataclass(frozen=True)
class Asked:
    """The passages behind a number: of which clock, in which days, from and to which states ('' and (): any)."""

    clock: str
    since: dt.date
    until: dt.date
    was: str | None = None
    became: Sequence[str] = ()


# Where a page of passages ends: the day of its last row, and the row.
Place = tuple[dt.date, int]


def rows(
    viewer: Viewer, owners: Sequence[int] | None, asked: Asked, before: Place | None
) -> tuple[list[Transition], int, bool]:
    """
    This function will give a page of passages of these owners' clients (None: of everybody's), the latest day first.

    With them, how many there are whose client is out of the viewer's reach by now, and whether more follow: (rows,
    out of reach, more).
    """
    every = Transition.objects.filter(
        organisation_id=viewer.organisation_id, clock=asked.clock, on__gte=asked.since, on__lte=asked.until,
    )  # fmt: skip
    if owners is not None:
        every = every.filter(owner_id__in=owners)
    if asked.was is not None:
        every = every.filter(was=asked.was)
    if asked.became:
        every = every.filter(became__in=asked.became)
    seen = every & Transition.objects.visible_to(viewer)
    everywhere = before is not None or viewer.reach("client") == Reach.ORGANISATION
    hidden = 0 if everywhere else every.count() - seen.count()
    if before is not None:
        day, pk = before
        seen = seen.filter(Q(on__lt=day) | Q(on=day, pk__lt=pk), on__lte=day)
    found = list(seen.select_related("client__owner").order_by("-on", "-pk")[: PAGE + 1])
    return found[:PAGE], hidden, len(found) > PAGE
