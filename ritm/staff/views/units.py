"""The unit tree and teams."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ritm.kernel.refusal import Refusal
from ritm.shell.htmx import toast
from ritm.staff import queries
from ritm.staff.doors import door
from ritm.staff.forms import AddUnitForm, TeamForm, UnitForm, say
from ritm.staff.models import Employee, Membership, Organisation, Team, Unit
from ritm.staff.operations import teams as team_verbs
from ritm.staff.operations import units as verbs
from ritm.staff.views import choices


@door("employee", "edit")
@require_safe
def tree(request: Any) -> HttpResponse:
    """The tree of units, and teams."""
    teams = Team.objects.visible_to(request.viewer).prefetch_related("members").order_by("name")
    known = {"rows": queries.units_of(request.viewer), "teams": teams}
    return render(request, "staff/units.html", known)


@door("employee", "edit")
@require_http_methods(["GET", "POST"])
def add(request: Any) -> HttpResponse:
    """Adds a unit below another."""
    units = choices.units(request.viewer)
    form = AddUnitForm(request.POST or None, initial={"parent": request.GET.get("parent")}, units=units)
    if request.method == "POST" and form.is_valid():
        try:
            verbs.add(**form.cleaned_data, by=request.viewer.actor(), at=timezone.now())
        except Refusal as refusal:
            say(form, refusal)
        else:
            return toast(redirect("staff:units"), _("Unit added"))
    return render(request, "staff/unit_add.html", {"form": form}, status=422 if form.errors else 200)


@door("employee", "edit")
@require_http_methods(["GET", "POST"])
def unit(request: Any, pk: int) -> HttpResponse:
    """One unit: its name, place in the tree, head, and people."""
    shown = get_object_or_404(Unit.objects.visible_to(request.viewer).select_related("parent", "head"), pk=pk)
    form = UnitForm(
        request.POST or None,
        initial={"name": shown.name, "parent": shown.parent_id, "head": shown.head_id},
        units=choices.units(request.viewer),
        people=choices.people(request.viewer),
    )
    form.fields["parent"].required = shown.parent_id is not None
    if request.method == "POST" and form.is_valid():
        try:
            verbs.edit(unit=shown, **form.cleaned_data, by=request.viewer.actor(), at=timezone.now())
        except Refusal as refusal:
            say(form, refusal)
        else:
            return toast(redirect("staff:units"), _("Saved"))
    people = Employee.objects.visible_to(request.viewer).filter(unit_id=pk, left_on=None).order_by("name")
    known = {"unit": shown, "form": form, "people": people}
    return render(request, "staff/unit.html", known, status=422 if form.errors else 200)


@door("employee", "edit")
@require_POST
def close(request: Any, pk: int) -> HttpResponse:
    """Closes an empty unit."""
    shown = get_object_or_404(Unit.objects.visible_to(request.viewer), pk=pk)
    verbs.close(unit=shown, by=request.viewer.actor(), at=timezone.now())
    return toast(redirect("staff:units"), _("Unit closed"))


@door("employee", "edit")
@require_http_methods(["GET", "POST"])
def team(request: Any, pk: int | None = None) -> HttpResponse:
    """Forms a team, or changes one."""
    shown = get_object_or_404(Team.objects.visible_to(request.viewer), pk=pk) if pk else None
    initial = {}
    if shown is not None:
        members = Membership.objects.filter(team=shown).values_list("employee_id", flat=True)
        initial = {"name": shown.name, "members": list(members)}
    form = TeamForm(request.POST or None, initial=initial, people=choices.people(request.viewer))
    if request.method == "POST" and form.is_valid():
        words = {**form.cleaned_data, "by": request.viewer.actor(), "at": timezone.now()}
        try:
            if shown is not None:
                team_verbs.edit(team=shown, **words)
            else:
                organisation = Organisation.objects.get(pk=request.viewer.organisation_id)
                team_verbs.form(organisation=organisation, **words)
        except Refusal as refusal:
            say(form, refusal)
        else:
            return toast(redirect("staff:units"), _("Saved"))
    return render(request, "staff/team.html", {"team": shown, "form": form}, status=422 if form.errors else 200)


@door("employee", "edit")
@require_POST
def disband(request: Any, pk: int) -> HttpResponse:
    """Disbands a team."""
    shown = get_object_or_404(Team.objects.visible_to(request.viewer), pk=pk)
    team_verbs.disband(team=shown, by=request.viewer.actor(), at=timezone.now())
    return toast(redirect("staff:units"), _("Team disbanded"))
