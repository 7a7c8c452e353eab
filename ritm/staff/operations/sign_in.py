"""Verbs of the front door: trying, throttling, the second factor."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass

import pyotp
from django.contrib.auth.hashers import make_password
from django.db import connection, transaction

from ritm.staff import secrets
from ritm.staff.models import Attempt, Person

WINDOW = dt.timedelta(minutes=15)
TRIES_PER_EMAIL = 7
TRIES_PER_ADDRESS = 50  # a whole office may stand behind one address
TRIES_PER_CODE = 7

STEP_SECONDS = 30


@dataclass(frozen=True)
class Outcome:
    """Either a person, or nobody, or `wait_until`: too many have failed, so this try was not even looked at."""

    person: Person | None = None
    wait_until: dt.datetime | None = None


@transaction.atomic
def knock(*, email: str, password: str, address: str | None, at: dt.datetime) -> Outcome:
    """
    This function will check an e-mail and a password.

    An unknown address, a wrong password and a person switched off get one answer after the same work. Failures
    are counted per e-mail (seven in 15 minutes) and per address they come from (fifty); past that no password is
    checked. The caller must let the transaction commit, or the failure is not counted.
    """
    email = email.strip().lower()
    keys = {_key("email", email): TRIES_PER_EMAIL}
    if address:
        keys[_key("address", address)] = TRIES_PER_ADDRESS
    if until := _wait_until(keys, at):
        return Outcome(wait_until=until)
    person = Person.objects.filter(email=email).first()
    if person is None or not person.has_usable_password():
        make_password(password)  # as slow as a check, so that time tells nobody which addresses are known
        right = False
    else:
        right = person.check_password(password)
    if person is None or not right or not person.is_active:
        _count(keys, at)
        return Outcome()
    Attempt.objects.filter(key=_key("email", email)).delete()
    return Outcome(person)


@transaction.atomic
def give_code(*, person: Person, code: str, at: dt.datetime) -> Outcome:
    """
    This function will check a code of the second factor, or a recovery code in its place; each is good once.

    Codes of the step before and after are taken too (RFC 6238, 5.2: clocks differ). The caller must let the
    transaction commit, or the failure is not counted.
    """
    keys = {_key("code", str(person.pk)): TRIES_PER_CODE}
    if until := _wait_until(keys, at):
        return Outcome(wait_until=until)
    person = Person.objects.select_for_update().get(pk=person.pk)
    if (step := step_of(person, code, at)) is not None:
        person.totp_last_step = step
        person.save(update_fields=["totp_last_step"])
    elif (hashed := secrets.hash_recovery_code(code, person_id=person.pk)) in person.recovery_codes:
        person.recovery_codes = [kept for kept in person.recovery_codes if kept != hashed]
        person.save(update_fields=["recovery_codes"])
    else:
        _count(keys, at)
        return Outcome()
    Attempt.objects.filter(key__in=keys).delete()
    return Outcome(person)


def step_of(person: Person, code: str, at: dt.datetime) -> int | None:
    """This function will return the 30-second step for which `code` is right and not yet used, else None."""
    secret = secrets.unseal(person.totp_secret, use="totp") if person.totp_secret else None
    digits = "".join(letter for letter in code if letter.isdecimal())
    if secret is None or len(digits) != 6:
        return None
    totp = pyotp.TOTP(secret, interval=STEP_SECONDS)
    now = int(at.timestamp()) // STEP_SECONDS
    for step in (now, now - 1, now + 1):
        if step > person.totp_last_step and pyotp.utils.strings_equal(digits, totp.generate_otp(step)):
            return step
    return None


@transaction.atomic
def may_ask_for_letter(*, email: str, address: str | None, at: dt.datetime) -> Outcome:
    """This function will count a request for a password letter: 3 per e-mail and 20 per address in 15 minutes."""
    keys = {_key("letter", email.strip().lower()): 3}
    if address:
        keys[_key("letters from", address)] = 20
    if until := _wait_until(keys, at):
        return Outcome(wait_until=until)
    _count(keys, at)
    return Outcome()


def count_or_wait(*, what: str, who: str, limit: int, at: dt.datetime) -> dt.datetime | None:
    """This function will count one try of `what` by `who`, or say until when to wait: `limit` in 15 minutes."""
    keys = {_key(what, who): limit}
    until = _wait_until(keys, at)
    if until is None:
        _count(keys, at)
    return until


def prune(*, at: dt.datetime) -> int:
    """This function will delete attempts that no longer count; it returns how many."""
    return Attempt.objects.filter(at__lt=at - WINDOW).delete()[0]


def _key(kind: str, who: str) -> str:
    # Hashed: what strangers type into the e-mail field (a password, at times) is not ours to keep.
    return f"{kind}:{hashlib.sha256(who.encode()).hexdigest()[:40]}"


def _wait_until(keys: dict[str, int], at: dt.datetime) -> dt.datetime | None:
    waits = []
    for key, limit in sorted(keys.items()):
        with connection.cursor() as cursor:
            # Tries with one key queue up: a hundred at once would each find the count still low.
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [key])
        recent = list(
            Attempt.objects.filter(key=key, at__gt=at - WINDOW).order_by("-at").values_list("at", flat=True)[:limit]
        )
        if len(recent) == limit:
            waits.append(recent[-1] + WINDOW)
    return max(waits, default=None)


def _count(keys: dict[str, int], at: dt.datetime) -> None:
    Attempt.objects.bulk_create(Attempt(key=key, at=at) for key in keys)
