"""The head's view: one row per seller, or per unit with all below it."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Exists, OuterRef

from ritm.desk import tally
from ritm.desk.models import Tally, Verdict
from ritm.desk.queries.flow import EVENTS, ZONES, Events, events
from ritm.desk.queries.portfolio import AT_STAKE, BAR, Part
from ritm.desk.queries.today import pace
from ritm.kernel.reach import Reach
from ritm.retention.zone_queries import flow
from ritm.staff.models import Assignment, Employee, Unit
from ritm.staff.viewer import Viewer


@dataclass(frozen=True)
class Figures:
    """
    What somebody's clients and his day look like, or a whole unit's. `stake` is the yearly worth of clients who are
    late or slipping; `left` is what still stands on today's list.
    """

    parts: tuple[Part, ...]
    zones: tuple[Part, ...]
    clients: int
    capacity: int
    at_risk: int
    stake: Decimal
    done: int
    left: int
    month: Events


@dataclass(frozen=True)
class SellerRow:
    employee: Employee
    figures: Figures


@dataclass(frozen=True)
class UnitRow:
    unit: Unit
    sellers: int
    figures: Figures


def sellers_of(viewer: Viewer, unit: Unit | None = None) -> list[Employee]:
    """
    This function will list who sells within the viewer's reach, by name; in `unit` and all below when it is given.

    Whoever owns clients is listed too, whatever his role, so that no client is without a row.
    """
    reach = viewer.reach("queue", "see")
    found = Employee.objects.visible_to(viewer).filter(left_on=None)
    if reach < Reach.ORGANISATION:
        found = found.filter(pk__in=viewer.people(reach, standing_in=False))
    if unit is not None:
        found = found.filter(unit__path__startswith=unit.path)
    sells = Assignment.objects.filter(employee=OuterRef("pk"), role__sells=True)
    owns = Tally.objects.filter(owner=OuterRef("pk"))
    return list(found.filter(Exists(sells) | Exists(owns)).select_related("unit").order_by("name", "pk"))


def by_seller(sellers: Sequence[Employee], known: Mapping[int, Figures]) -> list[SellerRow]:
    """This function will give each seller's row, most money at stake first; `known` as `figures` gives it."""
    rows = [SellerRow(seller, known[seller.pk]) for seller in sellers]
    return sorted(rows, key=lambda row: (-row.figures.stake, row.employee.name, row.employee.pk))


def by_unit(units: Sequence[Unit], sellers: Sequence[Employee], known: Mapping[int, Figures]) -> list[UnitRow]:
    """This function will give the row of each unit with all below it; units in which nobody sells have none."""
    rows = []
    for unit in units:
        inside = [seller for seller in sellers if seller.unit.path.startswith(unit.path)]
        if inside:
            rows.append(UnitRow(unit, len(inside), total(known[seller.pk] for seller in inside)))
    return rows


def figures(viewer: Viewer, sellers: Sequence[Employee], day: dt.date) -> dict[int, Figures]:
    """This function will reckon each seller's figures by his id (three queries, however many they are)."""
    ids = [seller.pk for seller in sellers]
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    stake: dict[int, Decimal] = defaultdict(Decimal)
    tally.refresh(viewer.organisation_id, ids)
    zones: dict[int, dict[str, int]] = defaultdict(dict)
    kept = Tally.objects.filter(organisation_id=viewer.organisation_id, owner_id__in=ids)
    for clock, owner, state, clients, worth in kept.values_list("clock", "owner_id", "state", "clients", "worth"):
        if clock == "zone":
            zones[owner][state] = clients
            continue
        counts[owner][state] = clients
        if state in AT_STAKE:
            stake[owner] += worth
    month = events(flow(viewer, day.replace(day=1) - dt.timedelta(days=1), day, clock="rhythm", became=EVENTS))
    done: dict[int, int] = defaultdict(int)
    put_off: dict[int, int] = defaultdict(int)
    dealt = Verdict.objects.filter(organisation_id=viewer.organisation_id, employee_id__in=ids, day=day, undone_at=None)
    for employee, result, times in dealt.values_list("employee_id", "result").annotate(Count("pk")):
        (put_off if result == Verdict.Result.SNOOZED else done)[employee] += times
    per_day = pace(viewer.organisation_id, day)
    found = {}
    for seller in sellers:
        own, pk = counts[seller.pk], seller.pk
        at_risk = sum(own.get(status, 0) for status in AT_STAKE)
        found[pk] = Figures(
            parts=tuple(Part(status, own[status], 0) for status in BAR if own.get(status)),
            zones=_zone_parts(zones[pk]),
            clients=sum(own.values()),
            capacity=seller.capacity,
            at_risk=at_risk,
            stake=stake[pk],
            done=done[pk],
            left=max(0, min(per_day - done[pk], at_risk - done[pk] - put_off[pk])),
            month=month.get(pk, Events()),
        )
    return found


def total(all_figures: Iterable[Figures]) -> Figures:
    """This function will add figures up."""
    figures = list(all_figures)
    counts: dict[str, int] = defaultdict(int)
    zones: dict[str, int] = defaultdict(int)
    for one in figures:
        for part in one.parts:
            counts[part.status] += part.clients
        for part in one.zones:
            zones[part.status] += part.clients
    return Figures(
        parts=tuple(Part(status, counts[status], 0) for status in BAR if counts[status]),
        zones=_zone_parts(zones),
        clients=sum(one.clients for one in figures),
        capacity=sum(one.capacity for one in figures),
        at_risk=sum(one.at_risk for one in figures),
        stake=sum((one.stake for one in figures), Decimal(0)),
        done=sum(one.done for one in figures),
        left=sum(one.left for one in figures),
        month=Events(
            saved=sum(one.month.saved for one in figures),
            saved_worth=sum((one.month.saved_worth for one in figures), Decimal(0)),
            lost=sum(one.month.lost for one in figures),
            lost_worth=sum((one.month.lost_worth for one in figures), Decimal(0)),
        ),
    )


def _zone_parts(counts: Mapping[str, int]) -> tuple[Part, ...]:
    return tuple(Part(zone, counts[zone], 0) for zone in ZONES if counts.get(zone))
