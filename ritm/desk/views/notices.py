"""The bell, the page of notices, and how one wants to be told. Everybody at work has his own."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ritm.desk import notices as operations
from ritm.desk.models import NoticeWish
from ritm.desk.queries import notices as queries
from ritm.kernel.stated import read_id
from ritm.shell.htmx import go_to, toast
from ritm.staff.doors import door
from ritm.staff.models import Employee

HOURS = [(hour, f"{hour:02}:00") for hour in range(24)]


class WishForm(forms.ModelForm):  # type: ignore[type-arg]
    """An employee's wishes."""

    digest_hour = forms.TypedChoiceField(label=gettext_lazy("Hour of the letter"), choices=HOURS, coerce=int)
    quiet_from = forms.TypedChoiceField(label=gettext_lazy("Quiet from, hour"), choices=HOURS, coerce=int)
    quiet_until = forms.TypedChoiceField(label=gettext_lazy("Quiet until, hour"), choices=HOURS, coerce=int)

    class Meta:
        model = NoticeWish
        fields = ("bell", "digest", "digest_hour", "quiet_from", "quiet_until")


@require_safe
@door()
def bell(request: Any) -> HttpResponse:
    """The count on the bell; empty without any."""
    count = queries.unread(request.viewer, timezone.now())
    return render(request, "desk/_bell_count.html", {"count": count, "most": queries.MOST})


@require_safe
@door()
def notices(request: Any) -> HttpResponse:
    """A page of the viewer's own notices, newest first."""
    told, more = queries.page_of(request.viewer, read_id(request.GET.get("before")))
    following = f"{reverse('desk:notices')}?before={told[-1].row.pk}" if more else ""
    return render(request, "desk/notices.html", {"told": told, "page": {"previous": "", "next": following}})


@require_POST
@door()
def read(request: Any) -> HttpResponse:
    """Marks one read, or all."""
    one = read_id(request.POST.get("notice"))
    pk = None if one is None else get_object_or_404(queries.own(request.viewer), pk=one).pk
    operations.read(employee_id=request.viewer.employee_id, at=timezone.now(), pk=pk)
    return go_to(request, reverse("desk:notices"))


@require_http_methods(["GET", "POST"])
@door()
def wishes(request: Any) -> HttpResponse:
    """How the viewer wants to be told."""
    employee = get_object_or_404(Employee.objects.visible_to(request.viewer), pk=request.viewer.employee_id)
    row = NoticeWish.objects.visible_to(request.viewer).filter(employee=employee).first()
    # Without a row the form shows the defaults by which the viewer is told now.
    form = WishForm(request.POST or None, instance=row or NoticeWish(employee=employee))
    if request.method == "POST" and form.is_valid():
        operations.wish(employee=employee, values=form.cleaned_data)
        return toast(go_to(request, reverse("desk:notices")), _("Saved"))
    return render(request, "desk/notice_wishes.html", {"form": form}, status=422 if form.errors else 200)
