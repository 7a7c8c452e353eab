"""How clients moved between states: saved and lost, the matrix of a period, the portfolio as of any day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import Count, F, Sum

from ritm.desk.queries.portfolio import BAR, Part
from ritm.kernel.calendar import local_midnight
from ritm.retention.models import Status, Transition
from ritm.staff.viewer import Viewer

LATE = (Status.SLIPPING, Status.LOST)


@dataclass(frozen=True)
class Events:
    """Of one owner in a period: clients who came back after slipping or being lost, and clients who were lost."""

    saved: int = 0
    saved_worth: Decimal = Decimal(0)
    lost: int = 0
    lost_worth: Decimal = Decimal(0)


def events(viewer: Viewer, owner_ids: Sequence[int], since: dt.date, until: dt.date) -> dict[int, Events]:
    """
    This function will count, per owner of that day, who was saved and who was lost in [since, until].

    Events, not a difference of totals: a client lost and won back in one month counts once as each.
    """
    rows = (
        Transition.objects.filter(
            organisation_id=viewer.organisation_id,
            clock="rhythm",
            on__range=(since, until),
            became__in=(Status.WON_BACK, Status.LOST),
            owner_id__in=owner_ids,
        )
        .values_list("owner_id", "became")
        .annotate(clients=Count("pk"), money=Sum("worth"))
    )
    found: dict[int, dict[str, tuple[int, Decimal]]] = defaultdict(dict)
    for owner, became, clients, money in rows:
        found[owner][became] = (clients, money or Decimal(0))
    nothing = (0, Decimal(0))
    return {
        owner: Events(*of.get(Status.WON_BACK, nothing), *of.get(Status.LOST, nothing)) for owner, of in found.items()
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


def matrix(
    viewer: Viewer, owner_ids: Sequence[int], since: dt.date, until: dt.date, *, clock: str, states: Sequence[str]
) -> Matrix:
    """This function will count the passages between `states` in [since, until], by whoever owned the client then."""
    rows = (
        Transition.objects.filter(
            organisation_id=viewer.organisation_id,
            clock=clock,
            on__range=(since, until),
            owner_id__in=owner_ids,
        )
        .exclude(was=F("became"))
        .values_list("was", "became")
        .annotate(clients=Count("pk"), money=Sum("worth"))
    )
    cells = {(was, became): Cell(was, became, clients, money or Decimal(0)) for was, became, clients, money in rows}
    left = [state for state in states if any((state, other) in cells for other in states)]
    return Matrix(
        clock=clock,
        states=tuple(states),
        rows=tuple((was, tuple(cells.get((was, became)) for became in states)) for was in left),
        clients=sum(cell.clients for cell in cells.values()),
    )


_AS_OF = """
SELECT t.owner_id, coalesce(l.became, 'prospect'), count(*)
FROM clients_tenure t
LEFT JOIN LATERAL (
    SELECT x.became FROM retention_transition x
    WHERE x.organisation_id = t.organisation_id AND x.client_id = t.client_id AND x.clock = 'rhythm' AND x."on" <= %s
    ORDER BY x."on" DESC, x.id DESC LIMIT 1
) l ON true
WHERE t.organisation_id = %s AND t.owner_id = ANY(%s) AND t.span @> %s::timestamptz
GROUP BY 1, 2
"""


def as_of(viewer: Viewer, owner_ids: Sequence[int], day: dt.date) -> dict[int, tuple[Part, ...]]:
    """
    This function will tell each owner's portfolio at the end of a day, from the ledger of owners and the passages.

    One query; it asks once per client whom these owners had then.
    """
    end = local_midnight(day + dt.timedelta(days=1), viewer.timezone) - dt.timedelta(microseconds=1)
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_AS_OF, [day, viewer.organisation_id, list(owner_ids), end])
        for owner, status, clients in cursor.fetchall():
            counts[owner][status] = clients
    return {
        owner: tuple(Part(status, own[status], 0) for status in BAR if own.get(status))
        for owner, own in counts.items()
    }
