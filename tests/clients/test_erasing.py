"""Erasure on request: afterwards the whole database is searched for the name, and nothing is found."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.urls import reverse

from ritm.bridge.models import Import
from ritm.clients import operations
from ritm.clients.models import Client, Contact, Pair, Phone, SavedView
from ritm.clients.operations.erasing import person_of
from ritm.clients.rules import traces
from ritm.journal.models import Batch, BatchRow, Entry
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal
from tests.cast import NOW
from tests.factories import clients, conversations, trade

NAME = "Перепёлкина Зинаида Аркадьевна"
WORDS = (
    "перепёлкин",
    "перепелкин",
    "зинаид",
    "9031234567",
    "903 123-45-67",
    "zina@example.com",
    "Оленья",
    "500100732259",
)


def found(*words: str) -> list[str]:
    """Every table, every column that can hold text, as the wall shows it."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
            " JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'"
            " WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped"
            " AND format_type(a.atttypid, NULL) ~ 'char|text|json' ORDER BY 1, 2"
        )
        places = []
        for table, column in cursor.fetchall():
            cursor.execute(
                f'SELECT "{column}"::text FROM "{table}" WHERE "{column}"::text ILIKE ANY(%s)',
                [[f"%{word}%" for word in words]],
            )
            places += [f"{table}.{column}: {row[0][:200]}" for row in cursor.fetchall()]
    return places


@pytest.fixture
def by(cast) -> Actor:
    return Actor(cast.home.pk, cast.nina.pk)


def leave_traces(cast, client: Client, contact: Contact | None, by: Actor) -> None:
    """Everything that an office does with somebody's name."""
    viewer = cast.viewer("max")
    conversations.interaction(client, cast.max, text="Перепёлкиной звонил на 8 (903) 123-45-67, просит прайс", at=NOW)
    if contact is not None:
        operations.edit_contact(contact=contact, name="Зинаида Перепелкина", by=by, at=NOW)
        operations.edit_contact(contact=contact, name=NAME, by=by, at=NOW)
    phone = operations.add_phone(client=client, contact=contact, text="+7 903 123-45-67", by=by, at=NOW)
    operations.remove(kind="phone", row=phone, by=by, at=NOW)
    operations.add_phone(client=client, contact=contact, text="+7 903 123-45-67", by=by, at=NOW)
    operations.add_email(client=client, contact=contact, text="zina@example.com", by=by, at=NOW)
    batch = Batch.objects.create(
        organisation_id=cast.home.pk, kind="bridge.import", title=f"{NAME} и другие", started_at=NOW
    )
    BatchRow.objects.create(
        organisation_id=cast.home.pk, batch=batch, subject_kind="client", subject_id=client.pk,
        before={"comment": f'звать "{NAME}"'}, after={"comment": json.dumps({"name": NAME}, ensure_ascii=False)},
    )  # fmt: skip
    Import.objects.create(
        organisation=cast.home, kind="clients", filename=f"{NAME}.csv", stored="", size=1, digest="x",
        understood={"samples": [[NAME, "89031234567"]]}, created_at=NOW,
    )  # fmt: skip
    operations.save_view(name="Одна", query="q=zina@example.com", scope="private", by=viewer.actor(), at=NOW)
    Client.objects.filter(pk=client.pk).update(comment="Зинаида любит чай")
    text = operations.write_consent_text(purpose="mailing", text="Согласен", valid_from=NOW.date(), by=by, at=NOW)
    operations.give_consent(
        client=client, contact=contact, text=text, given_on=NOW.date(), how="paper", proof="у Перепёлкиной", by=by,
        at=NOW,
    )  # fmt: skip


def test_a_contact_is_erased_and_the_company_stays(cast, by):
    client = clients.client(cast.home, owner=cast.max, name="ООО Ромашка", contact=NAME, comment="Берут чай")
    other = clients.client(cast.home, owner=cast.max, name="Лютик", contact="Зинаида Иванова")
    contact = Contact.objects.get(client=client)
    leave_traces(cast, client, contact, by)
    assert len(found("перепёлкин", "9031234567")) > 8
    operations.erase(person=person_of(client, contact), by=by, at=NOW)
    assert found(*WORDS[:2], *WORDS[3:6]) == []
    client.refresh_from_db()
    assert client.name == "ООО Ромашка"
    assert not Contact.objects.filter(client=client).exists()
    assert Contact.objects.get(client=other).name == "Зинаида Иванова"
    entry = Entry.objects.latest("id")
    assert (entry.event, entry.payload) == ("clients.person_erased", {"client_id": client.pk, "contact": True})


def test_a_household_is_erased_with_those_who_were_merged_into_it(cast, by):
    client = clients.client(
        cast.home, owner=cast.max, kind="household", name=NAME,
        addresses=[("actual", "Уфа, Оленья 5")], legal={"inn": "500100732259"},
    )  # fmt: skip
    twin = clients.client(
        cast.home, owner=cast.max, kind="household", name="Перепелкина З. А.", phones=["+79031234567"]
    )
    order = trade.order(client)
    operations.edit(client=client, changes={"comment": "Перепёлкина просила"}, by=by, at=NOW)
    leave_traces(cast, client, None, by)
    operations.look_for_pairs(client_ids=[client.pk], by=by, at=NOW)
    operations.merge(keep=client, gone=twin, by=by, at=NOW)
    client.refresh_from_db()
    operations.erase(person=person_of(client, None), by=by, at=NOW)
    assert found(*WORDS) == []
    client.refresh_from_db()
    assert client.archived_at is not None
    assert not Phone.objects.filter(client=client).exists()
    assert not Pair.objects.exists()
    order.refresh_from_db()
    assert order.client_id == client.pk
    assert SavedView.objects.get().query == "q=…"


def test_what_was_erased_cannot_be_put_back(cast, by):
    client = clients.client(cast.home, owner=cast.max, name="ООО Ромашка", contact=NAME)
    contact = Contact.objects.get(client=client)
    operations.add_phone(client=client, contact=contact, text="+79031234567", by=by, at=NOW)
    entry = Entry.objects.filter(event="clients.client_edited").latest("id")
    operations.erase(person=person_of(client, contact), by=by, at=NOW)
    entry.refresh_from_db()
    with pytest.raises(Refusal) as refused:
        operations.put_back(entry=entry, client=client, by=by, at=NOW)
    assert refused.value.code == "erased"


def test_the_trail_is_still_append_only(cast, by):
    from django.db import DatabaseError, transaction

    from ritm.journal import tenancy

    clients.client(cast.home, owner=cast.max)
    entry = Entry.objects.latest("id")
    for inside in (False, True):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            if inside:
                with tenancy.erasure():
                    Entry.objects.filter(pk=entry.pk).update(employee_id=1)
            else:
                Entry.objects.filter(pk=entry.pk).update(payload={})


def test_a_company_is_no_person(cast, by):
    with pytest.raises(Refusal):
        person_of(clients.client(cast.home, owner=cast.max, name="ООО Ромашка"), None)


def test_the_page_shows_what_goes_and_wants_the_name_typed(cast, sign_in):
    client = clients.client(cast.home, owner=cast.max, name="ООО Ромашка", contact=NAME, phones=["+79031234567"])
    contact = Contact.objects.get(client=client)
    browser, path = sign_in("nina"), reverse("clients:erase", args=[client.pk])
    assert NAME in browser.get(path).content.decode()
    path += f"?contact={contact.pk}"
    assert "Что исчезнет" in browser.get(path).content.decode()
    wrong = browser.post(path, {"name": "Перепелкина"})
    assert wrong.status_code == 422
    assert Contact.objects.exists()
    assert browser.post(path, {"name": f"  {NAME.lower()} "}).status_code == 302
    assert not Contact.objects.exists()


@pytest.mark.parametrize(
    ("number", "text"),
    [("+79031234567", "8 (903) 123-45-67"), ("+79031234567", "9031234567"), ("+79031234567", "+7 903 1234567")],
)
def test_a_number_is_found_however_it_is_written(db, number, text):
    with connection.cursor() as cursor:
        cursor.execute("SELECT regexp_replace(%s, %s, '…', 'gi')", [f"звонить {text}!", traces.of_number(number)])
        assert cursor.fetchone()[0] == "звонить …!"


def test_a_name_alone_is_not_looked_for_in_other_peoples_rows():
    assert traces.everywhere(["Анна"], [], ["чай"]) == []
    assert traces.at_home(["Анна"], [], [])
