"""The clients room's part of the public API: list and search, read, create, change."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema, Status
from pydantic import Field

from ritm.clients import operations, own, queries
from ritm.clients.forms import people_to_own
from ritm.clients.listing.searching import search
from ritm.clients.models import Client, hides_contacts
from ritm.clients.rules.own import Definition, Kind, Value, Wrong, read
from ritm.kernel.phone import without_contacts
from ritm.kernel.reach import Reach
from ritm.kernel.refusal import Refusal
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
    own: dict[str, Any]


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
    own: dict[str, Any] = Field(default_factory=dict)


class ChangesIn(Schema):
    """`own` maps keys of own fields to values as JSON has them; an option is named, null empties."""

    changes: dict[str, str] = Field(default_factory=dict)
    own: dict[str, Any] = Field(default_factory=dict)


@router.get("", response=ClientsOut, summary="Clients by id, page by page; q searches any part", url_name="clients")
def clients(
    request: HttpRequest,
    q: str = "",
    after: Annotated[int, Query(ge=0, le=2**62)] = 0,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> dict[str, Any]:
    viewer = viewer_of(request)
    need(viewer, "client")
    rows = search(Client.objects.visible_to(viewer).filter(pk__gt=after, archived_at=None), q[:200], viewer)
    found = list(rows.defer("search").order_by("pk")[: limit + 1])
    for client in found:
        if hides_contacts(viewer, client):
            client.comment = without_contacts(client.comment)
    return {"items": found[:limit], "next": found[limit - 1].pk if len(found) > limit else None}


def _card(viewer: Viewer, pk: int) -> dict[str, Any]:
    client = get_object_or_404(Client.objects.visible_to(viewer), pk=pk)
    queries.opened(viewer, client, timezone.now())
    known = queries.identity(viewer, client)
    return {
        **{name: getattr(client, name) for name in ClientOut.model_fields},
        "comment": known.comment,
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
        "own": {line.definition.key: _plain(line.definition, line.value) for line in known.own},
    }


def _plain(definition: Definition, value: Value) -> Any:
    if definition.kind is Kind.CHOICE and isinstance(value, int):
        return definition.words([value])[0]
    if isinstance(value, tuple):
        return definition.words(value)
    if isinstance(value, Decimal):
        return int(value) if definition.kind is Kind.WHOLE else f"{value.normalize():f}"
    return value


def _own(viewer: Viewer, said: dict[str, Any]) -> tuple[dict[int, Value], tuple[Definition, ...]]:
    """Read what a program sends for own fields; what does not fit is refused by the field's key."""
    known = own.definitions(viewer) if said else ()
    by_key = {one.key: one for one in known}
    values: dict[int, Value] = {}
    for key, raw in said.items():
        definition = by_key.get(key)
        if definition is None:
            raise Refusal(_("There is no such field: %(name)s") % {"name": key[:40]}, code="field", field=key[:40])
        if isinstance(raw, dict) or (isinstance(raw, list) and definition.kind is not Kind.CHOICES):
            raise Refusal(own.sentence(Wrong("one_only")), code="one_only", field=key)
        try:
            values[definition.id] = read(definition, raw, decimal=".")
        except Wrong as wrong:
            raise Refusal(own.sentence(wrong), code=wrong.code, field=key) from wrong
    return values, known


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
        own=_own(viewer, body.own)[0],
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
    by, at = viewer.actor("api"), timezone.now()
    values, known = _own(viewer, body.own)
    operations.edit(client=client, changes=body.changes, by=by, at=at)
    operations.fill_in(client=client, values=values, known=known, by=by, at=at)
    return _card(viewer, client_id)


class OwnFieldOut(Schema):
    key: str
    name: str
    kind: str
    unit: str
    help: str
    required: bool
    options: list[str]


@router.get("/own-fields", response=list[OwnFieldOut], summary="Own fields of clients", url_name="own_fields")
def own_fields(request: HttpRequest) -> list[dict[str, Any]]:
    viewer = viewer_of(request)
    need(viewer, "client")
    return [
        {
            "key": one.key,
            "name": one.name,
            "kind": one.kind.value,
            "unit": one.unit,
            "help": one.help,
            "required": one.required,
            "options": [option.name for option in one.options if not option.archived],
        }
        for one in own.definitions(viewer)
    ]
