"""Excused silences by seller, and the clients behind each number."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest

from ritm.desk.queries import excused as queries
from ritm.journal.models import Entry
from ritm.kernel.actor import Actor
from ritm.retention.operations import zones
from tests.cast import NOW, TODAY
from tests.factories.retention import buyer, heard, ordered

DAY = dt.timedelta(days=1)


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr("ritm.desk.views.excused.timezone", SimpleNamespace(now=lambda: NOW))


def excuse(cast, client, days: int, who: str = "max", at: dt.datetime = NOW) -> None:
    by = Actor(cast.home.pk, getattr(cast, who).pk)
    zones.excuse(client=client, until=at.date() + days * DAY, why=f"до {days}", by=by, at=at)


@pytest.fixture
def some(cast):
    found = {name: buyer(cast, name, owner=owner) for name, owner in (
        ("Лето", "max"), ("Ремонт", "max"), ("Прошло", "max"), ("Южный", "lena"), ("Ничей", None),
    )}  # fmt: skip
    ordered(found["Лето"], 60, 30, amount=5000)
    heard(found["Лето"])
    excuse(cast, found["Лето"], 40)
    excuse(cast, found["Ремонт"], 10)
    excuse(cast, found["Прошло"], 3, at=NOW - 30 * DAY)
    excuse(cast, found["Южный"], 5, "lena")
    excuse(cast, found["Ничей"], 5, "vera")
    return found


def counts(cast, who: str) -> dict[str, tuple[int, int]]:
    return {one.name: (one.now, one.lately) for one in queries.by_seller(cast.viewer(who), TODAY, NOW)}


def test_each_head_counts_his_own(cast, some):
    assert counts(cast, "vera") == {"Макс": (2, 3), "Вера": (0, 1)}
    assert counts(cast, "nina") == {"Макс": (2, 3), "Лена": (1, 1), "": (1, 0), "Вера": (0, 1)}
    assert counts(cast, "lena") == {"Лена": (1, 1)}
    first = queries.by_seller(cast.viewer("vera"), TODAY, NOW)[0]
    assert first.until == TODAY + 40 * DAY
    assert first.worth > 0
    # Three months later nobody remembers.
    assert queries.by_seller(cast.viewer("vera"), TODAY + 91 * DAY, NOW + 91 * DAY) == []


def test_who_ends_an_excuse_is_counted_no_more_and_it_is_in_the_journal(cast, some):
    by = Actor(cast.home.pk, cast.max.pk)
    for _twice in range(2):
        zones.end_excuse(client=some["Ремонт"], by=by, at=NOW)
    assert counts(cast, "max") == {"Макс": (1, 3)}
    said = Entry.objects.filter(subject_kind="client", subject_id=some["Ремонт"].pk, event__startswith="retention.")
    assert list(said.order_by("pk").values_list("event", flat=True)) == [
        "retention.silence_excused", "retention.excuse_ended",
    ]  # fmt: skip


def test_numbers_open_their_clients(cast, sign_in, some, django_assert_max_num_queries):
    vera = sign_in("vera")
    with django_assert_max_num_queries(12):
        page = vera.get("/team/excused/").content.decode()
    url = f"/team/excused/rows/?owner={cast.max.pk}"
    assert url in page
    with django_assert_max_num_queries(12):
        rows = vera.get(url).content.decode()
    assert rows.index("Лето") < rows.index("Ремонт")
    assert "до 10" in rows and "Прошло" not in rows
    assert "Южный" not in vera.get(f"/team/excused/rows/?owner={cast.lena.pk}").content.decode()
    everybody = sign_in("nina").get("/team/excused/rows/").content.decode()
    assert "Южный" in everybody and "Ничей" in everybody
    assert vera.get("/team/excused/rows/?owner=x&after=nonsense_7").status_code == 200
    assert "/team/excused/" in vera.get("/").content.decode()


def test_pages_follow_each_other(cast, sign_in, monkeypatch, some):
    monkeypatch.setattr(queries, "PAGE", 1)
    vera = sign_in("vera")
    first = vera.get(f"/team/excused/rows/?owner={cast.max.pk}").content.decode()
    assert "Лето" in first and "Ремонт" not in first
    after = f"{TODAY + 40 * DAY}_{some['Лето'].pk}"
    assert after in first
    second = vera.get(f"/team/excused/rows/?owner={cast.max.pk}&after={after}").content.decode()
    assert "Ремонт" in second and "Лето" not in second
