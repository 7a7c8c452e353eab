"""Verbs of the staff room."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from ritm.journal import tenancy
from ritm.kernel.reach import PERMISSIONS, ROLES, Reach
from ritm.staff.models import Assignment, Employee, Grant, Membership, Organisation, Person, Role, Team, Unit

ROLE_NAMES = {
    "sales": "Менеджер по продажам",
    "head": "Руководитель отдела",
    "order_desk": "Диспетчер заказов",
    "director": "Директор",
    "administrator": "Администратор",
    "accountant": "Бухгалтер",
}


@transaction.atomic
def open_organisation(*, name: str, at: dt.datetime, timezone: str = "Europe/Moscow") -> Organisation:
    """This function will create an organisation with its root unit and the shipped roles, and enter its wall."""
    with tenancy.installation():
        # The row is its own tenant: it can be seen only once its id is known.
        pk = _next_id(Organisation)
    tenancy.enter(organisation_id=pk)
    organisation = Organisation(id=pk, name=name, timezone=timezone, created_at=at)
    organisation.save(force_insert=True)
    add_unit(organisation=organisation, name=name)
    for key in ROLES:
        role = Role.objects.create(
            organisation=organisation, key=key, name=ROLE_NAMES[key], sells=key in ("sales", "head")
        )
        Grant.objects.bulk_create(
            Grant(organisation=organisation, role=role, noun=line.noun, verb=line.verb, reach=line.reach[key])
            for line in PERMISSIONS
            if line.reach.get(key, Reach.NOBODY) > Reach.NOBODY
        )
    return organisation


def _next_id(model: type[Organisation]) -> int:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence(%s, 'id'))", [model._meta.db_table])
        return int(cursor.fetchone()[0])


@transaction.atomic
def add_unit(*, organisation: Organisation, name: str, parent: Unit | None = None) -> Unit:
    """This function will add a unit to the tree, below `parent` (the root has none)."""
    unit = Unit.objects.create(organisation=organisation, parent=parent, name=name)
    unit.path = f"{parent.path if parent else '/'}{unit.pk}/"
    unit.save(update_fields=["path"])
    return unit


@transaction.atomic
def hire(
    *,
    organisation: Organisation,
    unit: Unit,
    name: str,
    role: str,
    person: Person | None = None,
    position: str = "",
    heads: bool = False,
    at: dt.datetime,
) -> Employee:
    """
    This function will give somebody a place in a unit and a shipped role (by key); `heads` makes him its head.

    `person` may be None for employees who never sign in.
    """
    employee = Employee.objects.create(
        organisation=organisation, person=person, unit=unit, name=name, position=position, hired_on=at.date()
    )
    Assignment.objects.create(
        organisation=organisation, employee=employee, role=Role.objects.get(organisation=organisation, key=role)
    )
    if heads:
        unit.head = employee
        unit.save(update_fields=["head"])
    return employee


@transaction.atomic
def form_team(*, organisation: Organisation, name: str, members: list[Employee]) -> Team:
    """This function will form a team of these employees."""
    team = Team.objects.create(organisation=organisation, name=name)
    Membership.objects.bulk_create(
        Membership(organisation=organisation, team=team, employee=member) for member in members
    )
    return team
