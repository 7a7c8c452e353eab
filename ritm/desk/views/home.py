"""The first page after signing in: each role opens on its own work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from ritm.desk.queries import flow, office, team
from ritm.desk.queries.portfolio import AT_STAKE, BAR, Part
from ritm.kernel.calendar import local_date
from ritm.kernel.reach import Reach
from ritm.retention import zone_queries
from ritm.shell.chips import STATUSES, ZONES
from ritm.staff.doors import door
from ritm.staff.models import Employee, Unit
from ritm.staff.viewer import Viewer

LATELY = dt.timedelta(weeks=12)
PAGE = 50  # sellers


@require_GET
@door()
def home(request: Any) -> HttpResponse:
    """A seller opens on Today, a head on his unit, the office on what it looks after."""
    viewer: Viewer = request.viewer
    if viewer.reach("queue", "see") >= Reach.UNIT:
        return _team(request, viewer)
    if viewer.sells and viewer.may("queue", "see"):
        return HttpResponseRedirect(reverse("desk:today"))
    return _office(request, viewer)


def _team(request: Any, viewer: Viewer) -> HttpResponse:
    day = local_date(timezone.now(), viewer.timezone)
    whole = viewer.reach("queue", "see") == Reach.ORGANISATION
    found = Unit.objects.visible_to(viewer).filter(closed_at=None).order_by("path")
    units = list(found if whole else found.filter(pk__in=viewer.units))
    unit = _unit(units, request.GET.get("unit", ""))
    seats = team.seats(team.sellers_of(viewer, unit))
    if not request.GET.get("unit"):
        unit = _first_choice(units, unit, {seat.path for seat in seats})
    # A level of the tree: the units right below the one in view (or below the viewer's own top).
    below = [one for one in units if one.parent_id == unit.pk] if unit else _tops(units)
    skip = page_start(request)
    board = team.board(viewer, below, seats, day, skip=skip, limit=PAGE)
    context = {
        "day": day,
        "unit": unit,
        "above": [one for one in units if unit and one.pk != unit.pk and unit.path.startswith(one.path)],
        # The units stand on the first page.
        "units": [(row, bar(row.figures.parts), bar(row.figures.zones)) for row in ([] if skip else board.units)],
        "sellers": [
            (
                row,
                bar(row.figures.parts, owner=row.employee, by="status"),
                bar(row.figures.zones, owner=row.employee, by="zone"),
                _lists_of(row.employee),
            )
            for row in board.sellers
        ],
        "page": {
            "previous": _page(unit, max(0, skip - PAGE)) if skip else "",
            "next": _page(unit, skip + PAGE) if board.more else "",
        },
        "may_assign": viewer.may("client", "assign"),
        "statuses": [STATUSES[status] for status in BAR],
        "zones": [ZONES[zone] for zone in flow.ZONES],
        "charts_url": _lately(unit, day),
        "silence": zone_queries.silence(viewer),
        "may_tune": viewer.may("queue", "tune"),
        "total": board.total,
    }
    return render(request, "desk/team.html", context)


def _office(request: Any, viewer: Viewer) -> HttpResponse:
    day = local_date(timezone.now(), viewer.timezone)
    context: dict[str, Any] = {"day": day}
    if viewer.reach("interaction", "create") == Reach.ORGANISATION and viewer.reach("queue", "see"):
        context["expected"] = office.expected_today(viewer, day)
    if viewer.reach("client", "see") == Reach.ORGANISATION:
        context["imports"] = office.last_imports(viewer)
        context["payments"] = office.last_payments(viewer)
    if viewer.may("employee", "edit"):
        context["staff"] = office.staff_state(viewer)
    return render(request, "desk/office.html", context)


def _unit(units: list[Unit], asked: str) -> Unit | None:
    if not asked:
        return units[0] if len(_tops(units)) == 1 and units else None
    found = next((unit for unit in units if str(unit.pk) == asked), None)
    if found is None:
        raise Http404
    return found


def page_start(request: Any) -> int:
    """This function will read from which row on a page of sellers is asked for; nonsense is the first."""
    asked = request.GET.get("start", "")
    return int(asked) if asked.isdecimal() and len(asked) < 7 else 0


def _page(unit: Unit | None, start: int) -> str:
    return f"?{urlencode(({'unit': unit.pk} if unit else {}) | {'start': start})}"


def _first_choice(units: list[Unit], unit: Unit | None, paths: Collection[str]) -> Unit | None:
    """Goes down while there is nothing to choose: one unit with everybody who sells inside it, and units below."""
    while True:
        below = [one for one in units if one.parent_id == (unit.pk if unit else None)]
        whole = [one for one in below if all(path.startswith(one.path) for path in paths)]
        if not paths or not whole or not any(one.parent_id == whole[0].pk for one in units):
            return unit
        unit = whole[0]


def _tops(units: list[Unit]) -> list[Unit]:
    """The highest units in view: those whose parent is not."""
    known = {unit.pk for unit in units}
    return [unit for unit in units if unit.parent_id not in known]


def _lately(unit: Unit | None, day: dt.date) -> str:
    """The address of the last twelve weeks, drawn: asked for when the page stands, so that it stands at once."""
    asked = {"part": "charts", "brief": 1, "since": day - LATELY, "until": day} | ({"unit": unit.pk} if unit else {})
    return f"{reverse('desk:flow')}?{urlencode(asked)}"


def _lists_of(seller: Employee) -> dict[str, str]:
    """The lists of clients behind a seller's figures."""
    return {
        "clients": list_of(seller),
        "at_risk": list_of(seller, status=AT_STAKE),
        "stake": list_of(seller, status=AT_STAKE, sort="worth"),
    }


def list_of(seller: Employee, **conditions: Any) -> str:
    """This function will give the address of the list of a seller's clients, narrowed by the list's own conditions."""
    return f"{reverse('clients:list')}?{urlencode({'owner': seller.pk, **conditions}, doseq=True)}"


def bar(parts: Sequence[Part], *, owner: Employee | None = None, by: str = "") -> list[dict[str, Any]]:
    """
    This function will lay out the parts of a slim bar: their places, in per cent of its width.

    Of an `owner`, each part leads to his clients whose condition `by` has its state.
    """
    total = sum(part.clients for part in parts)
    found, x = [], 0.0
    for part in parts:
        width = 100 * part.clients / total
        chip = STATUSES.get(part.status) or ZONES[part.status]
        found.append(
            {
                "tone": part.status,
                "value": part.clients,
                "label": chip.word,
                "x": round(x, 2),
                "width": round(width, 2),
                "url": list_of(owner, **{by: part.status}) if owner else "",
            }
        )
        x += width
    return found
