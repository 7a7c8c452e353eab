"""The audit trail: who did what, when, on what."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from ritm.journal.operations import publish
from ritm.journal.sentences import SUBJECTS
from ritm.shell.fields import DayField
from ritm.staff import audit, queries
from ritm.staff.doors import door
from ritm.staff.events import AuditExported
from ritm.staff.models import Employee

# One export, at most: a file that a spreadsheet still opens.
MOST = 100_000


class FilterForm(forms.Form):
    employee = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    event = forms.CharField(required=False, max_length=80)
    since = DayField(required=False, label=gettext_lazy("From"))
    until = DayField(required=False)
    kind = forms.CharField(required=False, max_length=40)
    id = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    before = forms.IntegerField(required=False, min_value=1, max_value=2**62)


def _filters(data: Any) -> tuple[audit.Filters, int | None]:
    form = FilterForm(data)
    form.is_valid()
    known = form.cleaned_data
    filters = audit.Filters(
        employee_id=known.get("employee"),
        event=known.get("event", ""),
        since=known.get("since"),
        until=known.get("until"),
        subject_kind=known.get("kind", "") if known.get("kind") in set(SUBJECTS.keys()) else "",
        subject_id=known.get("id"),
    )
    return filters, known.get("before")


@door("audit", "see")
@require_safe
def trail(request: Any) -> HttpResponse:
    """The journal's entries, newest first, 50 to a page."""
    viewer = request.viewer
    filters, before = _filters(request.GET)
    found = audit.entries(viewer, filters)
    page = list((found if before is None else found.filter(pk__lt=before))[: audit.PAGE + 1])
    query = request.GET.copy()
    query.pop("before", None)
    first = query.urlencode()
    further = ""
    if len(page) > audit.PAGE:
        query["before"] = str(page[audit.PAGE - 1].pk)
        further = f"?{query.urlencode()}"
    rows = audit.tell(viewer, page[: audit.PAGE])
    known = {
        "rows": rows, "filters": filters, "kinds": audit.kinds(viewer),
        "people": Employee.objects.visible_to(viewer).order_by("name").only("id", "name"),
        "page": {"next": further, "previous": f"?{first}" if before else ""},
        "about": rows[0].subject if rows and filters.subject_id else "",
        "today": queries.today_of(viewer, timezone.now()),
    }  # fmt: skip
    return render(request, "staff/audit.html", known)


class _Line:
    """What a csv writer writes into: hands each line straight on."""

    def write(self, text: str) -> str:
        return text


def _safe(text: str) -> str:
    # A spreadsheet would run a cell that begins like a formula.
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text


def _lines(rows: list[audit.Told], zone: dt.tzinfo) -> Iterator[str]:
    writer = csv.writer(_Line(), delimiter=";")
    yield "\ufeff"  # Excel reads Russian letters only after this mark
    yield writer.writerow([_("When"), _("Who"), _("What"), _("On what"), _("Details"), _("By way of")])
    for row in rows:
        at = row.entry.at.astimezone(zone).strftime("%d.%m.%Y %H:%M:%S")
        cells = (at, row.who, row.label, row.subject, row.text, row.entry.via)
        yield writer.writerow([_safe(cell) for cell in cells])


@door("audit", "see")
@require_POST
def export(request: Any) -> StreamingHttpResponse:
    """The filtered trail as CSV; that it was taken out is journalled."""
    viewer, now = request.viewer, timezone.now()
    filters, _before = _filters(request.POST)
    rows = []
    for row in audit.everything(viewer, filters):
        rows.append(row)
        if len(rows) == MOST:
            break
    publish(AuditExported(filters=filters.words(), entries=len(rows)), by=viewer.actor(), at=now)
    lines = list(_lines(rows, timezone.get_current_timezone()))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="audit-{queries.today_of(viewer, now)}.csv"'
    return response
