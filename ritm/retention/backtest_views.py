"""Pages of back-tests, and the settings of the rhythm rule, from which one is begun as from the policy of zones."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ritm.kernel.calendar import local_date
from ritm.kernel.refusal import Refusal
from ritm.kernel.stated import read_id
from ritm.retention import backtest_queries as backtests
from ritm.retention import queries, zone_queries
from ritm.retention.backtest_queries import WHAT, Numbers, Rows, Tried, What
from ritm.retention.forms import PeriodForm, PolicyForm, RhythmRuleForm
from ritm.retention.models import Backtest, RhythmRule
from ritm.retention.operations import backtest as operations
from ritm.retention.operations import rhythm_rule as rule_operations
from ritm.retention.rules.rhythm import Rule
from ritm.shell.charts import Chart, Kind, Label, Point, Series
from ritm.shell.htmx import go_to, is_htmx, toast
from ritm.shell.writing import show_day, show_month, show_month_name
from ritm.staff.doors import door
from ritm.staff.models import Unit
from ritm.staff.viewer import Viewer

PAGE = 50
TONES = ("accent", "slipping", "won_back", "new")
MONEY = re.compile(r"\d{1,14}(\.\d{1,2})?")
MONTH = re.compile(r"\d{4}-(0[1-9]|1[0-2])")


@require_http_methods(["GET", "POST"])
@door("retention", "tune")
def index(request: HttpRequest) -> HttpResponseBase:
    """This page will list the back-tests that are kept; a POST begins one of what is in force, or like another."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    now = timezone.now()
    today = local_date(now, viewer.timezone)
    since, until = backtests.usual_period(today)
    form = PeriodForm(request.POST or None, initial={"since": since, "until": until, "flag": "red"}, viewer=viewer)
    if request.method == "POST" and form.is_valid():
        asked = form.cleaned_data
        like = read_id(request.POST.get("like"))
        if like is not None:
            rules = get_object_or_404(Backtest.objects.visible_to(viewer), pk=like).rules
            rules = [rule | {"numbers": rule["numbers"] | _flag(rule, asked["flag"])} for rule in rules]
        else:
            unit_id = asked["unit"].pk if asked["unit"] else None
            rules = backtests.rules_in_force(viewer, today, unit_id, flag=asked["flag"])
        try:
            row = operations.start(
                rules=rules, since=asked["since"], until=asked["until"], unit=asked["unit"], by=viewer.actor(), at=now
            )
            return go_to(request, reverse("retention:backtest", args=[row.pk]))
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    rows = [(row, [backtests.words_of(rule) for rule in row.rules]) for row in backtests.backtests(viewer)]
    return render(request, "retention/backtests.html", {"form": form, "rows": rows}, status=422 if form.errors else 200)


def _flag(rule: dict[str, Any], flag: str) -> dict[str, str]:
    return {"flag": flag} if rule["clock"] == "zone" else {}


@require_POST
@door("retention", "tune")
def try_policy(request: HttpRequest) -> HttpResponseBase:
    """This door will try the policy that stands in the form on history, beside the one in force and the rhythm."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    now = timezone.now()
    today = local_date(now, viewer.timezone)
    form = PolicyForm(request.POST, viewer=viewer)
    if not form.is_valid():
        raise Refusal(_("Put right what is marked, and it can be tried."), code="form")
    unit: Unit | None = form.cleaned_data["unit"]
    unit_id = unit.pk if unit else None
    in_force = zone_queries.policy_on(viewer.organisation_id, today, unit_id)
    drafted = zone_queries.policy_of(form.numbers(), version=0, unit_id=unit_id, effective_on=today)
    rules = backtests.rules_in_force(viewer, today, unit_id)
    same = (in_force.zones.red, in_force.zones.release) == (drafted.zones.red, drafted.zones.release)
    if (in_force.zones.yellow, same) != (drafted.zones.yellow, True):
        flag = "yellow" if same else "red"
        rules = [*backtests.rules_in_force(viewer, today, unit_id, flag=flag)]
        rules.append(backtests.zone_rule(drafted, flag=flag, draft=True))
    return _begin(request, rules, unit, today, now)


@require_POST
@door("retention", "tune")
def try_rhythm(request: HttpRequest) -> HttpResponseBase:
    """This door will try the rhythm rule that stands in the form on history, beside what is in force."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    now = timezone.now()
    today = local_date(now, viewer.timezone)
    form = RhythmRuleForm(request.POST)
    if not form.is_valid():
        raise Refusal(_("Put right what is marked, and it can be tried."), code="form")
    rules = backtests.rules_in_force(viewer, today)
    standing = queries.rule_on(viewer.organisation_id, today)
    numbers = form.numbers()
    if backtests.differs(standing, numbers):
        drafted = Rule(**{**backtests.rhythm_rule(standing)["numbers"], **numbers})
        rules.insert(1, backtests.rhythm_rule(drafted, draft=True))
    return _begin(request, rules, None, today, now)


def _begin(
    request: HttpRequest, rules: Sequence[dict[str, Any]], unit: Unit | None, today: dt.date, now: dt.datetime
) -> HttpResponse:
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    since, until = backtests.usual_period(today)
    row = operations.start(rules=rules, since=since, until=until, unit=unit, by=viewer.actor(), at=now)
    return go_to(request, reverse("retention:backtest", args=[row.pk]))


@require_safe
@door("retention", "tune")
def backtest(request: HttpRequest, backtest_id: int) -> HttpResponse:
    """This page will show a back-test: its progress while it runs, then its numbers side by side."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    shown = Backtest.objects.visible_to(viewer).select_related("unit", "made_by")
    row = get_object_or_404(shown, pk=backtest_id)
    context: dict[str, Any] = {
        "row": row,
        "going": row.state in (Backtest.State.WAITING, Backtest.State.RUNNING),
        "share": row.done / row.total if row.total else None,
    }
    if context["going"] and is_htmx(request):
        return render(request, "retention/_backtest_progress.html", context)
    if is_htmx(request):
        return go_to(request, reverse("retention:backtest", args=[row.pk]))
    if row.state == Backtest.State.DONE:
        context |= _numbers(viewer, row)
    else:
        context["rules"] = [backtests.words_of(rule) for rule in row.rules]
    flag = next((rule["numbers"]["flag"] for rule in row.rules if rule["clock"] == "zone"), "red")
    initial = {"since": row.since, "until": row.until, "unit": row.unit_id, "flag": flag}
    context["form"] = PeriodForm(initial=initial, viewer=viewer)
    return render(request, "retention/backtest.html", context)


def _numbers(viewer: Viewer, row: Backtest) -> dict[str, Any]:
    found = backtests.tried(row)
    days = (row.result or {})["working_days"] or 1
    owners = {owner for one in found for owner in one.sellers}
    names = queries.names_of([pk for pk in owners if pk], viewer)
    months = backtests.months_of(found)

    def cell(one: Tried, numbers: Numbers | None, **of: Any) -> dict[str, Any]:
        urls = {what: _rows_url(row, one.place, what, **of) for what in WHAT}
        known = numbers or Numbers()
        return {"n": known, "a_day": known.flags / days, "url": urls}

    return {
        "charts": _charts(row, found, months),
        "tried": found,
        "totals": [cell(one, one.total) for one in found],
        "sellers": [
            (names.get(owner, _("nobody")), [cell(one, one.sellers.get(owner), owner=owner) for one in found])
            for owner in sorted(owners, key=lambda pk: -sum(_lost(one, pk) for one in found))
        ],
        "months": [
            (dt.date.fromisoformat(f"{month}-01"), [cell(one, one.months.get(month), month=month) for one in found])
            for month in months
        ],
        "days": days,
        "silences": backtests.silences_of(row),
    }


def _charts(row: Backtest, found: Sequence[Tried], months: Sequence[str]) -> list[Chart]:
    """Calls by month, and the share of lost money that was spoken of in time."""
    days = [dt.date.fromisoformat(f"{month}-01") for month in months]
    labels = [Label(show_month(day), show_month_name(day)) for day in days]

    def series(what: What, kind: Kind, value: Callable[[Numbers], float | None]) -> list[Series]:
        return [
            Series(
                one.words,
                [
                    Point(value(one.months.get(month, Numbers())), _rows_url(row, one.place, what, month=month))
                    for month in months
                ],
                TONES[one.place],
                kind,
            )
            for one in found
        ]

    calls = series("flags", "bar", lambda numbers: numbers.flags)
    covered = series("lost", "line", lambda numbers: numbers.covered)
    return [
        Chart("calls", _("Calls asked for"), _("Month"), labels, calls),
        Chart("covered", _("Lost money spoken of in time"), _("Month"), labels, covered, unit="percent"),
    ]


def _lost(one: Tried, owner: int) -> float:
    found = one.sellers.get(owner)
    return found.lost_worth if found else 0


def _rows_url(row: Backtest, rule: int, what: str, **of: Any) -> str:
    return f"{reverse('retention:backtest_rows', args=[row.pk])}?{urlencode({'rule': rule, 'what': what, **of})}"


@require_safe
@door("retention", "tune")
def rows(request: HttpRequest, backtest_id: int) -> HttpResponse:
    """This page will list the silences behind a number, most money first."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    row = get_object_or_404(Backtest.objects.visible_to(viewer), pk=backtest_id, state=Backtest.State.DONE)
    asked = _rows_asked(request, row)
    found = list(backtests.rows(viewer, row, asked)[: PAGE + 1])
    shown = found[:PAGE]
    owners = queries.names_of({one.owner_id for one in found if one.owner_id}, viewer)
    query = request.GET.copy()
    query["after"] = f"{shown[-1].worth}:{shown[-1].pk}" if shown else ""
    context = {
        "row": row,
        "asked": asked,
        "rule": backtests.words_of(row.rules[asked.rule]),
        "rows": [(one, owners.get(one.owner_id or 0, "–"), _days(one)) for one in shown],
        "owner": queries.names_of([asked.owner], viewer).get(asked.owner) if asked.owner else None,
        "month": dt.date.fromisoformat(f"{asked.month}-01") if asked.month else None,
        "page": {"previous": "", "next": f"?{query.urlencode()}" if len(found) > PAGE else ""},
    }
    return render(request, "retention/backtest_rows.html", context)


def _days(one: Any) -> int | None:
    """Days of warning of a client who was gone."""
    return (one.gone_on - one.flag_on).days if one.flag_on and one.outcome in ("gone", "never") else None


def _rows_asked(request: HttpRequest, row: Backtest) -> Rows:
    rule, what = request.GET.get("rule", "0"), request.GET.get("what", "flags")
    month = request.GET.get("month", "")
    last, _colon, last_id = request.GET.get("after", "").partition(":")
    place = read_id(last_id) if MONEY.fullmatch(last) else None
    if not rule.isascii() or not rule.isdecimal() or len(rule) > 2 or int(rule) >= len(row.rules) or what not in WHAT:
        raise Http404
    return Rows(
        int(rule),
        what,
        read_id(request.GET.get("owner")),
        month if MONTH.fullmatch(month) else "",
        None if place is None else (Decimal(last), place),
    )


@door("retention", "tune")
def rhythm_rule(request: HttpRequest) -> HttpResponseBase:
    """
    This page will show the rhythm rule as sentences.

    A POST with `save` adds a version; without it, it answers with the preview of whom the change would hit.
    """
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    now = timezone.now()
    today = local_date(now, viewer.timezone)
    standing = queries.rule_on(viewer.organisation_id, today)
    tuned = {name: getattr(standing, name) for name in rule_operations.TUNED}
    # 30 days, not 30.0.
    initial = {name: int(one) if one == int(one) else one for name, one in tuned.items()} | {"effective_on": today}
    form = RhythmRuleForm(request.POST or None, initial=initial)
    context: dict[str, Any] = {"form": form, "standing": standing}
    if request.method == "POST" and form.is_valid():
        on = form.cleaned_data["effective_on"]
        if "save" in request.POST:
            rule_operations.change_rule(numbers=form.numbers(), effective_on=on, by=viewer.actor(), at=now)
            said = _("The rule holds from %(day)s.") % {"day": show_day(on)}
            return toast(go_to(request, reverse("retention:rhythm_rule")), said)
        context |= {
            "previewed": True,
            "on": max(on, today),
            "passed": backtests.preview(viewer, form.numbers(), max(on, today)),
        }
    if is_htmx(request):
        status = 200 if form.is_valid() else 422
        return render(request, "retention/_rhythm_preview.html", context, status=status)
    history = RhythmRule.objects.visible_to(viewer).order_by("-version")[:50]
    people = queries.names_of({row.created_by_id for row in history if row.created_by_id}, viewer)
    context["history"] = [(row, people.get(row.created_by_id or 0, "–")) for row in history]
    return render(request, "retention/rhythm_rule.html", context, status=422 if form.errors else 200)
