"""Own fields: values as people, files and programs write them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ritm.clients.rules.own import Definition, Kind, Option, Wrong, read, unwritten, written

LIST = (Option(1, "опт"), Option(2, "розница"), Option(3, "мёд, воск"), Option(4, "старое", archived=True))


def field(kind: Kind) -> Definition:
    return Definition(7, "key", kind, "Поле", options=LIST if kind in (Kind.CHOICE, Kind.CHOICES) else ())


@pytest.mark.parametrize(
    ("kind", "raw", "value"),
    [
        (Kind.TEXT, "  два   слова ", "два слова"),
        (Kind.TEXT, 15.0, "15"),
        (Kind.TEXT, "", None),
        (Kind.WHOLE, "1 250", Decimal(1250)),
        (Kind.WHOLE, 14.0, Decimal(14)),
        (Kind.WHOLE, "−3", Decimal(-3)),
        (Kind.MONEY, "1 250,50 ₽", Decimal("1250.50")),
        (Kind.MONEY, "1.250,50", Decimal("1250.50")),
        (Kind.DECIMAL, "0,1250", Decimal("0.1250")),
        (Kind.DECIMAL, 0.1, Decimal("0.1")),
        (Kind.DATE, "16.03.2026", dt.date(2026, 3, 16)),
        (Kind.DATE, "2026-03-16", dt.date(2026, 3, 16)),
        (Kind.DATE, "16.03.26 12:00", dt.date(2026, 3, 16)),
        (Kind.DATE, 46097, dt.date(2026, 3, 16)),
        (Kind.DATE, dt.datetime(2026, 3, 16, 12, tzinfo=dt.UTC), dt.date(2026, 3, 16)),
        (Kind.YES_NO, "Да", True),
        (Kind.YES_NO, "нет", False),
        (Kind.YES_NO, 1.0, True),
        (Kind.YES_NO, False, False),
        (Kind.CHOICE, "ОПТ", 1),
        (Kind.CHOICE, "мед, воск", 3),
        (Kind.CHOICES, "розница; опт", (1, 2)),
        (Kind.CHOICES, "Мёд, воск", (3,)),
        (Kind.CHOICES, ["опт", "мёд, воск"], (1, 3)),
    ],
)
def test_what_is_read(kind, raw, value):
    assert read(field(kind), raw) == value


@pytest.mark.parametrize(
    ("kind", "raw", "code"),
    [
        (Kind.TEXT, "я" * 501, "long"),
        (Kind.WHOLE, "1,5", "whole"),
        (Kind.WHOLE, 1.5, "whole"),
        (Kind.MONEY, "1,005", "places"),
        (Kind.MONEY, "много", "number"),
        (Kind.DECIMAL, "NaN", "large"),
        (Kind.DECIMAL, "1e30", "large"),
        (Kind.DECIMAL, True, "number"),
        (Kind.DATE, "31.02.2026", "date"),
        (Kind.DATE, "весной", "date"),
        (Kind.DATE, "01.01.0026", "date"),
        (Kind.YES_NO, "может быть", "yes_no"),
        (Kind.CHOICE, "склад", "option"),
        (Kind.CHOICES, "опт; склад", "option"),
    ],
)
def test_what_does_not_fit(kind, raw, code):
    with pytest.raises(Wrong) as wrong:
        read(field(kind), raw)
    assert wrong.value.code == code


def test_an_option_that_was_put_away_is_no_longer_offered():
    with pytest.raises(Wrong) as wrong:
        read(field(Kind.CHOICE), "склад")
    assert "старое" not in wrong.value.detail["names"]


VALUES = {
    Kind.TEXT: st.text(min_size=1, max_size=40).map(lambda text: " ".join(text.replace("\0", "").split())).filter(bool),
    Kind.WHOLE: st.integers(-(10**12), 10**12).map(Decimal),
    Kind.MONEY: st.decimals(-(10**9), 10**9, places=2),
    Kind.DECIMAL: st.decimals(-(10**9), 10**9, places=4),
    Kind.DATE: st.dates(dt.date(1900, 1, 1), dt.date(2200, 12, 31)),
    Kind.YES_NO: st.booleans(),
    Kind.CHOICE: st.sampled_from([1, 2, 3]),
    Kind.CHOICES: st.sets(st.sampled_from([1, 2, 3]), min_size=1).map(lambda ids: tuple(sorted(ids))),
}


@pytest.mark.parametrize("kind", list(Kind))
@given(data=st.data())
def test_what_is_written_comes_back(kind, data):
    definition, value = field(kind), data.draw(VALUES[kind])
    assert unwritten(definition, written(definition, value)) == value
    assert written(definition, None) == ""
    assert unwritten(definition, "") is None


@pytest.mark.parametrize("kind", list(Kind))
@given(raw=st.one_of(st.text(max_size=30), st.integers(), st.floats(), st.booleans(), st.none(), st.dates()))
def test_anything_is_read_or_refused(kind, raw):
    try:
        read(field(kind), raw)
    except Wrong as wrong:
        assert wrong.code
