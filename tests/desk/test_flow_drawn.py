"""The flow drawn: bars of days, weeks or months, clients walked back in time, and the rows behind each bar."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ritm.clients.models import Client, Tenure
from ritm.desk.queries import flow, flow_time, standing
from ritm.retention.models import Transition
from tests.cast import NOW, TODAY

DAY = dt.timedelta(days=1)


@pytest.mark.parametrize(("days", "bars"), [(1, 1), (16, 16), (17, 4), (85, 13), (200, 8)])
def test_a_period_is_cut_into_days_weeks_or_months(days, bars):
    assert len(flow_time.spans(TODAY - (days - 1) * DAY, TODAY)) == bars


@given(st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)), st.integers(1, 731))
def test_the_bars_cover_the_period_without_holes(since, days):
    until = since + (days - 1) * DAY
    cut = flow_time.spans(since, until)
    assert [one.since + n * DAY for one in cut for n in range((one.until - one.since).days + 1)] == [
        since + n * DAY for n in range(days)
    ]
    assert len(cut) <= 26


def passage(cast, client, was, became, on, owner, clock="rhythm"):
    Transition.objects.create(
        organisation=cast.home, client=client, clock=clock, was=was, became=became, on=on, recorded_at=NOW,
        owner_id=owner.pk, worth=1000,
    )  # fmt: skip


@pytest.fixture
def moved(cast, books):
    Transition.objects.all().delete()
    passage(cast, books.steady, "prospect", "active", TODAY - 90 * DAY, cast.max)
    passage(cast, books.slipping, "prospect", "active", TODAY - 80 * DAY, cast.max)
    passage(cast, books.slipping, "active", "overdue", TODAY - 9 * DAY, cast.max)
    passage(cast, books.slipping, "overdue", "slipping", TODAY - 5 * DAY, cast.max)
    passage(cast, books.slipping, "slipping", "lost", TODAY - 2 * DAY, cast.max)
    passage(cast, books.slipping, "lost", "won_back", TODAY, cast.max)
    passage(cast, books.late, "prospect", "lost", TODAY - 3 * DAY, cast.max)
    return books


@pytest.mark.parametrize("who", ["nina", "vera"])  # of the whole office there are sums of sums
def test_the_bars_stand_as_their_last_days_did(cast, sign_in, moved, who):
    for client in Client.objects.all():
        Tenure.objects.create(
            organisation=cast.home, client=client, owner=client.owner, span=(NOW - 60 * DAY, None), why=""
        )
    since, until = TODAY - 10 * DAY, TODAY - DAY
    page = sign_in(who).get(f"/team/flow/?part=charts&since={since}&until={until}").content.decode()
    figure = page.split('id="flow-portfolio"')[1].split("</figure>")[0]
    tones = re.findall(r'data-tone="(\w+)"', figure)
    bars = [
        {tone: int(n) for tone, n in zip(tones, re.findall(r'data-value="(\d+)"', row), strict=True) if int(n)}
        for row in figure.split("<tbody>")[1].split("</tr>")[:-1]
    ]
    people = [cast.max.pk, cast.lena.pk] if who == "nina" else [cast.max.pk]
    days = [since + n * DAY for n in range(10)]
    stood = standing.together(cast.viewer("nina"), people, days, clock="rhythm")
    assert bars == [stood[day] for day in days]
    assert stood[until]["active"] == 1 and stood[until]["lost"] == 2


def test_each_bar_opens_its_clients_and_only_within_reach(cast, sign_in, moved):
    cast_today = dt.datetime.now(dt.UTC).date()
    Transition.objects.all().delete()
    passage(cast, moved.slipping, "slipping", "lost", cast_today, cast.max)
    passage(cast, moved.lenas, "slipping", "lost", cast_today, cast.lena)
    page = sign_in("vera").get(f"/team/flow/?part=charts&since={cast_today}&until={cast_today}").content.decode()
    assert 'id="flow-events"' in page
    url = f"/team/flow/rows/?clock=rhythm&since={cast_today}&until={cast_today}&became=lost"
    assert url.replace("&", "&amp;") in page
    rows = sign_in("vera").get(url).content.decode()
    assert moved.slipping.name in rows
    assert moved.lenas.name not in rows
    assert sign_in("max").get(url).status_code == 404
    assert sign_in("nina").get(f"{url}&was=nonsense&before=x").status_code == 200


def test_a_client_who_went_to_others_is_counted_and_not_named(cast, sign_in, moved):
    today = dt.datetime.now(dt.UTC).date()
    Transition.objects.all().delete()
    passage(cast, moved.lenas, "slipping", "lost", today, cast.max)
    rows = sign_in("vera").get(f"/team/flow/rows/?since={today}&until={today}").content.decode()
    assert moved.lenas.name not in rows
    assert "Ещё 1 клиент с тех пор у других людей" in rows


@pytest.mark.parametrize("everybody", [True, False])
def test_first_passages_have_their_row_in_the_matrix(cast, moved, everybody):
    passage(cast, moved.steady, "", "green", TODAY, cast.max, clock="zone")
    passage(cast, moved.lenas, "", "green", TODAY, cast.lena, clock="zone")
    owners = None if everybody else [cast.max.pk]
    found = standing.passages(cast.viewer("nina"), owners, TODAY, TODAY, clock="zone")
    table = flow.matrix(found, clock="zone", states=("green", "yellow"))
    assert [was for was, _ in table.rows] == [""]
    assert table.clients == (2 if everybody else 1)


def test_passages_are_turned_page_by_page_latest_day_first(cast, sign_in, moved, monkeypatch):
    monkeypatch.setattr(flow_time, "PAGE", 2)
    url, days = f"/team/flow/rows/?since={TODAY - 9 * DAY}&until={TODAY}", []
    while url:
        page = sign_in("nina").get(url).content.decode()
        days += re.findall(r'data-label="День">([^<]+)<', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        url = unescape(following[1]) if following else ""
    assert [day.replace("\xa0", " ") for day in days] == [
        "16 марта 2026",
        "14 марта 2026",
        "13 марта 2026",
        "11 марта 2026",
        "7 марта 2026",
    ]
