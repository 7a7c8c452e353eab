"""Many clients at once: another owner with a preview, the archive, a tag, a file; and the way back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.core.exceptions import BadRequest
from django.db.models import Count, QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ritm.clients import batches as told
from ritm.clients import export as the_export
from ritm.clients import forms, jobs, operations, own, queries
from ritm.clients.events import ClientsExported
from ritm.clients.listing.request import Asked
from ritm.clients.models import Client
from ritm.clients.operations import batches as work
from ritm.clients.operations.batches import Order, State
from ritm.clients.sockets import GOES_ALONG
from ritm.journal.models import Batch, BatchRow
from ritm.journal.operations import publish
from ritm.kernel.calendar import local_date
from ritm.kernel.refusal import Refusal
from ritm.kernel.stated import read_id
from ritm.shell.htmx import go_to, toast
from ritm.shell.progress import is_poll
from ritm.staff.doors import door
from ritm.staff.models import Employee

# As many as one transaction moves while a person waits; more are done by a job.
AT_ONCE = 500
SHOWN_BATCHES = 50


@dataclass(frozen=True)
class Chosen:
    """Whom a change is meant for: `rows` within reach, how many; `ids` of them when they are few, else None."""

    rows: QuerySet[Client]
    count: int
    ids: list[int] | None


def _chosen(request: HttpRequest, verb: str) -> Chosen:
    """Those who were marked, or all that the list asks for; only those on whom the viewer may do `verb`."""
    viewer = request.viewer  # type: ignore[attr-defined]
    rows = Client.objects.visible_to(viewer, verb)
    if request.POST.get("all") == "1":
        listed, _wrong = queries.listed_clients(viewer, Asked.read(QueryDict(request.POST.get("query", "")), viewer))
        rows = rows.filter(pk__in=listed.values("pk"))
    else:
        said = request.POST.getlist("client")
        marked = [pk for one in said if (pk := read_id(one))]
        if len(marked) < len(said):
            raise BadRequest
        rows = rows.filter(pk__in=marked)
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[: AT_ONCE + 1])
    if not ids:
        raise Refusal(_("Mark the clients first."), code="nobody")
    if len(ids) <= AT_ONCE:
        return Chosen(rows, len(ids), ids)
    return Chosen(rows, rows.count(), None)


def _carry_out(request: HttpRequest, order: Order, chosen: Chosen) -> HttpResponse:
    """A few now, with an undo in the toast; many by a job, whose page shows how far it has come."""
    by, at = request.viewer.actor(), timezone.now()  # type: ignore[attr-defined]
    if chosen.ids is not None:
        done = work.at_once(order=order, client_ids=chosen.ids, by=by, at=at)
        query = _query(request)
        answer = go_to(request, reverse("clients:list") + (f"?{query}" if query else ""))
        return toast(answer, done.title, undo=reverse("clients:undo_batch", args=[done.pk]))
    begun = work.begin(order=order, chosen=chosen.rows, by=by, at=at)
    return _by_a_job(request, begun)


def _by_a_job(request: HttpRequest, batch: Batch) -> HttpResponse:
    jobs.bulk.defer(organisation_id=batch.organisation_id, batch_id=batch.pk)
    return go_to(request, reverse("clients:batch", args=[batch.pk]))


def _query(request: HttpRequest) -> str:
    """The list's query as it was posted, written anew: nothing in it can break the address of a redirect."""
    return QueryDict(request.POST.get("query", "")).urlencode()


@require_POST
@door("client", "assign")
def reassign(request: HttpRequest) -> HttpResponse:
    """This view will show whom a reassignment hits, and do it once it is confirmed."""
    viewer = request.viewer  # type: ignore[attr-defined]
    chosen = _chosen(request, "assign")
    confirmed = "confirmed" in request.POST
    form = forms.OwnerForm(request.POST if confirmed else None, viewer=viewer)
    if confirmed and form.is_valid():
        try:
            if chosen.ids is None and request.POST.get("seen") != str(chosen.count):
                raise Refusal(_("The list has changed since you looked: look again whom this hits."), code="moved")
            order = work.to_reassign(owner=form.cleaned_data["owner"], why=form.cleaned_data["why"])
            return _carry_out(request, order, chosen)
        except Refusal as refusal:
            forms.refuse(form, refusal)
    context = {
        "form": form,
        "count": chosen.count,
        "ids": chosen.ids,
        "query": _query(request),
        "from_whom": queries.owners_of(chosen.rows),
        "along": _along(chosen, local_date(timezone.now(), viewer.timezone)),
        "first_names": list(chosen.rows.order_by("name_key").values_list("name", flat=True)[:5]),
    }
    return render(request, "clients/reassign.html", context, status=422 if form.errors else 200)


def _along(chosen: Chosen, today: dt.date) -> list[tuple[Any, int]]:
    """What is open of theirs and goes along, by kind: how many; kinds of which there is nothing are left out."""
    found = dict.fromkeys(GOES_ALONG, 0)
    for part in _parts(chosen):
        for one in GOES_ALONG:
            found[one] += one.count(part, today)
    return [(one.label, count) for one, count in found.items() if count]


def _parts(chosen: Chosen) -> Iterator[list[int]]:
    ids = chosen.rows.order_by("pk").values_list("pk", flat=True).iterator(10_000)
    while part := list(islice(ids, 10_000)):
        yield part


@require_safe
@door("client", "assign")
def capacity(request: HttpRequest) -> HttpResponse:
    """This view will say how much somebody carries, and would carry with `more` clients."""
    viewer = request.viewer  # type: ignore[attr-defined]
    wanted, more = read_id(request.GET.get("owner")), read_id(request.GET.get("more", "0"))
    if wanted is None or more is None:
        return HttpResponse("")
    employee = get_object_or_404(Employee.objects.visible_to(viewer), pk=wanted)
    held = Client.objects.filter(owner=employee, archived_at=None).count()
    return render(request, "clients/_capacity.html", {"employee": employee, "held": held, "after": held + more})


@require_POST
@door("client", "archive")
def archive(request: HttpRequest) -> HttpResponse:
    """This view will put the marked clients away."""
    return _carry_out(request, work.to_archive(), _chosen(request, "archive"))


@require_POST
@door("client", "edit")
def tag(request: HttpRequest) -> HttpResponse:
    """This view will put a tag on the marked clients."""
    chosen = _chosen(request, "edit")
    organisation_id = request.viewer.organisation_id  # type: ignore[attr-defined]
    return _carry_out(request, work.to_tag(request.POST.get("tag", ""), organisation_id=organisation_id), chosen)


@require_POST
@door("client", "edit")
def fill_in(request: HttpRequest) -> HttpResponse:
    """This view will ask which own field to fill in with what, and do it for all who are marked."""
    viewer = request.viewer  # type: ignore[attr-defined]
    chosen = _chosen(request, "edit")
    known = own.definitions(viewer)
    if not known:
        raise Refusal(_("There are no own fields yet."), code="field")
    asked = request.POST.get("field", "")
    definition = next((one for one in known if one.key == asked), known[0] if len(known) == 1 else None)
    form = None
    if definition is not None:
        confirmed = "confirmed" in request.POST
        form = forms.OwnValueForm(definition, None, request.POST if confirmed else None)
        if confirmed and form.is_valid():
            try:
                if chosen.ids is None and request.POST.get("seen") != str(chosen.count):
                    raise Refusal(_("The list has changed since you looked: look again whom this hits."), code="moved")
                order = work.to_fill_in(definition=definition, value=form.value, by=viewer.actor())
                return _carry_out(request, order, chosen)
            except Refusal as refusal:
                forms.refuse(form, refusal)
    context = {
        "form": form,
        "known": known,
        "definition": definition,
        "count": chosen.count,
        "ids": chosen.ids,
        "query": _query(request),
        "first_names": list(chosen.rows.order_by("name_key").values_list("name", flat=True)[:5]),
    }
    return render(request, "clients/fill_in.html", context, status=422 if form is not None and form.errors else 200)


@require_safe
@door("client", "edit")
def batches(request: HttpRequest) -> HttpResponse:
    """This view will list the last changes of many clients within the viewer's reach."""
    found = list(told.changes(request.viewer).order_by("-id")[:SHOWN_BATCHES])  # type: ignore[attr-defined]
    names = Employee.objects.in_bulk({one.employee_id for one in found if one.employee_id})
    return render(request, "clients/batches.html", {"batches": [(one, names.get(one.employee_id)) for one in found]})


@require_safe
@door("client", "edit")
def batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """This view will show how far a change of many clients has come, and then what came of it."""
    viewer = request.viewer  # type: ignore[attr-defined]
    one = get_object_or_404(told.changes(viewer), pk=batch_id)
    running = one.state == State.RUNNING
    context: dict[str, Any] = {
        "batch": one,
        "going": one.state in told.GOING,
        "progress": told.progress(one),
        "cancel": reverse("clients:cancel_batch", args=[one.pk]) if running else "",
    }
    if is_poll(request):
        return render(request, "ui/job.html", context) if context["going"] else go_to(request, request.path)
    if not context["going"]:
        undone = bool(one.undo_report)
        which = request.GET.get("rows", "")
        if which not in told.ROWS:
            which = "kept" if undone else "refused"
        place = {key: read_id(request.GET.get(key)) or 0 for key in ("after", "before")}
        waiting = BatchRow.objects.filter(batch=one, state=BatchRow.State.CHOSEN).count()
        context |= {
            "undone": undone,
            "waiting": 0 if undone else waiting,
            "along": [(plug.label, one.counts[plug.key]) for plug in GOES_ALONG if one.counts.get(plug.key)],
            "lines": told.lines_of(viewer, one, which, **place),
            "lines_are": told.ROWS[which][1],
            "author": Employee.objects.filter(pk=one.employee_id or 0).first(),
            "may_undo": one.state in (State.DONE, State.CANCELLED) or (one.state == State.FAILED and not undone),
            "may_go_on": one.state == State.FAILED or (one.state == State.CANCELLED and waiting),
        }
    return render(request, "clients/batch.html", context)


@require_POST
@door("client", "edit")
def cancel(request: HttpRequest, batch_id: int) -> HttpResponse:
    """This view will stop a change of many clients between two of its chunks."""
    one = get_object_or_404(told.changes(request.viewer), pk=batch_id)  # type: ignore[attr-defined]
    work.cancel(batch=one, at=timezone.now())
    return go_to(request, reverse("clients:batch", args=[one.pk]))


@require_POST
@door("client", "edit")
def go_on(request: HttpRequest, batch_id: int) -> HttpResponse:
    """This view will take up a change that was stopped."""
    one = get_object_or_404(told.changes(request.viewer), pk=batch_id)  # type: ignore[attr-defined]
    work.go_on(batch=one)
    return _by_a_job(request, one)


@require_POST
@door("client", "edit")
def undo_batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """This view will take a bulk change of the viewer's own (or, for who may assign anybody's, anyone's) back."""
    viewer = request.viewer  # type: ignore[attr-defined]
    by, at = viewer.actor(), timezone.now()
    one = get_object_or_404(told.within_reach(viewer), pk=batch_id, kind__startswith="clients.")
    place = reverse("clients:list")
    if one.kind == operations.MERGE:
        report = operations.unmerge(batch=one, by=by, at=at)
    elif one.counts.get("client", 0) > AT_ONCE:
        return _by_a_job(request, work.begin_undo(batch=one, by=by, at=at))
    else:
        report = operations.undo_batch(batch=one, by=by, at=at)
        if report["kept"]:
            # It names them.
            place = reverse("clients:batch", args=[one.pk])
    answer = go_to(request, place)
    if report["kept"]:
        said = _("Put back: %(restored)s. Kept, because they were changed later: %(kept)s.") % report
    else:
        said = _("Put back: %(restored)s.") % report
    return toast(answer, said)


@require_safe
@door("client", "export")
def export(request: HttpRequest) -> HttpResponseBase:
    """This view will give the list as a file; the journal keeps who took what."""
    viewer = request.viewer  # type: ignore[attr-defined]
    asked = Asked.read(request.GET, viewer)
    kind = request.GET.get("format", "csv")
    if kind not in ("csv", "xlsx"):
        raise Http404
    at = timezone.now()
    rows, _wrong = queries.listed_clients(viewer, asked)
    reach = Client.objects.visible_to(viewer, "export")
    count: int = rows.filter(pk__in=reach.values("pk")).aggregate(n=Count("pk"))["n"]
    publish(ClientsExported(query=asked.url()[1:], format=kind, rows=count), by=viewer.actor(), at=at)
    name = the_export.file_name(kind, at.date())
    answer: Any
    if kind == "xlsx":
        answer = FileResponse(the_export.xlsx_file(viewer, asked), as_attachment=True, filename=name)
    else:
        answer = StreamingHttpResponse(the_export.csv_stream(viewer, asked), content_type="text/csv; charset=utf-8")
        answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer  # type: ignore[no-any-return]
