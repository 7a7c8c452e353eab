"""Opening an empty installation: its first organisation and its first administrator."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.utils.translation import gettext as _

from ritm.journal.operations import publish
from ritm.kernel.actor import Actor, Via
from ritm.kernel.refusal import Refusal
from ritm.staff import queries
from ritm.staff.events import EmployeeJoined, OrganisationOpened
from ritm.staff.models import Employee, Organisation, Person, Role, Unit
from ritm.staff.operations import calendar
from ritm.staff.operations.founding import hire, open_organisation
from ritm.staff.production_calendar import YEARS


@transaction.atomic
def open_house(
    *,
    organisation: str,
    name: str,
    email: str,
    password: str,
    timezone: str = "Europe/Moscow",
    via: Via,
    at: dt.datetime,
) -> Employee:
    """
    This function will open an organisation with its first administrator, on an installation that has none.

    Brings in the production calendar of this year and the next, as far as they are known. Refuses when somebody
    was quicker, a weak password, and an address that signs in here already.
    """
    with connection.cursor() as cursor:
        # Two who open at once would both find the house empty.
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('ritm open house', 0))")
    if queries.organisation_ids():
        raise Refusal(_("This installation has been opened already: sign in, or ask for an invitation."), code="opened")
    return add_administrator(
        organisation=open_organisation(name=organisation, timezone=timezone, at=at), name=name, email=email,
        password=password, fresh=True, via=via, at=at,
    )  # fmt: skip


@transaction.atomic
def add_administrator(
    *, organisation: Organisation, name: str, email: str, password: str, fresh: bool = False, via: Via, at: dt.datetime
) -> Employee:
    """
    This function will give an organisation an administrator, inside its wall; a known person keeps his password.

    For whoever runs the machine: the way in when nobody else can let one in.
    """
    email = email.strip().lower()
    person = Person.objects.filter(email=email).first()
    if person is None:
        person = Person(email=email, name=name, created_at=at)
        try:
            validate_password(password, person)
        except ValidationError as error:
            raise Refusal(" ".join(error.messages), code="password", field="password") from None
        person.set_password(password)
        person.save(force_insert=True)
    root = Unit.objects.get(organisation=organisation, parent=None)
    if Employee.objects.filter(organisation=organisation, person=person).exists():
        raise Refusal(_("This person works here already."), code="works_here", field="email")
    employee = hire(organisation=organisation, unit=root, name=name, role="administrator", person=person, at=at)
    by = Actor(organisation.pk, employee.pk, via)
    if fresh:
        publish(OrganisationOpened(title=organisation.name), by=by, at=at)
        for year in (at.year, at.year + 1):
            if year in YEARS:
                calendar.bring_in(organisation=organisation, year=year, by=by, at=at)
    role = Role.objects.get(organisation=organisation, key="administrator")
    publish(EmployeeJoined(employee_id=employee.pk, title=name, unit=root.name, role=role.name), by=by, at=at)
    return employee
