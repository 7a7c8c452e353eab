"""Pages of the bridge: drop a file, agree on its columns, see what would happen, let it happen, take it back."""

from __future__ import annotations

import tempfile
from itertools import count
from pathlib import Path

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload, TemporaryFileUploadHandler
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.text import get_valid_filename
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_GET, require_POST

from ritm.bridge import files, jobs, operations, queries
from ritm.bridge.kinds import KINDS, Mapping, plain_role
from ritm.bridge.models import Import
from ritm.kernel.refusal import Refusal
from ritm.shell.htmx import go_to
from ritm.shell.progress import is_poll
from ritm.staff.doors import door
from ritm.staff.viewer import Viewer

State = Import.State
SHOWN_IMPORTS = 50
SHOWN_PROBLEMS = 25
# The form around the file weighs something too.
_FORM_BYTES = 64 * 1024


class Capped(FileUploadHandler):
    """Stops an upload as soon as it is larger than the installation allows, whatever its header claims."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > settings.UPLOAD_MAX_BYTES:
            raise StopUpload(connection_reset=True)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


@door("import")
@require_GET
def imports(request: HttpRequest, *, status: int = 200, refusal: Refusal | None = None) -> HttpResponse:
    """This view will show the place to drop a file, and the files that came before."""
    came = Import.objects.visible_to(request.viewer).select_related("created_by").order_by("-id")[:SHOWN_IMPORTS]  # type: ignore[attr-defined]
    context = {
        "imports": [(one, queries.summary(one)) for one in came],
        "kinds": list(KINDS),
        "chosen": request.POST.get("kind") or request.GET.get("kind", ""),
        "most": settings.UPLOAD_MAX_BYTES // (1024 * 1024),
        "refusal": refusal,
        "may_run": request.viewer.may("import", "run"),  # type: ignore[attr-defined]
    }
    return render(request, "bridge/imports.html", context, status=status)


@csrf_exempt
@door("import", "run")
@require_POST
def upload(request: HttpRequest) -> HttpResponseBase:
    """This view will stream the file to disk; what is far too large is turned away before it is read."""
    # The token is checked below: checking reads the body, and the handlers must be in place before that.
    if int(request.META.get("CONTENT_LENGTH") or 0) > settings.UPLOAD_MAX_BYTES + _FORM_BYTES:
        raise files.too_large()
    request.upload_handlers = [Capped(request), TemporaryFileUploadHandler(request)]
    answer: HttpResponseBase = _upload(request)
    return answer


@csrf_protect
def _upload(request: HttpRequest) -> HttpResponse:
    sent = request.FILES.get("file")
    try:
        if sent is None:
            raise Refusal(_("Choose a file first."), code="no_file", field="file")
        source = operations.take_file(
            kind=request.POST.get("kind", "orders"),
            filename=sent.name or "",
            pieces=sent.chunks(1 << 20),
            by=request.viewer.actor("import"),  # type: ignore[attr-defined]
            at=timezone.now(),
        )
    except Refusal as refusal:
        request.method = "GET"
        again: HttpResponse = imports(request, status=422, refusal=refusal)
        return again
    return go_to(request, reverse("bridge:columns", args=[source.pk]))


@door("import")
@require_GET
def step(request: HttpRequest, pk: int) -> HttpResponse:
    """This view will lead to the step at which the import stands."""
    return go_to(request, _place(_source(request, pk)))


@door("import", "run")
def columns(request: HttpRequest, pk: int) -> HttpResponse:
    """This view will show what was understood of the file, and take the person's word for its columns."""
    source = _source(request, pk)
    if source.state not in (State.UPLOADED, State.CHECKED, State.FAILED) or not source.stored:
        return go_to(request, _place(source))
    mapping = Mapping.from_json(source.mapping)
    refusal: Refusal | None = None
    if request.method == "POST":
        try:
            mapping = _asked(request, source, mapping)
            operations.agree_on_columns(
                source=source,
                mapping=mapping,
                by=request.viewer.actor("import"),  # type: ignore[attr-defined]
                at=timezone.now(),
            )
        except Refusal as caught:
            refusal = caught
        else:
            jobs.check.defer(organisation_id=source.organisation_id, import_id=source.pk)
            return go_to(request, reverse("bridge:check", args=[pk]))
    kind = operations.kind_of(source)
    role_of = {place: role for role, place in mapping.roles.items()}
    samples = source.understood["samples"]
    table = [
        {
            "at": at,
            "name": name,
            "role": plain_role(role_of.get(at, "")),
            "samples": [row[at] for row in samples if at < len(row) and row[at].strip()][:4],
        }
        for at, name in enumerate(source.understood["columns"])
    ]
    context = {
        "source": source,
        "facts": queries.understood_facts(source.understood),
        "columns": table,
        "roles": kind.roles(source.organisation_id),
        "options": [
            (key, queries.option_question(key), choices, mapping.options.get(key, ""))
            for key, choices in kind.option_labels.items()
        ],
        "mapping": mapping,
        "refusal": refusal,
    }
    return render(request, "bridge/columns.html", context, status=422 if refusal else 200)


@door("import", "run")
@require_POST
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """This view will look at another sheet of the workbook."""
    source = _source(request, pk)
    operations.choose_sheet(
        source=source,
        sheet=request.POST.get("sheet", ""),
        by=request.viewer.actor("import"),  # type: ignore[attr-defined]
    )
    return go_to(request, reverse("bridge:columns", args=[pk]))


@door("import")
@require_GET
def check(request: HttpRequest, pk: int) -> HttpResponse:
    """This view will show the dry run: first its progress, then what bringing in would do."""
    source = _source(request, pk)
    if source.state not in (State.DRY, State.CHECKED, State.FAILED):
        return go_to(request, _place(source))
    return _watched(request, source, going=source.state == State.DRY, template="bridge/check.html")


@door("import", "run")
def run(request: HttpRequest, pk: int) -> HttpResponse:
    """This view will start bringing in (POST), and show how far it has come."""
    source = _source(request, pk)
    if request.method == "POST":
        operations.begin(
            source=source,
            by=request.viewer.actor("import"),  # type: ignore[attr-defined]
            at=timezone.now(),
        )
        jobs.run.defer(organisation_id=source.organisation_id, import_id=source.pk)
        return go_to(request, reverse("bridge:run", args=[pk]))
    if source.state not in (State.RUNNING, State.UNDOING):
        return go_to(request, _place(source))
    return _watched(request, source, going=True, template="bridge/run.html")


@door("import")
@require_GET
def report(request: HttpRequest, pk: int) -> HttpResponse:
    """This view will show what came of it."""
    source = _source(request, pk)
    if source.state not in (State.DONE, State.UNDONE, State.FAILED):
        return go_to(request, _place(source))
    return _watched(request, source, going=False, template="bridge/report.html")


@door("import")
@require_GET
def errors(request: HttpRequest, pk: int, extension: str) -> HttpResponseBase:
    """This view will give the refused rows as a file that can be mended and brought in again."""
    source = _source(request, pk)
    stem = get_valid_filename(Path(source.filename).stem[:80]) or "file"
    name = _("%(file)s – refused rows") % {"file": stem}
    if extension == "csv":
        return HttpResponse(
            ["\ufeff", *queries.error_lines(source)],
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": content_disposition_header(True, f"{name}.csv") or "attachment"},
        )
    target = tempfile.NamedTemporaryFile(suffix=".xlsx")  # noqa: SIM115  closed by the response
    queries.write_error_book(source, Path(target.name))
    return FileResponse(target, as_attachment=True, filename=f"{name}.xlsx")


@door("import", "run")
@require_POST
def undo(request: HttpRequest, pk: int) -> HttpResponse:
    """This view will start taking back what the file brought."""
    source = _source(request, pk)
    operations.begin_undo(
        source=source,
        by=request.viewer.actor("import"),  # type: ignore[attr-defined]
        at=timezone.now(),
    )
    jobs.undo.defer(organisation_id=source.organisation_id, import_id=source.pk)
    return go_to(request, reverse("bridge:run", args=[pk]))


def _source(request: HttpRequest, pk: int) -> Import:
    found: Import = get_object_or_404(Import.objects.visible_to(request.viewer), pk=pk)  # type: ignore[attr-defined]
    return found


def _place(source: Import) -> str:
    names = {
        State.UPLOADED: "columns",
        State.DRY: "check",
        State.CHECKED: "check",
        State.RUNNING: "run",
        State.UNDOING: "run",
    }
    name = names.get(State(source.state), "report")
    return reverse(f"bridge:{name}", args=[source.pk])


def _watched(request: HttpRequest, source: Import, *, going: bool, template: str) -> HttpResponse:
    """A page that asks again while a job goes on; it is replaced whole when the job is over."""
    if is_poll(request):
        if not going:
            return go_to(request, _place(source))
        return render(request, "ui/job.html", {"source": source, "progress": queries.progress(source)})
    refused = queries.refused_count(source)
    context = {
        "source": source,
        "going": going,
        "progress": queries.progress(source),
        "counts": queries.count_words(source),
        "problems": queries.first_problems(source, SHOWN_PROBLEMS),
        "refused": refused,
        "refused_words": ngettext("%(n)s row was refused", "%(n)s rows were refused", refused) % {"n": refused},
        "undo_report": queries.undo_words(source),
        "may_run": request.viewer.may("import", "run"),  # type: ignore[attr-defined]
        "problem_columns": queries.problem_columns(source),
        "next_step": _next_step(request, source),
    }
    return render(request, template, context)


def _next_step(request: HttpRequest, source: Import) -> tuple[str, str] | None:
    """Where to go when a file is in, as (address, words): none for who may see neither."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    if source.state != State.DONE:
        return None
    if source.kind == "orders" and viewer.may("retention", "see"):
        return reverse("retention:slipping"), _("See who is slipping away")
    if viewer.may("client", "see"):
        return f"{reverse('clients:list')}?sort=created", _("To the clients")
    return None


def _asked(request: HttpRequest, source: Import, before: Mapping) -> Mapping:
    """What the form says; the kind checks it."""
    kind = operations.kind_of(source)
    known = kind.roles(source.organisation_id)
    chosen = [(request.POST.get(f"column-{at}", ""), at) for at in range(len(source.understood["columns"]))]
    roles: dict[str, int] = {}
    for role, at in chosen:
        if not role:
            continue
        if role not in known:
            raise Http404
        if role in kind.many and role in roles:
            role = next(f"{role}{n}" for n in count(2) if f"{role}{n}" not in roles)
        if role in roles:
            raise Refusal(
                _("Two columns are marked as “%(role)s”. Leave one.") % {"role": known[role]}, code="role_twice"
            )
        roles[role] = at
    options = {key: request.POST.get(f"option-{key}", value) for key, value in before.options.items()}
    return Mapping(
        roles=roles,
        day_first=request.POST.get("day_first", "1") == "1",
        decimal="," if request.POST.get("decimal") == "," else ".",
        sheet=before.sheet,
        options=options,
    )
