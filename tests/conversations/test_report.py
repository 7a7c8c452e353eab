"""The report of conversations by client: right counts, each number opens its rows, nobody sees beyond his reach."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from ritm.conversations import operations, queries
from tests.cast import NOW, TODAY
from tests.factories.conversations import interaction

DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _noon(monkeypatch):
    from django.utils import timezone

    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def talks(cast, romashka, lenas):
    interaction(romashka, cast.max)
    interaction(romashka, cast.max, at=NOW - DAY, duration_seconds=3)
    interaction(romashka, cast.vera, at=NOW - DAY, kind="note", text="Переезжают", duration_seconds=None)
    interaction(romashka, cast.max, at=NOW - 40 * DAY)
    interaction(lenas, cast.lena, kind="letter", duration_seconds=None)
    gone = interaction(romashka, cast.max)
    operations.withdraw(interaction=gone, by=cast.viewer("max").actor(), at=NOW)


def test_counts_by_client(cast, talks, romashka, lenas):
    rows = queries.in_period(cast.viewer("nina"), TODAY - 10 * DAY, TODAY)
    found = {one.client_id: one for one in queries.by_client(rows)}
    one = found[romashka.pk]
    assert (one.by_kind, one.total, one.meaningful, one.last_at) == ((2, 0, 0, 0, 1), 3, 1, NOW)
    assert found[lenas.pk].by_kind == (0, 0, 1, 0, 0)
    maxs = queries.by_client(queries.in_period(cast.viewer("max"), TODAY - 10 * DAY, TODAY, employee_id=cast.max.pk))
    assert [(row.client_id, row.total) for row in maxs] == [(romashka.pk, 2)]


def test_the_days_are_those_of_the_office(cast, romashka):
    # 21:30 UTC on the 15th is half past midnight of the 16th in Moscow.
    interaction(romashka, cast.max, at=dt.datetime(2026, 3, 15, 21, 30, tzinfo=dt.UTC))
    viewer = cast.viewer("max")
    assert queries.by_client(queries.in_period(viewer, TODAY - DAY, TODAY - DAY)) == []
    assert len(queries.by_client(queries.in_period(viewer, TODAY, TODAY))) == 1


def test_each_number_opens_exactly_its_rows(sign_in, talks):
    browser = sign_in("nina")
    page = browser.get("/conversations/?since=2026-03-01&until=2026-03-16").content.decode()
    links = re.findall(r'<a href="(/conversations/rows/[^"]*)">(\d+)</a>', page)
    assert len(links) >= 6
    for url, count in links:
        rows = browser.get(url.replace("&amp;", "&")).content.decode()
        assert rows.count("<tr>") - 1 == int(count), url


def test_the_report_ends_where_reach_ends(sign_in, talks):
    assert "Южный берег" not in sign_in("vera").get("/conversations/").content.decode()
    assert "Ромашка" not in sign_in("lena").get("/conversations/").content.decode()
    assert "взаимодействий нет" in sign_in("rita").get("/conversations/").content.decode()
    assert sign_in("oleg").get("/conversations/").status_code == 404


def test_nonsense_in_the_address_is_the_usual_period(sign_in, talks):
    url = "/conversations/rows/?since=x&until=2026-99-99&client=one&before=-1&kind=fax&employee=abc"
    assert sign_in("max").get(url).status_code == 200


def test_rows_come_by_pages(cast, sign_in, romashka, monkeypatch, django_assert_num_queries):
    monkeypatch.setattr(queries, "PAGE", 2)
    for hours in range(5):
        interaction(romashka, cast.max, at=NOW - dt.timedelta(hours=hours), text=f"Звонок {hours}")
    browser = sign_in("max")
    seen, url = [], "/conversations/rows/"
    while url:
        page = browser.get(url).content.decode()
        seen += re.findall(r"Звонок (\d)", page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        url = following.group(1).replace("&amp;", "&") if following else ""
    assert sorted(seen) == ["0", "1", "2", "3", "4"]
