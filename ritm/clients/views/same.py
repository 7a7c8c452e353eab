"""Clients who may be one: warned of while typing, listed as pairs, merged with a preview."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from ritm.clients import duplicates, operations, own, queries, words
from ritm.clients.models import Client, Pair
from ritm.clients.operations.merging import CHOICES, values_of
from ritm.kernel.refusal import Refusal
from ritm.kernel.stated import read_id
from ritm.shell.htmx import go_to, toast
from ritm.staff.doors import door
from ritm.staff.viewer import Viewer


@require_safe
@door("client", "create")
def similar(request: HttpRequest) -> HttpResponse:
    """This view will name those who are like the client being typed, among the clients the viewer may see."""
    typed: dict[str, Any] = {key: request.GET.get(key, "")[:300] for key in ("name", "inn", "phone", "email")}
    found = duplicates.similar(request.viewer, **typed)  # type: ignore[attr-defined]
    # He who is being edited is not his own double.
    found = [one for one in found if str(one.client.pk) != request.GET.get("but")]
    return render(request, "clients/_similar.html", {"found": found})


@require_safe
@door("client", "edit")
def pairs(request: HttpRequest) -> HttpResponse:
    """This view will list pairs that a background search has proposed."""
    return render(request, "clients/pairs.html", {"pairs": duplicates.pairs(request.viewer)})  # type: ignore[attr-defined]


@require_POST
@door("client", "edit")
def dismiss(request: HttpRequest, pair_id: int) -> HttpResponse:
    """This view will note that the two are different."""
    viewer = request.viewer  # type: ignore[attr-defined]
    reach = Client.objects.visible_to(viewer, "edit").values("pk")
    rows = Pair.objects.visible_to(viewer).filter(low_id__in=reach, high_id__in=reach)
    operations.dismiss(pair=get_object_or_404(rows, pk=pair_id), by=viewer.actor(), at=timezone.now())
    return toast(go_to(request, reverse("clients:pairs")), _("Noted: these are different clients"))


@require_http_methods(["GET", "POST", "HEAD"])
@door("client", "edit")
def merge(request: HttpRequest, client_id: int) -> HttpResponse:
    """This view will show two clients side by side, field by field, and make one of them."""
    viewer = request.viewer  # type: ignore[attr-defined]
    reach = queries.one_client(viewer, "edit")
    keep = get_object_or_404(reach, pk=client_id)
    wanted = read_id(request.POST.get("with") or request.GET.get("with"))
    if wanted is None:
        text = request.GET.get("q", "")
        found = [one for one in queries.find(viewer, text, 20) if one.pk != keep.pk]
        return render(request, "clients/merge_choose.html", {"client": keep, "found": found, "q": text})
    gone = get_object_or_404(reach, pk=wanted)
    if request.method == "POST":
        choices = (*CHOICES, *(one.token for one in own.definitions(viewer)))
        take = {field for field in choices if request.POST.get(field) == "gone"}
        batch = operations.merge(keep=keep, gone=gone, take=take, by=viewer.actor(), at=timezone.now())
        answer = go_to(request, reverse("clients:page", args=[keep.pk]))
        return toast(answer, batch.title, undo=reverse("clients:undo_batch", args=[batch.pk]))
    if keep.pk == gone.pk:
        raise Refusal(_("A client cannot be merged with himself."), code="same")
    lines = [*_lines(keep, gone), *_own_lines(viewer, keep, gone)]
    return render(request, "clients/merge.html", {"client": keep, "gone": gone, "lines": lines})


def _lines(keep: Client, gone: Client) -> list[dict[str, Any]]:
    """The fields in which the two differ; what only one of them has is taken from him."""
    ours, theirs = values_of(keep), values_of(gone)
    return [
        {
            "field": field,
            "label": words.FIELDS[field],
            "ours": words.shown(field, ours[field]),
            "theirs": words.shown(field, theirs[field]),
            "take": not ours[field],
        }
        for field in CHOICES
        if theirs[field] and ours[field] != theirs[field]
    ]


def _own_lines(viewer: Viewer, keep: Client, gone: Client) -> list[dict[str, Any]]:
    """The own fields in which the two differ."""
    known = own.definitions(viewer)
    values = own.values_of([keep.pk, gone.pk], known)
    ours, theirs = values.get(keep.pk, {}), values.get(gone.pk, {})
    return [
        {
            "field": one.token,
            "label": one.name,
            "ours": own.shown(one, ours.get(one.id), viewer.currency) or "–",
            "theirs": own.shown(one, theirs.get(one.id), viewer.currency),
            "take": ours.get(one.id) is None,
        }
        for one in known
        if theirs.get(one.id) is not None and ours.get(one.id) != theirs.get(one.id)
    ]
