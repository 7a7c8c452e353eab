"""The API's door: a token opens the same two walls as the web, for the employee whose token it is."""

from __future__ import annotations

import re
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from ninja.security import HttpBearer

from ritm.journal import tenancy
from ritm.kernel.refusal import Refusal
from ritm.staff import queries, secrets
from ritm.staff.models import Token
from ritm.staff.operations import tokens
from ritm.staff.viewer import Viewer

_SHAPE = re.compile(r"ritm_(\d{1,15})_[A-Za-z0-9_-]{43}")
SAFE = ("GET", "HEAD", "OPTIONS")

# Requests a minute and token, counted by each server process for itself.
PER_MINUTE = 300


class TooFast(Refusal):
    """More requests than a token may make in a minute."""


class TokenDoor(HttpBearer):
    """Sets `request.viewer` and the walls from 'Authorization: Bearer ritm_…'."""

    openapi_scheme = "bearer"

    def authenticate(self, request: HttpRequest, token: str) -> Viewer | None:
        shape = _SHAPE.fullmatch(token)
        if shape is None:
            return None
        organisation_id = int(shape.group(1))
        tenancy.enter(organisation_id=organisation_id)
        now = timezone.now()
        row = (
            Token.objects.filter(token_hash=secrets.hash_token(token), revoked_at=None, expires_at__gt=now)
            .select_related("employee__person")
            .first()
        )
        person = row.employee.person if row else None
        if row is None or person is None or not person.is_active:
            tenancy.enter()
            return None
        viewer = queries.viewer_of(row.employee_id, at=now, language=person.language)
        if viewer is None:
            tenancy.enter()
            return None
        translation.activate(viewer.language)  # the desk's middleware puts the former language back
        _slow_down(row.pk, now.strftime("%H:%M"))
        if request.method not in SAFE and row.scope != Token.Scope.WRITE:
            raise Refusal(_("This token may only read."), code="read_only_token")
        tokens.used(token=row, at=now)
        asked: Any = request
        asked.viewer, asked.token = viewer, row
        return viewer


def _slow_down(token_id: int, minute: str) -> None:
    key = f"token:{token_id}:{minute}"
    cache.add(key, 0, timeout=120)
    if cache.incr(key) > PER_MINUTE:
        raise TooFast(_("Too many requests: wait a minute."), code="too_many_requests")
