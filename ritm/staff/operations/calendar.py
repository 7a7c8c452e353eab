"""Verbs of the working calendar."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal
from ritm.staff.events import CalendarImported, SpecialDaySet
from ritm.staff.models import Organisation, SpecialDay
from ritm.staff.production_calendar import YEARS, special_days_of


def _word(day: SpecialDay | None) -> str:
    if day is None:
        return ""
    return "working" if day.working else "free"


@transaction.atomic
def set_day(
    *, organisation: Organisation, day: dt.date, working: bool, note: str, by: Actor, at: dt.datetime
) -> SpecialDay | None:
    """
    This function will say whether a day is worked.

    A day that is again as its weekday is, without a note, is no exception any more: its row goes and None returns.
    """
    held = SpecialDay.objects.select_for_update().filter(organisation=organisation, day=day).first()
    before, note_before = _word(held), held.note if held else ""
    if working == (day.weekday() < 5) and not note:
        if held is not None:
            held.delete()
        held = None
    else:
        held, _made = SpecialDay.objects.update_or_create(
            organisation=organisation, day=day, defaults={"working": working, "note": note}
        )
    if before != _word(held) or note_before != note:
        publish(SpecialDaySet(day=day, before=before, after=_word(held), note=note), by=by, at=at)
    return held


@transaction.atomic
def bring_in(*, organisation: Organisation, year: int, by: Actor, at: dt.datetime) -> int:
    """
    This function will bring in the Russian production calendar of a year: holidays, transfers, working Saturdays.

    Days that the office has already decided for itself are kept. Returns how many days were added.
    """
    if year not in YEARS:
        raise Refusal(
            _("The production calendar is known for %(first)s–%(last)s.") % {"first": min(YEARS), "last": max(YEARS)},
            code="year",
            field="year",
        )
    days = special_days_of(year)
    held = set(SpecialDay.objects.filter(organisation=organisation, day__year=year).values_list("day", flat=True))
    fresh = [
        SpecialDay(organisation=organisation, day=day, working=working, note=note)
        for day, (working, note) in days.items()
        if day not in held
    ]
    SpecialDay.objects.bulk_create(fresh)
    kept = len(held & days.keys())
    publish(CalendarImported(year=year, days=len(fresh), kept=kept), by=by, at=at)
    return len(fresh)
