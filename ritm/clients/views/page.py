"""The page of one client, and its pieces."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.http import require_safe

from ritm.clients import queries
from ritm.clients.listing.request import Asked
from ritm.clients.models import Client
from ritm.clients.views.moments import drawn
from ritm.shell.htmx import is_htmx
from ritm.shell.pieces import Pieces
from ritm.shell.sockets import PANELS, TIMELINE, timeline
from ritm.staff.doors import door
from ritm.staff.queries import today_of
from ritm.staff.sight import who_sees
from ritm.staff.viewer import Viewer

MOMENTS = 20


@require_safe
@door("client", "see")
def client(request: HttpRequest, client_id: int) -> HttpResponse:
    """This view will show a client: who he is, what happened, what the other rooms say of him."""
    viewer = request.viewer  # type: ignore[attr-defined]
    now = timezone.now()
    shown = _shown(viewer, client_id)
    queries.opened(viewer, shown, now)
    pieces = Pieces(request)
    context: dict[str, Any] = {
        "client": shown,
        "identity": queries.identity(viewer, shown),
        "panels": panels(pieces, viewer, shown, now),
        **history(viewer, shown, request, pieces),
    }
    came_from = request.GET.get("in")
    if came_from is not None:
        asked = Asked.read(QueryDict(came_from), viewer)
        context |= {"came_from": came_from, "neighbours": queries.neighbours(viewer, shown, asked)}
    return render(request, "clients/page.html", context)


def _shown(viewer: Viewer, client_id: int) -> Client:
    found = queries.card(viewer, client_id)
    if found is None:
        raise Http404
    return found


def panels(pieces: Pieces, viewer: Viewer, shown: Client, now: dt.datetime) -> dict[str, list[Any]]:
    """This function will ask the rooms above for their cards; a panel that says nothing of this client is left out."""
    found: dict[str, list[Any]] = {"right": [], "main": []}
    for panel in PANELS:
        if panel.noun == "client":
            context = panel.load(viewer, [shown.pk], now).get(shown.pk)
            if context is not None:
                html = pieces.render(panel.template, {"client": shown, **context})
                found[panel.place].append({"key": panel.key, "title": panel.title, "html": html})
    return found


def history(viewer: Viewer, shown: Client, request: HttpRequest, pieces: Pieces) -> dict[str, Any]:
    """This function will read one page of the client's timeline as the URL asks: one stream or all, before a moment."""
    only = request.GET.get("only") or None
    if only is not None and TIMELINE.get(only) is None:
        only = None
    try:
        before = parse_datetime(request.GET.get("before", ""))
    except ValueError:
        before = None
    if before is not None and timezone.is_naive(before):
        before = None
    found = timeline(viewer, shown.pk, before=before, limit=MOMENTS, only=only)
    return {
        "moments": drawn(found, pieces),
        "older": found[-1].at.isoformat() if len(found) == MOMENTS else "",
        "streams": list(TIMELINE),
        "only": only,
    }


@require_safe
@door("client", "see")
def moments(request: HttpRequest, client_id: int) -> HttpResponse:
    """This view will give a further page of the timeline, or the first page of one stream."""
    viewer = request.viewer  # type: ignore[attr-defined]
    shown = _shown(viewer, client_id)
    queries.opened(viewer, shown, timezone.now())
    context = {"client": shown, **history(viewer, shown, request, Pieces(request))}
    if not is_htmx(request):
        return client(request, client_id)  # type: ignore[no-any-return]
    return render(request, "clients/_moments.html" if request.GET.get("before") else "clients/_timeline.html", context)


@require_safe
@door("client", "see")
def identity(request: HttpRequest, client_id: int) -> HttpResponse:
    """This view will give the left column again, as after a cancelled edit."""
    viewer = request.viewer  # type: ignore[attr-defined]
    shown = _shown(viewer, client_id)
    queries.opened(viewer, shown, timezone.now())
    if not is_htmx(request):
        return client(request, client_id)  # type: ignore[no-any-return]
    return render(request, "clients/_identity.html", {"client": shown, "identity": queries.identity(viewer, shown)})


@require_safe
@door("client", "see")
def sight(request: HttpRequest, client_id: int) -> HttpResponse:
    """This view will say who sees the client, and why."""
    viewer = request.viewer  # type: ignore[attr-defined]
    shown = get_object_or_404(Client.objects.visible_to(viewer), pk=client_id)
    seen_by = who_sees(
        "client",
        shown.owner_id,
        shown.unit_id,
        viewer.organisation_id,
        today=today_of(viewer, timezone.now()),
        released=shown.released_at is not None,
    )
    template = "clients/_sight.html" if is_htmx(request) else "clients/sight.html"
    return render(request, template, {"client": shown, "seen_by": seen_by})
