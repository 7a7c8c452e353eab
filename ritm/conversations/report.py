"""The report of conversations by client for a period (seed S3): each number opens its rows, each row its client."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from ritm.conversations import queries
from ritm.conversations.models import Interaction
from ritm.conversations.panels import ICONS, KIND_ICONS, TITLES, lasted
from ritm.kernel.calendar import local_date
from ritm.kernel.stated import read_id
from ritm.shell.fields import DayField
from ritm.staff.doors import door
from ritm.staff.models import Employee
from ritm.staff.viewer import Viewer

HEADS = (_("Calls"), _("Meetings"), _("Letters"), _("Messages"), _("Notes"))
STREAMS = {"call": "calls", "meeting": "calls", "letter": "letters", "message": "letters", "note": "notes"}


class PeriodForm(forms.Form):
    """Which conversations: from which day to which, and whose."""

    since = DayField(label=_("From"), required=False)
    until = DayField(label=_("To"), required=False)
    employee = forms.TypedChoiceField(label=_("Employee"), required=False, coerce=int, empty_value=None)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = Employee.objects.visible_to(viewer).order_by("name").values_list("pk", "name")
        self.fields["employee"].choices = [("", _("everybody")), *people]  # type: ignore[attr-defined]


@dataclass(frozen=True)
class Asked:
    """The period and whose conversations; today and the month so far when nothing was asked."""

    since: dt.date
    until: dt.date
    employee: int | None

    def url(self, **more: Any) -> str:
        """This function will give the address of the rows behind a number."""
        asked = {"since": self.since, "until": self.until, "employee": self.employee, **more}
        return f"{reverse('conversations:rows')}?{urlencode({k: v for k, v in asked.items() if v})}"


@require_GET
@door("interaction", "report")
def by_client(request: Any) -> HttpResponse:
    """The counts per client."""
    viewer: Viewer = request.viewer
    asked = _asked(request)
    found = queries.by_client(_rows(viewer, asked))
    rows = []
    for one in found:
        kinds = zip(HEADS, queries.COUNTED, one.by_kind, strict=True)
        cells = [(head, count, asked.url(client=one.client_id, kind=kind)) for head, kind, count in kinds]
        meaningful = (_("Count as contact"), one.meaningful, asked.url(client=one.client_id, meaningful=1))
        rows.append((one, [*cells, meaningful, (_("Total"), one.total, asked.url(client=one.client_id))]))
    initial = {"since": asked.since, "until": asked.until, "employee": asked.employee}
    context = {
        "form": PeriodForm(initial=initial, viewer=viewer),
        "asked": asked,
        "heads": HEADS,
        "rows": rows,
        "most": queries.MOST_CLIENTS if len(found) == queries.MOST_CLIENTS else None,
    }
    return render(request, "conversations/report.html", context)


@require_GET
@door("interaction", "report")
def rows(request: Any) -> HttpResponse:
    """The conversations behind a number, newest first."""
    viewer: Viewer = request.viewer
    asked = _asked(request)
    numbers = {name: read_id(request.GET.get(name)) for name in ("client", "before")}
    kind = request.GET.get("kind", "")
    narrow = {
        "client_id": numbers["client"],
        "kind": kind if kind in Interaction.Kind.values else "",
        "meaningful": request.GET.get("meaningful") == "1",
    }
    found = queries.page_of(_rows(viewer, asked, **narrow), numbers["before"], viewer)
    shown = found[: queries.PAGE]
    more = {"client": numbers["client"], "kind": narrow["kind"], "meaningful": int(narrow["meaningful"])}
    context = {
        "asked": asked,
        "rows": [
            {
                "row": row,
                "icon": ICONS.get((row.kind, row.direction)) or KIND_ICONS[row.kind],
                "title": TITLES[row.kind, row.direction],
                "lasted": lasted(row.duration_seconds),
                "url": f"{reverse('clients:page', kwargs={'client_id': row.client_id})}?only={STREAMS[row.kind]}",
            }
            for row in shown
        ],
        "page": {
            "previous": "",
            "next": asked.url(**more, before=shown[-1].pk) if len(found) > queries.PAGE else "",
        },
    }
    return render(request, "conversations/rows.html", context)


def _asked(request: Any) -> Asked:
    viewer: Viewer = request.viewer
    today = local_date(timezone.now(), viewer.timezone)
    form = PeriodForm(request.GET, viewer=viewer)
    given = form.cleaned_data if form.is_valid() else {}
    until = given.get("until") or today
    since = given.get("since") or until.replace(day=1)
    return Asked(min(since, until), until, given.get("employee"))


def _rows(viewer: Viewer, asked: Asked, **narrow: Any) -> QuerySet[Interaction]:
    return queries.in_period(viewer, asked.since, asked.until, employee_id=asked.employee, **narrow)
