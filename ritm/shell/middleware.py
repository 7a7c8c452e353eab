"""Headers that keep the browser honest, and refusals said kindly."""

from __future__ import annotations

from collections.abc import Callable

from django.db import DataError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _

from ritm.kernel.refusal import NotYours, Refusal
from ritm.shell.htmx import is_htmx, toast

POLICY = (
    "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; media-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
    "frame-ancestors 'none'"
)


def security_headers(
    get_response: Callable[[HttpRequest], HttpResponseBase],
) -> Callable[[HttpRequest], HttpResponseBase]:
    """This middleware will add the content security policy (no inline script or style) and its companions."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Referrer-Policy", "same-origin")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        response.headers.setdefault("X-Frame-Options", "DENY")
        return response

    return middleware


class Refusals:
    """What `as_refusal` knows and no view caught becomes a page (or an htmx toast) with its sentence, status 422."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, NotYours):
            raise Http404 from exception
        refusal = as_refusal(exception)
        if refusal is not None:
            transaction.set_rollback(True)
            if is_htmx(request):
                answer = HttpResponse(str(refusal), status=422, headers={"HX-Reswap": "none"})
                return toast(answer, refusal, tone="bad")
            known = {"refusal": refusal, "back": _same_site(request)}
            return render(request, "shell/refusal.html", known, status=422)
        return None


def as_refusal(exception: Exception) -> Refusal | None:
    """This function will say what is anticipated in this failure: a refusal, or a text that no database can keep."""
    if isinstance(exception, Refusal):
        return exception
    if isinstance(exception, DataError) and "NUL" in str(exception):
        return Refusal(_("The text holds an invisible character that cannot be kept: type it anew."), code="characters")
    return None


def _same_site(request: HttpRequest) -> str:
    came_from = request.headers.get("Referer", "")
    return came_from if url_has_allowed_host_and_scheme(came_from, {request.get_host()}) else "/"


refusals = Refusals
