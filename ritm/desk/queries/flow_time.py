"""How clients moved, day by day: what the charts of the flow are drawn from, and the clients behind a number."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from ritm.kernel.calendar import local_midnight
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


_DAILY = """
SELECT x."on", x.was, x.became, count(*)
FROM retention_transition x
WHERE x.organisation_id = %(organisation)s AND x.clock = %(clock)s AND x."on" >= %(since)s AND x."on" <= %(until)s
  AND x.owner_id = ANY(%(owners)s)
GROUP BY 1, 2, 3
"""
_DAILY_OF_THEIRS_NOW = """
SELECT x."on", x.was, x.became, count(*)
FROM retention_transition x
JOIN clients_tenure t ON t.organisation_id = x.organisation_id AND t.client_id = x.client_id
WHERE x.organisation_id = %(organisation)s AND x.clock = %(clock)s AND x."on" >= %(since)s AND x."on" <= %(until)s
  AND t.owner_id = ANY(%(owners)s) AND t.span @> %(end)s::timestamptz
GROUP BY 1, 2, 3
"""

# (day, was, became) → how many clients.
Passages = Mapping[tuple[dt.date, str, str], int]


def _passages(sql: str, viewer: Viewer, owners: Sequence[int], clock: str, since: dt.date, until: dt.date) -> Passages:
    end = local_midnight(until + dt.timedelta(days=1), viewer.timezone) - dt.timedelta(microseconds=1)
    asked: dict[str, Any] = {"organisation": viewer.organisation_id, "clock": clock, "since": since, "until": until,
             "owners": list(owners), "end": end}  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(sql, asked)
        return {(day, was, became): clients for day, was, became, clients in cursor.fetchall()}


def passages(viewer: Viewer, owners: Sequence[int], *, clock: str, since: dt.date, until: dt.date) -> Passages:
    """This function will count passages per day among the clients that were these owners' then (one query)."""
    return _passages(_DAILY, viewer, owners, clock, since, until)


def passages_of_theirs(
    viewer: Viewer, owners: Sequence[int], *, clock: str, since: dt.date, until: dt.date
) -> Passages:
    """This function will count passages per day of the clients that are these owners' at the end of `until`."""
    return _passages(_DAILY_OF_THEIRS_NOW, viewer, owners, clock, since, until)


def became(found: Passages, cut: Sequence[Span], states: Collection[str]) -> list[int]:
    """This function will count, per span, the passages into one of the states (from another one)."""
    return [
        sum(
            clients
            for (day, was, state), clients in found.items()
            if one.since <= day <= one.until and state in states and was not in states
        )
        for one in cut
    ]


def walked_back(ended: Mapping[str, int], found: Passages, cut: Sequence[Span]) -> list[dict[str, int]]:
    """
    This function will tell the clients per state at the end of each span, from those of the last day.

    `found` are the passages of these very clients (`passages_of_theirs`), so that each step back is exact: whoever
    became something was something else the day before. Costs what changed, not what stands.
    """
    held: Counter[str] = Counter(ended)
    told: list[dict[str, int]] = []
    for place in range(len(cut) - 1, -1, -1):
        told.append({state: clients for state, clients in held.items() if clients})
        for (day, was, state), clients in found.items():
            if cut[place].since <= day <= cut[place].until:
                held[state] -= clients
                held[was] += clients
    told.reverse()
    return told


@dataclass(frozen=True)
class Asked:
    """The passages behind a number: of which clock, in which days, from and to which states ('' and (): any)."""

    clock: str
    since: dt.date
    until: dt.date
    was: str | None = None
    became: Sequence[str] = ()


def rows(viewer: Viewer, owners: Sequence[int], asked: Asked, before: int | None) -> tuple[list[Transition], int, bool]:
    """
    This function will give a page of passages, newest entry first, whether more follow, and how many there are whose
    client is out of the viewer's reach by now: (rows, out of reach, more).
    """
    every = Transition.objects.filter(
        organisation_id=viewer.organisation_id, clock=asked.clock, on__gte=asked.since, on__lte=asked.until,
        owner_id__in=owners,
    )  # fmt: skip
    if asked.was is not None:
        every = every.filter(was=asked.was)
    if asked.became:
        every = every.filter(became__in=asked.became)
    seen = every & Transition.objects.visible_to(viewer)
    hidden = 0 if before is not None else every.count() - seen.count()
    if before is not None:
        seen = seen.filter(pk__lt=before)
    found = list(seen.select_related("client__owner").order_by("-pk")[: PAGE + 1])
    return found[:PAGE], hidden, len(found) > PAGE
