"""Many clients at once: another owner with a preview, the archive, a tag, a file; and the way back."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import BadRequest
from django.db.models import Count
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, QueryDict, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from ritm.clients import export as the_export
from ritm.clients import forms, operations, queries
from ritm.clients.events import ClientsExported
from ritm.clients.listing.request import Asked
from ritm.clients.models import Client
from ritm.clients.sockets import GOES_ALONG
from ritm.journal.models import Batch
from ritm.journal.operations import publish
from ritm.kernel.refusal import Refusal
from ritm.shell.htmx import go_to, toast
from ritm.staff.doors import door
from ritm.staff.models import Employee

# As many as one transaction moves while a person waits.
AT_ONCE = 5_000


def _chosen(request: HttpRequest, verb: str) -> list[int]:
    """The ids that were marked, or all that the list asks for; only those on whom the viewer may do `verb`."""
    viewer = request.viewer  # type: ignore[attr-defined]
    rows = Client.objects.visible_to(viewer, verb)
    if request.POST.get("all") == "1":
        listed, _wrong = queries.listed_clients(viewer, Asked.read(QueryDict(request.POST.get("query", "")), viewer))
        rows = rows.filter(pk__in=listed.values("pk"))
    else:
        marked = request.POST.getlist("client")
        if not all(one.isdecimal() and len(one) < 19 for one in marked):
            raise BadRequest
        rows = rows.filter(pk__in=[int(one) for one in marked])
    ids = list(rows.order_by("pk").values_list("pk", flat=True)[: AT_ONCE + 1])
    if not ids:
        raise Refusal(_("Mark the clients first."), code="nobody")
    if len(ids) > AT_ONCE:
        raise Refusal(
            _("That is more than %(count)s clients at once: narrow the list.") % {"count": AT_ONCE}, code="many"
        )
    return ids


def _query(request: HttpRequest) -> str:
    """The list's query as it was posted, written anew: nothing in it can break the address of a redirect."""
    return QueryDict(request.POST.get("query", "")).urlencode()


def _done(request: HttpRequest, batch: Batch) -> HttpResponse:
    query = _query(request)
    answer = go_to(request, reverse("clients:list") + (f"?{query}" if query else ""))
    return toast(answer, batch.title, undo=reverse("clients:undo_batch", args=[batch.pk]))


@require_POST
@door("client", "assign")
def reassign(request: HttpRequest) -> HttpResponse:
    """This view will show whom a reassignment hits, and do it once it is confirmed."""
    viewer = request.viewer  # type: ignore[attr-defined]
    ids = _chosen(request, "assign")
    confirmed = "confirmed" in request.POST
    form = forms.OwnerForm(request.POST if confirmed else None, viewer=viewer)
    if confirmed and form.is_valid():
        try:
            batch = operations.reassign(
                client_ids=ids,
                owner=form.cleaned_data["owner"],
                why=form.cleaned_data["why"],
                by=viewer.actor(),
                at=timezone.now(),
            )
            return _done(request, batch)
        except Refusal as refusal:
            forms.refuse(form, refusal)
    context = {
        "form": form,
        "ids": ids,
        "query": _query(request),
        "from_whom": queries.owners_of(ids),
        "along": [(one.label, one.count(ids)) for one in GOES_ALONG],
        "first_names": list(Client.objects.filter(pk__in=ids).order_by("name_key").values_list("name", flat=True)[:5]),
    }
    return render(request, "clients/reassign.html", context, status=422 if form.errors else 200)


@require_safe
@door("client", "assign")
def capacity(request: HttpRequest) -> HttpResponse:
    """This view will say how much somebody carries, and would carry with `more` clients."""
    viewer = request.viewer  # type: ignore[attr-defined]
    wanted, more = request.GET.get("owner", ""), request.GET.get("more", "0")
    if not wanted.isdecimal() or not more.isdecimal():
        return HttpResponse("")
    employee = get_object_or_404(Employee.objects.visible_to(viewer), pk=wanted)
    held = Client.objects.filter(owner=employee, archived_at=None).count()
    return render(request, "clients/_capacity.html", {"employee": employee, "held": held, "after": held + int(more)})


@require_POST
@door("client", "archive")
def archive(request: HttpRequest) -> HttpResponse:
    """This view will put the marked clients away."""
    ids = _chosen(request, "archive")
    by, at = request.viewer.actor(), timezone.now()  # type: ignore[attr-defined]
    return _done(request, operations.archive_many(client_ids=ids, by=by, at=at))


@require_POST
@door("client", "edit")
def tag(request: HttpRequest) -> HttpResponse:
    """This view will put a tag on the marked clients."""
    ids = _chosen(request, "edit")
    by, at = request.viewer.actor(), timezone.now()  # type: ignore[attr-defined]
    return _done(request, operations.tag_many(client_ids=ids, name=request.POST.get("tag", ""), by=by, at=at))


@require_POST
@door("client", "edit")
def undo_batch(request: HttpRequest, batch_id: int) -> HttpResponse:
    """This view will take a bulk change of the viewer's own (or, for who may assign anybody's, anyone's) back."""
    viewer = request.viewer  # type: ignore[attr-defined]
    batch = get_object_or_404(Batch, pk=batch_id, organisation_id=viewer.organisation_id, kind__startswith="clients.")
    if batch.employee_id != viewer.employee_id and viewer.reach("client", "assign") < 4:
        raise Http404
    if batch.kind == operations.MERGE:
        report = operations.unmerge(batch=batch, by=viewer.actor(), at=timezone.now())
    else:
        report = operations.undo_batch(batch=batch, by=viewer.actor(), at=timezone.now())
    answer = go_to(request, reverse("clients:list"))
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
