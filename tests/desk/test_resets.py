"""Contacts that turned the clock back and led to nothing."""

from __future__ import annotations

import datetime as dt

import pytest

from ritm.desk.queries import resets as queries
from tests.cast import NOW, TODAY
from tests.factories.conversations import interaction
from tests.factories.retention import buyer, ordered

DAY = dt.timedelta(days=1)


def known(cast, name):
    return buyer(cast, name, created_at=NOW - 400 * DAY)


def counts(cast, who="vera", *, days=30, since=TODAY - 100 * DAY):
    found = queries.by_seller(queries.resets(cast.viewer(who), since, TODAY, days=days, at=NOW))
    return {row.name: (row.resets, row.idle, row.waiting) for row in found}


@pytest.fixture
def talks(cast):
    """Max talked to five: one ordered, one wrote back, one was called again, one did nothing, one was called today."""
    clients = [known(cast, name) for name in ("Заказал", "Ответил", "Созвон", "Молчит", "Свежий")]
    bought, answered, again, silent, fresh = clients
    for client in (bought, answered, again, silent):
        interaction(client, cast.max, at=NOW - 60 * DAY)
    ordered(bought, 40)
    interaction(answered, cast.max, kind="letter", direction="in", text="Спасибо", at=NOW - 50 * DAY)
    interaction(again, cast.max, at=NOW - 35 * DAY)
    interaction(fresh, cast.max, at=NOW - DAY)
    return clients


def test_an_order_an_answer_and_a_next_contact_are_consequences(cast, talks):
    idle = queries.narrowed(queries.resets(cast.viewer("vera"), TODAY - 100 * DAY, TODAY, days=30, at=NOW), "idle")
    names = sorted(row.client.name for row in idle)
    # The second call to the one who was called again led to nothing itself.
    assert names.count("Молчит") == 1
    assert "Заказал" not in names
    assert "Созвон" in names and names.count("Созвон") == 1
    assert counts(cast)["Макс"][2] == 1


def test_the_days_to_wait_are_asked_for(cast, talks):
    idle = queries.narrowed(queries.resets(cast.viewer("vera"), TODAY - 100 * DAY, TODAY, days=5, at=NOW), "idle")
    assert {"Заказал", "Молчит"} <= {row.client.name for row in idle}


def test_an_order_after_the_days_or_cancelled_is_none(cast):
    late, cancelled = known(cast, "Поздний"), known(cast, "Отменён")
    interaction(late, cast.max, at=NOW - 60 * DAY)
    interaction(cancelled, cast.max, at=NOW - 60 * DAY)
    ordered(late, 29)
    (order,) = ordered(cancelled, 50)
    order.cancelled_at = NOW
    order.save()
    assert counts(cast)["Макс"] == (2, 2, 0)


def test_a_letter_that_counts_for_nothing_is_no_reset(cast):
    interaction(known(cast, "Письмо"), cast.max, kind="letter", duration_seconds=None, at=NOW - 60 * DAY)
    assert counts(cast) == {}


def test_each_sees_only_clients_within_reach(cast, talks):
    assert counts(cast, "lena") == {}
    assert "Макс" in counts(cast, "nina")


def test_numbers_open_their_rows(cast, sign_in, talks, django_assert_max_num_queries):
    vera = sign_in("vera")
    period = f"since={TODAY - 100 * DAY}&until={TODAY}&days=30"
    with django_assert_max_num_queries(9):
        page = vera.get(f"/conversations/without-consequence/?{period}").content.decode()
    assert "Макс" in page
    assert f"employee={cast.max.pk}&amp;which=idle" in page
    rows = vera.get(f"/conversations/without-consequence/rows/?{period}&employee={cast.max.pk}&which=idle")
    assert "Молчит" in rows.content.decode()
    assert "Заказал" not in rows.content.decode()
    other = vera.get(f"/conversations/without-consequence/rows/?{period}&employee={cast.lena.pk}")
    assert "Молчит" not in other.content.decode()
    assert vera.get("/conversations/without-consequence/?since=x&days=0&until=1").status_code == 200
    assert "/conversations/without-consequence/" in vera.get("/conversations/").content.decode()
