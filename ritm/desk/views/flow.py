"""The head's look back: who passed from where to where in a period, and the portfolio as of a day."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.http import require_GET

from ritm.desk.queries import flow as queries
from ritm.desk.queries import team
from ritm.desk.queries.portfolio import BAR
from ritm.desk.views.home import bar
from ritm.kernel.calendar import local_date
from ritm.kernel.reach import Reach
from ritm.retention import zone_queries
from ritm.shell.chips import STATUSES, ZONES
from ritm.staff.doors import door
from ritm.staff.models import Unit
from ritm.staff.viewer import Viewer

STATES = {"rhythm": tuple(BAR), "zone": ("green", "yellow", "red", "exchange")}
# Better and worse, for the tone of a cell: the further right in this order, the worse.
ORDER = ("active", "won_back", "new", "prospect", "overdue", "slipping", "lost", "green", "yellow", "red", "exchange")
DAY = {"type": "date"}


class PeriodForm(forms.Form):
    """Which passages: of which clock, from which day to which."""

    clock = forms.ChoiceField(
        label=_("Clock"),
        required=False,
        choices=[("rhythm", _("orders")), ("zone", pgettext_lazy("conversation", "contact"))],
    )
    since = forms.DateField(label=_("From"), required=False, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))
    until = forms.DateField(label=_("To"), required=False, widget=forms.DateInput(attrs=DAY, format="%Y-%m-%d"))


@require_GET
@door("queue", "see")
def flow(request: Any) -> HttpResponse:
    """The matrix of passages of the viewer's people, and their portfolios on the period's first and last day."""
    viewer: Viewer = request.viewer
    if viewer.reach("queue", "see") < Reach.UNIT:
        raise Http404
    today = local_date(timezone.now(), viewer.timezone)
    unit = _unit(viewer, request.GET.get("unit", ""))
    form = PeriodForm(request.GET)
    asked = form.cleaned_data if form.is_valid() else {}
    clock = asked.get("clock") or "rhythm"
    until = min(asked.get("until") or today, today)
    since = asked.get("since") or until.replace(day=1)
    since = min(since, until)
    sellers = team.sellers_of(viewer, unit)
    ids = [seller.pk for seller in sellers]
    passages = zone_queries.flow(viewer, since - dt.timedelta(days=1), until, clock=clock)
    began = queries.as_of(viewer, ids, since - dt.timedelta(days=1), clock=clock)
    ended = queries.as_of(viewer, ids, until, clock=clock)
    table = queries.matrix(passages, set(ids), clock=clock, states=STATES[clock])
    context = {
        "unit": unit,
        "form": PeriodForm(initial={"clock": clock, "since": since, "until": until}),
        "since": since,
        "until": until,
        "matrix": table,
        "heads": [_chip(state) for state in table.states],
        "rows": [(_chip(was), [_cell(cell) for cell in cells]) for was, cells in table.rows],
        "portfolios": [
            (seller, bar(began.get(seller.pk, ())), bar(ended.get(seller.pk, ())))
            for seller in sellers
            if seller.pk in began or seller.pk in ended
        ],
    }
    return render(request, "desk/flow.html", context)


def _unit(viewer: Viewer, asked: str) -> Unit | None:
    if not asked:
        return None
    units = Unit.objects.visible_to(viewer)
    if viewer.reach("queue", "see") < Reach.ORGANISATION:
        units = units.filter(pk__in=viewer.units)
    if not asked.isdecimal():
        raise Http404
    return get_object_or_404(units, pk=asked)


def _chip(state: str) -> Any:
    return STATUSES.get(state) or ZONES[state]


def _cell(cell: queries.Cell | None) -> dict[str, Any] | None:
    if cell is None:
        return None
    worse = ORDER.index(cell.became) > ORDER.index(cell.was)
    return {
        "clients": cell.clients,
        "worth": cell.worth if cell.worth >= 1 else None,
        "tone": "bad" if worse else "good",
    }
