"""A feed goes silent: what is held, for whom, and how the hold ends. `ritm tick` rings by hand."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.urls import reverse

from ritm.conversations import operations as conversations
from ritm.journal.models import Batch, Entry
from ritm.kernel.actor import Actor
from ritm.kernel.calendar import is_working
from ritm.kernel.clock import CLOCKS
from ritm.kernel.refusal import Refusal
from ritm.retention import backtest_queries, zone_queries
from ritm.retention.models import ContactClock, FeedHealth, FeedSilence, Rhythm, Transition, ZoneWarning
from ritm.retention.operations import feeds, policy, rhythm_clock
from tests.cast import NOW, TODAY
from tests.factories import retention as factories
from tests.factories.retention import heard, ordered

DAY = dt.timedelta(days=1)
# Monday. Orders and calls fall silent after it; with two silent worked days behind it, Thursday is quiet.
LAST = TODAY
QUIET = TODAY + 3 * DAY


def at(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, 9, tzinfo=dt.UTC)


def buyer(cast, name: str = "Ромашка"):
    return factories.buyer(cast, name, created_at=NOW - 400 * DAY)


def ring(cast, *days: dt.date) -> None:
    for day in days:
        for name in ("feeds", "rhythm", "zones"):
            next(clock for clock in CLOCKS if clock.key == name).ring(cast.home.pk, at(day))


def every_day(until: dt.date) -> list[dt.date]:
    return [day for n in range(40, -1, -1) if is_working(day := until - n * DAY, {})]


def called(cast, client, *days: dt.date) -> None:
    by = Actor(cast.home.pk, cast.max.pk)
    for day in days:
        conversations.record(client=client, kind="call", duration_seconds=120, by=by, at=at(day))


def zone(client) -> str:
    return ContactClock.objects.get(client=client).zone


@pytest.fixture
def busy(cast):
    """A client who is phoned every day, up to LAST: so the feed has a norm."""
    client = buyer(cast, "Частый")
    called(cast, client, *every_day(LAST))
    return client


@pytest.fixture
def orders(cast):
    """A client who orders every day, up to LAST."""
    client = buyer(cast, "Ежедневный")
    ordered(client, *every_day(LAST))
    heard(client)
    return client


def test_silent_calls_hold_whom_one_calls_and_nobody_else(cast, busy):
    phoned, met, buys = buyer(cast, "Звоним"), buyer(cast, "Встречаемся"), buyer(cast, "Покупает")
    contact = dt.date(2026, 2, 20)  # yellow on 20 March, a day after the feed is quiet
    called(cast, phoned, contact)
    conversations.record(
        client=met, kind="meeting", result="thinking", by=Actor(cast.home.pk, cast.max.pk), at=at(contact)
    )
    ordered(buys, contact)
    heard(buys)
    ring(cast, LAST, LAST + 2 * DAY)
    assert [one.feed for one in zone_queries.quiet_feeds(cast.viewer("max"))] == []
    ring(cast, QUIET, QUIET + DAY)
    assert [(one.feed, one.last_on, one.quiet_since) for one in zone_queries.quiet_feeds(cast.viewer("max"))] == [
        ("calls", LAST, QUIET)
    ]
    assert (zone(phoned), zone(met), zone(buys)) == ("green", "yellow", "yellow")
    assert not ZoneWarning.objects.filter(client=phoned, given_on__gte=QUIET).exists()
    # A day later he is still held; then somebody phones anybody at all, and what was held follows with its own day.
    ring(cast, QUIET + 4 * DAY)
    assert zone(phoned) == "green"
    called(cast, busy, QUIET + 4 * DAY)
    ring(cast, QUIET + 4 * DAY)
    assert zone(phoned) == "yellow"
    assert Transition.objects.get(client=phoned, became="yellow").on == QUIET + DAY
    assert zone_queries.quiet_feeds(cast.viewer("max")) == []
    names = [entry.event for entry in Entry.objects.filter(event__startswith="retention.feed_").order_by("pk")]
    assert names == ["retention.feed_fell_silent", "retention.feed_spoke_again"]


def test_a_contact_turns_green_during_the_hold(cast, busy):
    client = buyer(cast)
    called(cast, client, LAST - 40 * DAY)
    ring(cast, LAST, QUIET)
    assert zone(client) == "yellow"
    conversations.record(
        client=client, kind="meeting", result="thinking", by=Actor(cast.home.pk, cast.max.pk), at=at(QUIET)
    )
    assert zone(client) == "green"


def test_silent_orders_stop_the_rhythm(cast, orders):
    client = buyer(cast)
    ordered(client, *range(10, 200, 10))
    heard(client)
    row = Rhythm.objects.get(client=client)
    assert row.slipping_on > QUIET and row.lost_on > row.slipping_on
    later = row.lost_on + DAY
    ring(cast, LAST, QUIET)
    stood = Rhythm.objects.get(client=client).status
    ring(cast, later)
    row.refresh_from_db()
    assert row.status == stood not in ("slipping", "lost")
    assert rhythm_clock.rebuild(organisation_id=cast.home.pk, now=at(later)) == 0
    # The first order of anybody ends it, at once for him who ordered; the others follow with the clock.
    ordered(orders, later)
    heard(orders, at=at(later))
    assert zone_queries.quiet_feeds(cast.viewer("max")) == []
    ring(cast, later)
    row.refresh_from_db()
    assert row.status == "lost"
    assert rhythm_clock.rebuild(organisation_id=cast.home.pk, now=at(later)) == 0


def test_a_person_says_that_it_is_really_quiet(cast, busy):
    client = buyer(cast)
    called(cast, client, dt.date(2026, 2, 20))
    ring(cast, LAST, QUIET, QUIET + 2 * DAY)
    row, by = FeedHealth.objects.get(feed="calls"), Actor(cast.home.pk, cast.nina.pk)
    with pytest.raises(Refusal):
        feeds.accept_silence(feed=row, why=" ", by=by, at=at(QUIET + 2 * DAY))
    feeds.accept_silence(feed=row, why="Каникулы", by=by, at=at(QUIET + 2 * DAY))
    with pytest.raises(Refusal):
        feeds.accept_silence(feed=row, why="Ещё раз", by=by, at=at(QUIET + 2 * DAY))
    assert zone(client) == "green"
    ring(cast, QUIET + 2 * DAY)
    assert zone(client) == "yellow"
    assert Entry.objects.get(event="retention.silence_accepted").payload["why"] == "Каникулы"
    ring(cast, QUIET + 9 * DAY)
    assert zone_queries.quiet_feeds(cast.viewer("max")) == []
    # The next word is judged anew: what was said of this silence says nothing of the next.
    called(cast, busy, *(QUIET + n * DAY for n in (11, 12, 13, 14)))
    ring(cast, QUIET + 14 * DAY, QUIET + 30 * DAY)
    assert [one.feed for one in zone_queries.quiet_feeds(cast.viewer("max"))] == ["calls"]


def test_what_nobody_uses_holds_nothing(cast):
    rare, old = buyer(cast), buyer(cast, "Из архива")
    called(cast, rare, *every_day(LAST)[-9:])
    ordered(old, *(day - 200 * DAY for day in every_day(LAST)))
    heard(old)
    ring(cast, LAST, LAST + 60 * DAY)
    assert not FeedHealth.objects.exists()


def test_the_check_costs_the_same_for_any_number_of_clients(cast, busy, orders, django_assert_num_queries):
    by = Actor(cast.home.pk, None, "clock")
    feeds.examine(by=by, at=at(LAST))
    # Savepoint and its release, the zone, the days, the calendar, the rows: nothing is written.
    with django_assert_num_queries(6):
        feeds.examine(by=by, at=at(LAST))


def test_the_note_stands_above_the_pages(cast, busy, sign_in, monkeypatch):
    for room in ("retention.views", "desk.views.today", "desk.views.home"):
        monkeypatch.setattr(f"ritm.{room}.timezone", SimpleNamespace(now=lambda: at(QUIET)))
    ring(cast, LAST, QUIET)
    for who, url in (
        ("max", "/today/"), ("max", "/exchange/"), ("max", "/slipping/"), ("vera", "/"), ("nina", "/office/zones/"),
        ("max", reverse("clients:page", args=[busy.pk])),
    ):  # fmt: skip
        page = sign_in(who).get(url).content.decode().replace("\N{NO-BREAK SPACE}", " ")
        assert "Нет звонков с 16 марта" in page, url
    accept = reverse("retention:accept_silence", args=["calls"])
    assert accept in sign_in("nina").get("/").content.decode()
    assert accept not in sign_in("vera").get("/").content.decode()
    assert sign_in("vera").post(accept, {"why": "Праздник"}).status_code == 404
    assert sign_in("nina").post(accept, {"why": ""}).status_code == 422
    assert sign_in("nina").post(accept, {"why": "Праздник"}).status_code == 302
    assert "Нет звонков" not in sign_in("vera").get("/").content.decode()
    assert FeedHealth.objects.get().accepted_by_id == cast.nina.pk and NOW.date() == LAST


def test_a_preview_says_what_the_tick_will_do_during_a_hold(cast, busy):
    phoned, met = buyer(cast, "Звоним"), buyer(cast, "Встречаемся")
    contact = dt.date(2026, 2, 20)
    called(cast, phoned, contact)
    by = Actor(cast.home.pk, cast.nina.pk)
    conversations.record(client=met, kind="meeting", result="thinking", by=by, at=at(contact))
    ring(cast, LAST, QUIET)
    day = QUIET + 40 * DAY
    tried = zone_queries.policy_of({"yellow": 1, "red": 2, "releases": True}, version=0, unit_id=None, effective_on=day)

    def said() -> dict[tuple[str, str], int]:
        turns = zone_queries.preview(cast.viewer("nina"), tried, day)
        return {(turn.was, turn.became): turn.clients for turn in turns}

    # Only who is met, for whoever is phoned (Звоним, Частый) stands at the eve of the silence.
    assert said() == {("green", "red"): 1}
    policy.change_policy(numbers={"yellow": 1, "red": 2, "releases": True}, unit=None, effective_on=day, by=by, at=NOW)
    before = {phoned.pk: zone(phoned), met.pk: zone(met), busy.pk: zone(busy)}
    ring(cast, day)
    assert {phoned.pk: zone(phoned), met.pk: zone(met), busy.pk: zone(busy)} == before | {met.pk: "red"}
    feeds.accept_silence(feed=FeedHealth.objects.get(), why="Телефонии больше нет", by=by, at=at(day))
    assert said() == {("green", "red"): 1, ("green", "yellow"): 1}


def test_a_preview_of_the_rhythm_stands_still_while_orders_are_silent(cast, orders):
    client = buyer(cast)
    ordered(client, *range(10, 200, 10))
    heard(client)
    later = Rhythm.objects.get(client=client).lost_on + DAY
    numbers = {"slipping_after": 1.0, "grace": 1, "lost_after": 1.5, "lost_grace": 5}
    assert [one.became for one in backtest_queries.preview(cast.viewer("nina"), numbers, later)] == ["lost"]
    ring(cast, LAST, QUIET)
    eve = backtest_queries.preview(cast.viewer("nina"), numbers, QUIET - DAY)
    assert backtest_queries.preview(cast.viewer("nina"), numbers, later) == eve != []


def test_a_belief_can_be_taken_back(cast, busy):
    client, by = buyer(cast), Actor(cast.home.pk, cast.nina.pk)
    called(cast, client, dt.date(2026, 2, 20))
    ring(cast, LAST, QUIET)
    row = FeedHealth.objects.get(feed="calls")
    with pytest.raises(Refusal):
        feeds.doubt_silence(feed=row, by=by, at=at(QUIET))
    feeds.accept_silence(feed=row, why="Каникулы", by=by, at=at(QUIET + 2 * DAY))
    ring(cast, QUIET + 2 * DAY)
    assert zone(client) == "yellow"
    assert [(one.reason, who) for one, who in zone_queries.believed_silences(cast.viewer("nina"))] == [
        ("Каникулы", "Нина")
    ]
    feeds.doubt_silence(feed=row, by=by, at=at(QUIET + 3 * DAY))
    assert [one.feed for one in zone_queries.quiet_feeds(cast.viewer("max"))] == ["calls"]
    assert zone_queries.believed_silences(cast.viewer("nina")) == []
    ring(cast, QUIET + 3 * DAY)
    assert zone(client) == "green"
    passed = Transition.objects.filter(client=client, clock="zone").order_by("id")
    assert [(one.was, one.became) for one in passed] == [("", "green"), ("green", "yellow"), ("yellow", "green")]
    ring(cast, QUIET + 20 * DAY)
    assert zone(client) == "green"
    silences = FeedSilence.objects.order_by("since", "id").values_list("feed", "since", "until")
    assert list(silences) == [("calls", QUIET, QUIET + 2 * DAY), ("calls", QUIET, None)]


def test_a_belief_in_silent_orders_is_taken_back_for_the_rhythm(cast, orders):
    client, by = buyer(cast), Actor(cast.home.pk, cast.nina.pk)
    ordered(client, *range(10, 200, 10))
    heard(client)
    later = Rhythm.objects.get(client=client).lost_on + DAY
    ring(cast, LAST, QUIET)
    stood = Rhythm.objects.get(client=client).status
    feeds.accept_silence(feed=FeedHealth.objects.get(), why="Склад закрыт", by=by, at=at(later))
    ring(cast, later)
    assert Rhythm.objects.get(client=client).status == "lost" != stood
    feeds.doubt_silence(feed=FeedHealth.objects.get(), by=by, at=at(later))
    ring(cast, later)
    assert Rhythm.objects.get(client=client).status == stood
    assert rhythm_clock.rebuild(organisation_id=cast.home.pk, now=at(later)) == 0


def test_a_hold_lasts_until_the_file_that_catches_up_is_in(cast, orders):
    late = buyer(cast)
    ordered(late, *range(10, 200, 10))
    heard(late)
    later = Rhythm.objects.get(client=late).lost_on + DAY
    ring(cast, LAST, QUIET, later)
    stood = Rhythm.objects.get(client=late).status
    run = Batch.objects.create(
        organisation_id=cast.home.pk, kind="import.orders", title="заказы.xlsx", started_at=at(later)
    )
    ordered(orders, QUIET + DAY, QUIET + 4 * DAY)
    heard(orders, at=at(later))
    ring(cast, later)
    # Whose orders have come is judged by them at once; the others still wait.
    assert Rhythm.objects.get(client=orders).last_on == QUIET + 4 * DAY
    assert Rhythm.objects.get(client=orders).status == "active" and zone(orders) == "green"
    assert Rhythm.objects.get(client=late).status == stood
    assert [one.feed for one in zone_queries.quiet_feeds(cast.viewer("max"))] == ["orders"]
    Batch.objects.filter(pk=run.pk).update(state=Batch.State.DONE)
    ordered(orders, later)
    heard(orders, at=at(later))
    ring(cast, later)
    assert zone_queries.quiet_feeds(cast.viewer("max")) == []
    assert Rhythm.objects.get(client=late).status == "lost"
    assert FeedSilence.objects.get().until == later


def test_a_run_that_was_forgotten_holds_nothing_for_ever(cast, orders):
    ring(cast, LAST, QUIET)
    Batch.objects.create(organisation_id=cast.home.pk, kind="import.orders", title="заказы.xlsx", started_at=at(QUIET))
    ordered(orders, QUIET + 3 * DAY)
    heard(orders, at=at(QUIET + 3 * DAY))
    assert not zone_queries.quiet_feeds(cast.viewer("max"))


def test_the_screen_says_what_is_believed_and_takes_it_back(cast, busy, sign_in, monkeypatch):
    monkeypatch.setattr("ritm.retention.views.timezone", SimpleNamespace(now=lambda: at(QUIET)))
    ring(cast, LAST, QUIET)
    nina, doubt = sign_in("nina"), reverse("retention:doubt_silence", args=["calls"])
    assert doubt not in nina.get("/office/zones/").content.decode()
    assert nina.post(doubt).status_code == 422
    nina.post(reverse("retention:accept_silence", args=["calls"]), {"why": "Праздник"})
    page = nina.get("/office/zones/").content.decode()
    assert doubt in page and "Праздник" in page
    assert sign_in("vera").post(doubt).status_code == 404
    assert nina.post(doubt).status_code == 302
    assert doubt not in nina.get("/office/zones/").content.decode()
    assert FeedHealth.objects.get().holds
