"""Sums kept by day: the tables of docs/rules/standing.md, and equality with the truth whatever has happened."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter, defaultdict
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from ritm.clients import operations as clients
from ritm.clients.models import Client, Tenure
from ritm.clients.operations import archiving, erasing, merging
from ritm.desk.models import Book, Change, Passages, Standing
from ritm.desk.queries import standing
from ritm.desk.rules.standing import EVERYBODY, FIRST, NEWS, first_day
from ritm.desk.sums import keep, marks
from ritm.journal import tenancy
from ritm.kernel.actor import Actor
from ritm.kernel.calendar import local_date
from ritm.retention import jobs
from ritm.retention.models import Transition
from tests.cast import NOW, TODAY
from tests.factories.retention import buyer
from tests.retention.rules.test_zones import table

DAY = dt.timedelta(days=1)
ZONE = ZoneInfo("Europe/Moscow")


def passage(cast, client, was, became, on, *, clock="rhythm", owner=None, worth=100):
    return Transition.objects.create(
        organisation=cast.home, client=client, clock=clock, was=was, became=became, on=on, recorded_at=NOW,
        owner_id=owner and owner.pk, worth=worth, reconstructed=True,
    )  # fmt: skip


def truth(days: list[dt.date], clock: str) -> dict[dt.date, dict[int, dict[str, int]]]:
    """By the words of the page, client by client and day by day."""
    log = list(Transition.objects.filter(clock=clock).order_by("on", "id").values_list("client_id", "on", "became"))
    ledger = list(Tenure.objects.values_list("client_id", "owner_id", "span", "client__archived_at"))
    found = {}
    for day in days:
        end = dt.datetime.combine(day + DAY, dt.time(), tzinfo=ZONE) - dt.timedelta(microseconds=1)
        last = {client: became for client, on, became in log if on <= day}
        held: dict[int, Counter[str]] = defaultdict(Counter)
        for client, owner, span, archived in ledger:
            there = span.lower <= end and (span.upper is None or end < span.upper)
            if there and (archived is None or local_date(archived, "Europe/Moscow") > day):
                for who in (owner, EVERYBODY):
                    held[who][last.get(client, FIRST[clock])] += 1
        found[day] = {who: dict(states) for who, states in held.items()}
    return found


def told(cast, days, clock):
    nina = cast.viewer("nina")
    owners = [cast.max.pk, cast.lena.pk, cast.vera.pk]
    found = standing.on(nina, owners, days, clock=clock)
    office = standing.together(nina, None, days, clock=clock)
    three = standing.together(nina, owners, days, clock=clock)
    assert three == office
    return {
        day: {who: dict(held) for who, held in found[day].items()} | ({EVERYBODY: office[day]} if office[day] else {})
        for day in days
    }


def agree(cast, since, until):
    """Every sum that can be asked for is what the page says it is."""
    days = [since + n * DAY for n in range((until - since).days + 1)]
    nina = cast.viewer("nina")
    for clock in ("rhythm", "zone"):
        assert told(cast, days, clock) == truth(days, clock)
        log = list(Transition.objects.filter(clock=clock, on__gte=since, on__lte=until))
        good, bad = ([row for row in log if row.became in states and row.was not in states] for states in NEWS[clock])
        for owners, mine in ((None, lambda row: True), ([cast.max.pk], lambda row: row.owner_id == cast.max.pk)):
            expected = {
                day: (sum(row.on == day for row in good if mine(row)), sum(row.on == day for row in bad if mine(row)))
                for day in days
            }
            found = standing.news_by_day(nina, owners, clock=clock, since=since, until=until)
            assert {day: n for day, n in found.items() if any(n)} == {d: n for d, n in expected.items() if any(n)}
        walks: Counter[tuple[str, str]] = Counter()
        worth: Counter[tuple[str, str]] = Counter()
        for row in log:
            walks[row.was, row.became] += 1
            worth[row.was, row.became] += row.worth or 0
        passed = standing.passages(nina, None, since, until, clock=clock)
        assert {(row.was, row.became): (row.clients, row.worth) for row in passed} == {
            key: (n, worth[key]) for key, n in walks.items()
        }


def said(text: str) -> dict[str, int]:
    return {state: int(n) for state, n in (part.split() for part in text.split(", ") if part)}


def moment(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize("kept", ["from the truth", "by marks", "by the clock"])
def test_the_tables_of_the_page(cast, kept):
    who = {"Max": cast.max, "Lena": cast.lena}
    now = dt.datetime(2026, 3, 6, 12, tzinfo=dt.UTC)
    if kept != "from the truth":
        keep.keep(cast.home.pk, now)
    found: dict[str, Client] = {}
    for row in table("tenures", "standing"):
        client = found.get(row["client"]) or buyer(cast, row["client"], owner=None)
        found[row["client"]] = client
        Tenure.objects.create(
            organisation=cast.home, client=client, owner=who[row["owner"]], why="",
            span=(moment(row["from"]), moment(row["to"]) if row["to"] else None),
        )  # fmt: skip
        if row["archived"]:
            Client.objects.filter(pk=client.pk).update(archived_at=moment(row["archived"]))
    for row in table("passages", "standing"):
        passage(cast, found[row["client"]], row["was"], row["became"], dt.date.fromisoformat(row["on"]))
    if kept == "by the clock":
        assert keep.keep(cast.home.pk, now)
    days = {dt.date.fromisoformat(row["day"]): row for row in table("standing", "standing")}
    answer = standing.on(cast.viewer("nina"), [cast.max.pk, cast.lena.pk], list(days), clock="rhythm")
    for day, row in days.items():
        for name, employee in who.items():
            assert answer.get(day, {}).get(employee.pk, {}) == said(row[name]), (day, name)


def test_marks_take_off_what_was_and_add_what_is(cast):
    two = [
        clients.create(name=name, owner=owner, by=Actor(cast.home.pk), at=dt.datetime(2026, 2, 2, 9, tzinfo=dt.UTC))
        for name, owner in (("Первый", cast.max), ("Второй", cast.max), ("Третий", cast.lena))
    ]
    retold, _steady, given = two
    for client in two:
        passage(cast, client, "prospect", "active", dt.date(2026, 2, 3))
    keep.keep(cast.home.pk, dt.datetime(2026, 3, 5, 6, tzinfo=dt.UTC))
    rows = table("marks", "standing")
    days = [dt.date.fromisoformat(row["day"]) for row in rows]

    def active():
        held = standing.on(cast.viewer("nina"), [cast.max.pk], days, clock="rhythm")
        return [held[day][cast.max.pk].get("active", 0) for day in days]

    assert active() == [int(row["kept"]) for row in rows]
    Transition.objects.filter(client=retold).delete()
    passage(cast, retold, "prospect", "active", dt.date(2026, 3, 4))
    clients.assign(
        client=given, owner=cast.max, why="", by=Actor(cast.home.pk), at=dt.datetime(2026, 3, 5, 9, tzinfo=dt.UTC)
    )
    assert active() == [int(row["sum"]) for row in rows]
    assert [int(row["sum"]) for row in rows] == [
        int(row["kept"]) - int(row["as they were"]) + int(row["as they are"]) for row in rows
    ]


@pytest.mark.parametrize("seed", range(6))
def test_sums_are_the_truth_whatever_happens(cast, seed, monkeypatch):
    dice = random.Random(seed)
    monkeypatch.setattr(keep, "AT_ONCE", 3)
    by, now, made = Actor(cast.home.pk), NOW - 20 * DAY, []
    since = local_date(now, "Europe/Moscow") - 6 * DAY
    staff = [cast.max, cast.lena, cast.vera]
    merged = []

    def whom():
        return Client.objects.get(pk=dice.choice(made).pk)

    def create():
        made.append(
            clients.create(
                name=f"Клиент {len(made)}", owner=dice.choice([*staff, None]), kind="household", by=by, at=now
            )
        )

    def assign():
        clients.assign(client=whom(), owner=dice.choice([*staff, None]), why="", by=by, at=now)

    def release():
        clients.release_many(client_ids=[whom().pk], why="", rule="", by=by, at=now)

    def step():
        clock = dice.choice(["rhythm", "zone"])
        states = ["active", "lost", "won_back", "slipping"] if clock == "rhythm" else ["green", "red", "exchange", ""]
        was, became = dice.sample(states, 2)
        on = local_date(now, "Europe/Moscow") - dice.choice([0, 0, 0, 1, 2, 8]) * DAY
        passage(
            cast, whom(), was, became, on, clock=clock, owner=dice.choice([*staff, None]), worth=dice.choice([None, 7])
        )

    def ahead():
        passage(cast, whom(), "active", "lost", local_date(now, "Europe/Moscow") + 2 * DAY, owner=cast.max)

    def retell():
        Transition.objects.filter(client=whom()).delete()
        step()

    def archive():
        archiving.archive(client=whom(), by=by, at=now)

    def restore():
        archiving.restore(client=whom(), by=by, at=now)

    def merge():
        free = list(Client.objects.filter(archived_at=None).order_by("pk")[:2])
        if len(free) == 2:
            merged.append(merging.merge(keep=free[0], gone=free[1], by=by, at=now))

    def unmerge():
        if merged:
            merging.unmerge(batch=merged.pop(), by=by, at=now)

    def erase():
        erasing.erase(person=erasing.person_of(whom(), None), by=by, at=now)

    def forget():
        # Nothing in the house deletes a client who has passages; were it to, the sums would follow.
        with transaction.atomic():
            client = whom()
            Transition.objects.filter(client=client).delete()
            Tenure.objects.filter(client=client).delete()

    def anew():
        keep.anew(cast.home.pk)

    def ring():
        keep.keep(cast.home.pk, now)

    usual = [create, assign, assign, step, step, step, step, retell, archive, restore, ring, ring]
    create()
    for turn in range(70):
        dice.choice([*usual, release, ahead, merge, unmerge, erase, forget, anew])()
        now += dice.choice([DAY / 30, DAY / 5, DAY / 3])
        if dice.random() < 0.03:
            now += 3 * DAY  # the server slept
        if turn % 10 == 9:
            agree(cast, since, local_date(now, "Europe/Moscow"))
    now += 3 * DAY  # nothing speaks of a day to come any more
    ring()
    agree(cast, since, local_date(now, "Europe/Moscow"))
    assert not Change.objects.exists()
    assert Book.objects.get().through == local_date(now, "Europe/Moscow")
    kept = list(Standing.objects.order_by("clock", "day", "owner_id").values())
    walked = list(Passages.objects.exclude(clients=0).order_by("clock", "day", "was", "became").values())
    since_kept = Book.objects.get().since
    keep.anew(cast.home.pk)
    ring()
    # Made anew they are what the increments gave, but for rows that have come to nothing.
    assert Book.objects.get().since >= since_kept
    fresh = {(row["clock"], row["day"], row["owner_id"]): row for row in Standing.objects.values()}
    for row in kept:
        twin = fresh.pop((row["clock"], row["day"], row["owner_id"]), None)
        if twin is None:
            assert row["day"] < Book.objects.get().since or not any(
                [*row["clients"], row["good"], row["bad"], row["good_worth"], row["bad_worth"]]
            )
        else:
            assert twin == row
    assert not fresh
    assert [row for row in walked if row["day"] >= Book.objects.get().since] == list(
        Passages.objects.order_by("clock", "day", "was", "became").values()
    )


def test_a_large_statement_leaves_one_mark_and_pages_are_told_from_the_truth(cast, monkeypatch):
    keep.keep(cast.home.pk, NOW)
    with connection.cursor() as cursor:
        monkeypatch.setattr(marks, "MANY", 2)
        cursor.execute(marks.of_passages())
    made = [clients.create(name=f"К {n}", owner=cast.max, by=Actor(cast.home.pk), at=NOW - DAY) for n in range(3)]
    Change.objects.all().delete()
    Transition.objects.bulk_create(
        Transition(organisation=cast.home, client=client, clock="rhythm", was="prospect", became="active",
                   on=TODAY, recorded_at=NOW, owner_id=cast.max.pk)
        for client in made
    )  # fmt: skip
    assert list(Change.objects.values_list("client_id", flat=True)) == [None]
    agree(cast, TODAY - 3 * DAY, TODAY)
    keep.keep(cast.home.pk, NOW)
    assert not Change.objects.exists()
    agree(cast, TODAY - 3 * DAY, TODAY)


def test_what_changes_nothing_marks_nobody(cast):
    client = clients.create(name="Тихий", owner=cast.max, by=Actor(cast.home.pk), at=NOW)
    keep.keep(cast.home.pk, NOW)
    Client.objects.filter(pk=client.pk).update(name="Новое имя", updated_at=NOW)
    Tenure.objects.filter(client=client).update(why="иначе")
    assert not Change.objects.exists()
    assert keep.keep(cast.home.pk, NOW) == 0


def test_another_zone_cuts_the_days_anew(cast):
    late = dt.datetime(2026, 3, 15, 22, tzinfo=dt.UTC)  # the 16th in Moscow, still the 15th in London
    client = clients.create(name="Ночной", owner=cast.max, by=Actor(cast.home.pk), at=late)
    keep.keep(cast.home.pk, NOW)
    nina = cast.viewer("nina")
    assert standing.together(nina, None, [TODAY - DAY], clock="rhythm") == {TODAY - DAY: {}}
    cast.home.timezone = "Europe/London"
    cast.home.save(update_fields=["timezone"])
    for _ in range(2):
        assert standing.together(cast.viewer("nina"), None, [TODAY - DAY], clock="rhythm") == {
            TODAY - DAY: {"prospect": 1}
        }
        keep.keep(cast.home.pk, NOW)
    assert Book.objects.get().zone == "Europe/London"
    assert client.owner_id == cast.max.pk


def test_sums_go_no_further_back_than_the_page_says():
    assert first_day(dt.date(2026, 3, 31), 100_000) == dt.date(2024, 2, 29)
    assert first_day(dt.date(2026, 3, 31), 100_001) == dt.date(2025, 2, 28)


def test_a_sum_can_never_be_less_than_nothing(cast):
    with pytest.raises(IntegrityError, match="standing_of_clients"), transaction.atomic():
        Standing.objects.create(
            organisation=cast.home, clock="rhythm", day=TODAY, owner_id=1, clients=[1, -1], good=0, bad=0,
            good_worth=0, bad_worth=0,
        )  # fmt: skip


def test_strangers_sums_are_not_seen(cast):
    clients.create(name="Наш", owner=cast.max, by=Actor(cast.home.pk), at=NOW)
    keep.keep(cast.home.pk, NOW)
    with tenancy.organisation(cast.other.pk):
        assert not Standing.objects.exists()
        assert not Book.objects.exists()
        assert standing.together(cast.viewer("rita"), None, [TODAY], clock="rhythm") == {TODAY: {}}


def test_the_worker_and_the_command_keep_the_sums(cast, capsys):
    clients.create(name="Новый", owner=cast.max, by=Actor(cast.home.pk), at=NOW)
    jobs.ring(timestamp=0)
    with tenancy.organisation(cast.home.pk):
        assert Book.objects.exists() and Standing.objects.filter(owner_id=cast.max.pk).exists()
        Standing.objects.filter(owner_id=cast.max.pk).delete()
    call_command("sums", organisation=cast.home.pk, anew=True)
    with tenancy.organisation(cast.home.pk):
        assert Standing.objects.filter(owner_id=cast.max.pk).exists()
        assert not Change.objects.exists()
    assert capsys.readouterr().out == f"organisation {cast.home.pk}: 1\n"
