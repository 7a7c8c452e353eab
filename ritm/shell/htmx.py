"""Talking with htmx: small headers, said in one place."""

from __future__ import annotations

import json
from typing import Any, TypeVar
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils.encoding import iri_to_uri

TOAST_COOKIE = "ritm_toast"
R = TypeVar("R", bound=HttpResponseBase)


def is_htmx(request: HttpRequest) -> bool:
    """This function will say whether the page asks for a fragment (a restored or boosted page is asked for whole)."""
    return (
        request.headers.get("HX-Request") == "true"
        and request.headers.get("HX-Boosted") != "true"
        and request.headers.get("HX-History-Restore-Request") != "true"
    )


def trigger(response: R, event: str, detail: Any = True) -> R:
    """This function will let the page hear `event` with `detail` (JSON-ready), beside events already there."""
    heard = json.loads(response.headers.get("HX-Trigger", "{}"))
    heard[event] = detail
    response.headers["HX-Trigger"] = json.dumps(heard)
    return response


def toast(response: R, text: Any, undo: str | None = None, *, tone: str = "") -> R:
    """
    This function will show a toast; with `undo`, a path that is POSTed to when the person takes it back within 10 s.

    An answer that sends the browser elsewhere leaves the toast in a cookie, and the next page shows it. `tone` is
    '' or 'bad'.
    """
    if undo is not None and not undo.startswith("/"):
        raise ValueError(f"undo must be a path of this site, not {undo!r}")
    words = {"text": str(text), "tone": tone} | ({"undo": undo} if undo else {})
    leaves = 300 <= response.status_code < 400 or any(
        name in response.headers for name in ("HX-Redirect", "HX-Refresh", "HX-Location")
    )
    if leaves:
        # Read and removed by toast.js, so it cannot be HttpOnly; it carries nothing but the sentence.
        response.set_cookie(TOAST_COOKIE, quote(json.dumps(words)), max_age=60, samesite="Lax")
        return response
    return trigger(response, "toast", words)


def go_to(request: HttpRequest, url: str) -> HttpResponse:
    """This function will send the browser to `url`, whether it or htmx asked."""
    if is_htmx(request):
        # As HttpResponseRedirect does: only letters that a header may hold.
        return HttpResponse(status=204, headers={"HX-Redirect": iri_to_uri(url)})
    return HttpResponseRedirect(url)
