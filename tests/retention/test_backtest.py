"""Rules tried on own history: the numbers of docs/rules/backtest.md from the database, and their pages."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.urls import reverse

from ritm.clients import operations as clients
from ritm.clients.models import Client
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal
from ritm.retention import backtest_queries as backtests
from ritm.retention.models import Backtest, BacktestCase, FeedSilence, Rhythm, RhythmRule
from ritm.retention.operations import backtest, backtest_run, rhythm_clock, rhythm_rule
from ritm.retention.rules.rhythm import DEFAULT_RULE
from ritm.retention.zone_queries import InForce
from tests.cast import NOW, TODAY
from tests.factories.conversations import interaction
from tests.factories.retention import buyer, ordered
from tests.retention.rules.test_backtest import table

DAY = dt.timedelta(days=1)
SINCE, UNTIL = dt.date(2025, 3, 16), dt.date(2026, 3, 15)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr("ritm.retention.backtest_views.timezone", SimpleNamespace(now=lambda: NOW))


@pytest.fixture
def history(cast) -> dict[str, int]:
    """The clients of the page's table; C is Lena's."""
    names = {}
    for letter in "ABC":
        client = buyer(
            cast,
            f"Клиент {letter}",
            created_at=dt.datetime(2024, 1, 1, tzinfo=dt.UTC),
            owner="lena" if letter == "C" else "max",
        )
        names[letter] = client.pk
        for row in table("silences"):
            if row["client"] == letter:
                ordered(client, dt.date.fromisoformat(row["order_on"]))
                for talk in row["talks"].split():
                    day = dt.date.fromisoformat(talk)
                    interaction(client, cast.max, at=dt.datetime(day.year, day.month, day.day, 9, tzinfo=dt.UTC))
    return names


def by(cast) -> Actor:
    return Actor(cast.home.pk, cast.nina.pk)


def begun(cast, rules=None, **asked) -> Backtest:
    rules = rules or backtests.rules_in_force(cast.viewer("nina"), TODAY)
    return backtest.start(**{"rules": rules, "since": SINCE, "until": UNTIL, "unit": None} | asked, by=by(cast), at=NOW)


def run(cast, row: Backtest) -> list[backtests.Tried]:
    backtest_run.run(organisation_id=cast.home.pk, backtest_id=row.pk, at=NOW)
    row.refresh_from_db()
    return backtests.tried(row)


def test_the_numbers_are_those_of_the_page(cast, history):
    found = run(cast, begun(cast))
    for one, said in zip(found, table("numbers"), strict=True):
        total = one.total
        assert [total.flags, total.returned, total.never, total.lost, total.in_time, total.warning] == [
            int(said[name]) for name in ("flags", "false", "never", "losses", "in_time", "warning")
        ]
    rhythm, zone = found
    # C was never anybody's in the ledger; A and B neither: an import begins it on its own day, and here nobody did.
    assert set(rhythm.sellers) == {0}
    assert rhythm.months["2025-05"].flags == 2 and zone.months["2025-12"].flags == 2
    rows = BacktestCase.objects.filter(rule=0).order_by("client_id", "order_on")
    in_table = [row for row in table("silences") if row["rhythm"] != "-"]
    assert [(str(row.flag_on), str(row.gone_on), row.outcome) for row in rows] == [
        (row["rhythm"], row["gone_on"], row["outcome"]) for row in in_table
    ]


def test_every_number_opens_as_many_rows(cast, history):
    row = begun(cast)
    viewer = cast.viewer("nina")
    for one in run(cast, row):
        numbers = one.total
        for what in backtests.WHAT:
            assert backtests.rows(viewer, row, backtests.Rows(one.place, what)).count() == getattr(numbers, what)
        for month, numbers in one.months.items():
            for what in backtests.WHAT:
                opened = backtests.rows(viewer, row, backtests.Rows(one.place, what, month=month))
                assert opened.count() == getattr(numbers, what), (month, what)


def test_whose_flag_it_was_is_the_ledgers_to_say(cast, history):
    office, a = Actor(cast.home.pk, None, "clock"), history["A"]
    for name, day in (("lena", dt.date(2025, 6, 1)), ("max", dt.date(2025, 8, 1))):
        client = Client.objects.get(pk=a)
        moment = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
        clients.assign(client=client, owner=getattr(cast, name), why="", by=office, at=moment)
    row = begun(cast)
    run(cast, row)
    mine = BacktestCase.objects.filter(rule=0, client_id=a).order_by("order_on")
    # The first flag (25 May) is before the ledger begins: its first owner's. The second (16 November) is Max's.
    assert [one.owner_id for one in mine] == [cast.lena.pk, cast.max.pk]


def test_a_unit_is_tried_alone_and_a_repeat_changes_nothing(cast, history):
    clients.assign_many(client_ids=[history["C"]], owner=None, why="", by=by(cast), at=NOW)
    clients.assign_many(client_ids=[history["C"]], owner=cast.lena, why="", by=by(cast), at=NOW + DAY)
    row = begun(cast, unit=cast.south)
    (rhythm, _zone) = run(cast, row)
    assert (rhythm.total.flags, rhythm.total.never) == (1, 1)
    Backtest.objects.filter(pk=row.pk).update(state="running")
    assert run(cast, row) == [rhythm, _zone]
    assert BacktestCase.objects.filter(backtest=row, rule=0).count() == 1


def test_what_is_refused_and_what_is_forgotten(cast):
    for wrong in ({"since": UNTIL, "until": SINCE}, {"until": TODAY + DAY}, {"since": dt.date(2020, 1, 1)}):
        with pytest.raises(Refusal):
            begun(cast, **wrong)
    with pytest.raises(Refusal):
        begun(cast, rules=backtests.rules_in_force(cast.viewer("nina"), TODAY) * 3)
    rows = [begun(cast) for _ in range(backtest.KEPT + 2)]
    assert list(Backtest.objects.order_by("pk")) == rows[2:]
    # A job that comes for a forgotten one finds nothing to do.
    backtest_run.run(organisation_id=cast.home.pk, backtest_id=rows[0].pk, at=NOW)


def test_the_pages(cast, history, sign_in, django_assert_max_num_queries):
    nina = sign_in("nina")
    typed = InForce().numbers() | {"warnings": "30 7 1", "red": 3, "effective_on": TODAY.isoformat(), "replies": "on"}
    begun_at = nina.post(reverse("retention:try_policy"), typed)
    row = Backtest.objects.get()
    assert begun_at.url == reverse("retention:backtest", args=[row.pk])
    assert [(rule["clock"], rule["version"]) for rule in row.rules] == [("rhythm", 1), ("zone", 0), ("zone", None)]
    waiting = nina.get(begun_at.url, headers={"HX-Request": "true"}).content.decode()
    assert "every 1s" in waiting and "<html" not in waiting
    run(cast, row)
    assert nina.get(begun_at.url, headers={"HX-Request": "true"}).headers["HX-Redirect"] == begun_at.url
    with django_assert_max_num_queries(12):
        page = nina.get(begun_at.url).content.decode()
    assert "Красная зона через 3" in page and "черновик" in page and page.count("data-chart ") == 2
    opened = nina.get(reverse("retention:backtest_rows", args=[row.pk]), {"what": "missed", "rule": 1})
    assert "Клиент C" in opened.content.decode() and "Клиент B" not in opened.content.decode()
    assert nina.get(reverse("retention:backtest_rows", args=[row.pk]), {"rule": 7}).status_code == 404
    assert nina.get(reverse("retention:backtest_rows", args=[row.pk]), {"what": "все"}).status_code == 404
    url = reverse("retention:backtests")
    asked = {"since": "2025-01-01", "until": "2025-12-31", "flag": "yellow", "like": row.pk}
    assert nina.post(url, asked).status_code == 302
    assert [rule["numbers"].get("flag") for rule in Backtest.objects.latest("pk").rules] == [None, "yellow", "yellow"]
    assert nina.post(url, asked | {"until": "2024-01-01"}).status_code == 422
    assert nina.post(reverse("retention:try_policy"), typed | {"red": 1}).status_code == 422


def test_the_rhythm_rule_is_tried_saved_and_followed(cast, sign_in):
    client = buyer(cast)
    ordered(client, 160, 130, 100)
    rhythm_clock.tick(organisation_id=cast.home.pk, now=NOW)
    rhythm_clock.rebuild(organisation_id=cast.home.pk, now=NOW)
    assert Rhythm.objects.get(client=client).status == "slipping"
    nina, url = sign_in("nina"), reverse("retention:rhythm_rule")
    typed = {"slipping_after": "1.5", "grace": "60", "lost_after": "3", "lost_grace": "90", "effective_on": TODAY}
    told = nina.post(url, typed, headers={"HX-Request": "true"}).content.decode()
    assert "slipping" in told and "overdue" in told and "<html" not in told
    assert nina.post(url, typed | {"lost_after": "1"}).status_code == 422
    assert nina.post(reverse("retention:try_rhythm"), typed).status_code == 302
    assert [rule["version"] for rule in Backtest.objects.get().rules] == [1, None, 0]
    assert not RhythmRule.objects.exists()
    assert nina.post(url, typed | {"save": "1"}).status_code == 302
    assert RhythmRule.objects.get().numbers["grace"] == 60
    rhythm_clock.tick(organisation_id=cast.home.pk, now=NOW)
    assert Rhythm.objects.get(client=client).status == "overdue"
    assert nina.get(url).status_code == 200


def test_a_rule_is_not_made_for_the_past_nor_against_itself(cast):
    good = {name: getattr(DEFAULT_RULE, name) for name in rhythm_rule.TUNED}
    for wrong, day in (({}, TODAY - DAY), ({"lost_after": 1.2}, TODAY), ({"slipping_after": 0.5}, TODAY)):
        with pytest.raises(Refusal):
            rhythm_rule.change_rule(numbers=good | wrong, effective_on=day, by=by(cast), at=NOW)
    assert not RhythmRule.objects.exists()


def test_what_a_silent_feed_held_is_not_counted_on_its_day(cast, sign_in, history):
    def silence(feed: str, since: str, until: str) -> None:
        FeedSilence.objects.create(organisation=cast.home, feed=feed, since=since, until=until)

    silence("orders", "2025-11-10", "2025-11-20")
    silence("calls", "2025-12-20", "2026-01-05")
    row = begun(cast)
    run(cast, row)
    flags = BacktestCase.objects.filter(flagged=True).order_by("rule", "flag_on")
    said = [(one.rule, one.client_id, str(one.flag_on)) for one in flags]
    assert (0, history["A"], "2025-11-20") in said and (0, history["A"], "2025-11-16") not in said
    # C was phoned, A never was.
    assert (1, history["C"], "2026-01-05") in said and (1, history["A"], "2025-12-20") in said
    page = sign_in("nina").get(reverse("retention:backtest", args=[row.pk])).content.decode()
    page = page.replace("\N{NO-BREAK SPACE}", " ")
    assert "Заказы не поступали" in page and "с 10 ноября 2025 до 20 ноября 2025" in page
    assert "Звонки не поступали" in page
