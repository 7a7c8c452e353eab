"""Dates of every hand: what is read, what is refused, and how a column tells day from month."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ritm.bridge.rules.dates import EXCEL_EPOCH, day_order, parse_date
from ritm.bridge.rules.refused import Refused

MARCH_14 = date(2024, 3, 14)


@pytest.mark.parametrize(
    "value",
    [
        "14.03.2024", "14.3.2024", "14.03.24", "14/03/2024", "14-03-2024", "2024-03-14", "2024.03.14", "2024/3/14",
        "20240314", 20240314, 20240314.0, "14.03.2024 г.",
        "14.03.2024 10:15", "14.03.2024 0:00:00", "2024-03-14T10:15:30Z",
        "2024-03-14 23:59:59.123+03:00", " 14.03.2024 ", "14.03.2024\u00a010:15", 45365, 45365.75, "45365", "45365,5",
        date(2024, 3, 14), datetime(2024, 3, 14, 23, 59),  # noqa: DTZ001  a cell has no zone
    ],
)  # fmt: skip
def test_one_day_written_in_many_ways(value: object) -> None:
    assert parse_date(value) == MARCH_14


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "date_empty"),
        ("", "date_empty"),
        ("  ", "date_empty"),
        ("Итого", "date_unknown"),
        ("12.5", "date_unknown"),
        (12.5, "date_unknown"),
        (float("nan"), "date_unknown"),
        (True, "date_unknown"),
        ([], "date_unknown"),
        ("31.02.2024", "date_impossible"),
        ("29.02.2023", "date_impossible"),
        ("2024-13-01", "date_impossible"),
        ("14.03.1024", "date_out_of_range"),
        ("14.03.20244", "date_unknown"),
        (date(1900, 1, 1), "date_out_of_range"),
    ],
)
def test_what_is_no_date_says_why(value: object, code: str) -> None:
    refused = parse_date(value)
    assert isinstance(refused, Refused)
    assert refused.code == code
    assert refused.say("ru") and refused.say("en")


def test_leap_days() -> None:
    assert parse_date("29.02.2024") == date(2024, 2, 29)
    assert parse_date(45351) == date(2024, 2, 29)
    assert parse_date("29/02/24") == date(2024, 2, 29)


def test_month_first_columns() -> None:
    order = day_order(["01/02/2024", "01/31/2024", "02/03/2024 10:00"])
    assert not order.day_first and not order.mixed and not order.guessed
    assert parse_date("01/02/2024", order.day_first) == date(2024, 1, 2)


def test_the_day_stands_first_when_nothing_shows_it() -> None:
    order = day_order(["01/02/2024", "03/04/2024"])
    assert order.day_first and order.guessed
    assert not day_order(["01.02.2024"]).guessed


def test_a_mixed_column_follows_its_majority_and_refuses_the_rest() -> None:
    order = day_order(["13/01/2024", "14/01/2024", "01/15/2024", "2024-01-16"])
    assert order.day_first and order.mixed
    refused = parse_date("01/15/2024", order.day_first)
    assert isinstance(refused, Refused) and refused.code == "date_other_order"


@given(st.dates(date(1970, 1, 1), date(2069, 12, 31)))
def test_every_day_survives_every_way_of_writing(day: date) -> None:
    for written in ("%d.%m.%Y", "%Y-%m-%d", "%d/%m/%y", "%Y%m%d", "%Y-%m-%dT%H:%M:%S"):
        assert parse_date(day.strftime(written)) == day
    assert parse_date(day.strftime("%m/%d/%Y"), day_first=False) == day
    assert parse_date((day - EXCEL_EPOCH).days + 0.5) == day


@given(st.text(max_size=20))
def test_no_text_breaks_the_reading(text: str) -> None:
    assert isinstance(parse_date(text), (date, Refused))
