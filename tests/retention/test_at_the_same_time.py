"""
What happens between two clocks, or in the middle of one: a tick killed, two at once, a policy changed meanwhile, a
claim in the second of the release, a midnight that does not exist, an owner who leaves with four hundred clients.

Tests with two connections commit for real, each in an organisation of its own that stays behind.
"""

from __future__ import annotations

import datetime as dt
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection, transaction

from ritm.clients import operations as clients
from ritm.clients.models import Client, Tenure
from ritm.conversations import operations as conversations
from ritm.journal import operations as journal
from ritm.journal import tenancy
from ritm.journal.models import Entry
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal
from ritm.retention.models import Claim, ContactClock, Transition, ZonePolicy
from ritm.retention.operations import exchange, policy, zones
from ritm.retention.zone_queries import InForce
from ritm.staff import operations as staff
from ritm.staff.models import Organisation, Unit
from ritm.staff.operations import employees
from tests.cast import NOW, TODAY
from tests.factories import clients as factory
from tests.factories.retention import buyer
from tests.workers import killed_in_the_middle

DAY = dt.timedelta(days=1)
RED = 160  # days of silence: red, and not yet released
GONE = 200  # released as soon as the clock looks

# The second chunk is settled, its transaction is open, and there the clock stands still.
WORKER = """
import sys, time
import django
django.setup()
from ritm.retention.operations import zones
from tests.cast import NOW
zones.TICK_SIZE = 5
settle, chunks = zones.settle, []
def stand_still(**words):
    chunks.append(settle(**words))
    if len(chunks) == 2:
        print("here", flush=True)
        time.sleep(120)
zones.settle = stand_still
zones.tick(organisation_id=int(sys.argv[1]), now=NOW)
"""


@pytest.fixture
def house(django_db_setup, django_db_blocker) -> Iterator[Callable[..., Any]]:
    """house("name", silent) opens an organisation with sellers and twelve clients of Max, silent for so many days."""

    def opened(name: str, silent: int, count: int = 12) -> Any:
        with transaction.atomic():
            home = staff.open_organisation(name=name, at=NOW)
            unit = Unit.objects.get(organisation=home)
            cast = SimpleNamespace(home=home)
            for who in ("max", "lena"):
                setattr(cast, who, staff.hire(organisation=home, unit=unit, name=who, role="sales", at=NOW))
            ZonePolicy.objects.create(
                organisation=home, version=1, effective_on=dt.date(2020, 1, 1), created_at=NOW,
                numbers={"releases": True},
            )  # fmt: skip
            by, then = Actor(home.pk, cast.max.pk), NOW - silent * DAY
            some = [buyer(cast, f"Клиент {i}", owner=None, created_at=then - DAY) for i in range(count)]
            for one in some:
                clients.assign(client=one, owner=cast.max, why="", by=by, at=then)
                conversations.record(client=one, kind="call", duration_seconds=120, by=by, at=then)
            cast.ids = [one.pk for one in some]
        return cast

    with django_db_blocker.unblock():
        yield opened
        connection.close()


def in_thread(django_db_blocker, work: Callable[[], Any]) -> Any:
    with django_db_blocker.unblock():
        try:
            return work()
        finally:
            connection.close()


@contextmanager
def stopped(monkeypatch) -> Iterator[tuple[threading.Event, threading.Event]]:
    """The first chunk of the first thread that ticks stands still, settled and not committed, until it may go on."""
    inside, go = threading.Event(), threading.Event()
    settle = zones.settle

    def stand(**words: Any) -> int:
        found = settle(**words)
        if not inside.is_set():
            inside.set()
            assert go.wait(30)
        return found

    monkeypatch.setattr(zones, "settle", stand)
    try:
        yield inside, go
    finally:
        go.set()


def tick(cast: Any) -> int:
    return zones.tick(organisation_id=cast.home.pk, now=NOW)


def turned(cast: Any, became: str) -> list[int]:
    with tenancy.organisation(cast.home.pk):
        steps = Transition.objects.filter(client_id__in=cast.ids, clock="zone", became=became).order_by("client_id")
        return list(steps.values_list("client_id", flat=True))


def wait_for_a_lock() -> None:
    """Until somebody waits for a lock of somebody else's."""
    with connection.cursor() as cursor:
        for _ in range(200):
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity "
                "WHERE datname = current_database() AND cardinality(pg_blocking_pids(pid)) > 0"
            )
            if cursor.fetchone()[0]:
                return
            time.sleep(0.05)
    raise AssertionError("nobody waits")


def test_a_tick_killed_in_the_middle_keeps_what_it_did_and_is_continued(house):
    cast = house("Убитые часы", RED)
    killed_in_the_middle(WORKER, cast.home.pk)
    assert len(turned(cast, "red")) == 5
    # The server notices within moments that nobody holds the second chunk any more.
    left = 7
    for _ in range(100):
        left -= tick(cast)
        if not left:
            break
        time.sleep(0.1)
    assert left == 0
    assert turned(cast, "red") == cast.ids


def test_two_ticks_at_once_share_the_work(house, monkeypatch, django_db_blocker):
    cast = house("Двое часов", RED)
    monkeypatch.setattr(zones, "TICK_SIZE", 5)
    with stopped(monkeypatch) as (inside, go), ThreadPoolExecutor(1) as pool:
        first = pool.submit(in_thread, django_db_blocker, lambda: tick(cast))
        assert inside.wait(30)
        # Rows that the first holds are his: the second neither waits for them nor does them again.
        assert tick(cast) == 7
        go.set()
        assert first.result(30) == 5
    assert turned(cast, "red") == cast.ids


def change(cast: Any) -> ZonePolicy:
    with tenancy.organisation(cast.home.pk):
        return policy.change_policy(
            numbers=InForce().numbers() | {"red": 2, "yellow": 1, "releases": True}, unit=None, effective_on=TODAY,
            by=Actor(cast.home.pk, None), at=NOW,
        )  # fmt: skip


def states(cast: Any) -> set[tuple[str, int]]:
    with tenancy.organisation(cast.home.pk):
        return set(ContactClock.objects.filter(client_id__in=cast.ids).values_list("zone", "policy_version"))


def test_a_boundary_moved_while_the_tick_runs_reaches_everybody(house, monkeypatch, django_db_blocker):
    cast = house("Граница", 100)
    monkeypatch.setattr(zones, "TICK_SIZE", 5)
    with stopped(monkeypatch) as (inside, go), ThreadPoolExecutor(2) as pool:
        ticking = pool.submit(in_thread, django_db_blocker, lambda: tick(cast))
        assert inside.wait(30)
        # Saving waits for nobody: everybody is looked at again by the clock.
        row = pool.submit(in_thread, django_db_blocker, lambda: change(cast)).result(30)
        go.set()
        ticking.result(30)
    tick(cast)
    assert states(cast) == {("red", row.version)}
    assert turned(cast, "red") == cast.ids


def test_a_tick_while_a_boundary_is_being_moved_loses_nobody(house):
    cast = house("Граница вторая", 100)
    tick(cast)
    assert {zone for zone, _version in states(cast)} == {"yellow"}
    with ThreadPoolExecutor(1) as pool, tenancy.organisation(cast.home.pk):
        row = change(cast)
        # Nothing of it is known outside, and nobody waits.
        assert pool.submit(_tick_and_close, cast).result(30) == 0
    assert tick(cast) == len(cast.ids)
    assert states(cast) == {("red", row.version)}


def test_a_first_conversation_recorded_while_a_boundary_moves_is_judged_by_the_new_one(
    house, monkeypatch, django_db_blocker
):
    cast = house("Первый разговор", 100, count=1)
    tick(cast)
    with tenancy.organisation(cast.home.pk):
        fresh = buyer(cast, "Новенький", owner="max", created_at=NOW - 120 * DAY)

    def talk() -> None:
        with tenancy.organisation(cast.home.pk):
            by, then = Actor(cast.home.pk, cast.max.pk), NOW - 100 * DAY
            conversations.record(client=fresh, kind="call", duration_seconds=120, by=by, at=then)

    with stopped(monkeypatch) as (inside, go), ThreadPoolExecutor(2) as pool:
        talking = pool.submit(in_thread, django_db_blocker, talk)
        assert inside.wait(30)
        row = pool.submit(in_thread, django_db_blocker, lambda: change(cast)).result(30)
        ticking = pool.submit(in_thread, django_db_blocker, lambda: tick(cast))
        wait_for_a_lock()
        go.set()
        talking.result(30)
        assert ticking.result(30) == 2
    cast.ids.append(fresh.pk)
    assert states(cast) == {("red", row.version)}


def test_a_sweep_killed_between_chunks_goes_on_and_a_newer_policy_begins_it_again(house, monkeypatch):
    cast = house("Обход", 100, count=7)
    tick(cast)
    monkeypatch.setattr(zones, "TICK_SIZE", 3)
    first = change(cast)
    settle, chunks = zones.settle, []

    def die(**words: Any) -> int:
        chunks.append(1)
        if len(chunks) == 2:
            raise RuntimeError("the plug was pulled")
        return settle(**words)

    monkeypatch.setattr(zones, "settle", die)
    with pytest.raises(RuntimeError):
        tick(cast)
    assert sorted(states(cast)) == [("red", first.version), ("yellow", 1)]
    assert tick(cast) == 4
    assert states(cast) == {("red", first.version)}
    second = change(cast)
    assert tick(cast) == 7
    assert states(cast) == {("red", second.version)}
    assert tick(cast) == 0


def _tick_and_close(cast: Any) -> int:
    try:
        return tick(cast)
    finally:
        connection.close()


def claim(cast: Any, who: str, at: dt.datetime = NOW) -> str:
    try:
        with tenancy.organisation(cast.home.pk):
            exchange.claim(client_id=cast.ids[0], by=Actor(cast.home.pk, getattr(cast, who).pk), at=at)
    except Refusal as refused:
        return refused.code
    return "his"


def test_a_claim_in_the_second_of_the_release(house, monkeypatch, django_db_blocker):
    cast = house("Секунда", GONE, count=1)
    assert claim(cast, "lena", NOW - dt.timedelta(seconds=1)) == "taken"
    with stopped(monkeypatch) as (inside, go), ThreadPoolExecutor(2) as pool:
        ticking = pool.submit(in_thread, django_db_blocker, lambda: tick(cast))
        assert inside.wait(30)
        # Released and not yet committed: the claim waits for the verdict of the clock instead of guessing it.
        claiming = pool.submit(in_thread, django_db_blocker, lambda: claim(cast, "lena"))
        wait_for_a_lock()
        go.set()
        assert (ticking.result(30), claiming.result(30)) == (1, "his")
    with tenancy.organisation(cast.home.pk):
        client = Client.objects.get(pk=cast.ids[0])
        assert (client.owner_id, client.released_at) == (cast.lena.pk, None)
        spans = list(Tenure.objects.filter(client=client).order_by("span"))
        assert [one.owner_id for one in spans] == [cast.max.pk, cast.lena.pk]
        assert spans[0].span.upper <= spans[1].span.lower and spans[1].span.upper is None
        assert Claim.objects.get().employee_id == cast.lena.pk
    assert claim(cast, "max") == "taken"


@pytest.mark.parametrize(
    ("contact", "last", "first"),
    [
        # Santiago, 6 September 2026: after 23:59 comes 01:00, so the boundary's midnight does not exist.
        ((2026, 8, 6), (2026, 9, 6, 3, 59), (2026, 9, 6, 4, 0)),
        # 4 April 2026: 23:00 to 23:59 happens twice, and the second time is still the day before.
        ((2026, 3, 5), (2026, 4, 5, 3, 59), (2026, 4, 5, 4, 0)),
    ],
    ids=["midnight skipped", "the last hour twice"],
)
def test_daylight_saving_at_midnight(cast, contact, last, first):
    Organisation.objects.filter(pk=cast.home.pk).update(timezone="America/Santiago")
    said, late, early = (dt.datetime(*parts, tzinfo=dt.UTC) for parts in ((*contact, 15), last, first))
    client = buyer(cast, created_at=said - DAY)
    by = Actor(cast.home.pk, cast.max.pk)
    conversations.record(client=client, kind="call", duration_seconds=120, by=by, at=said)
    found = ContactClock.objects.filter(client=client)
    for moment, zone in ((late, "green"), (early, "yellow")):
        zones.tick(organisation_id=cast.home.pk, now=moment)
        assert found.get().zone == zone
    # A talk in the first minute of that day counts for that day.
    conversations.record(client=client, kind="call", duration_seconds=120, by=by, at=early)
    assert (found.get().contact_on, found.get().zone) == (dt.date(early.year, early.month, early.day), "green")


def hear_assignments(cast: Any) -> None:
    for entry in Entry.objects.filter(event="clients.clients_assigned").order_by("pk"):
        journal.hear(entry=entry, subscriber_key="retention.obligations_of_many_given", at=NOW)


def test_an_owner_who_leaves_with_four_hundred_clients_leaves_nothing_behind(cast):
    ZonePolicy.objects.create(
        organisation=cast.home, version=1, effective_on=dt.date(2020, 1, 1), created_at=NOW, numbers={"releases": True}
    )
    ids = factory.many(cast.home, 399, owner=cast.max, at=NOW - DAY)
    clock = Actor(cast.home.pk, None, "clock")
    owed = buyer(cast, "С обязательством", owner=None)
    clients.assign(client=owed, owner=cast.vera, why="", by=clock, at=NOW - GONE * DAY)
    clients.release_many(client_ids=[owed.pk], why="тишина", rule="zones.release", by=clock, at=NOW - DAY)
    zones.settle(clients_where=zones.of_clients([owed.pk]), by=clock, at=NOW - DAY)
    exchange.claim(client_id=owed.pk, by=Actor(cast.home.pk, cast.max.pk), at=NOW)
    employees.leave(
        employee=cast.max, left_on=TODAY, today=TODAY, granter=cast.viewer("adam"),
        by=cast.viewer("adam").actor(), at=NOW,
    )  # fmt: skip
    # Nobody is taken from who has left before a person decides whose they are.
    assert Client.objects.filter(owner=cast.max).count() == 400
    batch = clients.reassign(
        client_ids=[*ids, owed.pk], owner=cast.lena, why="уволился", by=cast.viewer("nina").actor(), at=NOW + DAY
    )
    hear_assignments(cast)
    assert (batch.counts["client"], Client.objects.filter(owner=cast.lena).count()) == (400, 400)
    assert Tenure.objects.filter(span__upper_inf=True, owner=cast.lena).count() == 400
    assert not Tenure.objects.filter(span__upper_inf=True, owner=cast.max).exists()
    claim_of = Claim.objects.get()
    assert (claim_of.employee_id, claim_of.obliged_until) == (cast.lena.pk, TODAY + 14 * DAY)
