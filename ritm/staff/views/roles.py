"""Roles: how far each one reaches, as a table of noun × verb × reach."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ritm.kernel.reach import Reach
from ritm.kernel.refusal import Refusal
from ritm.shell.htmx import toast
from ritm.staff import queries
from ritm.staff.doors import door
from ritm.staff.forms import AddRoleForm, say
from ritm.staff.models import Organisation, Role
from ritm.staff.operations import roles as verbs
from ritm.staff.views import choices
from ritm.staff.words_of_access import REACHES, noun_word, place, verb_word


@door("role", "edit")
@require_http_methods(["GET", "POST"])
def roles(request: Any) -> HttpResponse:
    """All roles with how many hold them; adds one of the organisation's own."""
    viewer = request.viewer
    form = AddRoleForm(request.POST or None, roles=choices.roles(viewer))
    if request.method == "POST" and form.is_valid():
        organisation = Organisation.objects.get(pk=viewer.organisation_id)
        try:
            made = verbs.add(
                organisation=organisation, **form.cleaned_data, granter=viewer, by=viewer.actor(), at=timezone.now()
            )
        except Refusal as refusal:
            say(form, refusal)
        else:
            return redirect("staff:role", pk=made.pk)
    counts = queries.holders(viewer)
    rows = [(role, counts.get(role.pk, 0)) for role in choices.roles(viewer)]
    return render(request, "staff/roles.html", {"rows": rows, "form": form}, status=422 if form.errors else 200)


def _groups(role: Role) -> list[dict[str, Any]]:
    lines = sorted(queries.matrix(role), key=lambda line: place(line.noun, line.verb))
    return [
        {
            "noun": noun_word(noun),
            "lines": [
                {
                    "line": line,
                    "verb": verb_word(line.verb),
                    "cells": [(step, REACHES[step], step in line.steps, step == line.reach) for step in Reach],
                    "changed": line.shipped is not None and line.shipped != line.reach,
                }
                for line in of_noun
            ],
        }
        for noun, of_noun in groupby(lines, key=lambda line: line.noun)
    ]


@door("role", "edit")
@require_http_methods(["GET", "POST"])
def role(request: Any, pk: int) -> HttpResponse:
    """One role's table."""
    viewer = request.viewer
    shown = get_object_or_404(Role.objects.visible_to(viewer), pk=pk)
    refused, status = "", 200
    if request.method == "POST":
        try:
            verbs.edit(
                role=shown,
                name=request.POST.get("name", "").strip()[:80] or shown.name,
                sells="sells" in request.POST,
                cells=_cells(request, shown),
                granter=viewer,
                by=viewer.actor(),
                at=timezone.now(),
            )
        except Refusal as refusal:
            refused, status = str(refusal), 422
            shown.refresh_from_db()
        else:
            return toast(redirect("staff:role", pk=pk), _("Saved. It holds from everybody's next click."))
    known = {
        "role": shown,
        "groups": _groups(shown),
        "reaches": [REACHES[step] for step in Reach],
        "refused": refused,
        "count": queries.holders(viewer).get(pk, 0),
    }
    return render(request, "staff/role.html", known, status=status)


def _cells(request: Any, shown: Role) -> dict[tuple[str, str], Reach]:
    cells = {}
    for line in queries.matrix(shown):
        asked = request.POST.get(line.key, "")
        if asked.isdecimal() and int(asked[:2]) in line.steps:
            cells[line.noun, line.verb] = Reach(int(asked[:2]))
    return cells


@door("role", "edit")
@require_POST
def restore(request: Any, pk: int) -> HttpResponse:
    """Sets a shipped role back to what Ritm ships."""
    shown = get_object_or_404(Role.objects.visible_to(request.viewer), pk=pk)
    verbs.restore(role=shown, granter=request.viewer, by=request.viewer.actor(), at=timezone.now())
    return toast(redirect("staff:role", pk=pk), _("The role reaches as far as it was shipped"))


@door("role", "edit")
@require_POST
def remove(request: Any, pk: int) -> HttpResponse:
    """Removes a role of one's own that nobody holds."""
    shown = get_object_or_404(Role.objects.visible_to(request.viewer), pk=pk)
    verbs.remove(role=shown, by=request.viewer.actor(), at=timezone.now())
    return toast(redirect("staff:roles"), _("Role removed"))
