"""What every page knows. Cheap: nothing is asked until a template asks, and no query unless a badge needs one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from ritm.shell import frame as the_frame

THEMES = (("auto", _("As the system")), ("light", _("Light")), ("dark", _("Dark")))


def frame(request: HttpRequest) -> dict[str, Any]:
    """This function will give the frame of a page: viewer, places, theme, navigation, commands."""
    viewer = getattr(request, "viewer", None)
    places = getattr(request, "places", ())
    return {
        "viewer": viewer,
        "user": getattr(request, "user", None),
        "places": places,
        "place_name": next((name for pk, name in places if viewer and pk == viewer.employee_id), ""),
        "theme": the_frame.theme(request),
        "themes": THEMES,
        "rail_folded": request.COOKIES.get("ritm_rail") == "folded",
        "nav": SimpleLazyObject(lambda: the_frame.nav(viewer, request.path)),
        "top_pieces": SimpleLazyObject(lambda: the_frame.top(viewer)),
        "commands": SimpleLazyObject(lambda: the_frame.commands(viewer)),
    }
