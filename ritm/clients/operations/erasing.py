"""
Erase a person who asks for it: a contact, or a client who is a person himself. There is no way back.

Names, numbers, e-mails, addresses go wherever they stand: in the room's own rows, in what other rooms noted of him,
in the journal, in batches, in what imports remember, in notices. Every table of every room is looked through, those
that know the client by his rows, the rest by patterns (`rules/traces.py`), so that a new room cannot be forgotten.
Orders and payments stay with their sums: accounting law keeps them for five years, without a name.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import connection, models, transaction
from django.utils.translation import gettext as _

from ritm.clients.events import PersonErased
from ritm.clients.models import (
    Address,
    Client,
    ClientValue,
    Consent,
    ConsentText,
    Contact,
    Email,
    OwnField,
    OwnOption,
    Pair,
    Phone,
    Requisites,
    Tag,
)
from ritm.clients.operations import search
from ritm.clients.rules import traces
from ritm.clients.sockets import ERASERS, Leaving
from ritm.journal import tenancy
from ritm.journal.models import Entry
from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal
from ritm.staff.models import OwnedInBulk

GONE = "…"
# Words of the office, not of people: their names would clash if two were wiped.
_OFFICE: tuple[type[models.Model], ...] = (Tag, OwnField, OwnOption, ConsentText)


@dataclass(frozen=True)
class Person:
    """Who is erased: `contact` of a client, or the client himself (None); and everything that names him."""

    client: Client
    contact: Contact | None
    client_ids: tuple[int, ...]
    contact_ids: tuple[int, ...]
    names: tuple[str, ...]
    numbers: tuple[str, ...]
    texts: tuple[str, ...]

    @property
    def name(self) -> str:
        return self.contact.name if self.contact else self.client.name

    @property
    def leaving(self) -> Leaving:
        """The same for the rooms above, who know no names."""
        return Leaving(self.client.organisation_id, self.client_ids, self.contact_ids, whole=self.contact is None)


def person_of(client: Client, contact: Contact | None) -> Person:
    """This function will gather what names a person, of today and of the journal; a company has no such."""
    if contact is None and client.kind == Client.Kind.COMPANY:
        raise Refusal(_("A company is not a person: erase its contacts."), code="company")
    ids: tuple[int, ...]
    contacts: tuple[int, ...]
    if contact is not None:
        of_him: dict[str, Any] = {"contact": contact}
        ids, contacts = (client.pk,), (contact.pk,)
        names, texts = [contact.name], []
    else:
        ids = tuple(_became(client))
        contacts = tuple(Contact.objects.filter(client_id__in=ids).values_list("pk", flat=True))
        of_him = {"client_id__in": ids}
        rows = Client.objects.filter(pk__in=ids).values_list("name", "full_name", "inn")
        names = [name for row in rows for name in row[:2]]
        texts = [row[2] for row in rows]
        names += Contact.objects.filter(pk__in=contacts).values_list("name", flat=True)
        texts += Address.objects.filter(client_id__in=ids).values_list("text", flat=True)
        for legal in Requisites.objects.filter(client_id__in=ids).values_list("legal_name", "inn", "ogrn", "account"):
            names.append(legal[0])
            texts += legal[1:]
    numbers = list(Phone.objects.filter(**of_him).values_list("e164", flat=True))
    texts += Email.objects.filter(**of_him).values_list("address", flat=True)
    names += Consent.objects.filter(**of_him).values_list("whose", flat=True)
    for field, said in _told_before(ids):
        kind, _colon, pk = field.partition(":")
        if pk and kind in ("contact", "phone", "email", "address"):
            row = json.loads(said)
            whose = int(pk) if kind == "contact" else row.get("contact_id")
            if contact is None or whose == contact.pk:
                names += [row["name"]] if kind == "contact" else []
                numbers += [row["e164"]] if kind == "phone" else []
                texts += [row.get("address") or row.get("text") or ""] if kind in ("email", "address") else []
        elif contact is None and field in ("name", "legal_name"):
            names.append(said)
        elif contact is None and field in ("inn", "ogrn", "account"):
            texts.append(said)
    return Person(
        client, contact, ids, contacts, *(tuple(sorted({*filter(None, one)})) for one in (names, numbers, texts))
    )


def _became(client: Client) -> Iterator[int]:
    """The client and those who were merged into him."""
    layer = [client.pk]
    while layer:
        yield from layer
        layer = list(Client.objects.filter(merged_into_id__in=layer).values_list("pk", flat=True))


def _edits(client_ids: tuple[int, ...]) -> Any:
    return Entry.objects.filter(subject_kind="client", subject_id__in=client_ids, event="clients.client_edited")


def _told_before(client_ids: tuple[int, ...]) -> Iterator[tuple[str, str]]:
    for payload in _edits(client_ids).values_list("payload", flat=True).iterator(500):
        for side in ("before", "after"):
            yield from ((f, said) for f, said in zip(payload["fields"], payload[side], strict=True) if said)


@transaction.atomic
def erase(*, person: Person, by: Actor, at: dt.datetime) -> None:
    """
    This function will wipe what names the person in one transaction. It cannot be undone.

    A contact's row goes; a client himself stays in the archive under a number, so that his orders have a place.
    """
    ids = list(person.client_ids)
    list(Client.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",)).values_list("pk", flat=True))
    wide = traces.everywhere(person.names, person.numbers, person.texts)
    home = traces.at_home(person.names, person.numbers, person.texts)
    for eraser in ERASERS:
        eraser.forget(person.leaving)
    with tenancy.erasure():
        _forget_edits(person)
        _forget_parts(person, at=at)
        for model in apps.get_models():
            _look_through(model, person, home, wide)
    search.refresh(ids)
    publish(PersonErased(client_id=person.client.pk, contact=person.contact is not None), by=by, at=at)


def _forget_edits(person: Person) -> None:
    """What the journal says was there before and after: of the whole client, or of the contact and what is his."""
    only = ""
    params: list[Any] = [list(person.client_ids)]
    if person.contact is not None:
        tokens = [f"contact:{person.contact.pk}"]
        for kind, model in (("phone", Phone), ("email", Email)):
            mine = model.objects.filter(contact=person.contact).values_list("pk", flat=True)
            tokens += [f"{kind}:{pk}" for pk in mine]
        only = " AND payload->'fields' ?| %s"
        params.append(tokens)
    blank = "(SELECT COALESCE(jsonb_agg(''::text), '[]') FROM jsonb_array_elements(payload->'fields'))"
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE journal_entry SET payload = payload || jsonb_build_object('before', {blank}, 'after', {blank},"
            " 'erased', true) WHERE subject_kind = 'client' AND subject_id = ANY(%s)"
            f" AND event = 'clients.client_edited'{only}",
            params,
        )


def _forget_parts(person: Person, *, at: dt.datetime) -> None:
    ids, contacts = list(person.client_ids), list(person.contact_ids)
    whole = person.contact is None
    mine = {"client_id__in": ids} if whole else {"contact_id__in": contacts}
    parts: dict[str, Any] = {
        "phone": Phone.objects.filter(**mine),
        "email": Email.objects.filter(**mine),
        "contact": Contact.objects.filter(pk__in=contacts),
    }
    if whole:
        parts |= {
            "address": Address.objects.filter(client_id__in=ids),
            "requisites": Requisites.objects.filter(client_id__in=ids),
        }
    values = {*person.numbers, *person.texts}
    Pair.objects.filter(models.Q(low_id__in=ids) | models.Q(high_id__in=ids), value__in=values).delete()
    # That there was a consent, and until when, is what the office must be able to show: without his name.
    consents = Consent.objects.filter(**mine)
    today = at.date()
    for consent in consents.filter(withdrawn_on=None):
        consent.withdrawn_on, consent.withdrawn_at = max(today, consent.given_on), at
        consent.save(update_fields=["withdrawn_on", "withdrawn_at"])
    consents.update(whose=GONE, proof="", contact=None)
    with connection.cursor() as cursor:
        for kind, rows in parts.items():
            gone = list(rows.values_list("pk", flat=True))
            cursor.execute(
                "DELETE FROM journal_batchrow WHERE subject_kind = %s AND subject_id = ANY(%s)", [kind, gone]
            )
            rows.delete()
    if whole:
        ClientValue.objects.filter(client_id__in=ids).delete()
        for client in Client.objects.filter(pk__in=ids):
            client.name = _("Erased client %(number)s") % {"number": client.pk}
            client.full_name = client.inn = client.kpp = client.source = client.comment = ""
            if client.external_id and any(name.lower() in client.external_id.lower() for name in person.names):
                client.external_id = None
            client.archived_at = client.archived_at or at
            client.updated_at = at
            client.save()


def _look_through(model: type[models.Model], person: Person, home: list[str], wide: list[str]) -> None:
    """Wipe what names the person out of one table: in rows of the client thoroughly, elsewhere by what is his alone."""
    options = model._meta
    fields = list(options.concrete_fields)
    known = {field.name for field in fields}
    if options.proxy or options.app_label == "staff" or issubclass(model, _OFFICE):
        return
    if all(field.attname != "organisation_id" for field in fields):
        return
    columns = [field for field in fields if _holds_text(field)]
    whole = person.contact is None
    if model in (Client, Requisites, Address) and not whole:
        # The name, the street and the bank of a company are no person's.
        columns = [field for field in columns if field.name == "comment"]
    clients = [_quoted(field) for field in fields if field.is_relation and field.related_model is Client]
    clients = ["id"] if model is Client else clients
    if clients:
        where = " OR ".join(f"{one} = ANY(%(ids)s)" for one in clients)
        for field in columns:
            # What was written about a client who is a person is about nobody else.
            if whole and isinstance(field, models.TextField) and model is not Client:
                _run(f"UPDATE {_table(model)} SET {_quoted(field)} = '' WHERE ({where})", person)
            else:
                _wipe(model, field, where, home if whole or not isinstance(field, models.CharField) else wide, person)
        return
    if {"subject_id", "subject_kind"} <= known:
        for field in columns:
            _wipe(model, field, "subject_kind = 'client' AND subject_id = ANY(%(ids)s)", home, person)
    # Lines of orders come by the million and name goods, not people.
    if not issubclass(model, OwnedInBulk):
        for field in columns:
            _wipe(model, field, "organisation_id = %(organisation)s", wide, person)


def _holds_text(field: Any) -> bool:
    if isinstance(field, models.JSONField | models.TextField):
        return bool(field.name != "search")
    return (
        isinstance(field, models.CharField)
        and not isinstance(field, models.GeneratedField)
        and not field.choices
        and not field.unique
        and field.name != "external_id"
        and (field.max_length or 0) >= 10
    )


def _wipe(model: type[models.Model], field: Any, where: str, patterns: list[str], person: Person) -> None:
    if not patterns:
        return
    cast = "::jsonb" if isinstance(field, models.JSONField) else ""
    column = _quoted(field)
    _run(
        f"UPDATE {_table(model)} SET {column} = regexp_replace({column}::text, %(pattern)s, %(gone)s, 'gi'){cast}"
        f" WHERE ({where}) AND {column}::text ~* %(pattern)s",
        person,
        "|".join(patterns),
    )


# Names of tables and columns come from the models, that is from code.
def _table(model: type[models.Model]) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _quoted(field: Any) -> str:
    return connection.ops.quote_name(field.column)


def _run(statement: str, person: Person, pattern: str = "") -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {
                "ids": list(person.client_ids),
                "organisation": person.client.organisation_id,
                "pattern": pattern,
                "gone": GONE,
            },
        )
