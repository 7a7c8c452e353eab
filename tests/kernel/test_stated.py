"""What is read of addresses: ids, days, places; nonsense is nothing, and never an error."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as some

from ritm.kernel.stated import FIRST_DAY, LAST_DAY, read_day, read_id, read_place


@given(some.integers(0, 10**18 - 1), some.dates(FIRST_DAY, LAST_DAY))
def test_what_we_write_we_read(pk, day):
    assert read_id(str(pk)) == pk
    assert read_day(day.isoformat()) == day
    assert read_place(f"{day.isoformat()}_{pk}") == (day, pk)


@given(some.text())
def test_whatever_is_stated_is_read_or_nothing(text):
    for found in (read_id(text), read_id(text.strip())):
        assert found is None or 0 <= found < 2**63
    day = read_day(text)
    assert day is None or FIRST_DAY <= day <= LAST_DAY
    assert read_place(text) is None or "_" in text


@pytest.mark.parametrize("text", [None, "", "²", "٣", "-1", "1.0", " 1", "9" * 19, "\x00"])
def test_no_id(text):
    assert read_id(text) is None


@pytest.mark.parametrize("text", [None, "", "2026-02-30", "0001-01-01", "9999-12-31", "1899-12-31", "завтра"])
def test_no_day(text):
    assert read_day(text) is None


@pytest.mark.parametrize("text", [None, "2026-02-30_1", "2026-03-14", "2026-03-14_", "_7", "2026-03-14_7_8"])
def test_no_place(text):
    assert read_place(text) is None


def test_a_day_as_people_say_it():
    assert read_place("2026-03-14_42") == (dt.date(2026, 3, 14), 42)
