"""The working calendar: a year of twelve months; a click turns a day."""

from __future__ import annotations

import calendar as weeks_of
import datetime as dt
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from ritm.kernel.calendar import is_working
from ritm.kernel.stated import read_id
from ritm.shell.htmx import is_htmx, toast
from ritm.staff import queries
from ritm.staff.doors import door
from ritm.staff.forms import DayForm
from ritm.staff.models import Organisation, SpecialDay
from ritm.staff.operations import calendar as verbs
from ritm.staff.production_calendar import YEARS


@door("organisation", "edit")
@require_safe
def year(request: Any) -> HttpResponse:
    """The whole year."""
    today = queries.today_of(request.viewer, timezone.now())
    number = read_id(request.GET.get("year")) or 0
    if not 2000 <= number <= 2100:
        number = today.year
    return render(request, "staff/calendar.html", _year(request, number, today))


def _year(request: Any, number: int, today: dt.date) -> dict[str, Any]:
    rows = SpecialDay.objects.visible_to(request.viewer).filter(day__year=number).order_by("day")
    special = {row.day: row for row in rows}
    exceptions = {day: row.working for day, row in special.items()}
    months = []
    worked_in_year = 0
    for month in range(1, 13):
        weeks = [
            [_day(day, month, special, exceptions, today) for day in week]
            for week in weeks_of.Calendar().monthdatescalendar(number, month)
        ]
        worked = sum(cell["working"] for week in weeks for cell in week if cell["inside"])
        worked_in_year += worked
        months.append({"first": dt.date(number, month, 1), "weeks": weeks, "worked": worked})
    return {
        "year": number, "months": months, "special": list(special.values()), "worked": worked_in_year,
        "known": number in YEARS, "weekdays": [dt.date(2024, 1, day) for day in range(1, 8)],
    }  # fmt: skip


def _day(
    day: dt.date, month: int, special: dict[dt.date, SpecialDay], exceptions: dict[dt.date, bool], today: dt.date
) -> dict[str, Any]:
    working = is_working(day, exceptions)
    return {
        "day": day,
        "inside": day.month == month,
        "working": working,
        "turned": "0" if working else "1",
        "special": day in special and special[day].working != (day.weekday() < 5),
        "note": special[day].note if day in special else "",
        "today": day == today,
    }


@door("organisation", "edit")
@require_POST
def set_day(request: Any) -> HttpResponse:
    """Turns a day, or writes its note."""
    viewer, now = request.viewer, timezone.now()
    asked = request.POST.copy()
    if "turn" in asked:
        # One button carries both: '2026-05-02:0'.
        asked["day"], _colon, asked["working"] = asked["turn"].partition(":")
    form = DayForm(asked)
    if not form.is_valid():
        raise Http404
    day = form.cleaned_data["day"]
    if "turn" in asked:
        # A turn by mistake, turned back, must not cost the holiday its name.
        held = SpecialDay.objects.visible_to(viewer).filter(day=day).values_list("note", flat=True).first()
        form.cleaned_data["note"] = held or ""
    verbs.set_day(
        organisation=Organisation.objects.get(pk=viewer.organisation_id), **form.cleaned_data, by=viewer.actor(), at=now
    )
    if is_htmx(request):
        return render(request, "staff/_year.html", _year(request, day.year, queries.today_of(viewer, now)))
    return redirect(f"{request.path_info.rsplit('day/', 1)[0]}?year={day.year}")


@door("organisation", "edit")
@require_POST
def bring_in(request: Any) -> HttpResponse:
    """Brings in the production calendar of a year."""
    number = read_id(request.POST.get("year")) or 0
    added = verbs.bring_in(
        organisation=Organisation.objects.get(pk=request.viewer.organisation_id),
        year=number,
        by=request.viewer.actor(),
        at=timezone.now(),
    )
    words = ngettext("%(count)s day added", "%(count)s days added", added) % {"count": added}
    response = redirect("staff:calendar")
    response["Location"] += f"?year={number}"
    return toast(response, words)
