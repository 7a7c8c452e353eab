"""Verbs of one's own: name, language, password, second factor, sessions."""

from __future__ import annotations

import datetime as dt

import pyotp
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from ritm.journal import tenancy
from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal
from ritm.staff import queries, secrets
from ritm.staff.events import OfEmployee, PasswordChanged, SecondFactorTurned, SignedIn
from ritm.staff.models import Person, SignIn
from ritm.staff.operations.sign_in import step_of


def _tell(person: Person, event: type[OfEmployee], at: dt.datetime, **words: object) -> None:
    """A person is nobody's property: news about him goes into the journal of every organisation he works for."""
    with tenancy.person(person.pk):
        places = queries.employees_of(person.pk)
    for place in places:
        with tenancy.organisation(place.organisation_id):
            publish(
                event(employee_id=place.pk, title=place.name, **words),
                by=Actor(place.organisation_id, place.pk, "web"),
                at=at,
            )


@transaction.atomic
def came_in(*, person: Person, address: str | None, device: str, at: dt.datetime) -> None:
    """This function will journal that somebody signed in."""
    _tell(person, SignedIn, at, address=address or "", device=device)


@transaction.atomic
def introduce(*, person: Person, name: str, language: str, theme: str) -> Person:
    """This function will change one's name, language and theme."""
    person.name, person.language, person.theme = name, language, theme
    person.save(update_fields=["name", "language", "theme"])
    return person


@transaction.atomic
def change_password(*, person: Person, password: str, keep_session: str | None, at: dt.datetime) -> Person:
    """
    This function will set a new password and end every session but `keep_session` (the hash of its key).

    Refuses a weak password with the reasons.
    """
    try:
        validate_password(password, person)
    except ValidationError as error:
        raise Refusal(" ".join(error.messages), code="password", field="password") from None
    person.set_password(password)
    person.save(update_fields=["password"])
    end_other_sessions(person=person, keep_session=keep_session)
    _tell(person, PasswordChanged, at)
    return person


@transaction.atomic
def end_session(*, person: Person, sign_in_id: int) -> bool:
    """This function will end one of a person's own sessions; False when there is none such."""
    return bool(SignIn.objects.filter(person=person, pk=sign_in_id).delete()[0])


@transaction.atomic
def end_other_sessions(*, person: Person, keep_session: str | None) -> int:
    """This function will end all of a person's sessions but the one whose key has this hash; it returns how many."""
    return SignIn.objects.filter(person=person).exclude(key_hash=keep_session or "").delete()[0]


def new_secret() -> str:
    """This function will make a secret for an authenticator (160 bits, base32)."""
    return pyotp.random_base32()


@transaction.atomic
def turn_on_second_factor(*, person: Person, secret: str, code: str, at: dt.datetime) -> list[str]:
    """
    This function will turn two-factor on once a code proves that the authenticator holds `secret`.

    Returns ten recovery codes, shown this once: only their hashes are kept.
    """
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.has_second_factor:
        raise Refusal(_("Two-factor sign-in is on already."), code="on")
    person.totp_secret, person.totp_last_step = secrets.seal(secret, use="totp"), 0
    step = step_of(person, code, at)
    if step is None:
        raise Refusal(
            _("This code does not fit. Check the clock of your phone and type the newest code."),
            code="code",
            field="code",
        )
    codes = secrets.new_recovery_codes()
    person.totp_confirmed_at, person.totp_last_step = at, step
    person.recovery_codes = [secrets.hash_recovery_code(c, person_id=person.pk) for c in codes]
    person.save(update_fields=["totp_secret", "totp_confirmed_at", "totp_last_step", "recovery_codes"])
    _tell(person, SecondFactorTurned, at, on=True)
    return codes


@transaction.atomic
def renew_recovery_codes(*, person: Person) -> list[str]:
    """This function will replace the recovery codes; the old ones open nothing any more."""
    codes = secrets.new_recovery_codes()
    person.recovery_codes = [secrets.hash_recovery_code(c, person_id=person.pk) for c in codes]
    person.save(update_fields=["recovery_codes"])
    return codes


@transaction.atomic
def turn_off_second_factor(*, person: Person, at: dt.datetime) -> Person:
    """This function will turn two-factor off; the entrance has asked for the password."""
    person.totp_secret, person.totp_confirmed_at, person.recovery_codes = "", None, []
    person.save(update_fields=["totp_secret", "totp_confirmed_at", "recovery_codes"])
    _tell(person, SecondFactorTurned, at, on=False)
    return person


@transaction.atomic
def work_at(*, person: Person, employee_id: int) -> None:
    """This function will remember the place at which a person works now, for his next sign-in."""
    person.last_employee_id = employee_id
    person.save(update_fields=["last_employee_id"])


@transaction.atomic
def switch(*, person: Person, on: bool) -> Person:
    """This function will let somebody sign in again, or no more: switched off, all his sessions end."""
    person.is_active = on
    person.save(update_fields=["is_active"])
    if not on:
        end_other_sessions(person=person, keep_session=None)
    return person
