"""On the exchange contacts are hidden until a claim where the policy says so, on every road; looks are counted."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.http import QueryDict
from django.urls import reverse
from django.utils import timezone

from ritm.clients import operations as clients
from ritm.clients import queries as client_queries
from ritm.clients.duplicates import similar
from ritm.clients.export import csv_stream
from ritm.clients.listing.request import Asked
from ritm.clients.models import Client, Contact, Phone
from ritm.conversations import operations as conversations
from ritm.kernel.actor import Actor
from ritm.kernel.phone import without_contacts
from ritm.retention.models import ContactClock, ExchangeDay
from ritm.retention.operations import exchange, policy, zones
from ritm.retention.zone_queries import InForce
from tests.cast import NOW
from tests.retention.test_exchange import DAY, actor, released
from tests.retention.test_exchange import policy as in_force

NUMBER, SHOWN, ADDRESS, PERSON = "+79161234567", "916", "sales@tishina.example", "Зинаида Павловна"


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    for module in ("ritm.retention.views", "ritm.clients.views.page"):
        monkeypatch.setattr(f"{module}.timezone", SimpleNamespace(now=lambda: NOW, is_naive=lambda moment: False))


@pytest.fixture
def silent(cast) -> Client:
    """A client on the exchange with a person, a number and an e-mail, and a talk in which a number was told."""
    in_force(cast, masked=True)
    client = released(cast)
    office = Actor(cast.home.pk)
    person = clients.add_contact(client=client, name=PERSON, by=office, at=NOW - 2 * DAY)
    clients.add_phone(client=client, text=NUMBER, contact=person, by=office, at=NOW - 2 * DAY)
    clients.add_email(client=client, text=ADDRESS, by=office, at=NOW - 2 * DAY)
    Client.objects.filter(pk=client.pk).update(created_at=NOW - 300 * DAY)
    client.refresh_from_db()
    conversations.record(
        client=client, kind="note", text=f"Звонить {PERSON} на 8 916 123-45-67, {ADDRESS}", contact=person,
        by=actor(cast, "vera"), at=NOW - 2 * DAY,
    )  # fmt: skip
    return client


def told(text: str) -> list[str]:
    digits = "".join(filter(str.isdigit, text))
    return [what for what in (ADDRESS, PERSON) if what in text] + (["number"] if "9161234567" in digits else [])


def test_a_release_hides_and_a_claim_shows(cast, silent, sign_in):
    assert silent.contacts_hidden
    page = sign_in("lena").get(reverse("clients:page", args=[silent.pk])).content.decode()
    # The name was typed into the text of a note: words stay, ways to call do not.
    assert told(page.replace(f"Звонить {PERSON}", "")) == []
    assert "как только возьмёте клиента" in page and "•••" in page
    exchange.claim(client_id=silent.pk, by=actor(cast, "lena"), at=NOW)
    silent.refresh_from_db()
    assert not silent.contacts_hidden
    page = sign_in("lena").get(reverse("clients:page", args=[silent.pk])).content.decode()
    assert told(page) == [ADDRESS, PERSON, "number"]


def test_whoever_reaches_him_otherwise_sees_everything(cast, silent, sign_in):
    url = reverse("clients:page", args=[silent.pk])
    for name in ("nina", "adam", "vera"):  # Vera heads the unit he was in
        assert told(sign_in(name).get(url).content.decode()) == [ADDRESS, PERSON, "number"]


@pytest.mark.parametrize("typed", ["9161234567", "916 123", ADDRESS, "Зинаида"])
def test_the_search_box_is_no_oracle(cast, silent, typed):
    assert client_queries.find(cast.viewer("nina"), typed, 5) == [silent]
    assert client_queries.find(cast.viewer("lena"), typed, 5) == []
    assert client_queries.find(cast.viewer("lena"), "тишина", 5) == [silent]


def test_nor_is_the_form_of_a_new_client(cast, silent):
    assert [one.client for one in similar(cast.viewer("nina"), phone=NUMBER)] == [silent]
    assert similar(cast.viewer("lena"), phone=NUMBER) == similar(cast.viewer("lena"), email=ADDRESS) == []


def test_lists_tables_and_the_api_keep_silent(cast, silent, sign_in, client):
    from tests.factories.staff import token

    lena = cast.viewer("lena")
    assert not Phone.objects.visible_to(lena).exists() and not Contact.objects.visible_to(lena).exists()
    assert told(sign_in("lena").get(reverse("clients:list")).content.decode()) == []
    nina = cast.viewer("nina")
    file = b"".join(csv_stream(nina, Asked.read(QueryDict(""), nina))).decode()
    assert told(file) == [ADDRESS, PERSON, "number"]
    _row, text = token(cast, "lena", at=timezone.now())
    asked = client.get(f"/api/v1/clients/{silent.pk}", headers={"Authorization": f"Bearer {text}"})
    assert asked.status_code == 200 and told(asked.content.decode()) == []


def test_nobody_changes_what_he_may_not_see(cast, silent, sign_in):
    lena, phone = sign_in("lena"), Phone.objects.get()
    assert lena.get(reverse("clients:part", args=[silent.pk, "phone", phone.pk])).status_code == 404
    assert lena.post(reverse("clients:field", args=[silent.pk, "name"]), {"value": "Моё"}).status_code == 404
    assert not Client.objects.visible_to(cast.viewer("lena"), "edit").filter(pk=silent.pk).exists()
    assert lena.post(reverse("retention:claim", args=[silent.pk])).status_code == 302


def test_without_the_policy_contacts_of_the_exchange_are_open(cast, sign_in):
    in_force(cast)
    client = released(cast)
    clients.add_phone(client=client, text=NUMBER, by=Actor(cast.home.pk), at=NOW)
    page = sign_in("lena").get(reverse("clients:page", args=[client.pk])).content.decode()
    assert "number" in told(page)
    # In lists nobody's number of the exchange stands: one opens cards there, and they are counted.
    assert told(sign_in("lena").get(reverse("clients:list")).content.decode()) == []


def test_a_policy_hides_and_shows_from_its_day_on(cast):
    in_force(cast)
    client = released(cast)
    assert not client.contacts_hidden
    numbers = InForce().numbers() | {"releases": True, "masked": True}
    by = Actor(cast.home.pk, cast.nina.pk)
    row = policy.change_policy(numbers=numbers, unit=None, effective_on=(NOW + DAY).date(), by=by, at=NOW)
    for day, hidden in ((0, False), (1, True)):
        zones.tick(organisation_id=cast.home.pk, now=NOW + day * DAY)
        client.refresh_from_db()
        assert client.contacts_hidden is hidden
    policy.take_back(policy=row, by=by, at=NOW + 2 * DAY)
    zones.tick(organisation_id=cast.home.pk, now=NOW + 2 * DAY)
    client.refresh_from_db()
    assert not client.contacts_hidden


def test_a_direct_address_costs_a_look_like_any_other(cast, sign_in):
    in_force(cast, views_per_day=2)
    some = [released(cast, f"Клиент {i}") for i in range(3)]
    lena = sign_in("lena")
    roads = ("clients:page", "clients:identity", "retention:rhythm")
    for client in some[:2]:
        for road in roads:
            assert lena.get(reverse(road, args=[client.pk])).status_code == 200
    assert ExchangeDay.objects.get(employee=cast.lena).views == 2
    for road in (*roads, "clients:moments"):
        assert lena.get(reverse(road, args=[some[2].pk])).status_code == 422
    assert ExchangeDay.objects.get(employee=cast.lena).views == 2
    # Whoever may see him anyway is not counted.
    assert sign_in("vera").get(reverse("clients:page", args=[some[2].pk])).status_code == 200
    assert not ExchangeDay.objects.filter(employee=cast.vera).exists()


def test_given_by_a_head_he_has_time_for_the_first_contact(cast):
    in_force(cast)
    client = released(cast)
    ContactClock.objects.filter(client=client).update(zone="exchange")
    from tests.factories.retention import heard, ordered

    ordered(client, 200)
    heard(client)
    by = actor(cast, "vera")
    clients.assign(client=client, owner=cast.max, why="пусть попробует", by=by, at=NOW)
    clock = ContactClock.objects.get(client=client)
    assert clock.zone == "exchange"  # until the news arrives, or the clock comes by
    zones.settle(clients_where=zones.of_clients([client.pk]), by=by, at=NOW)
    clock.refresh_from_db()
    assert (clock.zone, clock.obliged_until) == ("red", NOW.date() + 14 * DAY)
    zones.tick(organisation_id=cast.home.pk, now=NOW + 14 * DAY)
    client.refresh_from_db()
    assert client.owner_id == cast.max.pk
    zones.tick(organisation_id=cast.home.pk, now=NOW + 15 * DAY)
    client.refresh_from_db()
    assert client.owner_id is None and client.released_at is not None


def test_what_is_left_of_a_text():
    said = "Тел. 8 (916) 123-45-67 доб. 12, +7-495-000-00-00; inn 7701234567, a.b@c.example.ru, заказ 12 345 руб."
    assert without_contacts(said) == "Тел. ••• доб. 12, •••; inn •••, •••, заказ 12 345 руб."
