"""What the room answers: who may go, why, and how it was on a past day."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from ritm.retention import queries
from ritm.retention.models import Rhythm
from tests.cast import NOW, TODAY
from tests.factories.retention import buyer, heard, ordered


def test_at_risk_puts_the_most_money_first(cast):
    small, large, calm = buyer(cast, "Малый"), buyer(cast, "Крупный"), buyer(cast, "Спокойный")
    ordered(small, 200, 170, 140, amount=100)
    ordered(large, 200, 170, 140, amount=90_000)
    ordered(calm, 40, 25, 10, amount=900_000)
    heard(small, large, calm)
    found = queries.at_risk(cast.viewer("max"), TODAY)
    assert [item.name for item in found] == ["Крупный", "Малый"]
    first = found[0]
    assert first.status == "slipping"
    assert first.stake == Decimal(str(round(first.risk * float(first.worth), 2))).quantize(first.stake)
    assert (first.deadline_on, first.days_left) == (first.lost_on, (first.lost_on - TODAY).days)
    assert "140" in first.sentence
    assert len(queries.at_risk(cast.viewer("max"), TODAY, limit=1)) == 1


def test_at_risk_stays_within_reach(cast):
    mine, hers, archived = buyer(cast, "Его"), buyer(cast, "Её", owner="lena"), buyer(cast, "Архив", archived_at=NOW)
    for client in (mine, hers, archived):
        ordered(client, 200, 170, 140)
    heard(mine, hers, archived)
    assert [item.name for item in queries.at_risk(cast.viewer("max"), TODAY)] == ["Его"]
    assert {item.name for item in queries.at_risk(cast.viewer("nina"), TODAY)} == {"Его", "Её"}
    assert queries.at_risk(cast.viewer("nina"), TODAY, own=True) == []
    assert queries.at_risk(cast.viewer("rita"), TODAY) == []


def test_one_lost_long_ago_is_not_todays_work(cast):
    client = buyer(cast)
    ordered(client, 900, 870, 840)
    heard(client)
    assert Rhythm.objects.get(client=client).status == "lost"
    assert queries.at_risk(cast.viewer("max"), TODAY) == []


def test_strips_cost_the_same_for_one_or_many(cast, django_assert_num_queries):
    clients = [buyer(cast, f"Клиент {i}") for i in range(20)]
    for client in clients:
        ordered(client, 800, 90, 60, 60, 30)
    heard(*clients)
    viewer = cast.viewer("max")
    for ids in ([clients[0].pk], [client.pk for client in clients]):
        with django_assert_num_queries(3):
            strips = queries.strips(ids, viewer, TODAY)
        assert list(strips) == ids
    strip = strips[clients[0].pk]
    assert [(TODAY - day).days for day, _ in strip.dots] == [90, 60, 30]
    assert strip.dots[1][1] == 2000
    assert strip.expected == (strip.expected[0], strip.slipping_on)
    assert strip.sentence.startswith("Заказывает")
    assert queries.strips([clients[0].pk], cast.viewer("lena"), TODAY) == {}


def test_a_past_day_is_told_from_what_was_known_then(cast):
    client = buyer(cast)
    ordered(client, 300, 270, 240, 20)
    heard(client)
    viewer = cast.viewer("max")
    then = queries.explain(client.pk, viewer, TODAY - dt.timedelta(days=100))
    assert then is not None and then.explanation is not None
    assert (then.explanation.beat.n, then.explanation.silent, then.explanation.status) == (3, 140, "slipping")
    now = queries.explain(client.pk, viewer, TODAY)
    assert now is not None and now.explanation is not None
    assert now.explanation.status == "won_back"
    before = queries.explain(client.pk, viewer, TODAY - dt.timedelta(days=400))
    assert before is not None and before.explanation is None
    assert before.sentence == "Заказов ещё не было."
    assert queries.explain(client.pk, cast.viewer("lena"), TODAY) is None
    # What the row says today is what the retelling of today says.
    row = Rhythm.objects.get(client=client)
    assert queries.sentence_of(row, TODAY, now.known, "ru") == now.sentence
