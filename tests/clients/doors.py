"""Who may enter the pages of the clients room. The client is Max's: Lena and strangers must not find him."""

from __future__ import annotations

from ritm.clients import operations
from ritm.clients.models import Client, Consent, ConsentText, Contact, OwnField, Pair, Phone
from ritm.journal.models import Batch, Entry
from ritm.kernel.actor import Actor
from tests.cast import NOW, TODAY, Cast
from tests.factories import clients

SEE = {"vera", "max", "oleg", "nina", "adam", "dina"}
EDIT = SEE - {"oleg"}
ASSIGN = {"vera", "nina", "adam"}
ALL = SEE | {"lena", "rita"}


def _of_max(cast: Cast) -> Client:
    known = Client.objects.filter(name="Клиент Макса").first()
    return known or clients.client(cast.home, owner=cast.max, name="Клиент Макса", phones=["+79123456789"])


def _one(cast: Cast, **more: object) -> dict[str, object]:
    return {"client_id": _of_max(cast).pk, **more}


def _phone(cast: Cast) -> dict[str, object]:
    client = _of_max(cast)
    phone = Phone.objects.filter(client=client).first() or Phone.objects.create(
        organisation=cast.home, client=client, e164="+79123456789"
    )
    return {"client_id": client.pk, "kind": "phone", "part_id": phone.pk}


def _entry(cast: Cast) -> dict[str, object]:
    client = _of_max(cast)
    return {"client_id": client.pk, "entry_id": Entry.objects.filter(subject_id=client.pk).latest("id").pk}


def _pair(cast: Cast) -> dict[str, object]:
    low, high = _of_max(cast), clients.client(cast.home, owner=cast.max)
    low, high = sorted((low, high), key=lambda one: one.pk)
    pair = Pair.objects.create(
        organisation=cast.home, low=low, high=high, reason="phone", value="+79123456789", found_at=NOW
    )
    return {"pair_id": pair.pk}


def _batch(cast: Cast) -> dict[str, object]:
    by = Actor(cast.home.pk, cast.max.pk)
    name = f"метка {Client.objects.count()} {Batch.objects.count()}"
    batch = operations.tag_many(client_ids=[_of_max(cast).pk], name=name, by=by, at=NOW)
    return {"batch_id": batch.pk}


def _view(cast: Cast) -> dict[str, object]:
    by = Actor(cast.home.pk, cast.max.pk)
    return {"view_id": operations.save_view(name="Мои", query="q=а", scope="all", by=by, at=NOW).pk}


def _tag(cast: Cast) -> dict[str, object]:
    return _one(cast, tag_id=operations.batches.tag_named("метка", organisation_id=cast.home.pk).pk)


def _field(cast: Cast) -> dict[str, object]:
    return {"field_id": _own_field(cast).pk}


def _own_field(cast: Cast) -> OwnField:
    known = OwnField.objects.filter(key="etazh").first()
    by = Actor(cast.home.pk, cast.adam.pk)
    return known or operations.define(noun="client", kind="whole", name="Этаж", by=by, at=NOW)


def _text(cast: Cast) -> ConsentText:
    known = ConsentText.objects.first()
    by = Actor(cast.home.pk, cast.adam.pk)
    return known or operations.write_consent_text(
        purpose="mailing", text="Согласен получать новости", valid_from=TODAY, by=by, at=NOW
    )


def _consent(cast: Cast) -> dict[str, object]:
    client = _of_max(cast)
    contact = Contact.objects.filter(client=client).first() or Contact.objects.create(
        organisation=cast.home, client=client, name="Анна", created_at=NOW
    )
    known = Consent.objects.filter(client=client).first() or operations.give_consent(
        client=client, contact=contact, text=_text(cast), given_on=TODAY, how="paper",
        by=Actor(cast.home.pk, cast.max.pk), at=NOW,
    )  # fmt: skip
    return {"client_id": client.pk, "consent_id": known.pk}


DEFINE = {"nina", "adam"}

DOORS = {
    "clients:consent_texts": (lambda cast: {}, DEFINE | {"rita"}),
    "clients:give_consent": (lambda cast: _one(cast, text_id=_text(cast).pk), EDIT),
    "clients:withdraw_consent": (_consent, EDIT),
    "clients:erase": (_one, DEFINE),
    "clients:own_fields": (lambda cast: {}, DEFINE | {"rita"}),
    "clients:new_own_field": (lambda cast: {}, DEFINE | {"rita"}),
    "clients:own_field": (_field, DEFINE),
    "clients:own_field_away": (_field, DEFINE),
    "clients:own_field_back": (_field, DEFINE),
    "clients:own_field_move": (_field, DEFINE),
    "clients:own_value": (lambda cast: _one(cast, key=_own_field(cast).key), EDIT),
    "clients:list": (lambda cast: {}, ALL),
    "clients:totals": (lambda cast: {}, ALL),
    "clients:condition": (lambda cast: {"key": "owner"}, ALL),
    "clients:new": (lambda cast: {}, ALL - {"oleg"}),
    "clients:page": (_one, SEE),
    "clients:moments": (_one, SEE),
    "clients:identity": (_one, SEE),
    "clients:sight": (_one, SEE),
    "clients:field": (lambda cast: _one(cast, name="name"), EDIT),
    "clients:owner": (_one, ASSIGN),
    "clients:new_part": (lambda cast: _one(cast, kind="phone"), EDIT),
    "clients:part": (_phone, EDIT),
    "clients:remove_part": (_phone, EDIT),
    "clients:archive": (_one, ASSIGN),
    "clients:undo": (_entry, EDIT),
    "clients:similar": (lambda cast: {}, ALL - {"oleg"}),
    "clients:pairs": (lambda cast: {}, ALL - {"oleg"}),
    "clients:dismiss": (_pair, EDIT),
    "clients:merge": (_one, EDIT),
    "clients:reassign": (lambda cast: {}, ASSIGN | {"rita"}),
    "clients:capacity": (lambda cast: {}, ASSIGN | {"rita"}),
    "clients:archive_many": (lambda cast: {}, ASSIGN | {"rita"}),
    "clients:tag_many": (lambda cast: {}, ALL - {"oleg"}),
    "clients:fill_in_many": (lambda cast: {}, ALL - {"oleg"}),
    "clients:export": (lambda cast: {}, ASSIGN | {"rita"}),
    "clients:batches": (lambda cast: {}, ALL - {"oleg"}),
    "clients:batch": (_batch, {"max", "nina", "adam"}),
    "clients:cancel_batch": (_batch, {"max", "nina", "adam"}),
    "clients:go_on_batch": (_batch, {"max", "nina", "adam"}),
    "clients:undo_batch": (_batch, {"max", "nina", "adam"}),
    "clients:save_view": (lambda cast: {}, ALL),
    "clients:forget_view": (_view, {"max"}),
    "clients:tag": (_one, EDIT),
    "clients:untag": (_tag, EDIT),
}
