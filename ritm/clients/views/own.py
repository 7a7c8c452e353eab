"""Own fields: their definitions in the office, and one of a client's in place."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ritm.clients import forms, operations
from ritm.clients import own as questions
from ritm.clients.models import OwnField, OwnOption
from ritm.clients.sockets import OWN_NOUNS
from ritm.clients.views.edit import FORM_OR_POST, editable, small_form
from ritm.kernel.refusal import Refusal
from ritm.shell.htmx import go_to, toast
from ritm.staff.doors import door
from ritm.staff.models import Role, Unit


def _mine(request: HttpRequest) -> Any:
    return OwnField.objects.visible_to(request.viewer)  # type: ignore[attr-defined]


@require_safe
@door("own_field", "edit")
def fields(request: HttpRequest) -> HttpResponse:
    """This view will list the own fields of every noun, and those that were put away."""
    rows = list(_mine(request).order_by("position", "pk"))
    roles = dict(Role.objects.visible_to(request.viewer).values_list("pk", "name"))  # type: ignore[attr-defined]
    units = dict(Unit.objects.visible_to(request.viewer).values_list("pk", "name"))  # type: ignore[attr-defined]

    def who(row: OwnField) -> list[str]:
        return [roles[pk] for pk in row.roles if pk in roles] + [units[pk] for pk in row.units if pk in units]

    nouns = [
        (noun, [(row, who(row)) for row in rows if row.noun == noun.key
                and row.archived_at is None])
        for noun in OWN_NOUNS
    ]  # fmt: skip
    away = [row for row in rows if row.archived_at is not None]
    return render(request, "clients/own_fields.html", {"nouns": nouns, "away": away})


@FORM_OR_POST
@door("own_field", "edit")
def new(request: HttpRequest) -> HttpResponse:
    """This view will define a field."""
    viewer = request.viewer  # type: ignore[attr-defined]
    noun = OWN_NOUNS.get(request.GET.get("noun", "client"))
    if noun is None:
        raise Http404
    form = forms.OwnFieldForm(request.POST or None, viewer=viewer)
    if request.method == "POST" and form.is_valid():
        try:
            operations.define(
                noun=noun.key, kind=form.cleaned_data["kind"], **form.said(), by=viewer.actor(), at=timezone.now()
            )
        except Refusal as refusal:
            forms.refuse(form, refusal)
        else:
            return toast(go_to(request, reverse("clients:own_fields")), _("The field is there for everybody"))
    context = {"form": form, "noun": noun, "field": None}
    return render(request, "clients/own_field.html", context, status=422 if form.errors else 200)


@FORM_OR_POST
@door("own_field", "edit")
def field(request: HttpRequest, field_id: int) -> HttpResponse:
    """This view will change a definition."""
    viewer = request.viewer  # type: ignore[attr-defined]
    row = get_object_or_404(_mine(request), pk=field_id)
    options = OwnOption.objects.filter(field=row, archived_at=None).order_by("pk").values_list("name", flat=True)
    initial = {
        "name": row.name, "help": row.help, "unit": row.unit, "required": row.required, "roles": row.roles,
        "units": row.units, "options": "\n".join(options),
    }  # fmt: skip
    form = forms.OwnFieldForm(request.POST or None, viewer=viewer, editing=row, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            operations.redefine(field=row, **form.said(), by=viewer.actor(), at=timezone.now())
        except Refusal as refusal:
            forms.refuse(form, refusal)
        else:
            return toast(go_to(request, reverse("clients:own_fields")), _("Saved"))
    context = {"form": form, "noun": OWN_NOUNS.get(row.noun), "field": row}
    return render(request, "clients/own_field.html", context, status=422 if form.errors else 200)


@require_POST
@door("own_field", "edit")
def away(request: HttpRequest, field_id: int) -> HttpResponse:
    """This view will put a field away; the toast brings it back."""
    row = get_object_or_404(_mine(request), pk=field_id)
    operations.put_away(field=row, by=request.viewer.actor(), at=timezone.now())  # type: ignore[attr-defined]
    answer = go_to(request, reverse("clients:own_fields"))
    return toast(
        answer, _("Put away; what was filled in is kept"), undo=reverse("clients:own_field_back", args=[row.pk])
    )


@require_POST
@door("own_field", "edit")
def back(request: HttpRequest, field_id: int) -> HttpResponse:
    """This view will bring a field back."""
    row = get_object_or_404(_mine(request), pk=field_id)
    operations.bring_back(field=row, by=request.viewer.actor(), at=timezone.now())  # type: ignore[attr-defined]
    return toast(go_to(request, reverse("clients:own_fields")), _("Put back"))


@require_POST
@door("own_field", "edit")
def move(request: HttpRequest, field_id: int) -> HttpResponse:
    """This view will move a field one place up or down."""
    row = get_object_or_404(_mine(request), pk=field_id)
    up = request.POST.get("to") == "up"
    operations.move(field=row, up=up, by=request.viewer.actor(), at=timezone.now())  # type: ignore[attr-defined]
    return go_to(request, reverse("clients:own_fields"))


@FORM_OR_POST
@door("client", "edit")
def value(request: HttpRequest, client_id: int, key: str) -> HttpResponse:
    """This view will edit one own field of a client in its place."""
    viewer = request.viewer  # type: ignore[attr-defined]
    client = editable(request, client_id)
    definition = next((one for one in questions.definitions(viewer) if one.key == key), None)
    if definition is None:
        raise Http404
    held = questions.values_of([client.pk], [definition]).get(client.pk, {}).get(definition.id)
    # A form of boxes, none of them marked, posts nothing of its own.
    form = forms.OwnValueForm(definition, held, request.POST if request.method == "POST" else None)
    return small_form(
        request,
        client,
        form,
        definition.name,
        lambda: operations.fill_in(
            client=client, values={definition.id: form.value}, known=[definition], by=viewer.actor(), at=timezone.now()
        ),
    )
