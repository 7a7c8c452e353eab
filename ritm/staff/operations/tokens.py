"""Verbs of tokens: keys by which programs work in an employee's name."""

from __future__ import annotations

import datetime as dt
import secrets as random

from django.db import transaction
from django.utils.translation import gettext as _

from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal
from ritm.staff import secrets
from ritm.staff.events import TokenMade, TokenRevoked
from ritm.staff.models import Employee, Token

MOST_DAYS = 366
USED_EVERY = dt.timedelta(minutes=5)


@transaction.atomic
def make(*, name: str, scope: str, days: int, by: Actor, at: dt.datetime) -> tuple[Token, str]:
    """
    This function will make a token for the employee who asks, good for `days` (1–366); its text is shown this once.

    The text is 'ritm_<organisation>_<43 letters>': the organisation must be known to look inside its wall.
    """
    if not 1 <= days <= MOST_DAYS:
        raise Refusal(_("A token lives at most a year."), code="days", field="days")
    if scope not in Token.Scope.values:
        raise Refusal(_("There is no such scope."), code="scope", field="scope")
    employee = Employee.objects.get(pk=by.employee_id or 0)
    text = f"ritm_{by.organisation_id}_{random.token_urlsafe(32)}"
    token = Token.objects.create(
        organisation_id=by.organisation_id,
        employee=employee,
        name=name,
        head=text[:12],
        token_hash=secrets.hash_token(text),
        scope=scope,
        created_at=at,
        expires_at=at + dt.timedelta(days=days),
    )
    publish(TokenMade(employee_id=employee.pk, title=employee.name, token=name, scope=scope), by=by, at=at)
    return token, text


@transaction.atomic
def revoke(*, token: Token, by: Actor, at: dt.datetime) -> None:
    """This function will make a token worth nothing from the next request on."""
    if token.revoked_at is None:
        token.revoked_at = at
        token.save(update_fields=["revoked_at"])
        publish(TokenRevoked(employee_id=token.employee_id, title=token.employee.name, token=token.name), by=by, at=at)


def used(*, token: Token, at: dt.datetime) -> None:
    """This function will note that a token is in use, at most every five minutes."""
    if token.used_at is None or token.used_at < at - USED_EVERY:
        due = Token.objects.select_for_update(skip_locked=True).filter(pk=token.pk).values("pk")
        Token.objects.filter(pk__in=due).update(used_at=at)
