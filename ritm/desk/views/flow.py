"""The head's look back: who passed from where to where in a period, and the portfolio as of a day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from ritm.desk.queries import flow as queries
from ritm.desk.queries import flow_time, standing, team
from ritm.desk.queries.portfolio import BAR, Part
from ritm.desk.rules.standing import NEWS
from ritm.desk.views.home import PAGE, bar, page_start
from ritm.kernel.calendar import local_date
from ritm.kernel.reach import Reach
from ritm.kernel.stated import read_id, read_place
from ritm.shell.charts import Chart, Label, Point, Series
from ritm.shell.chips import STATUSES, ZONES, Chip
from ritm.shell.fields import DayField
from ritm.shell.writing import show_day_year, show_month, show_month_name, show_short_day
from ritm.staff.doors import door
from ritm.staff.models import Unit
from ritm.staff.viewer import Viewer

STATES = {"rhythm": tuple(BAR), "zone": ("green", "yellow", "red", "exchange")}
# Better and worse, for the tone of a cell: the further right in this order, the worse.
ORDER = ("active", "won_back", "new", "prospect", "overdue", "slipping", "lost", "green", "yellow", "red", "exchange")
LONGEST = dt.timedelta(days=731)


# Before his clock was ever set.
NEVER = Chip("", _("no contact yet"), "")


class PeriodForm(forms.Form):
    """Which passages: of which clock, from which day to which."""

    clock = forms.ChoiceField(
        label=_("Clock"),
        required=False,
        choices=[("rhythm", _("orders")), ("zone", pgettext_lazy("conversation", "contact"))],
    )
    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("To"), required=False)


@require_GET
@door("queue", "see")
def flow(request: Any) -> HttpResponse:
    """The matrix of passages of the viewer's people, and their portfolios on the period's first and last day."""
    viewer: Viewer = request.viewer
    if viewer.reach("queue", "see") < Reach.UNIT:
        raise Http404
    asked = _asked(request, viewer)
    unit, clock, since, until = asked.unit, asked.clock, asked.since, asked.until
    sellers = team.sellers_of(viewer, unit)
    # Of everybody there are sums; of some, the sellers are named one by one.
    owners = None if team.is_whole_office(viewer, unit) else list(sellers.values_list("pk", flat=True))
    if request.GET.get("part") == "charts":
        known = {"charts": _charts(viewer, asked, owners), "more": asked.url() if request.GET.get("brief") else ""}
        return render(request, "desk/_flow_charts.html", known)
    before = since - dt.timedelta(days=1)
    passages = standing.passages(viewer, owners, since, until, clock=clock)
    skip = page_start(request)
    shown = list(sellers[skip : skip + PAGE + 1])
    held = standing.on(viewer, [seller.pk for seller in shown[:PAGE]], (before, until), clock=clock)
    table = queries.matrix(passages, clock=clock, states=STATES[clock])
    context = {
        "unit": unit,
        "form": PeriodForm(initial={"clock": clock, "since": since, "until": until}),
        "charts_url": asked.url(part="charts"),
        "since": since,
        "until": until,
        "matrix": table,
        "heads": [_chip(state) for state in table.states],
        "rows": [(_chip(was), [_cell(cell, asked) for cell in cells]) for was, cells in table.rows],
        "portfolios": [
            (seller, *(bar(_parts(held[day].get(seller.pk, {}))) for day in (before, until)))
            for seller in shown[:PAGE]
            if any(seller.pk in held[day] for day in (before, until))
        ],
        "page": {
            "previous": asked.url(start=max(0, skip - PAGE)) if skip else "",
            "next": asked.url(start=skip + PAGE) if len(shown) > PAGE else "",
        },
    }
    return render(request, "desk/flow.html", context)


@require_GET
@door("queue", "see")
def rows(request: Any) -> HttpResponse:
    """The passages behind a number of the flow, newest first; each leads to its client."""
    viewer: Viewer = request.viewer
    if viewer.reach("queue", "see") < Reach.UNIT:
        raise Http404
    asked = _asked(request, viewer)
    states = (*STATES[asked.clock], "")
    was = request.GET.get("was")
    became = [state for state in request.GET.getlist("became") if state in states]
    wanted = flow_time.Asked(asked.clock, asked.since, asked.until, was if was in states else None, became)
    whole = team.is_whole_office(viewer, asked.unit)
    ids = None if whole else list(team.sellers_of(viewer, asked.unit).values_list("pk", flat=True))
    found, hidden, more = flow_time.rows(viewer, ids, wanted, read_place(request.GET.get("before")))
    here = {"was": wanted.was, "became": became}
    following = asked.url("desk:flow_rows", **here, before=f"{found[-1].on}_{found[-1].pk}") if more else ""
    context = {
        "asked": asked,
        "rows": [(row, _chip(row.was), _chip(row.became)) for row in found],
        "was": None if wanted.was is None else _chip(wanted.was),
        "became": [_chip(state) for state in became],
        "hidden": hidden,
        "back": asked.url(),
        "page": {"previous": "", "next": following},
    }
    return render(request, "desk/flow_rows.html", context)


@dataclass(frozen=True)
class Asked:
    """What a page of the flow is about: a unit (None: everybody within reach), a clock, and days, both included."""

    unit: Unit | None
    clock: str
    since: dt.date
    until: dt.date

    def url(self, name: str = "desk:flow", **more: Any) -> str:
        """This function will give the address of a page of the flow about the same."""
        about = {"unit": self.unit.pk if self.unit else None, "clock": self.clock}
        asked = about | {"since": self.since, "until": self.until} | more
        return f"{reverse(name)}?{urlencode({k: v for k, v in asked.items() if v is not None}, doseq=True)}"


def _asked(request: Any, viewer: Viewer) -> Asked:
    today = local_date(timezone.now(), viewer.timezone)
    unit = _unit(viewer, request.GET.get("unit", ""))
    form = PeriodForm(request.GET)
    given = form.cleaned_data if form.is_valid() else {}
    until = min(given.get("until") or today, today)
    since = given.get("since") or until.replace(day=1)
    return Asked(unit, given.get("clock") or "rhythm", max(min(since, until), until - LONGEST), until)


def _charts(viewer: Viewer, asked: Asked, owners: Sequence[int] | None) -> list[Chart]:
    """The period drawn: who came back and who went, and who was with these people at the end of each bar."""
    cut = flow_time.spans(asked.since, asked.until)
    held = standing.together(viewer, owners, [one.until for one in cut], clock=asked.clock)
    stood = [held[one.until] for one in cut]
    news = standing.news_by_day(viewer, owners, clock=asked.clock, since=asked.since, until=asked.until)
    labels = [_label(one) for one in cut]
    good, bad = NEWS[asked.clock]
    if asked.clock == "rhythm":
        title, good_word, bad_word = gettext("Came back and lost"), gettext("Came back"), gettext("Lost for now")
    else:
        title, good_word = gettext("Talked to again and left alone"), gettext("Turned green")
        bad_word = gettext("Turned red or left for the exchange")

    def events(states: Sequence[str], which: int, sign: int) -> list[Point]:
        counts = (sum(n[which] for day, n in news.items() if one.since <= day <= one.until) for one in cut)
        pairs = zip(cut, counts, strict=True)
        return [Point(sign * clients, _rows_of(asked, one, states) if clients else "") for one, clients in pairs]

    def standing_in(state: str) -> list[Point]:
        each = zip(cut, stood, strict=True)
        return [Point(held.get(state, 0), replace(asked, until=one.until).url()) for one, held in each]

    shown = [state for state in STATES[asked.clock] if any(held.get(state) for held in stood)]
    return [
        Chart(
            "flow-events", title, gettext("Period"), labels,
            [Series(good_word, events(good, 0, 1), "good"), Series(bad_word, events(bad, 1, -1), "bad")],
            stacked=True, unsigned=True, sentence=gettext("Each bar opens its clients."),
        ),
        Chart(
            "flow-portfolio", gettext("Clients over time"), gettext("Period"), labels,
            [Series(str(_chip(state).word), standing_in(state), state) for state in shown],
            stacked=True,
            sentence=gettext("Clients who were with these people at the end of each bar."),
        ),
    ]  # fmt: skip


def _rows_of(asked: Asked, one: flow_time.Span, states: Sequence[str]) -> str:
    return replace(asked, since=one.since, until=one.until).url("desk:flow_rows", became=list(states))


def _label(one: flow_time.Span) -> Label:
    if one.since == one.until:
        return Label(show_day_year(one.since), show_short_day(one.since))
    if (one.until - one.since).days < 7:
        return Label(f"{show_short_day(one.since)} – {show_day_year(one.until)}", show_short_day(one.since))
    return Label(show_month(one.since), show_month_name(one.since))


def _unit(viewer: Viewer, asked: str) -> Unit | None:
    if not asked:
        return None
    units = Unit.objects.visible_to(viewer)
    if viewer.reach("queue", "see") < Reach.ORGANISATION:
        units = units.filter(pk__in=viewer.units)
    return get_object_or_404(units, pk=read_id(asked))


def _parts(held: standing.Held) -> tuple[Part, ...]:
    return tuple(Part(status, held[status], 0) for status in (*BAR, *queries.ZONES) if held.get(status))


def _chip(state: str) -> Chip:
    return STATUSES.get(state) or ZONES.get(state) or NEVER


def _cell(cell: queries.Cell | None, asked: Asked) -> dict[str, Any] | None:
    if cell is None:
        return None
    worse = cell.was != "" and ORDER.index(cell.became) > ORDER.index(cell.was)
    return {
        "clients": cell.clients,
        "url": asked.url("desk:flow_rows", was=cell.was, became=cell.became),
        "worth": cell.worth if cell.worth >= 1 else None,
        "tone": "bad" if worse else "good",
    }
