"""Clients of one seller for another: which of them; whom to and why, the clients room asks, previews and undoes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from ritm.desk.queries import team
from ritm.desk.queries.portfolio import AT_STAKE, Part
from ritm.desk.views.home import list_of
from ritm.kernel.calendar import local_date
from ritm.shell.chips import STATUSES, ZONES
from ritm.shell.htmx import is_htmx
from ritm.staff.doors import door
from ritm.staff.models import Employee
from ritm.staff.viewer import Viewer

# The tone of a dot, what it is, how many clients, and the list's query.
Choice = tuple[str, Any, int, str]


@require_safe
@door("client", "assign")
def handover(request: Any, employee_id: int) -> HttpResponse:
    """The choices, each with its count: all of them, those at risk, one class, one zone."""
    viewer: Viewer = request.viewer
    seller = get_object_or_404(team.sellers_of(viewer), pk=employee_id)
    own = team.figures_of(viewer, seller, local_date(timezone.now(), viewer.timezone))
    choices: list[Choice] = [("", _("All clients"), own.clients, _query(seller))]
    if own.at_risk:
        choices.append(("", _("Late or slipping"), own.at_risk, _query(seller, status=AT_STAKE)))
    groups = [
        ("", choices),
        (_("By class"), _by(seller, "status", own.parts)),
        (_("By contact zone"), _by(seller, "zone", own.zones)),
    ]
    template = "desk/_handover.html" if is_htmx(request) else "desk/handover.html"
    return render(request, template, {"seller": seller, "groups": groups})


def _by(seller: Employee, condition: str, parts: Sequence[Part]) -> list[Choice]:
    chips = STATUSES if condition == "status" else ZONES
    return [
        (one.status, chips[one.status].word, one.clients, _query(seller, **{condition: one.status})) for one in parts
    ]


def _query(seller: Employee, **conditions: Any) -> str:
    return urlsplit(list_of(seller, **conditions)).query
