"""Contact clocks: one SQL statement that must say what the rules say, and the whole road to the exchange."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ritm.clients import operations as clients
from ritm.clients.models import Client, Tenure
from ritm.conversations import operations as conversations
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal
from ritm.retention import zone_queries
from ritm.retention.models import ContactClock, Transition, ZonePolicy, ZoneWarning
from ritm.retention.operations import zones
from ritm.retention.rules.zones import Policy, Silence, Zone, boundaries, next_change_on, warnings, zone
from tests.cast import NOW, TODAY
from tests.factories.retention import buyer, heard, ordered


def at(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, 9, tzinfo=dt.UTC)


def switch_on(cast, **numbers: object) -> ZonePolicy:
    """The exchange is switched on by a person; here, long ago."""
    return ZonePolicy.objects.create(
        organisation=cast.home, version=ZonePolicy.objects.count() + 1, effective_on=dt.date(2020, 1, 1),
        numbers={"releases": True, **numbers}, created_at=NOW,
    )  # fmt: skip


def ring(cast, day: dt.date) -> int:
    return zones.tick(organisation_id=cast.home.pk, now=at(day))


def called(cast, client: Client, day: dt.date, seconds: int = 120) -> None:
    conversations.record(
        client=client, kind="call", duration_seconds=seconds, by=Actor(cast.home.pk, cast.max.pk), at=at(day)
    )


def clock(client: Client) -> ContactClock:
    return ContactClock.objects.get(client=client)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    contact=st.dates(dt.date(2024, 1, 1), dt.date(2025, 6, 30)) | st.none(),
    ahead=st.integers(0, 260),
    excuse=st.none() | st.tuples(st.integers(0, 200), st.integers(0, 90)),
    claim=st.none() | st.tuples(st.integers(100, 250), st.integers(1, 30)),
    releases=st.booleans(),
    drives=st.sampled_from(["both", "rhythm"]),
)
def test_the_statement_says_what_the_rules_say(cast, contact, ahead, excuse, claim, releases, drives):
    from django.db import transaction

    with transaction.atomic():
        ZonePolicy.objects.create(
            organisation=cast.home, version=1, effective_on=dt.date(2020, 1, 1), created_at=NOW,
            numbers={"releases": releases, "drives": drives},
        )  # fmt: skip
        base = contact or dt.date(2024, 6, 1)
        client = buyer(cast)
        if contact:
            ordered(client, contact)
            heard(client, at=at(contact))
        day = dt.timedelta(days=1)
        silence = Silence(
            contact,
            base + excuse[0] * day if excuse else None,
            base + (excuse[0] + excuse[1]) * day if excuse else None,
            base + claim[0] * day if claim else None,
            base + (claim[0] + claim[1]) * day if claim else None,
        )
        ContactClock.objects.filter(client=client).update(
            excused_on=silence.excused_on, excused_until=silence.excused_until, obliged_from=silence.obliged_from,
            obliged_until=silence.obliged_until, zone="green" if contact else "",
        )  # fmt: skip
        today = base + ahead * day
        zones.settle(clients_where=zones.of_clients([client.pk]), by=Actor(cast.home.pk), at=at(today))
        policy = Policy(version=1, releases=releases, only_exchange=drives == "rhythm")
        row, expected = clock(client), zone(silence, today, policy)
        assert row.zone == expected
        assert (Client.objects.get(pk=client.pk).released_at is not None) == (expected == Zone.EXCHANGE)
        due = boundaries(silence, policy)
        found = (row.yellow_on, row.red_on, row.release_on)
        assert found == ((due.yellow_on, due.red_on, due.release_on) if due else (None, None, None))
        if expected not in (Zone.NEVER, Zone.EXCHANGE):
            assert row.next_transition_on == next_change_on(silence, today, policy)
            standing = [w for w in warnings(silence, policy) if w.given_on <= today < w.on]
            given_now = ZoneWarning.objects.filter(client=client, given_on=today).last()
            if standing:
                nearest = min(standing, key=lambda w: (w.on, w.days))
                assert given_now is not None
                assert (given_now.boundary, given_now.boundary_on, given_now.days) == (
                    nearest.boundary, nearest.on, nearest.days,
                )  # fmt: skip
        transaction.set_rollback(True)


def test_the_road_to_the_exchange_and_what_the_ledger_says(cast):
    switch_on(cast)
    client = buyer(cast, owner=None)
    clients.assign(client=client, owner=cast.max, why="новый клиент", by=Actor(cast.home.pk), at=at(TODAY))
    called(cast, client, TODAY)
    assert clock(client).zone == "green"
    row = clock(client)
    told = []
    for days in range(200):
        day = TODAY + dt.timedelta(days=days)
        ring(cast, day)
        told += [(w.boundary, w.days) for w in ZoneWarning.objects.filter(client=client, given_on=day)]
    assert told == [
        ("yellow", 7), ("yellow", 1), ("red", 30), ("red", 7), ("red", 1), ("exchange", 30), ("exchange", 7),
        ("exchange", 1),
    ]  # fmt: skip
    steps = Transition.objects.filter(client=client, clock="zone").order_by("id")
    assert [(s.was, s.became, s.on) for s in steps] == [
        ("", "green", TODAY),
        ("green", "yellow", row.yellow_on),
        ("yellow", "red", row.red_on),
        ("red", "exchange", row.release_on),
    ]
    assert {s.owner_id for s in steps} == {cast.max.pk}
    client.refresh_from_db()
    assert client.owner_id is None
    assert client.released_at is not None
    tenure = Tenure.objects.get(client=client)
    assert (tenure.ended_rule, tenure.owner_id) == ("zones.release", cast.max.pk)
    assert ring(cast, TODAY + dt.timedelta(days=201)) == 0


def test_without_a_decision_nobody_is_released(cast):
    client = buyer(cast)
    called(cast, client, TODAY)
    ring(cast, TODAY + dt.timedelta(days=400))
    client.refresh_from_db()
    assert (clock(client).zone, client.owner_id) == ("red", cast.max.pk)


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "letter", "direction": "out", "text": "Здравствуйте"},
        {"kind": "note", "text": "думаю"},
        {"kind": "call", "duration_seconds": 3},
    ],
)
def test_what_resets_nothing(cast, fields):
    client = buyer(cast)
    called(cast, client, TODAY)
    later = TODAY + dt.timedelta(days=200)
    ring(cast, later)
    assert clock(client).zone == "red"
    conversations.record(client=client, by=Actor(cast.home.pk, cast.max.pk), at=at(later), **fields)
    assert clock(client).zone == "red"


def test_a_contact_turns_green_in_the_same_transaction(cast):
    client = buyer(cast)
    called(cast, client, TODAY)
    later = TODAY + dt.timedelta(days=160)
    ring(cast, later)
    assert clock(client).zone == "red"
    called(cast, client, later)
    assert (clock(client).zone, clock(client).contact_on) == ("green", later)
    last = Transition.objects.filter(client=client, clock="zone").last()
    assert (last.was, last.became, last.on) == ("red", "green", later)


def test_an_order_is_a_contact(cast):
    client = buyer(cast)
    ordered(client, 170)
    heard(client)
    assert clock(client).zone == "red"
    ordered(client, 1)
    heard(client)
    assert clock(client).zone == "green"


def test_never_contacted_is_not_at_risk(cast):
    switch_on(cast)
    client = buyer(cast, created_at=NOW - dt.timedelta(days=900))
    ring(cast, TODAY + dt.timedelta(days=900))
    assert clock(client).zone == ""
    assert Client.objects.get(pk=client.pk).owner_id == cast.max.pk


def test_excused_silence(cast):
    switch_on(cast)
    client = buyer(cast)
    called(cast, client, TODAY)
    by = Actor(cast.home.pk, cast.max.pk)
    day = TODAY + dt.timedelta(days=100)
    for why, until in (("", day), ("отпуск", day - dt.timedelta(days=1)), ("отпуск", day + dt.timedelta(days=400))):
        with pytest.raises(Refusal):
            zones.excuse(client=client, until=until, why=why, by=by, at=at(day))
    row = zones.excuse(client=client, until=day + dt.timedelta(days=80), why="отпуск", by=by, at=at(day))
    assert row.red_on == day + dt.timedelta(days=81)
    ring(cast, day + dt.timedelta(days=80))
    assert clock(client).zone == "yellow"
    ring(cast, day + dt.timedelta(days=81))
    assert clock(client).zone == "red"
    zones.end_excuse(client=client, by=by, at=at(day + dt.timedelta(days=82)))
    assert clock(client).red_on == TODAY + dt.timedelta(days=153)


def test_a_unit_may_have_its_own_boundaries(cast):
    switch_on(cast)
    ZonePolicy.objects.create(
        organisation=cast.home, unit=cast.north, version=2, effective_on=dt.date(2020, 1, 1),
        numbers={"red": 2, "release": 3}, created_at=NOW,
    )  # fmt: skip
    north, south = buyer(cast, "Север", unit=cast.north), buyer(cast, "Юг", unit=cast.south, owner="lena")
    for client in (north, south):
        called(cast, client, TODAY)
    ring(cast, TODAY + dt.timedelta(days=65))
    assert (clock(north).zone, clock(south).zone) == ("red", "yellow")


def test_bars_stay_within_reach(cast):
    mine, hers = buyer(cast, "Его", unit=cast.north), buyer(cast, "Её", owner="lena", unit=cast.south)
    for client in (mine, hers):
        called(cast, client, TODAY)
    ring(cast, TODAY + dt.timedelta(days=40))
    vera = cast.viewer("vera")
    assert zone_queries.zone_counts(vera, [cast.max.pk, cast.lena.pk]) == {cast.max.pk: {"yellow": 1}}


def test_warnings_stand_until_the_client_is_contacted(cast):
    client = buyer(cast)
    called(cast, client, TODAY)
    day = clock(client).red_on - dt.timedelta(days=5)
    ring(cast, day)
    (warning,) = zone_queries.standing_warnings(cast.viewer("max"), [cast.max.pk], day)
    assert (warning.boundary, warning.days) == ("red", 7)
    called(cast, client, day)
    assert zone_queries.standing_warnings(cast.viewer("max"), [cast.max.pk], day) == []
