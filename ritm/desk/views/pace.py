"""How many items a person's day holds: seen with its history, changed from a day on."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from ritm.desk import operations
from ritm.desk.models import Pace
from ritm.desk.operations import MOST_A_DAY
from ritm.desk.queries.today import pace as pace_on
from ritm.kernel.calendar import local_date
from ritm.shell.fields import DayField
from ritm.shell.htmx import go_to, toast
from ritm.shell.writing import show_day
from ritm.staff.doors import door

SHOWN = 50


class PaceForm(forms.Form):
    """A day's items, and from when on."""

    per_day = forms.IntegerField(label=gettext_lazy("Items a day"), min_value=1, max_value=MOST_A_DAY)
    effective_on = DayField(label=gettext_lazy("In force from"))


@require_http_methods(["GET", "POST"])
@door("queue", "tune")
def pace(request: Any) -> HttpResponse | HttpResponseBase:
    """This page will show how many items a day holds, and set another number from a day on."""
    viewer, now = request.viewer, timezone.now()
    today = local_date(now, viewer.timezone)
    form = PaceForm(
        request.POST or None,
        initial={"per_day": pace_on(viewer.organisation_id, today), "effective_on": today},
    )
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["effective_on"] < today:
            form.add_error("effective_on", _("Choose today or a later day."))
        else:
            row = operations.set_pace(**form.cleaned_data, by=viewer.actor(), at=now)
            said = _("A day holds %(items)s items from %(day)s on.") % {
                "items": row.per_day,
                "day": show_day(row.effective_on),
            }
            return toast(go_to(request, reverse("desk:pace")), said)
    history = Pace.objects.visible_to(viewer).select_related("created_by").order_by("-effective_on", "-id")[:SHOWN]
    context = {"form": form, "history": history}
    return render(request, "desk/pace.html", context, status=422 if form.errors else 200)
