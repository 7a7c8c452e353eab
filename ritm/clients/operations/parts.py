"""
The parts of a client: contacts, numbers, e-mails, addresses. Any number of each.

Every change is published as ClientEdited with the part named like 'phone:17' and its whole row, before and
after, as JSON: that is all an undo needs.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import models, transaction
from django.utils.translation import gettext as _

from ritm.clients.events import ClientEdited
from ritm.clients.models import Address, Client, Contact, Email, Phone
from ritm.clients.operations import search
from ritm.clients.rules.addresses import address_key
from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.kernel.phone import parse_phone
from ritm.kernel.refusal import Refusal


@dataclass(frozen=True)
class Part:
    """A kind of part: its table and the columns that a snapshot keeps."""

    model: type[models.Model]
    columns: tuple[str, ...]


PARTS: dict[str, Part] = {
    "contact": Part(Contact, ("name", "position", "birthday", "is_main", "comment", "created_at")),
    "phone": Part(Phone, ("contact_id", "e164", "extension", "comment")),
    "email": Part(Email, ("contact_id", "address")),
    "address": Part(Address, ("kind", "text", "key", "comment")),
}


def snapshot(kind: str, row: models.Model) -> str:
    """This function will write a part's row as JSON, for the journal."""
    values = {column: getattr(row, column) for column in PARTS[kind].columns}
    return json.dumps(values, ensure_ascii=False, default=lambda value: value.isoformat())


def _last_snapshot(kind: str, row: models.Model) -> str:
    """The snapshot of a row about to go, with the rows of any room that will lose it: consents, conversations."""
    found = {}
    for link in _links(row):
        naming = link.related_model._base_manager.filter(**{link.field.name: row})
        if ids := list(naming.order_by("pk").values_list("pk", flat=True)):
            found[link.related_model._meta.label_lower] = ids
    kept = snapshot(kind, row)
    return json.dumps(json.loads(kept) | {"naming": found}, ensure_ascii=False) if found else kept


def name_again(row: models.Model, naming: dict[str, list[int]]) -> None:
    """This function will point what named a row before it went (`naming` of its last snapshot) at it once more."""
    for link in _links(row):
        ids = naming.get(link.related_model._meta.label_lower, ())
        field = link.field.name
        link.related_model._base_manager.filter(pk__in=ids, **{field: None}).update(**{field: row})


def _links(row: models.Model) -> list[Any]:
    fields = row._meta.get_fields(include_hidden=True)
    return [link for link in fields if getattr(link, "on_delete", None) is models.SET_NULL and link.auto_created]


def publish_changed(client: Client, changed: list[tuple[str, str, str]], *, by: Actor, at: dt.datetime) -> None:
    fields, before, after = zip(*changed, strict=True)
    Client.objects.filter(pk=client.pk).update(updated_at=at)
    search.refresh([client.pk])
    publish(ClientEdited(client_id=client.pk, fields=fields, before=before, after=after), by=by, at=at)


def _added(client: Client, kind: str, row: models.Model, *, by: Actor, at: dt.datetime) -> None:
    publish_changed(client, [(f"{kind}:{row.pk}", "", snapshot(kind, row))], by=by, at=at)


def _changed(client: Client, kind: str, row: models.Model, before: str, *, by: Actor, at: dt.datetime) -> None:
    after = snapshot(kind, row)
    if after != before:
        row.save()
        publish_changed(client, [(f"{kind}:{row.pk}", before, after)], by=by, at=at)


def new_phone(client: Client, text: str, *, area_code: str, contact: Contact | None = None) -> Phone:
    """This function will read a number as typed into an unsaved Phone, or refuse it."""
    number = parse_phone(text, area_code=area_code)
    if number is None:
        raise Refusal(
            _("This is not a phone number. Write it with its area code: +7 843 200-11-22, ext. 12."),
            code="phone",
            field="phone",
        )
    return Phone(
        organisation_id=client.organisation_id,
        client=client,
        contact=contact,
        e164=number.e164,
        extension=number.extension[:10],
    )


def new_email(client: Client, text: str, *, contact: Contact | None = None) -> Email:
    """This function will read an e-mail as typed into an unsaved Email, or refuse it."""
    address = text.strip().lower()
    try:
        validate_email(address)
    except ValidationError as wrong:
        raise Refusal(_("This is not an e-mail address."), code="email", field="email") from wrong
    return Email(organisation_id=client.organisation_id, client=client, contact=contact, address=address)


@transaction.atomic
def add_contact(
    *,
    client: Client,
    name: str,
    position: str = "",
    birthday: dt.date | None = None,
    phone: str = "",
    email: str = "",
    is_main: bool = False,
    area_code: str = "",
    by: Actor,
    at: dt.datetime,
) -> Contact:
    """This function will add a person to the client, with his number and e-mail when they are given."""
    if not name.strip():
        raise Refusal(_("Write the person's name."), code="required", field="name")
    contact = Contact.objects.create(
        organisation_id=client.organisation_id,
        client=client,
        name=name.strip(),
        position=position.strip(),
        birthday=birthday,
        is_main=is_main or not Contact.objects.filter(client=client).exists(),
        created_at=at,
    )
    changed = [(f"contact:{contact.pk}", "", snapshot("contact", contact))]
    if contact.is_main:
        changed += _only_main(contact)
    if phone.strip():
        number = new_phone(client, phone, area_code=area_code, contact=contact)
        number.save()
        changed.append((f"phone:{number.pk}", "", snapshot("phone", number)))
    if email.strip():
        address = new_email(client, email, contact=contact)
        address.save()
        changed.append((f"email:{address.pk}", "", snapshot("email", address)))
    publish_changed(client, changed, by=by, at=at)
    return contact


def _only_main(contact: Contact) -> list[tuple[str, str, str]]:
    changed = []
    for other in Contact.objects.filter(client_id=contact.client_id, is_main=True).exclude(pk=contact.pk):
        before = snapshot("contact", other)
        other.is_main = False
        other.save(update_fields=["is_main"])
        changed.append((f"contact:{other.pk}", before, snapshot("contact", other)))
    return changed


@transaction.atomic
def edit_contact(
    *,
    contact: Contact,
    name: str,
    position: str = "",
    birthday: dt.date | None = None,
    comment: str = "",
    is_main: bool | None = None,
    by: Actor,
    at: dt.datetime,
) -> None:
    """This function will change what is known of a person; `is_main` None leaves that as it is."""
    if not name.strip():
        raise Refusal(_("Write the person's name."), code="required", field="name")
    before = snapshot("contact", contact)
    contact.name, contact.position = name.strip(), position.strip()
    contact.birthday, contact.comment = birthday, comment.strip()
    if is_main is not None:
        contact.is_main = is_main
    after = snapshot("contact", contact)
    if after == before:
        return
    contact.save()
    changed = [(f"contact:{contact.pk}", before, after)]
    if contact.is_main:
        changed += _only_main(contact)
    publish_changed(contact.client, changed, by=by, at=at)


@transaction.atomic
def add_phone(
    *,
    client: Client,
    text: str,
    contact: Contact | None = None,
    area_code: str = "",
    by: Actor,
    at: dt.datetime,
) -> Phone:
    """This function will add a number; one that the client has already is refused."""
    phone = new_phone(client, text, area_code=area_code, contact=contact)
    if Phone.objects.filter(client=client, e164=phone.e164, extension=phone.extension).exists():
        raise Refusal(_("The client has this number already."), code="known", field="phone")
    phone.save()
    _added(client, "phone", phone, by=by, at=at)
    return phone


@transaction.atomic
def edit_phone(*, phone: Phone, text: str, area_code: str = "", by: Actor, at: dt.datetime) -> None:
    """This function will correct a number."""
    before = snapshot("phone", phone)
    fresh = new_phone(phone.client, text, area_code=area_code)
    phone.e164, phone.extension = fresh.e164, fresh.extension
    _changed(phone.client, "phone", phone, before, by=by, at=at)


@transaction.atomic
def add_email(*, client: Client, text: str, contact: Contact | None = None, by: Actor, at: dt.datetime) -> Email:
    """This function will add an e-mail; one that the client has already is refused."""
    email = new_email(client, text, contact=contact)
    if Email.objects.filter(client=client, address=email.address).exists():
        raise Refusal(_("The client has this e-mail already."), code="known", field="email")
    email.save()
    _added(client, "email", email, by=by, at=at)
    return email


@transaction.atomic
def edit_email(*, email: Email, text: str, by: Actor, at: dt.datetime) -> None:
    """This function will correct an e-mail."""
    before = snapshot("email", email)
    email.address = new_email(email.client, text).address
    _changed(email.client, "email", email, before, by=by, at=at)


@transaction.atomic
def add_address(*, client: Client, text: str, kind: str = "actual", by: Actor, at: dt.datetime) -> Address:
    """This function will add an address of a kind, with the key that equal addresses share."""
    text = " ".join(text.split())
    if not text:
        raise Refusal(_("Write the address."), code="required", field="address")
    address = Address.objects.create(
        organisation_id=client.organisation_id,
        client=client,
        kind=kind,
        text=text[:500],
        key=address_key(text),
    )
    _added(client, "address", address, by=by, at=at)
    return address


@transaction.atomic
def edit_address(*, address: Address, text: str, kind: str, by: Actor, at: dt.datetime) -> None:
    """This function will correct an address or its kind."""
    text = " ".join(text.split())
    if not text:
        raise Refusal(_("Write the address."), code="required", field="address")
    before = snapshot("address", address)
    address.text, address.kind, address.key = text[:500], kind, address_key(text)
    _changed(address.client, "address", address, before, by=by, at=at)


@transaction.atomic
def remove(*, kind: str, row: Any, by: Actor, at: dt.datetime) -> None:
    """This function will take a part away; a contact goes with his numbers and e-mails. Undo brings back."""
    client = row.client
    changed = [(f"{kind}:{row.pk}", _last_snapshot(kind, row), "")]
    if kind == "contact":
        for name, model in (("phone", Phone), ("email", Email)):
            belonging = model.objects.filter(contact=row).order_by("pk")
            changed += [(f"{name}:{one.pk}", snapshot(name, one), "") for one in belonging]
    row.delete()
    publish_changed(client, changed, by=by, at=at)
