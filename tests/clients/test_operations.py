"""Verbs on one client: what they write, refuse, publish, and how they are put back."""

from __future__ import annotations

import datetime as dt

import pytest

from ritm.clients import operations
from ritm.clients.models import Address, Client, Contact, Email, Phone, Requisites, Tenure
from ritm.journal.models import Entry
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal
from tests.cast import NOW, TODAY
from tests.factories import clients

LATER = NOW + dt.timedelta(days=3)


@pytest.fixture
def by(cast):
    return Actor(cast.home.pk, cast.max.pk)


def _last(event: str) -> Entry:
    return Entry.objects.filter(event=event).latest("id")


def test_a_client_is_created_with_everything_known(cast, by):
    client = operations.create(
        name=" ООО  «Ромашка» ",
        owner=cast.max,
        legal={"inn": "7707 083893", "kpp": "770701001"},
        contact="Анна Серова",
        phones=["8 912 345-67-89 доб. 12"],
        emails=["Anna@Romashka.ru"],
        addresses=[("delivery", "Уфа, Ленина 5")],
        by=by,
        at=NOW,
    )
    assert client.name == "ООО «Ромашка»"
    assert client.unit_id == cast.north.pk
    assert Requisites.objects.get(client=client).valid_from == TODAY
    contact = Contact.objects.get(client=client)
    assert contact.is_main
    assert list(Phone.objects.values_list("e164", "extension", "contact")) == [("+79123456789", "12", contact.pk)]
    assert Email.objects.get().address == "anna@romashka.ru"
    assert Address.objects.get().key == "уфа|ленина|5|"
    client.refresh_from_db()
    assert client.search == "ооо «ромашка» 7707083893 9123456789 anna@romashka.ru анна серова"
    assert Tenure.objects.get(client=client).owner == cast.max
    assert _last("clients.client_created").payload == {"client_id": client.pk}


def test_a_lone_person_gets_a_household_with_himself_in_it(cast, by):
    client = operations.create(name="Пётр Ильин", kind="household", by=by, at=NOW)
    assert Contact.objects.get(client=client).name == "Пётр Ильин"


@pytest.mark.parametrize(
    "legal, field",
    [
        ({"inn": "7707083894"}, "inn"),
        ({"inn": "123"}, "inn"),
        ({"inn": "500100732259"}, "inn"),  # a person's INN for a company
        ({"kpp": "77"}, "kpp"),
        ({"ogrn": "1027700132194"}, "ogrn"),
        ({"bik": "944525225"}, "bik"),
        ({"account": "40702810400000000001"}, "account"),
        ({"account": "40702810400000000001", "bik": "044525225"}, "account"),
    ],
)
def test_wrong_requisites_are_refused_when_typed_and_kept_when_imported(cast, by, legal, field):
    with pytest.raises(Refusal) as refused:
        operations.create(name="Ошибка", legal=legal, by=by, at=NOW)
    assert refused.value.field == field
    assert operations.requisites.warnings("company", legal)[0][0] == field
    client = operations.create(name="Ошибка", legal=legal, by=Actor(cast.home.pk, None, "import"), at=NOW)
    assert operations.requisites.present(client)[field] == legal[field]


def test_a_nameless_client_and_a_wrong_number_are_refused(by, cast):
    for wrong, field in (
        ({"name": " "}, "name"),
        ({"name": "А", "phones": ["12"]}, "phone"),
        ({"name": "А", "emails": ["a@"]}, "email"),
    ):
        with pytest.raises(Refusal) as refused:
            operations.create(**wrong, by=by, at=NOW)
        assert refused.value.field == field


def test_an_edit_says_what_was_and_what_became(cast, by):
    client = clients.client(cast.home, name="Ромашка", legal={"inn": "7707083893"})
    operations.edit(client=client, changes={"name": "Лютик", "comment": "строгий"}, by=by, at=NOW)
    entry = _last("clients.client_edited")
    assert entry.payload == {
        "client_id": client.pk,
        "fields": ["name", "comment"],
        "before": ["Ромашка", ""],
        "after": ["Лютик", "строгий"],
    }
    client.refresh_from_db()
    assert client.search.startswith("лютик")
    operations.edit(client=client, changes={"name": "Лютик"}, by=by, at=NOW)
    assert _last("clients.client_edited") == entry


def test_requisites_keep_their_days(cast, by):
    client = clients.client(cast.home, legal={"inn": "7707083893", "kpp": "770701001"})
    operations.edit(client=client, changes={"kpp": "770801001"}, by=by, at=LATER)
    operations.edit(client=client, changes={"kpp": "770901001"}, by=by, at=LATER)
    rows = Requisites.objects.filter(client=client).order_by("valid_from")
    assert [(row.kpp, row.valid_from, row.valid_to) for row in rows] == [
        ("770701001", TODAY, LATER.date()),
        ("770901001", LATER.date(), None),
    ]


def test_only_the_touched_field_is_judged(cast, by):
    client = operations.create(name="А", legal={"inn": "123"}, by=Actor(cast.home.pk, None, "import"), at=NOW)
    assert operations.edit(client=client, changes={"name": "Б"}, by=by, at=NOW).name == "Б"


def test_an_edit_is_put_back_but_not_over_somebody_elses(cast, by):
    client = clients.client(cast.home, name="А", comment="раз")
    operations.edit(client=client, changes={"name": "Б", "comment": "два"}, by=by, at=NOW)
    entry = _last("clients.client_edited")
    operations.edit(client=client, changes={"comment": "три"}, by=by, at=NOW)
    client.refresh_from_db()
    assert operations.put_back(entry=entry, client=client, by=by, at=NOW) == ["comment"]
    client.refresh_from_db()
    assert (client.name, client.comment) == ("А", "три")


def test_parts_come_and_go_and_come_back(cast, by):
    client = clients.client(cast.home)
    anna = operations.add_contact(client=client, name="Анна", phone="89123456789", by=by, at=NOW)
    boris = operations.add_contact(client=client, name="Борис", is_main=True, email="b@x.ru", by=by, at=NOW)
    anna.refresh_from_db()
    assert (anna.is_main, boris.is_main) == (False, True)
    operations.remove(kind="contact", row=boris, by=by, at=NOW)
    assert not Email.objects.exists()
    client.refresh_from_db()
    assert "борис" not in client.search
    entry = _last("clients.client_edited")
    assert operations.put_back(entry=entry, client=client, by=by, at=NOW) == []
    assert Email.objects.get().contact.name == "Борис"
    client.refresh_from_db()
    assert "b@x.ru" in client.search


def test_a_number_is_corrected_and_not_repeated(cast, by):
    client = clients.client(cast.home)
    phone = operations.add_phone(client=client, text="22-33-44", area_code="347 2", by=by, at=NOW)
    assert phone.e164 == "+73472223344"
    with pytest.raises(Refusal):
        operations.add_phone(client=client, text="+7 3472 22 33 44", by=by, at=NOW)
    operations.edit_phone(phone=phone, text="8 (912) 345-67-89", by=by, at=NOW)
    entry = _last("clients.client_edited")
    client.refresh_from_db()
    assert client.search.endswith("9123456789")
    operations.put_back(entry=entry, client=client, by=by, at=NOW)
    assert Phone.objects.get().e164 == "+73472223344"


def test_the_ledger_of_owners_has_no_holes_and_no_overlaps(cast, by):
    client = clients.client(cast.home, owner=cast.max)
    assert operations.assign(client=client, owner=cast.lena, why="переехал", by=by, at=LATER)
    assert not operations.assign(client=client, owner=cast.lena, why="снова", by=by, at=LATER)
    assert operations.assign(client=client, owner=None, why="увольнение", by=by, at=LATER)  # the same moment
    client.refresh_from_db()
    assert (client.owner_id, client.unit_id) == (None, cast.south.pk)
    first, second = Tenure.objects.filter(client=client).order_by("span")
    assert (first.owner, first.span.upper, first.ended_why) == (cast.max, LATER, "переехал")
    assert second.owner == cast.lena
    assert second.span.upper == LATER + dt.timedelta(microseconds=1)


def test_a_clock_set_back_makes_no_overlap(cast, by):
    client = clients.client(cast.home, owner=cast.max)
    operations.assign(client=client, owner=cast.lena, why="", by=by, at=NOW - dt.timedelta(days=1))
    assert Tenure.objects.filter(client=client).count() == 2


def test_a_client_is_not_given_to_who_left(cast, by):
    client = clients.client(cast.home, owner=cast.max)
    cast.lena.left_on = TODAY
    with pytest.raises(Refusal):
        operations.assign(client=client, owner=cast.lena, why="", by=by, at=NOW)


def test_many_are_moved_at_once_and_released(cast, by):
    ids = clients.many(cast.home, 5, owner=cast.max)
    moved = operations.assign_many(client_ids=ids, owner=cast.lena, why="поровну", by=by, at=LATER)
    assert moved == [(pk, cast.max.pk) for pk in ids]
    assert set(Client.objects.values_list("owner", "unit")) == {(cast.lena.pk, cast.south.pk)}
    assert Tenure.objects.filter(owner=cast.lena, span__upper_inf=True).count() == 5
    operations.release_many(client_ids=ids[:2], why="тишина", rule="zone", by=Actor(cast.home.pk), at=LATER)
    assert Client.objects.filter(released_at=LATER, owner=None).count() == 2
    assert _last("clients.clients_released").payload["former_owner_ids"] == [cast.lena.pk] * 2
    client = Client.objects.get(pk=ids[0])
    operations.assign(client=client, owner=cast.max, why="взял", by=by, at=LATER + dt.timedelta(hours=1))
    client.refresh_from_db()
    assert (client.released_at, client.owner_id) == (None, cast.max.pk)


def test_an_assignment_is_put_back(cast, by):
    client = clients.client(cast.home, owner=cast.max)
    operations.assign(client=client, owner=cast.lena, why="", by=by, at=LATER)
    operations.put_back(entry=_last("clients.client_assigned"), client=client, by=by, at=LATER)
    client.refresh_from_db()
    assert client.owner == cast.max


def test_archive_and_back(cast, by):
    client = clients.client(cast.home)
    assert operations.archive(client=client, by=by, at=NOW)
    assert not operations.archive(client=client, by=by, at=NOW)
    client.refresh_from_db()
    operations.put_back(entry=_last("clients.client_archived"), client=client, by=by, at=NOW)
    client.refresh_from_db()
    assert client.archived_at is None
