"""Many clients at once: created once, found the second time, equal to single operations."""

from __future__ import annotations

from ritm.clients import operations
from ritm.clients.models import Client, Contact, Phone, Tenure
from ritm.clients.operations import Newcomer
from ritm.journal.models import Batch, BatchRow, Entry
from ritm.kernel.actor import Actor
from ritm.kernel.phone import Phone as Number
from tests.cast import NOW


def _bring(cast, *newcomers, **more):
    return operations.bring_in(newcomers=newcomers, by=Actor(cast.home.pk, None, "import"), at=NOW, **more)


def test_new_clients_with_everything_theirs(cast):
    placed = _bring(
        cast,
        Newcomer(
            name="ООО «Ёлка»",
            external_id="K-1",
            inn="7707083893",
            owner_id=cast.max.pk,
            contact="Пётр Ильин",
            phones=(Number("+79123456789"), Number("+78432001122", "12")),
            emails=("Petr@Elka.ru",),
            address="Уфа, Ленина 5",
        ),
        why="из файла",
    )
    client = Client.objects.get(pk=placed[0].client_id)
    assert placed[0].created
    assert client.unit_id == cast.north.pk
    assert client.search == "ооо «елка» 7707083893 k-1 9123456789 8432001122 petr@elka.ru петр ильин"
    contact = Contact.objects.get(client=client)
    assert contact.is_main
    assert list(Phone.objects.filter(client=client).order_by("id").values_list("e164", "extension", "contact")) == [
        ("+79123456789", "", contact.pk),
        ("+78432001122", "12", contact.pk),
    ]
    tenure = Tenure.objects.get(client=client)
    assert (tenure.owner_id, tenure.why, tenure.span.lower, tenure.span.upper) == (
        cast.max.pk,
        "из файла",
        NOW,
        None,
    )
    assert Entry.objects.get(event="clients.clients_brought_in").payload == {"client_ids": [client.pk]}


def test_search_text_is_the_same_as_single_operations_keep(cast):
    _bring(
        cast,
        Newcomer(name="Ромашка", full_name="ООО Ромашка", contact="Анна", phones=(Number("+4930123456"),)),
    )
    client = Client.objects.get()
    assert operations.search.refresh([client.pk]) == 0
    assert client.search == "ромашка ооо ромашка 4930123456 анна"


def test_the_same_external_id_is_one_client(cast):
    first = _bring(cast, Newcomer(name="А", external_id="1"), Newcomer(name="А!", external_id="1"))
    again = _bring(cast, Newcomer(name="Б", external_id="1"), Newcomer(name="В", external_id="2"))
    assert first[0].client_id == first[1].client_id == again[0].client_id
    assert [p.created for p in (*first, *again)] == [True, False, False, True]
    assert Client.objects.count() == 2


def test_names_match_in_any_case_when_asked(cast):
    first = _bring(cast, Newcomer(name="Семёнов"), Newcomer(name="СЕМЕНОВ"), match_names=True)
    assert first[0].client_id == first[1].client_id
    assert [p.created for p in first] == [True, False]
    assert [p.created for p in _bring(cast, Newcomer(name="семенов"))] == [True]
    (unsure,) = _bring(cast, Newcomer(name="Семенов"), match_names=True)
    assert unsure.client_id is None
    assert not unsure.created
    assert Client.objects.count() == 2


def test_a_batch_remembers_whom_it_created(cast):
    batch = Batch.objects.create(organisation_id=cast.home.pk, kind="import", title="файл", started_at=NOW)
    placed = _bring(cast, Newcomer(name="А", external_id="1"), batch_id=batch.pk)
    _bring(cast, Newcomer(name="А", external_id="1"), batch_id=batch.pk)
    assert list(BatchRow.objects.values_list("subject_kind", "subject_id")) == [("client", placed[0].client_id)]


def test_nobody_is_brought_in_from_nothing(cast):
    assert _bring(cast) == []
    operations.open_staging()
    assert operations.bring_in_staged(by=Actor(cast.home.pk), at=NOW) == 0
