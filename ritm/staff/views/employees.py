"""Employees and invitations."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ritm.kernel.refusal import Refusal
from ritm.kernel.stated import read_id
from ritm.shell.htmx import toast
from ritm.staff import audit, queries
from ritm.staff.doors import door
from ritm.staff.forms import AwayForm, EmployeeForm, InviteForm, LeaveForm, TakeOnForm, say
from ritm.staff.models import Employee, Invitation, Role, Team, Unit
from ritm.staff.operations import employees as verbs
from ritm.staff.operations import invitations
from ritm.staff.sockets import LEAVERS
from ritm.staff.views import choices


@door("employee", "see")
@require_safe
def people(request: Any) -> HttpResponse:
    """Everybody who works here, by unit or by a typed part of a name; those who left on demand."""
    text = request.GET.get("q", "").strip()[:100]
    left = request.GET.get("show") == "left"
    unit = request.GET.get("unit", "")
    found = Employee.objects.visible_to(request.viewer).filter(left_on__isnull=not left)
    if text:
        found = found.filter(
            Q(name__icontains=text)
            | Q(position__icontains=text)
            | Q(phone__contains=text)
            | Q(extension=text)
            | Q(person__email__icontains=text)
        )
    if unit:
        chosen = Unit.objects.visible_to(request.viewer).filter(pk=read_id(unit) or 0).first()
        found = found.filter(unit__path__startswith=chosen.path) if chosen else found.none()
    found = (
        found.select_related("unit", "person", "substitute")
        .prefetch_related(Prefetch("roles", Role.objects.order_by("name")))
        .order_by("name", "id")[:1000]
    )
    may_edit = request.viewer.may("employee", "edit")
    invited = (
        Invitation.objects.open().visible_to(request.viewer).select_related("unit", "role").order_by("-id")
        if may_edit and not left
        else []
    )
    known = {
        "people": list(found), "units": queries.units_of(request.viewer), "q": text, "unit": unit, "left": left,
        "may_edit": may_edit, "invited": list(invited), "today": queries.today_of(request.viewer, timezone.now()),
        "now": timezone.now(),
    }  # fmt: skip
    return render(request, "staff/employees.html", known)


@door("employee", "see")
@require_http_methods(["GET", "POST"])
def employee(request: Any, pk: int) -> HttpResponse:
    """One employee: how to reach him, what he is, and what he holds; those who may change it all."""
    viewer = request.viewer
    rows = Employee.objects.visible_to(viewer).select_related("unit", "person", "substitute")
    shown = get_object_or_404(rows, pk=pk)
    may_edit = viewer.may("employee", "edit")
    known = _card(request, shown)
    if may_edit:
        held = list(shown.roles.values_list("pk", flat=True))
        names = ("name", "position", "phone", "extension", "capacity")
        initial = {name: getattr(shown, name) for name in names} | {"unit": shown.unit_id, "roles": held}
        form = EmployeeForm(request.POST or None, initial=initial, **choices.all_of(viewer))
        known["form"] = form
        if request.method == "POST" and form.is_valid():
            words = form.cleaned_data
            try:
                verbs.edit(employee=shown, **words, granter=viewer, by=viewer.actor(), at=timezone.now())
            except Refusal as refusal:
                say(form, refusal)
            else:
                return toast(redirect("staff:employee", pk=pk), _("Saved"))
        today = known["today"]
        known["away_form"] = AwayForm(
            initial={"until": shown.away_until, "substitute": shown.substitute_id},
            people=choices.people(viewer).exclude(pk=pk),
        )
        known["leave_form"] = LeaveForm(initial={"left_on": today})
    return render(
        request, "staff/employee.html", known, status=422 if "form" in known and known["form"].errors else 200
    )


def _card(request: Any, shown: Employee) -> dict[str, Any]:
    viewer = request.viewer
    may_edit = viewer.may("employee", "edit")
    holdings = []
    if may_edit:
        counted = ((holding, holding.count(viewer, shown.pk)) for holding in LEAVERS)
        holdings = [
            {"label": holding.label, "count": count, "url": holding.url(shown.pk)}
            for holding, count in counted
            if count
        ]
    history = []
    if viewer.may("audit", "see"):
        filters = audit.Filters(subject_kind="employee", subject_id=shown.pk)
        history = audit.tell(viewer, audit.entries(viewer, filters)[:10])
    return {
        "employee": shown,
        "roles": list(shown.roles.order_by("name")),
        "teams": Team.objects.visible_to(viewer).filter(members=shown).order_by("name"),
        "heads": Unit.objects.visible_to(viewer).filter(head=shown, closed_at=None).order_by("name"),
        "today": queries.today_of(viewer, timezone.now()),
        "may_edit": may_edit,
        "holdings": holdings,
        "history": history,
    }


@door("employee", "edit")
@require_POST
def away(request: Any, pk: int) -> HttpResponse:
    """Notes a leave with its substitute, or that somebody is back."""
    viewer, now = request.viewer, timezone.now()
    shown = get_object_or_404(Employee.objects.visible_to(viewer), pk=pk)
    form = AwayForm(request.POST, people=choices.people(viewer))
    back = "back" in request.POST
    if not back and not form.is_valid():
        raise Refusal(_("Choose the last day of the leave."), code="until", field="until")
    words = {"until": None, "substitute": None} if back else form.cleaned_data
    verbs.go_away(employee=shown, **words, today=queries.today_of(viewer, now), by=viewer.actor(), at=now)
    return toast(redirect("staff:employee", pk=pk), _("Saved"))


@door("employee", "edit")
@require_POST
def leave(request: Any, pk: int) -> HttpResponse:
    """Notes that somebody has left."""
    viewer, now = request.viewer, timezone.now()
    shown = get_object_or_404(Employee.objects.visible_to(viewer), pk=pk)
    form = LeaveForm(request.POST)
    if not form.is_valid():
        raise Refusal(_("Choose the last working day."), code="left_on", field="left_on")
    today = queries.today_of(viewer, now)
    verbs.leave(employee=shown, **form.cleaned_data, today=today, granter=viewer, by=viewer.actor(), at=now)
    return toast(
        redirect("staff:employee", pk=pk),
        _("%(name)s has left") % {"name": shown.name},
        undo=reverse("staff:come_back", args=[pk]),
    )


@door("employee", "edit")
@require_POST
def come_back(request: Any, pk: int) -> HttpResponse:
    """Takes somebody back who had left."""
    shown = get_object_or_404(Employee.objects.visible_to(request.viewer), pk=pk)
    verbs.come_back(employee=shown, granter=request.viewer, by=request.viewer.actor(), at=timezone.now())
    return toast(redirect("staff:employee", pk=pk), _("%(name)s works here again") % {"name": shown.name})


@door("employee", "edit")
@require_http_methods(["GET", "POST"])
def invite(request: Any) -> HttpResponse:
    """Invites a colleague by letter."""
    return _new(request, InviteForm, "staff/invite.html", _invite)


def _invite(request: HttpRequest, words: dict[str, Any]) -> HttpResponse:
    invitations.invite(**words, base_url=request.build_absolute_uri("/"))
    return toast(redirect("staff:employees"), _("The invitation is on its way"))


@door("employee", "edit")
@require_http_methods(["GET", "POST"])
def take_on(request: Any) -> HttpResponse:
    """Adds an employee who does not sign in."""
    return _new(request, TakeOnForm, "staff/take_on.html", _take_on)


def _take_on(request: HttpRequest, words: dict[str, Any]) -> HttpResponse:
    made = verbs.take_on(**words)
    return toast(redirect("staff:employee", pk=made.pk), _("Employee added"))


def _new(request: Any, form_class: Any, template: str, verb: Any) -> HttpResponse:
    viewer = request.viewer
    form = form_class(request.POST or None, **choices.all_of(viewer))
    if request.method == "POST" and form.is_valid():
        words = {**form.cleaned_data, "granter": viewer, "by": viewer.actor(), "at": timezone.now()}
        try:
            answer: HttpResponse = verb(request, words)
        except Refusal as refusal:
            say(form, refusal)
        else:
            return answer
    return render(request, template, {"form": form}, status=422 if form.errors else 200)


@door("employee", "edit")
@require_http_methods(["GET", "POST"])
def invitation(request: Any, pk: int) -> HttpResponse:
    """One open invitation: its link to hand over without mail, send again, withdraw."""
    viewer, now = request.viewer, timezone.now()
    shown = get_object_or_404(Invitation.objects.open().visible_to(viewer).select_related("unit", "role"), pk=pk)
    if request.method == "POST":
        if "withdraw" in request.POST:
            invitations.withdraw(invitation=shown, by=viewer.actor(), at=now)
            return toast(redirect("staff:employees"), _("Invitation withdrawn"))
        invitations.send_again(invitation=shown, base_url=request.build_absolute_uri("/"), by=viewer.actor(), at=now)
        return toast(redirect("staff:employees"), _("The letter is on its way"))
    link = request.build_absolute_uri(reverse("staff:accept", args=[invitations.token_of(shown)]))
    return render(request, "staff/invitation.html", {"invitation": shown, "link": link, "old": shown.expires_at <= now})
