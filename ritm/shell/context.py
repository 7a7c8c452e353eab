"""What every page knows. Cheap: nothing is asked until a template asks, and no query unless a badge needs one."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.utils.functional import SimpleLazyObject
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from ritm.shell import frame as the_frame
from ritm.shell.kept import fill, kept, place


def frame(request: HttpRequest) -> dict[str, Any]:
    """This function will give the frame of a page: viewer, theme, navigation, the top line."""
    return {
        "viewer": getattr(request, "viewer", None),
        "user": getattr(request, "user", None),
        "theme": the_frame.theme(request),
        "rail_folded": _folded(request),
        "rail": SimpleLazyObject(lambda: rail(request)),
        "top_line": SimpleLazyObject(lambda: top_line(request)),
    }


def rail(request: HttpRequest) -> SafeString:
    """This function will give the rail of this viewer on this page."""
    nav = the_frame.nav(getattr(request, "viewer", None), request.path)
    return kept("shell/_rail.html", nav=nav, rail_folded=_folded(request))


def top_line(request: HttpRequest) -> SafeString:
    """This function will give the top line and the palette: all that they say of the viewer is named here."""
    viewer = getattr(request, "viewer", None)
    places = tuple(getattr(request, "places", ()))
    me = viewer.employee_id if viewer else None
    line = kept(
        "shell/_top.html",
        csrf_token=place("token"),
        here=place("here"),
        signed_in=viewer is not None,
        name=viewer.name if viewer else "",
        place=me,
        places=places,
        place_name=next((name for pk, name in places if pk == me), ""),
        theme=the_frame.theme(request),
        themes=(("auto", _("As the system")), ("light", _("Light")), ("dark", _("Dark"))),
        commands=the_frame.commands(viewer),
        pieces=tuple(piece.template for piece in the_frame.top(viewer)),
    )
    return fill(line, token=get_token(request), here=request.get_full_path())


def _folded(request: HttpRequest) -> bool:
    return request.COOKIES.get("ritm_rail") == "folded"
