"""Pages of the retention room."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import pairwise
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from ritm.clients import queries as clients
from ritm.clients.models import Client
from ritm.kernel.calendar import local_date
from ritm.kernel.refusal import Refusal
from ritm.kernel.stated import read_day, read_id
from ritm.retention import queries, zone_queries
from ritm.retention.forms import PolicyForm
from ritm.retention.models import FeedHealth, ZonePolicy
from ritm.retention.operations import exchange as exchange_operations
from ritm.retention.operations import feeds as feed_operations
from ritm.retention.operations import policy as policy_operations
from ritm.retention.operations import zones as zone_operations
from ritm.shell.htmx import go_to, is_htmx, toast
from ritm.shell.progress import is_poll
from ritm.shell.writing import show_day
from ritm.staff.doors import door
from ritm.staff.viewer import Viewer

SHOWN_DAYS = 120
SHOWN_AT_RISK = 50


@door("client")
def rhythm(request: HttpRequest, client_id: int) -> HttpResponse:
    """This page will retell a client's rhythm on a date (`?on=`, today by default), with everything it rests on."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    client = get_object_or_404(Client.objects.visible_to(viewer), pk=client_id)
    clients.opened(viewer, client, timezone.now())
    today = local_date(timezone.now(), viewer.timezone)
    on = _date(request.GET.get("on"), today)
    told = queries.explain(client.pk, viewer, on)
    pauses = [None, *((day - before).days for (before, _), (day, _) in pairwise(told.order_days))] if told else []
    days = list(zip(told.order_days, pauses, strict=False)) if told else []
    context: dict[str, Any] = {
        "client": client,
        "on": on,
        "today": today,
        "told": told,
        "days": [(day, amount, pause) for (day, amount), pause in reversed(days[-SHOWN_DAYS:])],
        "hidden_days": max(0, len(days) - SHOWN_DAYS),
        "steps": queries.class_history(client.pk, viewer),
        "merged": queries.merged_history(client.pk, viewer),
        "frame": "shell/fragment.html" if is_htmx(request) else "shell/page.html",
    }
    if told and told.explanation:
        context["label"] = queries.label(told.explanation.interval, viewer.language)
    return render(request, "retention/rhythm.html", context)


@door("retention")
def slipping(request: HttpRequest) -> HttpResponse:
    """This page will list who may go, most money at stake first."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    today = local_date(timezone.now(), viewer.timezone)
    found = queries.at_risk(viewer, today, SHOWN_AT_RISK)
    strips = queries.strips([item.client_id for item in found], viewer, today)
    owners = queries.names_of({item.owner_id for item in found if item.owner_id}, viewer)
    return render(
        request,
        "retention/slipping.html",
        {
            "items": [(item, strips.get(item.client_id), owners.get(item.owner_id or 0)) for item in found],
            "stake": sum(item.stake for item in found),
            # A seller's own list needs no column that says his name fifty times.
            "others": any(item.owner_id != viewer.employee_id for item in found),
            "today": today,
            "silence": zone_queries.silence(viewer),
            "limit": SHOWN_AT_RISK,
            "many": len(found) == SHOWN_AT_RISK,
        },
    )


EXCHANGE_PAGE = 50
MOST_IN_A_MENU = 200


@door("exchange")
def exchange(request: HttpRequest) -> HttpResponse:
    """This page will show the exchange: who was released, when and why, whose he was and what he is worth."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    asked = _asked(request)
    today = local_date(timezone.now(), viewer.timezone)
    sellers = queries.sellers(viewer, MOST_IN_A_MENU + 1)
    found = zone_queries.on_exchange(viewer, asked, EXCHANGE_PAGE + 1)
    shown = found[:EXCHANGE_PAGE]
    query = request.GET.copy()
    after = ""
    if len(found) > EXCHANGE_PAGE:
        query["after"] = f"{shown[-1].worth}_{shown[-1].client_id}"
        after = f"?{query.urlencode()}"
    strips = queries.strips([item.client_id for item in shown], viewer, today)
    return render(
        request,
        "retention/exchange.html",
        {
            "items": [(item, strips.get(item.client_id)) for item in shown],
            "asked": asked,
            # A large office is asked for a name instead: nobody looks through a menu of thousands.
            "owners": sellers if len(sellers) <= MOST_IN_A_MENU else None,
            "owner": request.GET.get("owner", ""),
            "may_claim": viewer.may("exchange", "claim"),
            "filtered": bool(asked.text or asked.rule or asked.owners is not None or asked.worth),
            "next": after,
            "terms": zone_queries.policy_on(viewer.organisation_id, today).exchange,
            "silence": zone_queries.silence(viewer),
        },
    )


@door("exchange")
def look(request: HttpRequest, client_id: int) -> HttpResponseBase:
    """This door will lead to the page of a client of the exchange, which counts the look (clients.LOOKS)."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    reach = Client.objects.visible_to(viewer, "see", "exchange")
    client = get_object_or_404(reach, pk=client_id, released_at__isnull=False)
    return go_to(request, reverse("clients:page", args=[client.pk]))


@require_POST
@door("exchange", "claim")
def claim(request: HttpRequest, client_id: int) -> HttpResponseBase:
    """This door will take a client from the exchange and lead to his page; one who came second reads who was first."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    now = timezone.now()
    client = get_object_or_404(zone_queries.claimable(viewer, now), pk=client_id)
    try:
        row = exchange_operations.claim(client_id=client.pk, by=viewer.actor(), at=now)
    except Refusal as refusal:
        if refusal.code == "taken" and is_htmx(request):
            return toast(render(request, "retention/_taken.html", {"refusal": refusal}), refusal, tone="bad")
        raise
    said = _("%(name)s is yours. Get in touch by %(day)s.") % {"name": client.name, "day": show_day(row.obliged_until)}
    return toast(go_to(request, reverse("clients:page", args=[client.pk])), said)


@require_POST
@door("client", "edit")
def excuse(request: HttpRequest, client_id: int) -> HttpResponseBase:
    """This door will excuse a client's silence until a day, with a reason; an empty day ends it."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    client = get_object_or_404(Client.objects.visible_to(viewer, "edit"), pk=client_id)
    by, now = viewer.actor(), timezone.now()
    if not request.POST.get("until"):
        zone_operations.end_excuse(client=client, by=by, at=now)
        said = _("The clock of contact runs again.")
    else:
        until = read_day(request.POST["until"])
        if until is None:
            raise Refusal(_("Write a date."), field="until")
        zone_operations.excuse(client=client, until=until, why=request.POST.get("why", ""), by=by, at=now)
        said = _("Silence is excused until %(day)s.") % {"day": show_day(until)}
    return toast(go_to(request, reverse("clients:page", args=[client.pk])), said)


@door("retention", "tune")
def policy(request: HttpRequest) -> HttpResponseBase:
    """
    This page will show the policy of zones and exchange as sentences.

    A POST with `save` adds a version; without it, it answers with the preview of whom the change would hit.
    """
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    now = timezone.now()
    today = local_date(now, viewer.timezone)
    sweeping = zone_queries.sweeping(viewer, today)
    if is_poll(request):
        return render(request, "ui/job.html", {"progress": sweeping}) if sweeping else HttpResponse()
    unit = read_id(request.GET.get("unit"))
    in_force = zone_queries.policy_on(viewer.organisation_id, today, unit)
    initial = PolicyForm.initial_of(in_force) | {"effective_on": today, "unit": unit}
    form = PolicyForm(request.POST or None, initial=initial, viewer=viewer)
    context: dict[str, Any] = {"form": form, "today": today, "progress": sweeping}
    if request.method == "POST" and form.is_valid():
        chosen, on = form.cleaned_data["unit"], form.cleaned_data["effective_on"]
        if "save" in request.POST:
            policy_operations.change_policy(
                numbers=form.numbers(), unit=chosen, effective_on=on, by=viewer.actor(), at=now
            )
            said = _("The policy holds from %(day)s.") % {"day": show_day(on)}
            return toast(go_to(request, reverse("retention:policy")), said)
        tried = zone_queries.policy_of(
            form.numbers(), version=0, unit_id=chosen.pk if chosen else None, effective_on=on
        )
        context |= _preview(viewer, tried, max(on, today))
    if is_htmx(request):
        return render(request, "retention/_preview.html", context, status=200 if form.is_valid() else 422)
    context |= {
        "history": [(row, zone_queries.read_policy(row).zones) for row in zone_queries.policy_history(viewer)],
        "silence": zone_queries.silence(viewer),
        "believed": zone_queries.believed_silences(viewer),
    }
    return render(request, "retention/policy.html", context)


def _preview(viewer: Viewer, tried: zone_queries.InForce, on: dt.date) -> dict[str, Any]:
    turns = zone_queries.preview(viewer, tried, on)
    owners = queries.names_of({turn.owner_id for turn in turns if turn.owner_id}, viewer)
    totals: dict[str, int] = {}
    by_owner: dict[int, dict[str, int]] = {}
    for turn in turns:
        totals[turn.became] = totals.get(turn.became, 0) + turn.clients
        row = by_owner.setdefault(turn.owner_id or 0, {})
        row[turn.became] = row.get(turn.became, 0) + turn.clients
    return {
        "previewed": True,
        "on": on,
        "totals": [(zone, totals[zone]) for zone in ("exchange", "red", "yellow", "green") if zone in totals],
        "by_owner": sorted(
            ((owners.get(owner_id, _("nobody")), row) for owner_id, row in by_owner.items()),
            key=lambda item: (-item[1].get("exchange", 0), -sum(item[1].values())),
        ),
    }


@require_POST
@door("retention", "tune")
def take_back(request: HttpRequest, version: int) -> HttpResponseBase:
    """This door will take a version of the policy back."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    row = get_object_or_404(ZonePolicy.objects.visible_to(viewer), version=version)
    policy_operations.take_back(policy=row, by=viewer.actor(), at=timezone.now())
    return toast(go_to(request, reverse("retention:policy")), _("Taken back: the version before it holds again."))


@require_POST
@door("retention", "tune")
def accept_silence(request: HttpRequest, feed: str) -> HttpResponseBase:
    """This door will end a hold: the feed is really quiet, for a reason."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    row = get_object_or_404(FeedHealth.objects.visible_to(viewer), feed=feed)
    feed_operations.accept_silence(feed=row, why=request.POST.get("why", ""), by=viewer.actor(), at=timezone.now())
    said = _("Noted. What was held follows within five minutes.")
    undo = reverse("retention:doubt_silence", args=[feed])
    return toast(go_to(request, reverse("retention:policy")), said, undo=undo)


@require_POST
@door("retention", "tune")
def doubt_silence(request: HttpRequest, feed: str) -> HttpResponseBase:
    """This door will take back that a feed is really quiet: it holds again."""
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    row = get_object_or_404(FeedHealth.objects.visible_to(viewer), feed=feed)
    feed_operations.doubt_silence(feed=row, by=viewer.actor(), at=timezone.now())
    return toast(go_to(request, reverse("retention:policy")), _("Taken back: the source holds again."))


def _asked(request: HttpRequest) -> zone_queries.ExchangeAsked:
    """What the address asks for; what makes no sense in it is left out."""
    asked = request.GET
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]
    owner, owners = asked.get("owner", "").strip()[:100], None
    if owner:
        named = read_id(owner)
        owners = queries.called(viewer, owner) if named is None else (named,)
    worth = read_id(asked.get("worth", "").replace(" ", ""))
    return zone_queries.ExchangeAsked(
        text=asked.get("q", "").strip()[:100],
        rule=asked.get("rule", "") if asked.get("rule") in zone_queries.RULES else "",
        owners=owners,
        worth=None if worth is None else Decimal(worth),
        after=zone_queries.place_by_worth(asked.get("after", "")),
    )


def _date(text: str | None, today: dt.date) -> dt.date:
    """The asked date; today for nonsense and for the future, of which nothing is known."""
    return min(read_day(text) or today, today)
