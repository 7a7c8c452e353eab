"""Questions to the staff room."""

from __future__ import annotations

import datetime as dt

from django.db import connection

from ritm.journal import tenancy
from ritm.kernel.reach import Reach
from ritm.staff.models import Employee, Organisation, Person, SpecialDay
from ritm.staff.viewer import Place, Viewer


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
    (SELECT COALESCE(json_agg(json_build_array(p.id, o.id, o.name, p.position) ORDER BY o.name, p.id), '[]')
     FROM staff_employee p JOIN staff_organisation o ON o.id = p.organisation_id
     WHERE p.person_id = me.person_id AND p.left_on IS NULL)
FROM me
"""


def viewer_of(employee_id: int, *, language: str = "ru") -> Viewer | None:
    """
    This function will build the viewer for an employee (one query), or return None when he does not work here.

    Runs inside the organisation's wall.
    """
    with connection.cursor() as cursor:
        cursor.execute(_VIEWER_SQL, [employee_id])
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
        places=tuple(Place(*place) for place in places),
    )


def place_of(person: Person) -> Place | None:
    """This function will choose where a person works: where he was last, else his first place; None without any."""
    places = employees_of(person.pk)
    if not places:
        return None
    chosen = next((p for p in places if p.pk == person.last_employee_id), places[0])
    return Place(chosen.pk, chosen.organisation_id, chosen.organisation.name, chosen.position)


def employees_of(person_id: int) -> list[Employee]:
    """This function will list a person's places in all organisations (the wall lets a person see his own)."""
    return list(
        Employee.objects.filter(person_id=person_id, left_on=None).select_related("organisation").order_by("id")
    )


def special_days(organisation_id: int) -> dict[dt.date, bool]:
    """This function will give the organisation's exceptions to Monday-to-Friday, for `kernel.calendar`."""
    return dict(SpecialDay.objects.filter(organisation_id=organisation_id).values_list("day", "working"))
