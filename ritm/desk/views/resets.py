"""The report of contacts without consequence, by seller; each number opens its rows, each row its client."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from ritm.conversations.models import Interaction
from ritm.desk.queries import resets as queries
from ritm.kernel.calendar import local_date
from ritm.kernel.stated import read_id
from ritm.shell.fields import DayField
from ritm.staff.doors import door
from ritm.staff.viewer import Viewer

DAYS = 30
LONGEST = dt.timedelta(days=366)


class PeriodForm(forms.Form):
    """Which contacts, and how long one waits for a consequence."""

    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("To"), required=False)
    days = forms.IntegerField(label=_("Days to wait"), required=False, min_value=1, max_value=365)


@dataclass(frozen=True)
class Asked:
    """A period, the days to wait, and whose contacts (None: everybody's; 0: nobody is named)."""

    since: dt.date
    until: dt.date
    days: int
    employee: int | None = None
    which: queries.Which = "idle"

    def url(self, name: str = "desk:reset_rows", **more: Any) -> str:
        """This function will give the address of the report, or of the rows behind a number."""
        asked = {"since": self.since, "until": self.until, "days": self.days, **more}
        return f"{reverse(name)}?{urlencode(asked)}"


@require_safe
@door("interaction", "report")
def report(request: Any) -> HttpResponse:
    """One row per seller."""
    asked = _asked(request)
    found = queries.by_seller(_rows(request, asked))
    rows = []
    for one in found:
        whose = one.employee_id or 0
        cells = [
            (count, asked.url(employee=whose, which=which))
            for count, which in ((one.resets, "all"), (one.idle, "idle"), (one.waiting, "waiting"))
        ]
        rows.append((one, cells))
    form = PeriodForm(initial={"since": asked.since, "until": asked.until, "days": asked.days})
    return render(request, "desk/resets.html", {"form": form, "asked": asked, "rows": rows})


@require_safe
@door("interaction", "report")
def rows(request: Any) -> HttpResponse:
    """The contacts behind a number, newest first."""
    asked = _asked(request)
    narrowed = queries.narrowed(_rows(request, asked), asked.which)
    found = queries.page_of(narrowed, read_id(request.GET.get("before")), request.viewer)
    shown = found[: queries.PAGE]
    more: dict[str, Any] = {"which": asked.which} | ({} if asked.employee is None else {"employee": asked.employee})
    following = asked.url(**more, before=shown[-1].pk) if len(found) > queries.PAGE else ""
    context = {
        "asked": asked,
        "rows": shown,
        "back": asked.url("desk:resets"),
        "page": {"previous": "", "next": following},
    }
    return render(request, "desk/reset_rows.html", context)


def _asked(request: Any) -> Asked:
    viewer: Viewer = request.viewer
    form = PeriodForm(request.GET)
    form.is_valid()
    given = form.cleaned_data  # what could be read; a mangled link opens the usual period
    days = given.get("days") or DAYS
    # As shipped, a month of contacts of which every one has had its days.
    until = given.get("until") or local_date(timezone.now(), viewer.timezone) - dt.timedelta(days=days + 1)
    since = given.get("since") or until - dt.timedelta(days=30)
    since = max(min(since, until), until - LONGEST)
    which = request.GET.get("which", "")
    return Asked(
        since,
        until,
        days,
        read_id(request.GET.get("employee")),
        cast(queries.Which, which) if which in ("all", "waiting") else "idle",
    )


def _rows(request: Any, asked: Asked) -> QuerySet[Interaction]:
    return queries.resets(
        request.viewer, asked.since, asked.until, days=asked.days, at=timezone.now(), employee_id=asked.employee
    )
