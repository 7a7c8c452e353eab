"""Today: the ranked list, and what is done with its items."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ritm.clients.models import Client
from ritm.conversations.models import Interaction
from ritm.desk import operations
from ritm.desk.forms import ResultForm, SnoozeForm
from ritm.desk.models import Verdict
from ritm.desk.queries import today as queries
from ritm.desk.queries.portfolio import portfolio
from ritm.desk.views import acts, items
from ritm.kernel.calendar import local_date
from ritm.kernel.reach import Reach
from ritm.kernel.refusal import Refusal
from ritm.kernel.stated import read_id
from ritm.retention import zone_queries
from ritm.shell.chips import STATUSES
from ritm.shell.htmx import go_to, is_htmx, toast, trigger
from ritm.staff.doors import door
from ritm.staff.models import Employee
from ritm.staff.queries import absent_behind
from ritm.staff.viewer import Viewer


@require_GET
@door("queue", "see")
def today(request: Any) -> HttpResponse:
    """The list of the viewer, or with ?of= of somebody within his reach; ?item= is the client whose item is open."""
    viewer: Viewer = request.viewer
    of = _whose(viewer, request.GET.get("of", ""))
    day = local_date(timezone.now(), viewer.timezone)
    whose = [of.pk if of else viewer.employee_id]
    absent = absent_behind(of.pk, day) if of else viewer.stands_in
    own = portfolio(viewer, whose, day)
    found = queries.today(viewer, whose, day, absent=absent)
    context = {
        "of": of,
        "day": day,
        "list": found,
        "absent": absent,
        "rows": items.rows(found.cards, request.GET.get("item", ""), of=of.pk if of else None),
        "blank": acts.blank(),
        "portfolio": own,
        "silence": zone_queries.silence(viewer),
        "bar": [
            {"tone": part.status, "value": part.clients, "label": STATUSES[part.status].word} for part in own.parts
        ],
        "changes": [
            {
                "status": part.status,
                "word": STATUSES[part.status].word,
                "change": part.change,
                "size": abs(part.change),
            }
            for part in own.parts
            if part.change
        ],
        "results": Interaction.Result.choices,
        "may_act": viewer.may("interaction", "create"),
    }
    # The list alone is asked for when something was undone.
    template = "desk/_list.html" if is_htmx(request) and request.GET.get("part") == "list" else "desk/today.html"
    return render(request, template, context)


@require_http_methods(["GET", "POST"])
@door("interaction", "create")
def result(request: Any, client_id: int) -> HttpResponse:
    """The result form of an item, and the one-key result itself."""
    client = _client(request, client_id)
    if request.method == "GET":
        return _form(request, "result", client, ResultForm(initial=_occasion(request) | {"kind": "call"}))
    form = ResultForm(request.POST)
    if not form.is_valid():
        return _form(request, "result", client, form, status=422)
    given = form.cleaned_data
    try:
        verdict = operations.finish(client=client, by=request.viewer.actor(), at=timezone.now(), **given)
    except Refusal as refusal:
        return _refused(request, "result", client, form, refusal)
    said = _("%(client)s: %(result)s") % {"client": client.name, "result": verdict.get_result_display()}
    return _done(request, verdict, said)


@require_http_methods(["GET", "POST"])
@door("interaction", "create")
def snooze(request: Any, client_id: int) -> HttpResponse:
    """The form that puts an item off, and the act."""
    client = _client(request, client_id)
    if request.method == "GET":
        week = local_date(timezone.now(), request.viewer.timezone) + dt.timedelta(days=7)
        return _form(request, "snooze", client, SnoozeForm(initial=_occasion(request) | {"until": week}))
    form = SnoozeForm(request.POST)
    if not form.is_valid():
        return _form(request, "snooze", client, form, status=422)
    try:
        verdict = operations.snooze(client=client, by=request.viewer.actor(), at=timezone.now(), **form.cleaned_data)
    except Refusal as refusal:
        return _refused(request, "snooze", client, form, refusal)
    return _done(request, verdict, _("%(client)s is put off") % {"client": client.name})


@require_POST
@door("interaction", "create")
def undo(request: Any, pk: int) -> HttpResponse:
    """Takes one's own verdict back."""
    verdict = get_object_or_404(
        Verdict.objects.visible_to(request.viewer), pk=pk, employee_id=request.viewer.employee_id
    )
    operations.undo(verdict=verdict, by=request.viewer.actor(), at=timezone.now())
    if not is_htmx(request):
        return go_to(request, reverse("desk:today"))
    # 'undone' keeps the page where it is; the list listens and asks for itself anew.
    return trigger(HttpResponse(status=204), "undone")


def _whose(viewer: Viewer, of: str) -> Employee | None:
    """The employee whose list is asked for; None for one's own, 404 beyond the viewer's reach."""
    if not of or of == str(viewer.employee_id):
        return None
    reach = viewer.reach("queue", "see")
    one = read_id(of)
    if reach < Reach.ORGANISATION and one not in viewer.people(reach):
        raise Http404
    return get_object_or_404(Employee.objects.visible_to(viewer), pk=one, left_on=None)


def _client(request: Any, client_id: int) -> Client:
    reach = Client.objects.visible_to(request.viewer, "create", "interaction").select_related("organisation")
    return get_object_or_404(reach, pk=client_id)


def _occasion(request: Any) -> dict[str, str]:
    return {name: request.GET.get(name, "") for name in ("source", "episode")}


def _form(request: Any, verb: str, client: Client, form: Any, *, status: int = 200) -> HttpResponse:
    template = f"desk/_{verb}_form.html" if is_htmx(request) else f"desk/{verb}.html"
    return render(request, template, {"client": client, "form": form}, status=status)


def _refused(request: Any, verb: str, client: Client, form: Any, refusal: Refusal) -> HttpResponse:
    if refusal.field is None:
        raise refusal
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)
    return _form(request, verb, client, form, status=422)


def _done(request: Any, verdict: Verdict, said: str) -> HttpResponse:
    undo_url = reverse("desk:undo", kwargs={"pk": verdict.pk})
    if not is_htmx(request):
        return toast(go_to(request, reverse("desk:today")), said, undo=undo_url)
    day = verdict.day
    done, put_off = queries.dealt_with([verdict.employee_id], day)
    response = render(request, "desk/_done.html", {"done": done, "put_off": put_off, "live": said})
    # Wherever in the item the form stood, what goes is the item.
    response.headers["HX-Retarget"] = f"#item-{verdict.client_id}"
    response.headers["HX-Reswap"] = "outerHTML swap:140ms"
    return toast(response, said, undo=undo_url)
