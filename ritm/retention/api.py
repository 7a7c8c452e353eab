"""The retention room's part of the public API: where clients stand and why, and the exchange."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

from django.db.models import Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from ritm.clients.models import Client
from ritm.clients.queries import opened
from ritm.kernel.calendar import local_date
from ritm.kernel.refusal import Refusal
from ritm.retention import queries, zone_queries
from ritm.retention.models import Claim, Rhythm, Status
from ritm.retention.operations import exchange as operations
from ritm.staff.api import lost_place, need, viewer_of
from ritm.staff.sockets import ROUTERS

rhythms = Router(tags=["rhythm"])
ROUTERS.plug("/rhythms")(rhythms)
exchange = Router(tags=["exchange"])
ROUTERS.plug("/exchange")(exchange)

PageSize = Annotated[int, Query(ge=1, le=500)]


class RhythmOut(Schema):
    client_id: int
    name: str = Field(alias="client.name")
    owner_id: int | None = Field(alias="client.owner_id")
    status: str
    status_since: dt.date | None
    orders: int
    first_on: dt.date | None
    last_on: dt.date | None
    interval_days: float | None
    expected_on: dt.date | None
    slipping_on: dt.date | None
    lost_on: dt.date | None
    ltv: Decimal
    year_value: Decimal
    annual_worth: Decimal


class RhythmsOut(Schema):
    items: list[RhythmOut]
    next: str | None


class ToldOut(Schema):
    client_id: int
    on: dt.date
    status: str
    why: str
    silent_days: int | None
    interval_days: float | None
    expected_on: dt.date | None
    slipping_on: dt.date | None
    lost_on: dt.date | None
    zone: str
    contact_on: dt.date | None


class OnExchangeOut(Schema):
    client_id: int
    name: str
    released_at: dt.datetime
    why: str
    rule: str
    last_owner_id: int | None
    worth: Decimal
    status: str
    last_on: dt.date | None
    contact_on: dt.date | None


class ExchangeOut(Schema):
    items: list[OnExchangeOut]
    next: str | None


class ClaimOut(Schema):
    client_id: int
    employee_id: int
    claimed_at: dt.datetime
    obliged_until: dt.date


@rhythms.get("", response=RhythmsOut, summary="Where clients stand, most money a year first", url_name="rhythms")
def standing(request: HttpRequest, status: str = "", after: str = "", limit: PageSize = 100) -> dict[str, Any]:
    viewer = viewer_of(request)
    need(viewer, "client")
    rows = Rhythm.objects.visible_to(viewer).filter(client__archived_at=None).select_related("client")
    if status:
        if status not in Status.values:
            raise Refusal(_("There is no such class of clients."), code="status", field="status")
        rows = rows.filter(status=status)
    if place := _place(after):
        worth, pk = place
        rows = rows.filter(annual_worth__lte=worth).filter(Q(annual_worth__lt=worth) | Q(client_id__gt=pk))
    found = list(rows.order_by("-annual_worth", "client_id")[: limit + 1])
    more = len(found) > limit
    return {
        "items": found[:limit],
        "next": f"{found[limit - 1].annual_worth}_{found[limit - 1].client_id}" if more else None,
    }


@rhythms.get("/{int:client_id}", response=ToldOut, summary="One client on any past date, and why", url_name="rhythm")
def told(request: HttpRequest, client_id: int, on: dt.date | None = None) -> dict[str, Any]:
    viewer = viewer_of(request)
    need(viewer, "client")
    client = get_object_or_404(Client.objects.visible_to(viewer), pk=client_id)
    opened(viewer, client, timezone.now())
    today = local_date(timezone.now(), viewer.timezone)
    if on is not None and on > today:
        raise Refusal(_("This day has not come yet."), code="future", field="on")
    retold = queries.explain(client.pk, viewer, on or today)
    seen = retold.explanation if retold else None
    clock = zone_queries.clocks([client.pk], viewer).get(client.pk)
    # The zone is today's: of a past day only the rhythm is told.
    now = clock if on is None or on == today else None
    return {
        "client_id": client.pk,
        "on": on or today,
        "status": seen.status if seen else Status.PROSPECT,
        "why": retold.sentence if retold else "",
        "silent_days": seen.silent if seen else None,
        "interval_days": seen.interval if seen else None,
        "expected_on": seen.stamps.expected_on if seen else None,
        "slipping_on": seen.stamps.slipping_on if seen else None,
        "lost_on": seen.stamps.lost_on if seen else None,
        "zone": now.zone if now else "",
        "contact_on": now.contact_on if now else None,
    }


@exchange.get(
    "", response=ExchangeOut, summary="Clients without an owner, most money a year first", url_name="exchange"
)
def released(request: HttpRequest, q: str = "", after: str = "", limit: PageSize = 100) -> dict[str, Any]:
    viewer = viewer_of(request)
    need(viewer, "exchange")
    asked = zone_queries.ExchangeAsked(text=q[:200], after=_place(after))
    found = zone_queries.on_exchange(viewer, asked, limit + 1)
    more = len(found) > limit
    return {"items": found[:limit], "next": f"{found[limit - 1].worth}_{found[limit - 1].client_id}" if more else None}


@exchange.post(
    "/{int:client_id}/claim", response=ClaimOut, summary="Take a client for the token's employee", url_name="claim"
)
def claim(request: HttpRequest, client_id: int) -> Claim:
    viewer = viewer_of(request)
    need(viewer, "exchange", "claim")
    now = timezone.now()
    client = get_object_or_404(zone_queries.claimable(viewer, now), pk=client_id)
    return operations.claim(client_id=client.pk, by=viewer.actor("api"), at=now)


def _place(text: str) -> tuple[Decimal, int] | None:
    place = zone_queries.place_by_worth(text)
    if text and place is None:
        raise lost_place()
    return place
