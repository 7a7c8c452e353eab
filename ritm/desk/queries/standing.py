"""
Who stood where on any day, and the day's news: kept sums, put right by the marks (docs/rules/standing.md).

Days for which there are no sums (yet) are told from the truth.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from ritm.desk.queries.flow import Cell
from ritm.desk.rules.standing import EVERYBODY, NEWS, STATES
from ritm.desk.sums import pieces
from ritm.staff.viewer import Viewer

# Clients by state; owner → that.
Held = dict[str, int]


_KEPT = """
SELECT d.day, {who}, p.place::int, p.n FROM unnest(%(days)s::date[]) AS d (day)
JOIN desk_book b ON b.organisation_id = %(organisation)s
JOIN desk_standing g ON g.organisation_id = %(organisation)s AND g.clock = %(clock)s
    AND g.day = LEAST(d.day, b.through) AND g.owner_id = ANY(%(owners)s)
CROSS JOIN LATERAL unnest(g.clients) WITH ORDINALITY AS p (n, place) WHERE p.n > 0
"""
_SAID = """
SELECT d.day, {who}, g.place, g.sign FROM unnest(%(days)s::date[]) AS d (day)
JOIN segment g ON d.day >= g.since AND d.day < COALESCE(g.until, 'infinity') {which}
"""
_HELD = "SELECT day, owner_id, place, sum(n) FROM ({parts}) AS found (day, owner_id, place, n) GROUP BY 1, 2, 3"


def on(viewer: Viewer, owners: Sequence[int], days: Sequence[dt.date], *, clock: str) -> dict[dt.date, dict[int, Held]]:
    """This function will tell the clients by state of each of these owners at the end of each of these days."""
    return _held(viewer, owners, days, clock, who="g.owner_id")


def together(
    viewer: Viewer, owners: Sequence[int] | None, days: Sequence[dt.date], *, clock: str
) -> dict[dt.date, Held]:
    """This function will tell the clients by state of these owners together (None: of everybody) on these days."""
    found = _held(viewer, owners, days, clock, who=f"{EVERYBODY}::bigint")
    return {day: found.get(day, {}).get(EVERYBODY, {}) for day in days}


def _held(
    viewer: Viewer,
    owners: Sequence[int] | None,
    days: Sequence[dt.date],
    clock: str,
    who: str,
) -> dict[dt.date, dict[int, Held]]:
    kept = _Kept.of(viewer)
    asked = pieces.asked(viewer.organisation_id, viewer.timezone, first=min(days), clocks=(clock,)) | {
        "clock": clock,
        "owners": [EVERYBODY] if owners is None else list(owners),
    }
    said = _SAID.format(who=who, which="" if owners is None else "AND g.owner_id = ANY(%(owners)s)")
    known = [day for day in days if kept.since is not None and day >= kept.since]
    found: dict[dt.date, dict[int, Held]] = defaultdict(lambda: defaultdict(dict))
    with connection.cursor() as cursor:
        if known:
            parts = _KEPT.format(who=who)
            statement = _HELD.format(parts=f"{parts} UNION ALL {said}" if kept.marks else parts)
            if kept.marks:
                statement = f"WITH {pieces.of_marked()} {statement}"
            cursor.execute(statement, asked | {"days": known})
            _fill(found, cursor.fetchall(), clock)
        if len(known) < len(days):
            theirs = "" if owners is None else _THEIRS
            statement = f"WITH {pieces.of_truth(theirs)} {_HELD.format(parts=said)}"
            cursor.execute(statement, asked | {"days": [day for day in days if day not in set(known)]})
            _fill(found, cursor.fetchall(), clock)
    return found


_THEIRS = """AND t.client_id IN (
    SELECT h.client_id FROM clients_tenure h
    WHERE h.organisation_id = %(organisation)s AND h.owner_id = ANY(%(owners)s))
"""


def _fill(found: dict[dt.date, dict[int, Held]], rows: Sequence[Any], clock: str) -> None:
    for day, owner, place, clients in rows:
        if clients:
            found[day][owner][STATES[clock][place - 1]] = clients


@dataclass(frozen=True)
class _Kept:
    """From when on there are sums (None: there are none to go by), and whether marks say that they are behind."""

    since: dt.date | None
    marks: bool

    @classmethod
    def of(cls, viewer: Viewer) -> _Kept:
        with connection.cursor() as cursor:
            cursor.execute(_KNOWN, {"organisation": viewer.organisation_id, "zone": viewer.timezone})
            return cls(*cursor.fetchone())


_KNOWN = """
SELECT CASE WHEN NOT EXISTS (SELECT FROM desk_change WHERE organisation_id = %(organisation)s AND client_id IS NULL)
    THEN (SELECT since FROM desk_book WHERE organisation_id = %(organisation)s AND zone = %(zone)s) END,
    EXISTS (SELECT FROM desk_change WHERE organisation_id = %(organisation)s)
"""
# (day, owner, good, bad, good_worth, bad_worth) of a period's passages by owner then, and of everybody together.
_NEWS_KEPT = """
SELECT s.day, s.owner_id, s.good, s.bad, s.good_worth, s.bad_worth FROM desk_standing s
WHERE s.organisation_id = %(organisation)s AND s.clock = %(clock)s AND s.day BETWEEN %(since)s AND %(until)s
  AND (s.good <> 0 OR s.bad <> 0)
"""
_PASSAGES_OF_MARKS = """
SELECT kind AS clock, day, was, state AS became, owner_id, sign AS n, sign * COALESCE(worth, 0) AS worth
FROM desk_change
WHERE organisation_id = %(organisation)s AND kind = %(clock)s AND day BETWEEN %(since)s AND %(until)s
"""
_PASSAGES_OF_LOG = """
SELECT clock, "on" AS day, was, became, owner_id, 1 AS n, COALESCE(worth, 0) AS worth
FROM retention_transition
WHERE organisation_id = %(organisation)s AND clock = %(clock)s AND "on" BETWEEN %(since)s AND %(until)s
"""
_INTO_NEWS = "AND became = ANY(%(told)s)"
_NEWS_OF = f"""
SELECT day, who, good * n, bad * n, good * worth, bad * worth
FROM (SELECT p.*, {pieces.news(0)}::int AS good, {pieces.news(1)}::int AS bad FROM ({{passages}}) p) judged
CROSS JOIN LATERAL (VALUES (owner_id), ({EVERYBODY}::bigint)) AS whose (who)
WHERE who IS NOT NULL AND good + bad > 0
"""
_BY_DAY = "SELECT day, sum(good)::int, sum(bad)::int FROM ({news}) n WHERE owner_id = ANY(%(owners)s) GROUP BY 1"
_OFFICE_KEPT = """
SELECT was, became, clients AS n, worth FROM desk_passages
WHERE organisation_id = %(organisation)s AND clock = %(clock)s AND day BETWEEN %(since)s AND %(until)s
"""
_BY_STATES = """
SELECT was, became, sum(n)::int, sum(worth) FROM ({parts}) p GROUP BY 1, 2 HAVING sum(n) <> 0
"""


def news(viewer: Viewer, clock: str, since: dt.date, until: dt.date) -> tuple[str, dict[str, Any]]:
    """
    This function will give SQL, and its parameters, for the news of days from `since` to `until`, both included.

    Rows of (day, owner_id, good, bad, good_worth, bad_worth); several a day and owner. Owner 0 is everybody.
    """
    kept = _Kept.of(viewer)
    told = [state for states in NEWS[clock] for state in states]
    asked: dict[str, Any] = {
        "organisation": viewer.organisation_id, "clock": clock, "since": since, "until": until, "told": told,
    }  # fmt: skip
    if kept.since is None or since < kept.since:
        statement = _NEWS_OF.format(passages=_PASSAGES_OF_LOG + _INTO_NEWS)
    elif kept.marks:
        statement = f"{_NEWS_KEPT} UNION ALL {_NEWS_OF.format(passages=_PASSAGES_OF_MARKS)}"
    else:
        statement = _NEWS_KEPT
    return f"SELECT * FROM ({statement}) AS news (day, owner_id, good, bad, good_worth, bad_worth)", asked


def news_by_day(
    viewer: Viewer, owners: Sequence[int] | None, *, clock: str, since: dt.date, until: dt.date
) -> dict[dt.date, tuple[int, int]]:
    """This function will count passages for the better and the worse per day, of these owners then (None: of all)."""
    statement, asked = news(viewer, clock, since, until)
    asked["owners"] = [EVERYBODY] if owners is None else list(owners)
    with connection.cursor() as cursor:
        cursor.execute(_BY_DAY.format(news=statement), asked)
        return {day: (good, bad) for day, good, bad in cursor.fetchall()}


def passages(viewer: Viewer, owners: Sequence[int] | None, since: dt.date, until: dt.date, *, clock: str) -> list[Cell]:
    """
    This function will count passages from state to state from `since` to `until`, both included.

    Of clients who were these owners' then, from the log; of the whole office (None) from the sums.
    """
    if owners is not None:
        parts = _PASSAGES_OF_LOG + "AND owner_id = ANY(%(owners)s)"
    else:
        kept = _Kept.of(viewer)
        marks = f"UNION ALL SELECT was, became, n, worth FROM ({_PASSAGES_OF_MARKS}) m" if kept.marks else ""
        parts = _PASSAGES_OF_LOG if kept.since is None or since < kept.since else _OFFICE_KEPT + marks
    asked: dict[str, Any] = {
        "organisation": viewer.organisation_id, "clock": clock, "since": since, "until": until,
        "owners": list(owners or ()),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_BY_STATES.format(parts=parts), asked)
        return [Cell(*row) for row in cursor.fetchall()]
