"""Entrances of the conversations room: enter one by hand, mend it, take it back."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ritm.clients.models import Client
from ritm.conversations import attaching, files, operations, queries
from ritm.conversations.forms import InteractionForm, people_of
from ritm.conversations.models import Attachment, Interaction
from ritm.conversations.panels import ICONS, KIND_ICONS, TITLES, lasted
from ritm.kernel.refusal import Refusal
from ritm.shell.htmx import go_to, is_htmx, toast, trigger
from ritm.staff.doors import door


@require_http_methods(["GET", "POST"])
@door("interaction", "create")
def record(request: Any, client_id: int) -> HttpResponse:
    """The quick form of a client's page, and a page of its own where no script runs."""
    client = get_object_or_404(Client.objects.visible_to(request.viewer, "create", "interaction"), pk=client_id)
    if request.method == "GET":
        return _form(request, client, InteractionForm(people=people_of(client)))
    form = InteractionForm(request.POST, request.FILES, people=people_of(client))
    if not form.is_valid():
        return _form(request, client, form, status=422)
    by, at = request.viewer.actor(), timezone.now()
    try:
        # Both or neither: a file that is refused enters no conversation.
        with transaction.atomic():
            row = operations.record(client=client, by=by, at=at, **form.given())
            attaching.attach(interaction=row, uploads=form.cleaned_data["attached"], by=by, at=at)
    except Refusal as refusal:
        return _form(request, client, _with(form, refusal), status=422)
    undo = reverse("conversations:withdraw", kwargs={"pk": row.pk})
    said = _("Entered: %(what)s") % {"what": row.get_kind_display()}
    if not is_htmx(request):
        return toast(go_to(request, _page(client)), said, undo=undo)
    answer = _form(request, client, InteractionForm(people=people_of(client)))
    return toast(trigger(answer, "timeline"), said, undo=undo)


@require_http_methods(["GET", "POST"])
@door("interaction", "edit")
def edit(request: Any, pk: int) -> HttpResponse:
    """Mends what was entered within the last day."""
    row = _own(request, pk)
    if request.method == "GET":
        return _form(request, row.client, InteractionForm.of(row), row=row)
    form = InteractionForm(request.POST, request.FILES, people=people_of(row.client))
    if not form.is_valid():
        return _form(request, row.client, form, row=row, status=422)
    changes = form.given()
    # An empty moment means 'as it was' here, not 'now'.
    changes["happened_at"] = changes["happened_at"] or row.at
    by, at = request.viewer.actor(), timezone.now()
    try:
        with transaction.atomic():
            operations.edit(interaction=row, by=by, at=at, **changes)
            attaching.attach(interaction=row, uploads=form.cleaned_data["attached"], by=by, at=at)
    except Refusal as refusal:
        return _form(request, row.client, _with(form, refusal), row=row, status=422)
    return toast(go_to(request, _page(row.client)), _("Saved"))


@require_POST
@door("interaction", "edit")
def withdraw(request: Any, pk: int) -> HttpResponse:
    """Takes an entry back: the undo of its toast, and the button beside it."""
    row = _own(request, pk)
    operations.withdraw(interaction=row, by=request.viewer.actor(), at=timezone.now())
    if not is_htmx(request):
        return toast(go_to(request, _page(row.client)), _("Withdrawn"))
    return trigger(trigger(HttpResponse(status=204), "undone"), "timeline")


@require_safe
@door("client", "see")
def show(request: Any, pk: int) -> HttpResponse:
    """One conversation as a document: who, when, with whom, what came of it, its files."""
    visible = Interaction.objects.visible_to(request.viewer).filter(withdrawn_at=None)
    rows = visible.select_related("client", "contact", "employee")
    row = get_object_or_404(rows, pk=pk)
    known = {
        "row": row,
        "client": row.client,
        "title": TITLES.get((row.kind, row.direction)) or row.get_kind_display().capitalize(),
        "icon": ICONS.get((row.kind, row.direction)) or KIND_ICONS[row.kind],
        "lasted": lasted(row.duration_seconds),
        "files": queries.files_of([row]).get(row.pk, ()),
        "mends": row.created_at > timezone.now() - operations.EDITABLE_FOR and queries.may_mend(request.viewer, row),
    }
    return render(request, "conversations/show.html", known)


@require_safe
@door("client", "see")
def file(request: Any, pk: int) -> HttpResponseBase:
    """Streams an attached file as a download; rights are those of its client's page."""
    attachment = _attachment(request, pk)
    try:
        content = files.place(attachment.stored).open("rb")
    except FileNotFoundError:
        raise Http404 from None
    answer = FileResponse(content, as_attachment=True, filename=attachment.name, content_type=attachment.content_type)
    # Nothing of it may run in our origin, whatever a browser makes of it.
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@require_POST
@door("interaction", "edit")
def remove_file(request: Any, pk: int) -> HttpResponse:
    """Removes a file from a conversation that may still be mended."""
    attachment = _attachment(request, pk)
    row = _own(request, attachment.interaction_id)
    attaching.remove(attachment=attachment, by=request.viewer.actor(), at=timezone.now())
    return toast(go_to(request, reverse("conversations:show", args=[row.pk])), _("The file is removed"))


def _attachment(request: Any, pk: int) -> Attachment:
    found = Attachment.objects.visible_to(request.viewer).filter(interaction__withdrawn_at=None)
    one: Attachment = get_object_or_404(found.select_related("interaction"), pk=pk)
    return one


def _own(request: Any, pk: int) -> Interaction:
    rows = Interaction.objects.visible_to(request.viewer, "edit", "interaction").select_related("client", "employee")
    row = get_object_or_404(rows, pk=pk)
    if not queries.may_mend(request.viewer, row):
        raise Http404
    return row


def _page(client: Client) -> str:
    return reverse("clients:page", kwargs={"client_id": client.pk})


def _with(form: InteractionForm, refusal: Refusal) -> InteractionForm:
    if refusal.field is None:
        raise refusal
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
    return form


def _form(
    request: Any, client: Client, form: InteractionForm, *, row: Interaction | None = None, status: int = 200
) -> HttpResponse:
    template = "conversations/_form.html" if is_htmx(request) else "conversations/form.html"
    known = {"client": client, "form": form, "row": row, "record": reverse("conversations:record", args=[client.pk])}
    return render(request, template, known, status=status)
