"""Who may enter the pages of the clients room. The client is Max's: Lena and strangers must not find him."""

from __future__ import annotations

from ritm.clients.models import Client, Phone
from ritm.journal.models import Entry
from tests.cast import Cast
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


DOORS = {
    "clients:list": (lambda cast: {}, ALL),
    "clients:condition": (lambda cast: {"key": "owner"}, ALL),
    "clients:new": (lambda cast: {}, ALL - {"oleg"}),
    "clients:page": (_one, SEE),
    "clients:moments": (_one, SEE),
    "clients:identity": (_one, SEE),
    "clients:field": (lambda cast: _one(cast, name="name"), EDIT),
    "clients:owner": (_one, ASSIGN),
    "clients:new_part": (lambda cast: _one(cast, kind="phone"), EDIT),
    "clients:part": (_phone, EDIT),
    "clients:remove_part": (_phone, EDIT),
    "clients:archive": (_one, ASSIGN),
    "clients:undo": (_entry, EDIT),
}
