"""Entrances of the shell: health, robots, the command palette, the gallery of the UI kit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from ritm.shell import gallery as the_gallery
from ritm.shell.palette import found


def at_work(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """This decorator will let in anybody at work. (Rooms use staff's `door`; the shell stands below that room.)"""

    def enter(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if getattr(request, "viewer", None) is None:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return enter


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """This view will answer 'ok' when the database does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    return HttpResponse("ok", content_type="text/plain")


@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """This view will send robots away: nothing here is for them."""
    return HttpResponse("User-agent: *\nDisallow: /\n", content_type="text/plain")


@require_safe
@at_work
def palette(request: HttpRequest) -> HttpResponse:
    """This view will answer what the command palette shows for the typed text."""
    text = request.GET.get("q", "").strip()[:100]
    groups = found(request.viewer, text)  # type: ignore[attr-defined]
    return render(request, "shell/_palette_found.html", {"groups": groups})


@require_safe
@at_work
def gallery(request: HttpRequest) -> HttpResponse:
    """This view will show every component of the UI kit in every state."""
    return render(request, "shell/gallery.html", the_gallery.samples())
