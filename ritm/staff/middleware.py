"""Finds out who is at the desk, and builds the two walls around the request."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone, translation

from ritm.journal import tenancy
from ritm.staff import queries
from ritm.staff.viewer import Viewer

EMPLOYEE_KEY = "employee_id"


class AtTheDesk:
    """Sets `request.viewer` (None for a stranger), the organisation's wall, the language and the time zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        request.viewer = None
        if request.user.is_authenticated:
            request.viewer = self._viewer(request)
        language = request.user.language if request.user.is_authenticated else self._asked_language(request)
        with translation.override(language):
            request.LANGUAGE_CODE = language
            if request.viewer is None:
                return self.get_response(request)
            with timezone.override(request.viewer.timezone):
                return self.get_response(request)

    def _viewer(self, request: Any) -> Viewer | None:
        person = request.user
        tenancy.enter(person_id=person.pk)
        employee_id = request.session.get(EMPLOYEE_KEY) or person.last_employee_id
        places = None
        if employee_id is None:
            places = queries.employees_of(person.pk)
            employee_id = places[0].pk if places else None
        if employee_id is None:
            return None
        found = next((p for p in places or queries.employees_of(person.pk) if p.pk == employee_id), None)
        if found is None:
            return None
        tenancy.enter(organisation_id=found.organisation_id, person_id=person.pk)
        return queries.viewer_of(found.pk, language=person.language)

    @staticmethod
    def _asked_language(request: HttpRequest) -> str:
        chosen = request.COOKIES.get("ritm_language", "")
        return chosen if chosen in ("ru", "en") else "ru"


viewer = AtTheDesk
