"""The report of excused silences, by seller; each number opens its clients with reasons and days of return."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from ritm.desk.queries import excused as queries
from ritm.kernel.calendar import local_date
from ritm.kernel.stated import read_id, read_place
from ritm.retention.models import Rhythm
from ritm.staff.doors import door
from ritm.staff.models import Employee
from ritm.staff.viewer import Viewer


@require_safe
@door("queue")
def report(request: Any) -> HttpResponse:
    """One row per seller."""
    viewer: Viewer = request.viewer
    now = timezone.now()
    found = queries.by_seller(viewer, local_date(now, viewer.timezone), now)
    rows = [(one, _rows_of(one.employee_id or 0)) for one in found]
    return render(request, "desk/excused.html", {"rows": rows, "days": queries.LATELY.days})


@require_safe
@door("queue")
def rows(request: Any) -> HttpResponse:
    """The excused clients of one seller, or of all within reach; who comes back last stands first."""
    viewer: Viewer = request.viewer
    today = local_date(timezone.now(), viewer.timezone)
    owner_id = read_id(request.GET.get("owner"))
    found = queries.page_of(queries.excused(viewer, today, owner_id=owner_id), read_place(request.GET.get("after")))
    shown = found[: queries.PAGE]
    ids = [row.client_id for row in shown]
    worth = dict(
        Rhythm.objects.visible_to(viewer).filter(client_id__among=ids).values_list("client_id", "annual_worth")
    )
    authors = Employee.objects.in_bulk({row.excused_by_id for row in shown if row.excused_by_id})
    following = ""
    if len(found) > queries.PAGE:
        following = _rows_of(owner_id, after=f"{shown[-1].excused_until:%Y-%m-%d}_{shown[-1].client_id}")
    context = {
        "rows": [(row, worth.get(row.client_id), authors.get(row.excused_by_id or 0)) for row in shown],
        "owner": Employee.objects.visible_to(viewer).filter(pk=owner_id or 0).first(),
        "page": {"previous": "", "next": following},
    }
    return render(request, "desk/excused_rows.html", context)


def _rows_of(owner_id: int | None, **more: str) -> str:
    asked = ({} if owner_id is None else {"owner": str(owner_id)}) | more
    return f"{reverse('desk:excused_rows')}?{urlencode(asked)}"
