"""Doors: who may enter a page. What you may not see does not exist, so a closed door is a 404."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse

View = Callable[..., Any]


def door(noun: str | None = None, verb: str = "see") -> Callable[[View], View]:
    """
    This decorator will let in those who may do `verb` to some `noun` (anybody at work when no noun is named).

    A stranger is asked to sign in; an employee whose role does not reach gets 404. The view may rely on
    `request.viewer`.
    """

    def guard(view: View) -> View:
        @functools.wraps(view)
        def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            viewer = request.viewer  # type: ignore[attr-defined]
            if viewer is None:
                if request.headers.get("HX-Request"):
                    # htmx would swap the sign-in page into a corner of this one: ask the browser to go there,
                    # and to come back to the page it was on, not to its fragment.
                    here = urlsplit(request.headers.get("HX-Current-URL", "/"))
                    back = redirect_to_login(here.path + (f"?{here.query}" if here.query else ""))
                    return HttpResponse(status=204, headers={"HX-Redirect": back.url})
                return redirect_to_login(request.get_full_path())
            if noun is not None and not viewer.may(noun, verb):
                raise Http404
            return view(request, *args, **kwargs)

        enter.door = (noun, verb)  # type: ignore[attr-defined]
        return enter

    return guard
