"""Pages of the retention room."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from ritm.clients.models import Client
from ritm.kernel.calendar import local_date
from ritm.retention import queries
from ritm.shell.htmx import is_htmx
from ritm.staff.doors import door
from ritm.staff.viewer import Viewer

SHOWN_DAYS = 120
SHOWN_AT_RISK = 50


@door("client")
def rhythm(request: HttpRequest, client_id: int) -> HttpResponse:
    """This page will retell a client's rhythm on a date (`?on=`, today by default), with everything it rests on."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    client = get_object_or_404(Client.objects.visible_to(viewer), pk=client_id)
    today = local_date(timezone.now(), viewer.timezone)
    on = _date(request.GET.get("on"), today)
    told = queries.explain(client.pk, viewer, on)
    pauses = [None, *((day - before).days for (before, _), (day, _) in pairwise(told.order_days))] if told else []
    days = list(zip(told.order_days, pauses, strict=False)) if told else []
    context: dict[str, Any] = {
        "client": client,
        "on": on,
        "today": today,
        "told": told,
        "days": [(day, amount, pause) for (day, amount), pause in reversed(days[-SHOWN_DAYS:])],
        "hidden_days": max(0, len(days) - SHOWN_DAYS),
        "steps": queries.class_history(client.pk, viewer),
        "frame": "shell/fragment.html" if is_htmx(request) else "shell/page.html",
    }
    if told and told.explanation:
        context["label"] = queries.label(told.explanation.interval, viewer.language)
    return render(request, "retention/rhythm.html", context)


@door("retention")
def slipping(request: HttpRequest) -> HttpResponse:
    """This page will list who may go, most money at stake first."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    today = local_date(timezone.now(), viewer.timezone)
    found = queries.at_risk(viewer, today, SHOWN_AT_RISK)
    strips = queries.strips([item.client_id for item in found], viewer, today)
    owners = queries.names_of({item.owner_id for item in found if item.owner_id}, viewer)
    return render(
        request,
        "retention/slipping.html",
        {
            "items": [(item, strips.get(item.client_id), owners.get(item.owner_id or 0)) for item in found],
            "stake": sum(item.stake for item in found),
            "today": today,
            "limit": SHOWN_AT_RISK,
            "many": len(found) == SHOWN_AT_RISK,
        },
    )


def _date(text: str | None, today: dt.date) -> dt.date:
    """The asked date; today for nonsense and for the future, of which nothing is known."""
    try:
        asked = dt.date.fromisoformat(text or "")
    except ValueError:
        return today
    return min(asked, today)
