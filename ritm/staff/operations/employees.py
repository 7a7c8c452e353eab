"""Verbs of employees."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.kernel.phone import parse_phone
from ritm.kernel.refusal import Refusal
from ritm.staff.events import EmployeeAway, EmployeeEdited, EmployeeJoined, EmployeeLeft, EmployeeReturned
from ritm.staff.models import Assignment, Employee, Role, Token, Unit
from ritm.staff.operations.changes import between
from ritm.staff.operations.roles import (
    ADMINISTRATOR,
    lock_administrators,
    refuse_roles_beyond,
    refuse_without_administrator,
)
from ritm.staff.viewer import Viewer


@transaction.atomic
def take_on(
    *, unit: Unit, name: str, position: str, role: Role, granter: Viewer, by: Actor, at: dt.datetime
) -> Employee:
    """This function will add an employee who does not sign in (yet): a storekeeper, an owner of old clients."""
    if unit.closed_at is not None:
        raise Refusal(_("This unit is closed: choose an open one."), code="closed", field="unit")
    refuse_roles_beyond(granter, [role])
    employee = Employee.objects.create(
        organisation_id=unit.organisation_id, unit=unit, name=name, position=position, hired_on=at.date()
    )
    Assignment.objects.create(organisation_id=unit.organisation_id, employee=employee, role=role)
    publish(EmployeeJoined(employee_id=employee.pk, title=name, unit=unit.name, role=role.name), by=by, at=at)
    return employee


@transaction.atomic
def edit(
    *,
    employee: Employee,
    name: str,
    position: str,
    unit: Unit,
    roles: Sequence[Role],
    phone: str,
    extension: str,
    capacity: int,
    granter: Viewer,
    by: Actor,
    at: dt.datetime,
) -> Employee:
    """
    This function will change an employee's card and roles; his reach changes with his next request.

    Refuses a phone that is none, a closed unit, roles beyond the granter's own reach, and to take the role from
    the last administrator.
    """
    if phone:
        parsed = parse_phone(phone, area_code=granter.area_code)
        if parsed is None:
            raise Refusal(_("This is not a phone number."), code="phone", field="phone")
        phone = parsed.e164
        extension = extension or parsed.extension
    if unit.closed_at is not None and unit.pk != employee.unit_id:
        raise Refusal(_("This unit is closed: choose an open one."), code="closed", field="unit")
    if not roles:
        raise Refusal(_("Choose at least one role."), code="no_role", field="roles")
    lock_administrators(employee.organisation_id)
    held = {a.role_id: a.role for a in Assignment.objects.filter(employee=employee).select_related("role")}
    wanted = {role.pk: role for role in roles}
    # Taking the administrator's role away is as weighty as giving it.
    moved = [wanted[pk] for pk in wanted.keys() - held.keys()]
    moved += [held[pk] for pk in held.keys() - wanted.keys() if held[pk].key == ADMINISTRATOR]
    refuse_roles_beyond(granter, moved)
    values = {
        "name": name,
        "position": position,
        "phone": phone,
        "extension": extension,
        "capacity": capacity,
    }
    changes = between(
        {key: getattr(employee, key) for key in values}
        | {"unit": employee.unit.name, "roles": ", ".join(sorted(role.name for role in held.values()))},
        values | {"unit": unit.name, "roles": ", ".join(sorted(role.name for role in roles))},
    )
    for key, value in values.items():
        setattr(employee, key, value)
    employee.unit = unit
    employee.save(update_fields=[*values, "unit"])
    Assignment.objects.filter(employee=employee, role_id__in=held.keys() - wanted.keys()).delete()
    Assignment.objects.bulk_create(
        Assignment(organisation_id=employee.organisation_id, employee=employee, role_id=pk)
        for pk in sorted(wanted.keys() - held.keys())
    )
    refuse_without_administrator(employee.organisation_id)
    if changes:
        publish(EmployeeEdited(employee_id=employee.pk, title=name, **changes.words()), by=by, at=at)
    return employee


@transaction.atomic
def go_away(
    *,
    employee: Employee,
    until: dt.date | None,
    substitute: Employee | None,
    today: dt.date,
    by: Actor,
    at: dt.datetime,
) -> Employee:
    """
    This function will note that somebody is on leave up to and including `until`, and who stands in; None: is back.

    `today` is the organisation's date. Refuses a leave that is over, and a substitute who is himself or has left.
    """
    if until is not None and until < today:
        raise Refusal(_("This day is over: choose today or a later one."), code="past", field="until")
    if substitute is not None and (substitute.pk == employee.pk or substitute.left_on is not None):
        raise Refusal(_("Choose a colleague who works here."), code="substitute", field="substitute")
    if (employee.away_until, employee.substitute_id) == (until, substitute.pk if substitute else None):
        return employee
    employee.away_until, employee.substitute = until, substitute
    employee.save(update_fields=["away_until", "substitute"])
    publish(
        EmployeeAway(
            employee_id=employee.pk,
            title=employee.name,
            until=until,
            substitute_id=substitute.pk if substitute else None,
            substitute=substitute.name if substitute else "",
        ),
        by=by,
        at=at,
    )
    return employee


@transaction.atomic
def leave(
    *, employee: Employee, left_on: dt.date, today: dt.date, granter: Viewer, by: Actor, at: dt.datetime
) -> Employee:
    """
    This function will note that somebody has left: he is a stranger to this organisation from his next request.

    He heads and stands in for nobody any more and his tokens are dead; what he owned stays his until it is handed
    over (`sockets.LEAVERS`). Refuses a date to come, and the last administrator.
    """
    if left_on > today:
        raise Refusal(_("Note it on the day itself: till then he is at work."), code="future", field="left_on")
    if employee.hired_on is not None and left_on < employee.hired_on:
        raise Refusal(_("He was not yet hired on that day."), code="before_hired", field="left_on")
    if employee.left_on is not None:
        raise Refusal(_("He has left already."), code="left", field="left_on")
    lock_administrators(employee.organisation_id)
    refuse_roles_beyond(granter, [a.role for a in _admin_roles(employee)])
    refuse_without_administrator(employee.organisation_id, gone=employee.pk)
    employee.left_on = left_on
    employee.save(update_fields=["left_on"])
    Unit.objects.filter(organisation_id=employee.organisation_id, head=employee).update(head=None)
    Employee.objects.filter(organisation_id=employee.organisation_id, substitute=employee).update(substitute=None)
    Token.objects.filter(employee=employee, revoked_at=None).update(revoked_at=at)
    publish(EmployeeLeft(employee_id=employee.pk, title=employee.name, left_on=left_on), by=by, at=at)
    return employee


def _admin_roles(employee: Employee) -> list[Assignment]:
    return list(Assignment.objects.filter(employee=employee, role__key=ADMINISTRATOR).select_related("role"))


@transaction.atomic
def come_back(*, employee: Employee, granter: Viewer, by: Actor, at: dt.datetime) -> Employee:
    """This function will take somebody who left back, with the roles he had."""
    if employee.left_on is None:
        return employee
    roles = Role.objects.filter(pk__in=Assignment.objects.filter(employee=employee).values("role_id"))
    refuse_roles_beyond(granter, list(roles))
    if employee.unit.closed_at is not None:
        raise Refusal(_("His unit is closed: choose an open one first."), code="closed", field="unit")
    employee.left_on = None
    employee.save(update_fields=["left_on"])
    publish(EmployeeReturned(employee_id=employee.pk, title=employee.name), by=by, at=at)
    return employee
