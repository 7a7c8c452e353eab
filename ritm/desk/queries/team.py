"""The head's view: one row per seller, or per unit with all below it, summed in the database."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from ritm.desk import tally
from ritm.desk.models import Tally, Verdict
from ritm.desk.queries import standing
from ritm.desk.queries.flow import ZONES
from ritm.desk.queries.portfolio import AT_STAKE, BAR, Part
from ritm.desk.queries.today import pace
from ritm.kernel.reach import Reach
from ritm.staff.models import Assignment, Employee, Unit
from ritm.staff.viewer import Viewer


@dataclass(frozen=True)
class Month:
    """Clients who came back after slipping or being lost since the first of the month, and clients who were lost."""

    saved: int = 0
    saved_worth: Decimal = Decimal(0)
    lost: int = 0
    lost_worth: Decimal = Decimal(0)


@dataclass(frozen=True)
class Figures:
    """
    What the clients and the day of some sellers look like together. `stake` is the yearly worth of clients who are
    late or slipping; `left` is what still stands on today's lists.
    """

    sellers: int
    parts: tuple[Part, ...]
    zones: tuple[Part, ...]
    clients: int
    capacity: int
    at_risk: int
    stake: Decimal
    done: int
    left: int
    month: Month


@dataclass(frozen=True)
class SellerRow:
    employee: Employee
    figures: Figures


@dataclass(frozen=True)
class UnitRow:
    unit: Unit
    figures: Figures


class Seat(NamedTuple):
    """Who sells, and where: `path` is his unit's."""

    pk: int
    path: str


def sellers_of(viewer: Viewer, unit: Unit | None = None) -> QuerySet[Employee]:
    """
    This function will find who sells within the viewer's reach, by name; in `unit` and all below when it is given.

    Whoever owns clients is among them, whatever his role, so that no client is without a row.
    """
    reach = viewer.reach("queue", "see")
    found: QuerySet[Employee] = Employee.objects.visible_to(viewer).filter(left_on=None)
    if reach < Reach.ORGANISATION:
        found = found.filter(pk__in=viewer.people(reach, standing_in=False))
    if unit is not None:
        found = found.filter(unit__path__startswith=unit.path)
    sells = Assignment.objects.filter(employee=OuterRef("pk"), role__sells=True)
    owns = Tally.objects.filter(owner=OuterRef("pk"))
    return found.filter(Exists(sells) | Exists(owns)).order_by("name", "pk")


def is_whole_office(viewer: Viewer, unit: Unit | None) -> bool:
    """This function will say whether sums of everybody are what the viewer asks for, and may see."""
    everywhere = viewer.reach("queue", "see") == viewer.reach("client") == Reach.ORGANISATION
    return everywhere and (unit is None or unit.parent_id is None)


def seats(sellers: QuerySet[Employee]) -> list[Seat]:
    """This function will list where these sellers sit."""
    return [Seat(*row) for row in sellers.values_list("pk", "unit__path")]


@dataclass(frozen=True)
class Board:
    """A level of the tree: units with all below them, a page of those who sit in none of these, and all together."""

    units: list[UnitRow]
    sellers: list[SellerRow]
    total: Figures
    more: bool


ELSEWHERE = 0  # the place of whoever sits in none of the units asked about


def board(
    viewer: Viewer, units: Sequence[Unit], seats: Sequence[Seat], day: dt.date, *, skip: int = 0, limit: int = 50
) -> Board:
    """
    This function will give the rows of units (in their order; those in which nobody sells have none) and of sellers.

    Sellers come most money at stake first, `limit` of them from row `skip` on; the total is of all.
    """
    asked = _asked(viewer, [seat.pk for seat in seats], day)
    # Many sit in few units.
    at = {
        path: next((unit.pk for unit in units if path.startswith(unit.path)), ELSEWHERE)
        for path in {seat.path for seat in seats}
    }
    places = {seat.pk: at[seat.path] for seat in seats}
    apart = [pk for pk, place in places.items() if place == ELSEWHERE]
    found = _figures(asked, {pk: pk for pk in apart}, skip=skip, limit=limit + 1)
    who = Employee.objects.visible_to(viewer).in_bulk([pk for pk, _row in found[:limit]]) if found else {}
    # The page tells of everybody: nothing is left to add.
    alone = not (units or skip or len(found) > limit)
    known = dict(found if alone else _figures(asked, places))
    return Board(
        units=[UnitRow(unit, known[unit.pk]) for unit in units if unit.pk in known],
        sellers=[SellerRow(who[pk], figures) for pk, figures in found[:limit]],
        total=total(known.values()),
        more=len(found) > limit,
    )


def figures_of(viewer: Viewer, seller: Employee, day: dt.date) -> Figures:
    """This function will give one seller's figures."""
    ((_place, figures),) = _figures(_asked(viewer, [seller.pk], day), {seller.pk: seller.pk})
    return figures


_PARTS = tuple(("rhythm", str(state)) for state in BAR) + tuple(("zone", zone) for zone in ZONES)
_COUNTED = ", ".join(
    f"COALESCE(sum(clients) FILTER (WHERE clock = '{clock}' AND state = '{state}'), 0)::int AS n{place}"
    for place, (clock, state) in enumerate(_PARTS)
)
_COUNTS = ", ".join(f"COALESCE(c.n{place}, 0)" for place in range(len(_PARTS)))
# Joined to the sellers' places before anything is added up: few rows are left of many owners.
_FIGURES = f"""
WITH seller AS MATERIALIZED (
    SELECT id, place FROM unnest(%(sellers)s::bigint[], %(places)s::bigint[]) AS s (id, place)
), held AS MATERIALIZED (
    SELECT s.id, s.place, t.clock, t.state, t.clients,
        CASE WHEN t.clock = 'rhythm' AND t.state = ANY(%(at_stake)s) THEN t.worth END AS stake
    FROM seller s JOIN desk_tally t ON t.organisation_id = %(organisation)s AND t.owner_id = s.id
), tallied AS (
    SELECT place, clock, state, sum(clients) AS clients FROM held GROUP BY 1, 2, 3
), counted AS (
    SELECT place, {_COUNTED}, COALESCE(sum(clients) FILTER (WHERE clock = 'rhythm'), 0)::int AS clients
    FROM tallied GROUP BY 1
), late AS (
    SELECT id, sum(clients) AS clients, sum(stake) AS stake FROM held WHERE stake IS NOT NULL GROUP BY 1
), dealt AS (
    SELECT employee_id, count(*) FILTER (WHERE result <> %(snoozed)s) AS done,
        count(*) FILTER (WHERE result = %(snoozed)s) AS put_off
    FROM seller s JOIN desk_verdict v ON v.employee_id = s.id
    WHERE v.organisation_id = %(organisation)s AND v.day = %(day)s AND v.undone_at IS NULL
    GROUP BY 1
), month AS (
    SELECT s.place, sum(good)::int AS saved, sum(good_worth) AS saved_worth, sum(bad)::int AS lost,
        sum(bad_worth) AS lost_worth
    FROM seller s JOIN ({{news}}) n ON n.owner_id = s.id GROUP BY 1
), worked AS (
    SELECT s.place, count(*) AS sellers, min(e.name) AS name, sum(e.capacity) AS capacity,
        COALESCE(sum(l.clients), 0)::int AS at_risk, COALESCE(sum(l.stake), 0) AS stake,
        COALESCE(sum(d.done), 0)::int AS done,
        sum(GREATEST(0, LEAST(
            %(per_day)s - COALESCE(d.done, 0),
            COALESCE(l.clients, 0) - COALESCE(d.done, 0) - COALESCE(d.put_off, 0))))::int AS left_today
    FROM seller s JOIN staff_employee e ON e.id = s.id
    LEFT JOIN late l ON l.id = s.id LEFT JOIN dealt d ON d.employee_id = s.id
    GROUP BY 1
)
SELECT w.place, w.sellers, {_COUNTS}, COALESCE(c.clients, 0), w.capacity, w.at_risk, w.stake, w.done, w.left_today,
    COALESCE(m.saved, 0), COALESCE(m.saved_worth, 0), COALESCE(m.lost, 0), COALESCE(m.lost_worth, 0)
FROM worked w LEFT JOIN counted c USING (place) LEFT JOIN month m USING (place)
ORDER BY w.stake DESC, w.name, w.place LIMIT %(limit)s OFFSET %(skip)s
"""


@dataclass(frozen=True)
class _Asked:
    statement: str
    words: dict[str, Any]


def _asked(viewer: Viewer, seller_ids: Collection[int], day: dt.date) -> _Asked:
    tally.refresh(viewer.organisation_id, list(seller_ids))
    news, words = standing.news(viewer, "rhythm", day.replace(day=1), day)
    more = {
        "day": day,
        "snoozed": Verdict.Result.SNOOZED,
        "at_stake": [str(state) for state in AT_STAKE],
        "per_day": pace(viewer.organisation_id, day),
    }
    return _Asked(_FIGURES.format(news=news), words | more)


def _figures(
    asked: _Asked, places: Mapping[int, int], *, skip: int = 0, limit: int | None = None
) -> list[tuple[int, Figures]]:
    """Figures by place (`places` says at which a seller counts), most money at stake first."""
    if not places:
        return []
    words = asked.words | {
        "sellers": list(places), "places": list(places.values()), "skip": skip, "limit": limit,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(asked.statement, words)
        return [(row[0], _read(row)) for row in cursor.fetchall()]


def _read(row: Sequence[Any]) -> Figures:
    _place, sellers, *rest = row
    counts, rest = rest[: len(_PARTS)], rest[len(_PARTS) :]
    clients, capacity, at_risk, stake, done, left, *month = rest
    parts = [Part(state, n, 0) for (_clock, state), n in zip(_PARTS, counts, strict=True)]
    return Figures(
        sellers=sellers,
        parts=tuple(part for part in parts[: len(BAR)] if part.clients),
        zones=tuple(part for part in parts[len(BAR) :] if part.clients),
        clients=clients,
        capacity=capacity,
        at_risk=at_risk,
        stake=stake,
        done=done,
        left=left,
        month=Month(*month),
    )


def total(all_figures: Iterable[Figures]) -> Figures:
    """This function will add figures up; the total has no bars."""
    figures = list(all_figures)
    return Figures(
        sellers=sum(one.sellers for one in figures),
        parts=(),
        zones=(),
        clients=sum(one.clients for one in figures),
        capacity=sum(one.capacity for one in figures),
        at_risk=sum(one.at_risk for one in figures),
        stake=sum((one.stake for one in figures), Decimal(0)),
        done=sum(one.done for one in figures),
        left=sum(one.left for one in figures),
        month=Month(
            saved=sum(one.month.saved for one in figures),
            saved_worth=sum((one.month.saved_worth for one in figures), Decimal(0)),
            lost=sum(one.month.lost for one in figures),
            lost_worth=sum((one.month.lost_worth for one in figures), Decimal(0)),
        ),
    )
