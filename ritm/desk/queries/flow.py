"""How clients moved between states: saved and lost, the matrix of a period, the portfolio as of any day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from django.db import connection

from ritm.desk.queries.portfolio import BAR, Part
from ritm.kernel.calendar import local_midnight
from ritm.retention.models import Status
from ritm.retention.zone_queries import Flow
from ritm.staff.viewer import Viewer

NOTHING = (0, Decimal(0))
# The bar of zones; clients whom nobody has talked to yet have none. One on the exchange has no owner.
ZONES = ("green", "yellow", "red")


@dataclass(frozen=True)
class Events:
    """Of one owner in a period: clients who came back after slipping or being lost, and clients who were lost."""

    saved: int = 0
    saved_worth: Decimal = Decimal(0)
    lost: int = 0
    lost_worth: Decimal = Decimal(0)


# What a month is judged by.
EVENTS = (Status.WON_BACK, Status.LOST)


def events(flows: Iterable[Flow]) -> dict[int | None, Events]:
    """
    This function will count, per owner of that day, who was saved and who was lost among a period's passages.

    Events, not a difference of totals: a client lost and won back in one month counts once as each.
    """
    found: dict[int | None, dict[str, tuple[int, Decimal]]] = defaultdict(dict)
    for flow in flows:
        if flow.became in EVENTS:
            clients, worth = found[flow.owner_id].get(flow.became, NOTHING)
            found[flow.owner_id][flow.became] = (clients + flow.clients, worth + flow.worth)
    return {
        owner: Events(*of.get(Status.WON_BACK, NOTHING), *of.get(Status.LOST, NOTHING)) for owner, of in found.items()
    }


@dataclass(frozen=True)
class Cell:
    """So many clients passed from `was` to `became`; their yearly worth together, as it was then."""

    was: str
    became: str
    clients: int
    worth: Decimal


@dataclass(frozen=True)
class Matrix:
    """The passages of a period: `rows` by the state left, each with one cell (or None) per state in `states`."""

    clock: str
    states: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell | None, ...]], ...]
    clients: int


def matrix(flows: Iterable[Flow], owner_ids: Collection[int], *, clock: str, states: Sequence[str]) -> Matrix:
    """This function will lay a period's passages of these owners' clients out as a table of `states`."""
    cells: dict[tuple[str, str], Cell] = {}
    for flow in flows:
        if flow.owner_id in owner_ids and flow.was != flow.became:
            before = cells.get((flow.was, flow.became), Cell(flow.was, flow.became, 0, Decimal(0)))
            cells[flow.was, flow.became] = replace(
                before, clients=before.clients + flow.clients, worth=before.worth + flow.worth
            )
    left = [state for state in ("", *states) if any((state, other) in cells for other in states)]
    return Matrix(
        clock=clock,
        states=tuple(states),
        rows=tuple((was, tuple(cells.get((was, became)) for became in states)) for was in left),
        clients=sum(cell.clients for cell in cells.values()),
    )


_AS_OF = """
SELECT t.owner_id, coalesce(l.became, %s), count(*)
FROM clients_tenure t
LEFT JOIN LATERAL (
    SELECT x.became FROM retention_transition x
    WHERE x.organisation_id = t.organisation_id AND x.client_id = t.client_id AND x.clock = %s AND x."on" <= %s
    ORDER BY x."on" DESC, x.id DESC LIMIT 1
) l ON true
WHERE t.organisation_id = %s AND t.owner_id = ANY(%s) AND t.span @> %s::timestamptz
GROUP BY 1, 2
"""


def as_of(
    viewer: Viewer, owner_ids: Sequence[int], day: dt.date, *, clock: str = "rhythm"
) -> dict[int, tuple[Part, ...]]:
    """
    This function will tell each owner's portfolio at the end of a day, from the ledger of owners and the passages.

    One query; it asks once per client whom these owners had then.
    """
    end = local_midnight(day + dt.timedelta(days=1), viewer.timezone) - dt.timedelta(microseconds=1)
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        first = "prospect" if clock == "rhythm" else ""
        cursor.execute(_AS_OF, [first, clock, day, viewer.organisation_id, list(owner_ids), end])
        for owner, status, clients in cursor.fetchall():
            counts[owner][status] = clients
    return {
        owner: tuple(Part(status, own[status], 0) for status in (*BAR, *ZONES) if own.get(status))
        for owner, own in counts.items()
    }
