"""The ways of docs/rules/pages.md: each shows the same page, and a walk is given up in time."""

from __future__ import annotations

import datetime as dt
import re
from contextlib import contextmanager
from pathlib import Path

import pytest
from django.db import connection
from django.http import QueryDict

from ritm.clients import queries
from ritm.clients.listing import nearby
from ritm.clients.listing.request import Asked
from ritm.journal.in_time import TookTooLong, in_time
from tests.cast import NOW
from tests.factories.clients import client as make_client
from tests.factories.clients import many

PAGE = Path(__file__).parents[2] / "docs/rules/pages.md"


def test_the_page_names_the_constants():
    said = {
        name: int(value.replace(",", "")) for name, value in re.findall(r"\| `(\w+)` \| ([\d,]+) \|", PAGE.read_text())
    }
    assert said == {
        "PAGE": queries.PAGE,
        "COUNTED": queries.COUNTED,
        "FEW": nearby.FEW,
        "FEW_UNDER_CONDITIONS": nearby.FEW_UNDER_CONDITIONS,
        "WALK_MS": queries.WALK_MS,
        "SLOW_FOR": queries.SLOW_FOR,
        "FINDING_MS": queries.FINDING_MS,
    }


def test_the_worked_numbers():
    rows = re.findall(r"^\| [^|]+ \| ([\d,]+)[^|]*\| ([\d,]+) \| ([\d,.]+) \|", PAGE.read_text(), re.M)
    assert len(rows) == 4
    for fit, walked, ms in rows:
        fits, looked, took = (float(one.replace(",", "")) for one in (fit, walked, ms))
        if fits and fits < 700_000:
            assert looked == pytest.approx(queries.PAGE * 1_000_000 / fits, abs=1)
        assert took == pytest.approx(looked / 200, rel=0.05)


def _listed(viewer, query, **how):
    return queries.client_list(viewer, Asked.read(QueryDict(query), viewer), now=NOW, **how)


@contextmanager
def _never_in_time(milliseconds):
    raise TookTooLong
    yield


@pytest.mark.parametrize(
    "query", ["kind=company", "kind=company&sort=-created", "kind=company&kind=household&sort=worth"]
)
@pytest.mark.parametrize("who", ["nina", "max"])
def test_the_rarest_first_shows_what_the_walk_shows(cast, monkeypatch, query, who):
    many(cast.home, 7, owner=cast.max)
    make_client(cast.home, kind="household", owner=cast.max)
    viewer = cast.viewer(who)
    walked = _listed(viewer, query, size=3)
    after = QueryDict(walked.next[1:]).get("after")
    second = _listed(viewer, f"{query}&after={after}", size=3)
    monkeypatch.setattr(queries, "in_time", _never_in_time)
    found = _listed(viewer, query, size=3)
    assert [row.pk for row in found.rows] == [row.pk for row in walked.rows] != []
    assert (found.count, found.count_is_capped) == (walked.count, walked.count_is_capped)
    again = _listed(viewer, f"{query}&after={after}", size=3)
    assert [row.pk for row in again.rows] == [row.pk for row in second.rows] != []


def test_a_list_that_was_not_walked_in_time_is_not_walked_again_at_once(cast, monkeypatch):
    many(cast.home, 5, owner=cast.max)
    viewer, tried = cast.viewer("nina"), []

    @contextmanager
    def never(milliseconds):
        tried.append(milliseconds)
        raise TookTooLong
        yield

    monkeypatch.setattr(queries, "in_time", never)
    monkeypatch.setattr(queries, "FINDING_MS", 10**6)
    first = _listed(viewer, "kind=company", size=3)
    second = _listed(viewer, first.next[1:], size=3)
    assert len(first.rows) + len(second.rows) == 5
    assert len(tried) == 1
    _listed(viewer, "kind=company&sort=worth", size=3)
    assert len(tried) == 2
    # Unless finding them was dearer than a walk.
    monkeypatch.setattr(queries, "FINDING_MS", 0)
    for _ in range(2):
        _listed(viewer, "kind=company&sort=-created", size=3)
    assert len(tried) == 4


def test_many_who_fit_are_walked_after_all(cast, monkeypatch):
    many(cast.home, 5, owner=cast.max)
    viewer = cast.viewer("nina")
    walked = _listed(viewer, "kind=company", size=3)
    monkeypatch.setattr(queries, "in_time", _never_in_time)
    monkeypatch.setattr(nearby, "FEW_UNDER_CONDITIONS", 3)
    assert [row.pk for row in _listed(viewer, "kind=company", size=3).rows] == [row.pk for row in walked.rows]


def test_what_is_not_counted_in_time_is_more_than_is_seen(cast, monkeypatch):
    many(cast.home, 5, owner=cast.max)

    def slowly(*shape):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_sleep(5)")

    monkeypatch.setattr(queries._all_listed, "count", slowly)
    found = _listed(cast.viewer("nina"), "kind=company", size=3)
    assert (len(found.rows), found.count, found.count_is_capped) == (3, 3, True)


def test_a_statement_is_given_up_and_the_transaction_goes_on(cast):
    make_client(cast.home, name="Остаётся")
    with pytest.raises(TookTooLong), in_time(20), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(5)")
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, current_setting('statement_timeout') FROM clients_client")
        assert cursor.fetchall() == [("Остаётся", "0")]
    with in_time(500), connection.cursor() as cursor:
        cursor.execute("SELECT 1")
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)


def test_a_condition_that_counts_from_today_is_asked_anew_each_day(cast):
    viewer = cast.viewer("nina")
    asked = Asked.read(QueryDict("late=1.5"), viewer)
    before = queries._all_listed._statement.cache_info().currsize
    for day in (NOW.date(), NOW.date() + dt.timedelta(days=1)):
        assert queries._all_listed.count(viewer, asked, day) == 0
    assert queries._all_listed._statement.cache_info().currsize == before + 2
