"""The conversations room's part of the public API: a client's history, and calls that another program reports."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import AwareDatetime, Field

from ritm.clients.models import Client, Contact
from ritm.clients.queries import opened
from ritm.conversations import operations, queries
from ritm.conversations.models import Interaction
from ritm.staff.api import need, viewer_of
from ritm.staff.sockets import ROUTERS

router = Router(tags=["interactions"])
ROUTERS.plug("/interactions")(router)


class InteractionOut(Schema):
    id: int
    client_id: int
    contact_id: int | None
    employee_id: int | None
    kind: str
    direction: str
    at: dt.datetime
    duration_seconds: int | None
    result: str
    text: str
    meaningful: bool


class InteractionsOut(Schema):
    items: list[InteractionOut]
    next: dt.datetime | None


class InteractionIn(Schema):
    client_id: int
    kind: str
    direction: str = ""
    happened_at: AwareDatetime | None = None
    contact_id: int | None = None
    duration_seconds: Annotated[int, Field(ge=0, le=86_400)] | None = None
    result: str = ""
    text: str = ""


@router.get("", response=InteractionsOut, summary="A client's conversations, newest first", url_name="interactions")
def interactions(
    request: HttpRequest,
    client_id: int,
    before: AwareDatetime | None = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> dict[str, Any]:
    viewer = viewer_of(request)
    need(viewer, "client")
    client = get_object_or_404(Client.objects.visible_to(viewer), pk=client_id)
    opened(viewer, client, timezone.now())
    rows = queries.history(viewer, client.pk, before=before, limit=limit + 1)
    return {"items": rows[:limit], "next": rows[limit - 1].at if len(rows) > limit else None}


@router.post("", response={201: InteractionOut}, summary="Enter a conversation", url_name="new_interaction")
def record(request: HttpRequest, body: InteractionIn) -> Status[Interaction]:
    viewer = viewer_of(request)
    need(viewer, "interaction", "create")
    client = get_object_or_404(Client.objects.visible_to(viewer, "create", "interaction"), pk=body.client_id)
    contact = None
    if body.contact_id is not None:
        contact = get_object_or_404(Contact.objects.visible_to(viewer), pk=body.contact_id)
    said = body.model_dump(exclude={"client_id", "contact_id"})
    return Status(
        201,
        operations.record(client=client, contact=contact, by=viewer.actor("api"), at=timezone.now(), **said),
    )
