"""Create a client, and change everything of his in place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from ritm.clients import forms, operations, queries, words
from ritm.clients.models import Client, Tag
from ritm.clients.operations.editing import EDITABLE
from ritm.clients.operations.parts import PARTS
from ritm.journal.models import Entry
from ritm.kernel.phone import show_phone
from ritm.kernel.refusal import Refusal
from ritm.kernel.stated import read_id
from ritm.shell.htmx import go_to, is_htmx, toast
from ritm.staff.doors import door

# What others may bear already: while it is typed, they are named.
WARNED = {"name", "inn", "phone", "email"}
FORM_OR_POST = require_http_methods(["GET", "POST", "HEAD"])


@FORM_OR_POST
@door("client", "create")
def new(request: HttpRequest) -> HttpResponse:
    """This view will create a client and open his page."""
    viewer = request.viewer  # type: ignore[attr-defined]
    form = forms.NewClientForm(request.POST or None, viewer=viewer, initial={"name": request.GET.get("name", "")})
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            client = operations.create(
                name=typed["name"],
                kind=typed["kind"],
                owner=form.owner_chosen(),
                legal={"inn": typed["inn"], "kpp": typed["kpp"]},
                contact=typed["contact"],
                position=typed["position"],
                phones=[typed["phone"]],
                emails=[typed["email"]],
                addresses=[("actual", typed["address"])],
                source=typed["source"],
                comment=typed["comment"],
                own=form.values,
                by=viewer.actor(),
                at=timezone.now(),
            )
        except Refusal as refusal:
            forms.refuse(form, refusal)
        else:
            answer = go_to(request, reverse("clients:page", args=[client.pk]))
            return toast(answer, _("Client created"))
    return render(request, "clients/new.html", {"form": form}, status=422 if form.errors else 200)


def editable(request: HttpRequest, client_id: int, verb: str = "edit") -> Client:
    rows = queries.one_client(request.viewer, verb)  # type: ignore[attr-defined]
    return get_object_or_404(rows, pk=client_id)


def _saved(request: HttpRequest, client_id: int, text: str) -> HttpResponse:
    """The left column with what changed, and a toast that can take it back."""
    page = reverse("clients:page", args=[client_id])
    entry = Entry.objects.filter(subject_kind="client", subject_id=client_id).order_by("-id").first()
    undo = reverse("clients:undo", args=[client_id, entry.pk]) if entry else None
    if not is_htmx(request):
        return toast(go_to(request, page), text, undo=undo)
    viewer = request.viewer  # type: ignore[attr-defined]
    shown = queries.one_client(viewer).filter(pk=client_id).first()
    if shown is None:
        # It has just left the viewer's own reach: there is nothing more to show him.
        return toast(go_to(request, reverse("clients:list")), text)
    context = {"client": shown, "identity": queries.identity(viewer, shown), "changed": True}
    answer = render(request, "clients/_identity.html", context)
    answer.headers["HX-Retarget"] = "#identity"
    answer.headers["HX-Reswap"] = "outerHTML"
    return toast(answer, text, undo=undo)


def small_form(
    request: HttpRequest, client: Client, form: Any, heading: Any, save: Callable[[], Any], remove: str = ""
) -> HttpResponse:
    """The shared way of every small form: show, judge, save, or show again with what is wrong."""
    if request.method == "POST" and form.is_valid():
        try:
            save()
        except Refusal as refusal:
            forms.refuse(form, refusal)
        else:
            return _saved(request, client.pk, _("Saved"))
    template = "clients/_edit.html" if is_htmx(request) else "clients/edit.html"
    context = {
        "client": client,
        "form": form,
        "heading": heading,
        "remove": remove,
        "warn": form.fields.keys() & WARNED,
    }
    return render(request, template, context, status=422 if form.errors else 200)


@FORM_OR_POST
@door("client", "edit")
def field(request: HttpRequest, client_id: int, name: str) -> HttpResponse:
    """This view will edit one field of a client in its place."""
    if name not in EDITABLE:
        raise Http404
    client = editable(request, client_id)
    values = {one: getattr(client, one, "") for one in EDITABLE} | operations.requisites.present(client)
    label, by = words.FIELDS[name], request.viewer.actor()  # type: ignore[attr-defined]
    form = forms.FieldForm(name, label, request.POST or None, initial={name: values[name]})
    return small_form(
        request,
        client,
        form,
        label,
        lambda: operations.edit(
            client=client,
            changes={name: form.cleaned_data[name]},
            by=by,
            at=timezone.now(),
        ),
    )


@FORM_OR_POST
@door("client", "assign")
def owner(request: HttpRequest, client_id: int) -> HttpResponse:
    """This view will give the client to another owner."""
    viewer = request.viewer  # type: ignore[attr-defined]
    client = editable(request, client_id, "assign")
    form = forms.OwnerForm(request.POST or None, viewer=viewer, initial={"owner": client.owner_id})
    return small_form(
        request,
        client,
        form,
        _("Owner"),
        lambda: operations.assign(
            client=client,
            owner=form.cleaned_data["owner"],
            why=form.cleaned_data["why"],
            by=viewer.actor(),
            at=timezone.now(),
        ),
    )


@FORM_OR_POST
@door("client", "edit")
def part(request: HttpRequest, client_id: int, kind: str, part_id: int | None = None) -> HttpResponse:
    """This view will add a contact, a number, an e-mail or an address, or correct one."""
    viewer = request.viewer  # type: ignore[attr-defined]
    if kind not in PARTS:
        raise Http404
    client = editable(request, client_id)
    rows: Any = PARTS[kind].model._default_manager
    row = get_object_or_404(rows.filter(client=client), pk=part_id) if part_id is not None else None
    by, at = viewer.actor(), timezone.now()
    area_code = viewer.area_code
    typed = request.POST or None
    form: Any
    if kind == "contact":
        known = (
            {"name": row.name, "position": row.position, "birthday": row.birthday, "is_main": row.is_main}
            if row
            else {}
        )
        form = forms.ContactForm(typed, initial=known, editing=row is not None)

        def save() -> Any:
            if row is None:
                return operations.add_contact(client=client, **form.cleaned_data, area_code=area_code, by=by, at=at)
            return operations.edit_contact(contact=row, comment=row.comment, **form.cleaned_data, by=by, at=at)
    elif kind == "phone":
        form = forms.PhoneForm(typed, initial={"phone": show_phone(row.e164, row.extension) if row else ""})

        def save() -> Any:
            text = form.cleaned_data["phone"]
            if row is None:
                return operations.add_phone(
                    client=client, contact=_person(request, client), text=text, area_code=area_code, by=by, at=at
                )
            return operations.edit_phone(phone=row, text=text, area_code=area_code, by=by, at=at)
    elif kind == "email":
        form = forms.EmailForm(typed, initial={"email": row.address if row else ""})

        def save() -> Any:
            text = form.cleaned_data["email"]
            if row is None:
                return operations.add_email(client=client, contact=_person(request, client), text=text, by=by, at=at)
            return operations.edit_email(email=row, text=text, by=by, at=at)
    else:
        known = {"kind": row.kind, "address": row.text} if row else {"kind": "actual"}
        form = forms.AddressForm(typed, initial=known)

        def save() -> Any:
            values = {"text": form.cleaned_data["address"], "kind": form.cleaned_data["kind"]}
            if row is None:
                return operations.add_address(client=client, **values, by=by, at=at)
            return operations.edit_address(address=row, **values, by=by, at=at)

    remove = reverse("clients:remove_part", args=[client.pk, kind, row.pk]) if row else ""
    return small_form(request, client, form, words.FIELDS[kind], save, remove)


def _person(request: HttpRequest, client: Client) -> Any:
    """Whose number it is: `?contact=` names a contact of this client."""
    wanted = read_id(request.GET.get("contact"))
    if wanted is None:
        return None
    rows: Any = PARTS["contact"].model._default_manager
    return get_object_or_404(rows.filter(client=client), pk=wanted)


@require_POST
@door("client", "edit")
def remove_part(request: HttpRequest, client_id: int, kind: str, part_id: int) -> HttpResponse:
    """This view will take a part away; the toast brings it back."""
    if kind not in PARTS:
        raise Http404
    client = editable(request, client_id)
    rows: Any = PARTS[kind].model._default_manager
    row = get_object_or_404(rows.filter(client=client), pk=part_id)
    operations.remove(kind=kind, row=row, by=request.viewer.actor(), at=timezone.now())  # type: ignore[attr-defined]
    return _saved(request, client.pk, _("Removed"))


@require_POST
@door("client", "archive")
def archive(request: HttpRequest, client_id: int) -> HttpResponse:
    """This view will put the client away, or bring him back from the archive."""
    client = editable(request, client_id, "archive")
    by, at = request.viewer.actor(), timezone.now()  # type: ignore[attr-defined]
    if client.archived_at is None:
        operations.archive(client=client, by=by, at=at)
        return _page_again(request, client_id, _("Archived"), undo=True)
    operations.restore(client=client, by=by, at=at)
    return _page_again(request, client_id, _("Restored from the archive"))


def _page_again(request: HttpRequest, client_id: int, text: str, *, undo: bool = False) -> HttpResponse:
    entry = Entry.objects.filter(subject_kind="client", subject_id=client_id).order_by("-id").first()
    path = reverse("clients:undo", args=[client_id, entry.pk]) if undo and entry else None
    return toast(go_to(request, reverse("clients:page", args=[client_id])), text, undo=path)


@require_POST
@door("client", "edit")
def undo(request: HttpRequest, client_id: int, entry_id: int) -> HttpResponse:
    """This view will put one change back, as far as nobody has changed the same since."""
    client = editable(request, client_id)
    entry = get_object_or_404(Entry, pk=entry_id, subject_kind="client", subject_id=client.pk)
    verbs = {"clients.client_assigned": "assign", "clients.client_archived": "archive"}
    if entry.event in verbs:
        client = editable(request, client_id, verbs[entry.event])
    kept = operations.put_back(entry=entry, client=client, by=request.viewer.actor(), at=timezone.now())  # type: ignore[attr-defined]
    return _page_again(request, client_id, words.kept(kept))


@require_POST
@door("client", "edit")
def tag(request: HttpRequest, client_id: int) -> HttpResponse:
    """This view will put a tag on the client."""
    client = editable(request, client_id)
    by, at = request.viewer.actor(), timezone.now()  # type: ignore[attr-defined]
    batch = operations.tag_many(client_ids=[client.pk], name=request.POST.get("tag", ""), by=by, at=at)
    answer = go_to(request, reverse("clients:page", args=[client.pk]))
    return toast(answer, _("Tag added"), undo=reverse("clients:undo_batch", args=[batch.pk]))


@require_POST
@door("client", "edit")
def untag(request: HttpRequest, client_id: int, tag_id: int) -> HttpResponse:
    """This view will take a tag off the client."""
    client = editable(request, client_id)
    found = get_object_or_404(Tag.objects.visible_to(request.viewer), pk=tag_id)  # type: ignore[attr-defined]
    operations.untag(client=client, tag=found, by=request.viewer.actor(), at=timezone.now())  # type: ignore[attr-defined]
    return toast(go_to(request, reverse("clients:page", args=[client.pk])), _("Tag removed"))
