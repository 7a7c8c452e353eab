"""Verbs of invitations."""

from __future__ import annotations

import datetime as dt

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal
from ritm.staff import secrets
from ritm.staff.events import EmployeeJoined, InvitationWithdrawn, Invited, InvitedAgain
from ritm.staff.models import Assignment, Employee, Invitation, Person, Role, Unit
from ritm.staff.operations.roles import refuse_roles_beyond
from ritm.staff.viewer import Viewer

GOOD_FOR = dt.timedelta(days=7)


def token_of(invitation: Invitation) -> str:
    """
    This function will give the token of an invitation's link.

    It is derived from SECRET_KEY and the row, so a letter can be written again although only a hash is kept, and
    a copy of the database alone opens no door. It begins with the organisation, which must be known to look inside.
    """
    text = f"{invitation.organisation_id}:{invitation.pk}:{invitation.email}:{invitation.created_at.isoformat()}"
    return f"{invitation.organisation_id}-{secrets.sign(text, use='invitation')}"


@transaction.atomic
def invite(
    *, email: str, name: str, unit: Unit, role: Role, granter: Viewer, base_url: str, by: Actor, at: dt.datetime
) -> Invitation:
    """
    This function will invite somebody by letter; the link is good for seven days.

    Refuses an address that works here already or is invited, a closed unit, and a role beyond the granter's reach.
    """
    from ritm.staff.jobs import send_invitation

    email = email.strip().lower()
    refuse_roles_beyond(granter, [role])
    if unit.closed_at is not None:
        raise Refusal(_("This unit is closed: choose an open one."), code="closed", field="unit")
    if Employee.objects.filter(organisation_id=by.organisation_id, person__email=email, left_on=None).exists():
        raise Refusal(_("This person works here already."), code="works_here", field="email")
    if Invitation.objects.select_for_update().open().filter(organisation_id=by.organisation_id, email=email).exists():
        raise Refusal(
            _("This address is invited already: send the letter again from the list."), code="invited", field="email"
        )
    invitation = Invitation.objects.create(
        organisation_id=by.organisation_id,
        email=email,
        name=name,
        unit=unit,
        role=role,
        invited_by_id=granter.employee_id,
        token_hash=secrets.hash_token(f"{by.organisation_id}:{email}:{at.isoformat()}"),
        created_at=at,
        expires_at=at + GOOD_FOR,
    )
    invitation.token_hash = secrets.hash_token(token_of(invitation))
    invitation.save(update_fields=["token_hash"])
    publish(Invited(invitation_id=invitation.pk, email=email, title=name, unit=unit.name, role=role.name), by=by, at=at)
    send_invitation.defer(organisation_id=by.organisation_id, invitation_id=invitation.pk, base_url=base_url)
    return invitation


@transaction.atomic
def send_again(*, invitation: Invitation, base_url: str, by: Actor, at: dt.datetime) -> Invitation:
    """This function will send the letter once more and make its link good for seven more days."""
    from ritm.staff.jobs import send_invitation

    _refuse_closed(invitation)
    invitation.expires_at = at + GOOD_FOR
    invitation.save(update_fields=["expires_at"])
    publish(InvitedAgain(invitation_id=invitation.pk, email=invitation.email), by=by, at=at)
    send_invitation.defer(organisation_id=by.organisation_id, invitation_id=invitation.pk, base_url=base_url)
    return invitation


@transaction.atomic
def withdraw(*, invitation: Invitation, by: Actor, at: dt.datetime) -> Invitation:
    """This function will make an invitation's link worth nothing."""
    _refuse_closed(invitation)
    invitation.withdrawn_at = at
    invitation.save(update_fields=["withdrawn_at"])
    publish(InvitationWithdrawn(invitation_id=invitation.pk, email=invitation.email), by=by, at=at)
    return invitation


def _refuse_closed(invitation: Invitation) -> None:
    if invitation.accepted_at is not None:
        raise Refusal(_("This invitation has been accepted."), code="accepted")
    if invitation.withdrawn_at is not None:
        raise Refusal(_("This invitation has been withdrawn."), code="withdrawn")


def person_for(*, invitation: Invitation, name: str, password: str, language: str, at: dt.datetime) -> Person:
    """
    This function will make the person whom an invitation reached; the link has proved that the address is his.

    Refuses a weak password, and an address that has a person already (he signs in instead).
    """
    person = Person(email=invitation.email, name=name, language=language, created_at=at)
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Refusal(" ".join(error.messages), code="password", field="password") from None
    if Person.objects.filter(email=invitation.email).exists():
        raise Refusal(_("This address has a password already: sign in with it."), code="known", field="password")
    person.password = make_password(password)
    person.save(force_insert=True)
    return person


@transaction.atomic
def accept(*, invitation: Invitation, person: Person, at: dt.datetime) -> Employee:
    """
    This function will give an invited person his place; runs inside the inviting organisation's wall.

    Somebody who worked here before gets his old place back, in the unit and with the role of the invitation.
    Refuses an invitation that is used, withdrawn or too old, and one that was written to another address.
    """
    invitation = Invitation.objects.select_for_update(of=("self",)).select_related("unit", "role").get(pk=invitation.pk)
    _refuse_closed(invitation)
    if invitation.expires_at <= at:
        raise Refusal(_("This invitation is too old: ask for a new letter."), code="expired")
    if person.email != invitation.email:
        raise Refusal(
            _("This invitation is for %(email)s: sign in with that address.") % {"email": invitation.email},
            code="other_address",
        )
    place = {"organisation_id": invitation.organisation_id, "person": person}
    employee = Employee.objects.select_for_update().filter(**place).first()
    if employee is None:
        employee = Employee.objects.create(
            **place, unit=invitation.unit, name=invitation.name or person.name, hired_on=at.date()
        )
    else:
        employee.unit, employee.left_on = invitation.unit, None
        employee.save(update_fields=["unit", "left_on"])
        Assignment.objects.filter(employee=employee).delete()
    Assignment.objects.create(organisation_id=invitation.organisation_id, employee=employee, role=invitation.role)
    invitation.accepted_at = at
    invitation.save(update_fields=["accepted_at"])
    person.last_employee_id = employee.pk
    person.save(update_fields=["last_employee_id"])
    publish(
        EmployeeJoined(
            employee_id=employee.pk, title=employee.name, unit=invitation.unit.name, role=invitation.role.name
        ),
        by=Actor(invitation.organisation_id, employee.pk, "web"),
        at=at,
    )
    return employee
