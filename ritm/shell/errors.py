"""
Error pages: plain words, and the way back.

They ask neither the database nor any socket: whatever broke, they still come.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from ritm.shell.frame import theme_of_browser


def _page(request: HttpRequest, status: int, title: str, text: str, again: str = "") -> HttpResponse:
    known: dict[str, Any] = {"status": status, "title": title, "text": text, "again": again}
    return HttpResponse(
        render_to_string("shell/error.html", known | {"theme": theme_of_browser(request)}), status=status
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """This function will answer 400."""
    return _page(
        request,
        400,
        _("The request could not be read"),
        _("The address or the form is damaged. Go back, reload the page and try once more."),
    )


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """This function will answer 403."""
    return _page(request, 403, _("This is closed"), _("Ask your administrator if you need it for your work."))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """This function will answer 403 to a form without its token, and say what to do."""
    return _page(
        request,
        403,
        _("The form has expired"),
        _(
            "The page stood open for too long, or cookies are switched off in the browser. Nothing was saved: "
            "go back, reload the page and send the form again."
        ),
        again=request.path if request.method == "GET" else "",
    )


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """This function will answer 404: what you may not see does not exist."""
    return _page(
        request,
        404,
        _("There is no such page"),
        _("It may have been removed, or it belongs to colleagues whose clients you do not see."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    """This function will answer 500."""
    return _page(
        request,
        500,
        _("Something broke on our side"),
        _(
            "Nothing was saved. Try again in a minute; if it happens again, tell your administrator what you "
            "were doing."
        ),
        again=request.path if request.method == "GET" else "",
    )
