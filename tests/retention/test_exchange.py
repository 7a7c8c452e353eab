"""The exchange: one owner at a time, never over quota, and what the claimant owes."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from ritm.clients import operations as clients
from ritm.clients.models import Client, Tenure
from ritm.conversations import operations as conversations
from ritm.journal import tenancy
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal
from ritm.retention.models import Claim, ContactClock, ExchangeDay, ZonePolicy
from ritm.retention.operations import exchange, zones
from ritm.staff import operations as staff
from ritm.staff.models import Unit
from tests.cast import NOW, TODAY, Cast
from tests.factories.retention import buyer

DAY = dt.timedelta(days=1)


def released(cast: Cast, name: str = "ООО «Тишина»", owner: str = "vera") -> Client:
    client = buyer(cast, name, owner=None)
    office = Actor(cast.home.pk, None, "clock")
    before = NOW - 200 * DAY
    clients.assign(client=client, owner=getattr(cast, owner), why="новый клиент", by=office, at=before)
    clients.release_many(client_ids=[client.pk], why="тишина", rule="zones.release", by=office, at=NOW - DAY)
    zones.settle(clients_where=zones.of_clients([client.pk]), by=office, at=NOW - DAY)
    client.refresh_from_db()
    return client


def actor(cast: Cast, name: str) -> Actor:
    return Actor(cast.home.pk, getattr(cast, name).pk)


def policy(cast: Cast, **numbers: object) -> None:
    ZonePolicy.objects.create(
        organisation=cast.home, version=1, effective_on=dt.date(2020, 1, 1), created_at=NOW,
        numbers={"releases": True, **numbers},
    )  # fmt: skip


def test_a_claim_makes_an_owner_who_owes_a_contact(cast):
    policy(cast)
    client = released(cast)
    assert ContactClock.objects.get(client=client).zone == "exchange"
    claim = exchange.claim(client_id=client.pk, by=actor(cast, "max"), at=NOW)
    client.refresh_from_db()
    assert (client.owner_id, client.released_at) == (cast.max.pk, None)
    assert claim.obliged_until == TODAY + 14 * DAY
    assert claim.former_owner_id == cast.vera.pk
    assert Tenure.objects.filter(client=client, owner=cast.max, rule="exchange.claim").exists()
    assert ContactClock.objects.get(client=client).zone == "red"


def test_the_second_reads_who_was_first(cast):
    client = released(cast)
    exchange.claim(client_id=client.pk, by=actor(cast, "max"), at=NOW)
    with pytest.raises(Refusal, match="Макс") as refused:
        exchange.claim(client_id=client.pk, by=actor(cast, "lena"), at=NOW)
    assert refused.value.code == "taken"
    assert not ExchangeDay.objects.filter(employee=cast.lena, claims__gt=0).exists()


def test_the_former_owner_lets_others_go_first(cast):
    client = released(cast, owner="max")
    with pytest.raises(Refusal) as refused:
        exchange.claim(client_id=client.pk, by=actor(cast, "max"), at=NOW)
    assert refused.value.code == "cooldown"
    assert exchange.claim(client_id=client.pk, by=actor(cast, "max"), at=NOW + 29 * DAY)


def test_a_contact_meets_the_obligation(cast):
    policy(cast)
    client = released(cast)
    exchange.claim(client_id=client.pk, by=actor(cast, "max"), at=NOW)
    conversations.record(client=client, kind="call", duration_seconds=3, by=actor(cast, "max"), at=NOW + DAY)
    assert Claim.objects.get().met_on is None
    conversations.record(client=client, kind="call", duration_seconds=90, by=actor(cast, "max"), at=NOW + DAY)
    assert Claim.objects.get().met_on == TODAY + DAY
    row = ContactClock.objects.get(client=client)
    assert (row.zone, row.obliged_until) == ("green", None)
    zones.tick(organisation_id=cast.home.pk, now=NOW + 15 * DAY)
    client.refresh_from_db()
    assert client.owner_id == cast.max.pk


def test_without_contact_he_returns(cast):
    client = released(cast)
    exchange.claim(client_id=client.pk, by=actor(cast, "max"), at=NOW)
    zones.tick(organisation_id=cast.home.pk, now=NOW + 14 * DAY)
    client.refresh_from_db()
    assert client.owner_id == cast.max.pk
    zones.tick(organisation_id=cast.home.pk, now=NOW + 15 * DAY)
    client.refresh_from_db()
    assert (client.owner_id, client.released_at) == (None, NOW + 15 * DAY)
    assert Claim.objects.get().returned_on == TODAY + 15 * DAY
    assert Tenure.objects.get(client=client, owner=cast.max).ended_rule == "exchange.obligation"


def test_quota_of_claims_and_of_looks(cast):
    policy(cast, claims_per_day=2, views_per_day=2)
    some = [released(cast, f"Клиент {i}") for i in range(4)]
    for client in some[:2]:
        exchange.claim(client_id=client.pk, by=actor(cast, "max"), at=NOW)
        exchange.look(client_id=client.pk, by=actor(cast, "lena"), at=NOW)
        exchange.look(client_id=client.pk, by=actor(cast, "lena"), at=NOW)
    with pytest.raises(Refusal):
        exchange.claim(client_id=some[2].pk, by=actor(cast, "max"), at=NOW)
    with pytest.raises(Refusal):
        exchange.look(client_id=some[2].pk, by=actor(cast, "lena"), at=NOW)
    day = ExchangeDay.objects.get(employee=cast.lena)
    assert day.views == 2
    assert exchange.claim(client_id=some[2].pk, by=actor(cast, "max"), at=NOW + DAY)


def test_a_hundred_claims_at_once(django_db_setup, django_db_blocker):
    """Never over quota, never two owners. It commits for real, in an organisation of its own that stays behind."""
    from django.db import connection, transaction

    def try_to(n: int) -> tuple[int, int] | str:
        with django_db_blocker.unblock():
            by = Actor(cast.home.pk, people[n % 2])
            try:
                with tenancy.organisation(cast.home.pk):
                    exchange.claim(client_id=some[n // 2 % 5], by=by, at=NOW)
                return some[n // 2 % 5], people[n % 2]
            except Refusal as refused:
                return refused.code
            finally:
                connection.close()

    with django_db_blocker.unblock():
        with transaction.atomic():
            home = staff.open_organisation(name="Биржа", at=NOW)
            unit = Unit.objects.get(organisation=home)
            cast = SimpleNamespace(home=home)
            for name in ("max", "lena", "vera"):
                setattr(cast, name, staff.hire(organisation=home, unit=unit, name=name, role="sales", at=NOW))
            policy(cast, claims_per_day=3)
            some = [released(cast, f"Клиент {i}").pk for i in range(5)]
        people = [cast.max.pk, cast.lena.pk]
        with ThreadPoolExecutor(8) as pool:
            results = list(pool.map(try_to, range(100)))
        won = [result for result in results if isinstance(result, tuple)]
        with tenancy.organisation(home.pk):
            assert Claim.objects.count() == 5
            counted = dict(ExchangeDay.objects.values_list("employee_id", "claims"))
            owners = dict(Client.objects.filter(pk__in=some).values_list("pk", "owner_id"))
        connection.close()
    assert owners == dict(won)
    assert all(sum(owner == person for _, owner in won) == counted.get(person, 0) <= 3 for person in people)
    assert set(results) - set(won) <= {"taken", "quota"}
