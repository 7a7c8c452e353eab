"""The clients room's part of the public API: list and search, read, create, change."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query, Router, Schema, Status
from pydantic import Field

from ritm.clients import operations, queries
from ritm.clients.forms import people_to_own
from ritm.clients.listing.searching import search
from ritm.clients.models import Client
from ritm.kernel.reach import Reach
from ritm.staff.api import need, viewer_of
from ritm.staff.models import Employee
from ritm.staff.sockets import ROUTERS
from ritm.staff.viewer import Viewer

router = Router(tags=["clients"])
ROUTERS.plug("/clients")(router)


class ClientOut(Schema):
    id: int
    kind: str
    name: str
    inn: str
    kpp: str
    external_id: str | None
    owner_id: int | None
    unit_id: int | None
    source: str
    comment: str
    created_at: dt.datetime
    updated_at: dt.datetime
    released_at: dt.datetime | None
    archived_at: dt.datetime | None


class ClientsOut(Schema):
    items: list[ClientOut]
    next: int | None


class ContactOut(Schema):
    id: int
    name: str
    position: str
    phones: list[str]
    emails: list[str]


class CardOut(ClientOut):
    requisites: dict[str, str]
    contacts: list[ContactOut]
    phones: list[str]
    emails: list[str]
    addresses: list[str]
    tags: list[str]


class ClientIn(Schema):
    name: str
    kind: str = "company"
    external_id: str | None = None
    owner_id: int | None = None
    requisites: dict[str, str] = Field(default_factory=dict)
    contact: str = ""
    phones: list[str] = Field(default_factory=list)
    emails: list[str] = Field(default_factory=list)
    address: str = ""
    source: str = ""
    comment: str = ""


class ChangesIn(Schema):
    changes: dict[str, str]


@router.get("", response=ClientsOut, summary="Clients by id, page by page; q searches any part", url_name="clients")
def clients(
    request: HttpRequest,
    q: str = "",
    after: Annotated[int, Query(ge=0, le=2**62)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> dict[str, Any]:
    viewer = viewer_of(request)
    need(viewer, "client")
    rows = search(Client.objects.visible_to(viewer).filter(pk__gt=after, archived_at=None), q[:200])
    found = list(rows.defer("search").order_by("pk")[: limit + 1])
    return {"items": found[:limit], "next": found[limit - 1].pk if len(found) > limit else None}


def _card(viewer: Viewer, pk: int) -> dict[str, Any]:
    client = get_object_or_404(Client.objects.visible_to(viewer), pk=pk)
    known = queries.identity(client)
    return {
        **{name: getattr(client, name) for name in ClientOut.model_fields},
        "requisites": known.legal,
        "contacts": [
            {
                "id": one.contact.pk,
                "name": one.contact.name,
                "position": one.contact.position,
                "phones": [phone.e164 for phone in one.phones],
                "emails": [email.address for email in one.emails],
            }
            for one in known.people
        ],
        "phones": [phone.e164 for phone in known.phones],
        "emails": [email.address for email in known.emails],
        "addresses": [address.text for address in known.addresses],
        "tags": [tag.name for tag in known.tags],
    }


@router.get("/{int:client_id}", response=CardOut, summary="One client with everything of his", url_name="client")
def one(request: HttpRequest, client_id: int) -> dict[str, Any]:
    viewer = viewer_of(request)
    need(viewer, "client")
    return _card(viewer, client_id)


@router.post("", response={201: CardOut}, summary="Create a client", url_name="new_client")
def create(request: HttpRequest, body: ClientIn) -> Status[Any]:
    viewer = viewer_of(request)
    need(viewer, "client", "create")
    client = operations.create(
        name=body.name,
        kind=body.kind,
        owner=_owner(viewer, body.owner_id),
        legal=body.requisites,
        contact=body.contact,
        phones=body.phones,
        emails=body.emails,
        addresses=[("actual", body.address)],
        source=body.source,
        comment=body.comment,
        external_id=body.external_id,
        by=viewer.actor("api"),
        at=timezone.now(),
    )
    return Status(201, _card(viewer, client.pk))


def _owner(viewer: Viewer, wanted: int | None) -> Employee | None:
    """Whoever may create only his own is the owner; others choose among their people."""
    if viewer.reach("client", "create") == Reach.OWN:
        return Employee.objects.get(pk=viewer.employee_id)
    if wanted is None:
        return None
    found: Employee = get_object_or_404(people_to_own(viewer, "create"), pk=wanted)
    return found


@router.patch("/{int:client_id}", response=CardOut, summary="Change fields of a client", url_name="edit_client")
def edit(request: HttpRequest, client_id: int, body: ChangesIn) -> dict[str, Any]:
    viewer = viewer_of(request)
    need(viewer, "client", "edit")
    client = get_object_or_404(Client.objects.visible_to(viewer, "edit"), pk=client_id)
    operations.edit(client=client, changes=body.changes, by=viewer.actor("api"), at=timezone.now())
    return _card(viewer, client_id)
