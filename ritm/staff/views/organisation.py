"""The organisation's card."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from typing import Any

from babel.dates import get_timezone_location
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from ritm.kernel.refusal import Refusal
from ritm.shell.htmx import toast
from ritm.staff.doors import door
from ritm.staff.forms import OrganisationForm, say
from ritm.staff.models import Organisation
from ritm.staff.operations import organisation as verbs

# Where wholesalers who read Russian work; the organisation's own zone is added when it is another one.
ZONES = (
    "Europe/Kaliningrad", "Europe/Moscow", "Europe/Samara", "Europe/Minsk", "Asia/Yekaterinburg", "Asia/Omsk",
    "Asia/Novosibirsk", "Asia/Krasnoyarsk", "Asia/Irkutsk", "Asia/Yakutsk", "Asia/Vladivostok", "Asia/Magadan",
    "Asia/Kamchatka", "Asia/Almaty", "Asia/Bishkek", "Asia/Tashkent", "Asia/Yerevan", "Asia/Tbilisi", "Asia/Baku",
)  # fmt: skip


def zones(own: str, at: dt.datetime, language: str) -> list[tuple[str, str]]:
    """This function will list time zones to choose from, west to east: ('Asia/Omsk', 'Омск, UTC+6')."""
    keys = sorted({*ZONES, own}, key=lambda key: (at.astimezone(zoneinfo.ZoneInfo(key)).utcoffset(), key))
    return [(key, _zone(key, at, language)) for key in keys]


def _zone(key: str, at: dt.datetime, language: str) -> str:
    offset = at.astimezone(zoneinfo.ZoneInfo(key)).utcoffset() or dt.timedelta()
    hours, minutes = divmod(int(offset.total_seconds()) // 60, 60)
    shown = f"UTC{hours:+d}" + (f":{minutes:02d}" if minutes else "")
    return f"{get_timezone_location(key, locale=language, return_city=True)}, {shown}"


@door("organisation", "edit")
@require_http_methods(["GET", "POST"])
def card(request: Any) -> HttpResponse:
    """Name, requisites, time zone, currency."""
    now = timezone.now()
    organisation = Organisation.objects.get(pk=request.viewer.organisation_id)
    names = ("name", "legal_name", "inn", "timezone", "currency", "area_code")
    form = OrganisationForm(
        request.POST or None,
        initial={name: getattr(organisation, name) for name in names},
        zones=zones(organisation.timezone, now, request.LANGUAGE_CODE),
        currencies=verbs.CURRENCIES,
    )
    if request.method == "POST" and form.is_valid():
        try:
            verbs.edit(organisation=organisation, **form.cleaned_data, by=request.viewer.actor(), at=now)
        except Refusal as refusal:
            say(form, refusal)
        else:
            return toast(redirect("staff:organisation"), _("Saved"))
    known = {"form": form, "organisation": organisation}
    return render(request, "staff/organisation.html", known, status=422 if form.errors else 200)
