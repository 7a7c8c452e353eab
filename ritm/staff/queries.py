"""Questions to the staff room."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.db import connection
from django.db.models import Count, Q, QuerySet

from ritm.journal import tenancy
from ritm.journal.prepared import prepared
from ritm.kernel.calendar import local_date
from ritm.kernel.reach import PERMISSIONS, Reach
from ritm.staff.models import Assignment, Employee, Grant, Organisation, Person, Role, SpecialDay, Unit
from ritm.staff.sight import Sight, who_sees
from ritm.staff.viewer import Absent, Place, Viewer

__all__ = [
    "Sight",
    "absent_behind",
    "at_work",
    "cells_of",
    "employees_of",
    "holders",
    "matrix",
    "organisation_ids",
    "place_of",
    "presence",
    "special_days",
    "today_of",
    "units_of",
    "viewer_of",
    "who_sees",
]


def organisation_ids() -> list[int]:
    """This function will list every organisation's id, for clocks that ring in each of them."""
    with tenancy.installation():
        return list(Organisation.objects.order_by("id").values_list("id", flat=True))


_VIEWER_SQL = """
WITH me AS (
    SELECT e.id, e.organisation_id, e.person_id, e.name, e.unit_id, o.name AS organisation, o.timezone, o.currency,
        o.area_code
    FROM staff_employee e JOIN staff_organisation o ON o.id = e.organisation_id
    WHERE e.id = %s AND e.left_on IS NULL
), my_roles AS (
    SELECT r.id, r.key, r.sells FROM staff_assignment a JOIN staff_role r ON r.id = a.role_id, me
    WHERE a.employee_id = me.id
), roots AS (
    SELECT u.path FROM staff_unit u, me WHERE u.id = me.unit_id OR u.head_id = me.id
), my_units AS (
    SELECT DISTINCT u.id FROM staff_unit u JOIN roots ON u.path LIKE roots.path || '%%', me
    WHERE u.organisation_id = me.organisation_id
)
SELECT me.*,
    ARRAY(SELECT key FROM my_roles WHERE key <> '' ORDER BY key),
    COALESCE((SELECT bool_or(sells) FROM my_roles), false),
    (SELECT COALESCE(json_agg(json_build_array(g.noun, g.verb, g.reach)), '[]') FROM (
        SELECT g.noun, g.verb, max(g.reach) AS reach FROM staff_grant g
        WHERE g.role_id IN (SELECT id FROM my_roles) GROUP BY 1, 2) g),
    ARRAY(SELECT DISTINCT o.employee_id FROM staff_membership m JOIN staff_membership o ON o.team_id = m.team_id
          WHERE m.employee_id = me.id),
    ARRAY(SELECT id FROM my_units ORDER BY id),
    ARRAY(SELECT e.id FROM staff_employee e WHERE e.unit_id IN (SELECT id FROM my_units) ORDER BY e.id),
    (SELECT COALESCE(json_agg(json_build_array(e.id, e.name, e.away_until) ORDER BY e.name, e.id), '[]')
     FROM staff_employee e
     WHERE e.substitute_id = me.id AND e.organisation_id = me.organisation_id AND e.left_on IS NULL
        AND e.away_until >= (%s AT TIME ZONE me.timezone)::date),
    (SELECT COALESCE(json_agg(json_build_array(p.id, o.id, o.name, p.position) ORDER BY o.name, p.id), '[]')
     FROM staff_employee p JOIN staff_organisation o ON o.id = p.organisation_id
     WHERE p.person_id = me.person_id AND p.left_on IS NULL)
FROM me
"""


def viewer_of(employee_id: int, *, at: dt.datetime, language: str = "ru") -> Viewer | None:
    """
    This function will build the viewer for an employee (one query), or return None when he does not work here.

    For whom he stands in is told as of `at`. Runs inside the organisation's wall.
    """
    with prepared(), connection.cursor() as cursor:
        cursor.execute(_VIEWER_SQL, [employee_id, at])
        row = cursor.fetchone()
    if row is None:
        return None
    (
        me,
        organisation_id,
        person_id,
        name,
        _unit,
        organisation,
        timezone,
        currency,
        area_code,
        keys,
        sells,
        grants,
        team,
        units,
        people,
        absent,
        places,
    ) = row
    return Viewer(
        organisation_id=organisation_id,
        employee_id=me,
        person_id=person_id,
        name=name,
        organisation=organisation,
        timezone=timezone,
        currency=currency,
        area_code=area_code,
        language=language,
        sells=sells,
        role_keys=tuple(keys),
        grants={(noun, verb): Reach(reach) for noun, verb, reach in grants},
        team=tuple(sorted({me, *team})),
        unit_people=tuple(sorted({me, *people})),
        units=tuple(units),
        stands_in=tuple(Absent(pk, name, dt.date.fromisoformat(until)) for pk, name, until in absent),
        places=tuple(Place(*place) for place in places),
    )


def place_of(person: Person) -> Place | None:
    """This function will choose where a person works: where he was last, else his first place; None without any."""
    places = employees_of(person.pk)
    if not places:
        return None
    chosen = next((p for p in places if p.pk == person.last_employee_id), places[0])
    return Place(chosen.pk, chosen.organisation_id, chosen.organisation.name, chosen.position)


def today_of(viewer: Viewer, at: dt.datetime) -> dt.date:
    """This function will give the date in the viewer's organisation."""
    return local_date(at, viewer.timezone)


def employees_of(person_id: int) -> list[Employee]:
    """This function will list a person's places in all organisations (the wall lets a person see his own)."""
    return list(
        Employee.objects.filter(person_id=person_id, left_on=None).select_related("organisation").order_by("id")
    )


def special_days(organisation_id: int) -> dict[dt.date, bool]:
    """This function will give the organisation's exceptions to Monday-to-Friday, for `kernel.calendar`."""
    return dict(SpecialDay.objects.filter(organisation_id=organisation_id).values_list("day", "working"))


@dataclass(frozen=True)
class UnitRow:
    """A unit in the tree, ready to show: `depth` is 0 at the root."""

    unit: Unit
    depth: int
    people: int

    @property
    def indent(self) -> str:
        return "\u2007\u2007" * self.depth


def units_of(viewer: Viewer) -> list[UnitRow]:
    """This function will list the open units as a tree, children by name below their parent (two queries)."""
    rows = Unit.objects.visible_to(viewer).filter(closed_at=None).select_related("head").order_by("name")
    counts = dict(
        Employee.objects.visible_to(viewer).filter(left_on=None).values_list("unit_id").annotate(count=Count("id"))
    )
    below: dict[int | None, list[Unit]] = {}
    for unit in rows:
        below.setdefault(unit.parent_id, []).append(unit)
    found: list[UnitRow] = []

    def walk(parent_id: int | None, depth: int) -> None:
        for unit in below.get(parent_id, ()):
            found.append(UnitRow(unit, depth, counts.get(unit.pk, 0)))
            walk(unit.pk, depth + 1)

    walk(None, 0)
    return found


@dataclass(frozen=True)
class Line:
    """One line of a role's matrix: how far it reaches now, and what it may be set to."""

    noun: str
    verb: str
    reach: Reach
    shipped: Reach | None
    # A noun without owners (settings, the audit trail) is either open or closed: there is no 'own' in between.
    steps: tuple[Reach, ...]

    @property
    def key(self) -> str:
        return f"{self.noun}.{self.verb}"


def matrix(role: Role) -> list[Line]:
    """This function will list every permission of the installation with the reach of a role, grouped by noun."""
    held = cells_of([role])
    lines = []
    nouns = dict.fromkeys(line.noun for line in PERMISSIONS)
    for noun in nouns:
        owned = any(
            Reach.NOBODY < reach < Reach.ORGANISATION
            for line in PERMISSIONS
            if line.noun == noun
            for reach in line.reach.values()
        )
        steps = tuple(Reach) if owned else (Reach.NOBODY, Reach.ORGANISATION)
        lines += [
            Line(
                noun,
                line.verb,
                held.get((noun, line.verb), Reach.NOBODY),
                line.reach.get(role.key, Reach.NOBODY) if role.key else None,
                steps,
            )
            for line in PERMISSIONS
            if line.noun == noun
        ]
    return lines


def cells_of(roles: Iterable[Role]) -> dict[tuple[str, str], Reach]:
    """This function will give how far these roles reach together."""
    found: dict[tuple[str, str], Reach] = {}
    for noun, verb, reach in Grant.objects.filter(role__in=list(roles)).values_list("noun", "verb", "reach"):
        found[noun, verb] = max(Reach(reach), found.get((noun, verb), Reach.NOBODY))
    return found


def holders(viewer: Viewer) -> dict[int, int]:
    """This function will count the working employees who hold each role: {role id: count}."""
    return dict(
        Assignment.objects.visible_to(viewer)
        .filter(employee__left_on=None)
        .values_list("role_id")
        .annotate(count=Count("id"))
    )


def presence(employees: QuerySet[Employee], today: dt.date) -> QuerySet[Employee]:
    """This function will keep the employees who are at work on `today`: they have not left and are not on leave."""
    return employees.filter(Q(away_until=None) | Q(away_until__lt=today), left_on=None)


def absent_behind(employee_id: int, today: dt.date) -> tuple[Absent, ...]:
    """
    This function will list the colleagues for whom an employee stands in on `today`, by name.

    Only those who named him: a substitute's own substitute does not inherit what he stands in for.
    """
    rows = Employee.objects.filter(substitute_id=employee_id, left_on=None, away_until__gte=today)
    told = rows.order_by("name", "pk").values_list("pk", "name", "away_until")
    return tuple(Absent(pk, name, until) for pk, name, until in told if until is not None)


def at_work(employee_id: int, today: dt.date) -> int | None:
    """
    This function will say who does an employee's work on `today`: himself, or his substitute while he is away.

    Follows substitutes of substitutes; None when nobody of them is at work. Runs inside the wall.
    """
    seen: set[int] = set()
    current: int | None = employee_id
    while current is not None and current not in seen:
        seen.add(current)
        row = Employee.objects.filter(pk=current).values("left_on", "away_until", "substitute_id").first()
        if row is None:
            return None
        if row["left_on"] is None and (row["away_until"] is None or row["away_until"] < today):
            return current
        current = row["substitute_id"]
    return None
