"""
Finds out who is at the desk, and builds the two walls around the request.

Three queries: the session with its person, the walls, the viewer. A person whose remembered place is gone costs
one more, to look for another.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth import HASH_SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone, translation
from django.utils.crypto import constant_time_compare

from ritm.journal import tenancy
from ritm.staff import queries
from ritm.staff.models import Person
from ritm.staff.viewer import Viewer

# The session remembers the place at which its person works: [employee id, organisation id].
PLACE_KEY = "place"
LANGUAGE_COOKIE = "ritm_language"
THEME_COOKIE = "ritm_theme"


class AtTheDesk:
    """
    Sets `request.user`, `request.viewer` (None for a stranger), `request.places`, the organisation's wall, the
    language and the time zone.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponseBase:
        person = self._person(request)
        request.user = person or AnonymousUser()
        request.viewer = self._viewer(request, person) if person else None
        # (employee id, name of the organisation) of each place, for the switcher.
        request.places = [(p.employee_id, p.organisation) for p in request.viewer.places] if request.viewer else []
        language = person.language if person else self._asked(request, LANGUAGE_COOKIE, ("ru", "en"))
        request.theme = person.theme if person else self._asked(request, THEME_COOKIE, ("auto", "light", "dark"))
        with translation.override(language):
            request.LANGUAGE_CODE = language
            if request.viewer is None:
                return self.get_response(request)
            with timezone.override(request.viewer.timezone):
                return self.get_response(request)

    @staticmethod
    def _person(request: Any) -> Person | None:
        person: Person | None = request.session.person
        if person is None:
            return None
        # A changed password or a person switched off ends every session that was begun before it.
        known = constant_time_compare(request.session.get(HASH_SESSION_KEY, ""), person.get_session_auth_hash())
        if not (known and person.is_active):
            request.session.flush()
            return None
        request.session.touch(timezone.now())
        return person

    @staticmethod
    def _viewer(request: Any, person: Person) -> Viewer | None:
        employee_id, organisation_id = request.session.get(PLACE_KEY) or (None, None)
        if employee_id is not None:
            tenancy.enter(organisation_id=organisation_id, person_id=person.pk)
            viewer = queries.viewer_of(employee_id, at=timezone.now(), language=person.language)
            if viewer is not None and viewer.person_id == person.pk and viewer.organisation_id == organisation_id:
                return viewer
        tenancy.enter(person_id=person.pk)
        place = queries.place_of(person)
        if place is None:
            request.session.pop(PLACE_KEY, None)
            return None
        request.session[PLACE_KEY] = [place.employee_id, place.organisation_id]
        tenancy.enter(organisation_id=place.organisation_id, person_id=person.pk)
        return queries.viewer_of(place.employee_id, at=timezone.now(), language=person.language)

    @staticmethod
    def _asked(request: HttpRequest, cookie: str, allowed: tuple[str, ...]) -> str:
        chosen = request.COOKIES.get(cookie, "")
        return chosen if chosen in allowed else allowed[0]


viewer = AtTheDesk
