"""Dates as people and programs write them: 14.03.2024, 2024-03-14, 3/14/24, ISO timestamps, Excel's day
numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from ritm.bridge.rules.refused import Refused

FIRST_YEAR, LAST_YEAR = 1950, 2100
# Two-digit years: 00..69 are 2000..2069, as POSIX has it.
CENTURY_TURN = 70
# Excel counts days from here: its first day is 1900-01-01 and it believes in 1900-02-29.
EXCEL_EPOCH = date(1899, 12, 30)

_YEAR_FIRST = re.compile(r"(\d{4})([-./])(\d{1,2})\2(\d{1,2})")
_YEAR_LAST = re.compile(r"(\d{1,2})([-./])(\d{1,2})\2(\d{4}|\d{2})")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_SERIAL = re.compile(r"(\d{5})(?:[.,]\d+)?")
_CLOCK = re.compile(r"[T\s]\s*\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?\s*(?:[AaPp]\.?[Mm]\.?)?\s*(?:Z|[+-]\d{2}:?\d{2})?$")
_YEAR_WORD = re.compile(r"\s*(?:г\.?|года)$")


@dataclass(frozen=True, slots=True)
class DayOrder:
    """What a column's values say about d/m/y against m/d/y: how many can only be read one way.

    `either` counts those that can be read both ways; with dots nobody puts the month first.
    """

    day_first: bool
    only_day_first: int
    only_month_first: int
    either: int

    @property
    def mixed(self) -> bool:
        """This function will tell whether the column contradicts itself."""
        return bool(self.only_day_first and self.only_month_first)

    @property
    def guessed(self) -> bool:
        """This function will tell whether nothing in the column shows the order although it matters."""
        return bool(self.either and not self.only_day_first and not self.only_month_first)


def date_part(value: object) -> object:
    """This function will cut the time of day, the time zone and «г.» off a written date.

    The date stays as written: no file says in which time zone its reader lives.
    """
    if isinstance(value, datetime):
        return value.date()
    if not isinstance(value, str):
        return value
    text = value.strip()
    if len(text) > 8:
        text = _CLOCK.sub("", text)
        text = _YEAR_WORD.sub("", text)
    return text


def day_order(values: Iterable[object]) -> DayOrder:
    """This function will find whether a column's dates are day first, from all or a sample of its values.

    The majority of the values that can be read only one way wins; the day stands first where none can.
    """
    day_first = month_first = either = 0
    for value in values:
        part = date_part(value)
        found = _YEAR_LAST.fullmatch(part) if isinstance(part, str) else None
        if found is None:
            continue
        a, b = int(found[1]), int(found[3])
        if a > 12 >= b:
            day_first += 1
        elif b > 12 >= a:
            month_first += 1
        elif a != b and found[2] != ".":
            either += 1
    return DayOrder(day_first >= month_first, day_first, month_first, either)


def parse_date(value: object, day_first: bool = True) -> date | Refused:
    """This function will return the calendar date of a cell, or the reason why it has none.

    `value` is a cell of any table: a date, a number (Excel's day count) or text. Nothing is guessed: a date
    that is possible only with day and month swapped is refused when the column stands the other way.
    """
    text = date_part(value)
    if text is None or text == "":
        return Refused("date_empty")
    if isinstance(text, date):
        return _in_range(text, text)
    if isinstance(text, (int, float)) and not isinstance(text, bool):
        return _from_number(text)
    if not isinstance(text, str):
        return Refused("date_unknown", {"value": value})
    if found := _YEAR_FIRST.fullmatch(text):
        return _date(int(found[1]), int(found[3]), int(found[4]), text)
    if found := _YEAR_LAST.fullmatch(text):
        return _year_last(found, day_first, text)
    if found := _COMPACT.fullmatch(text):
        return _date(int(found[1]), int(found[2]), int(found[3]), text)
    if found := _SERIAL.fullmatch(text):
        return _from_number(int(found[1]))
    return Refused("date_unknown", {"value": text})


def _year_last(found: re.Match[str], day_first: bool, text: str) -> date | Refused:
    a, b, year = int(found[1]), int(found[3]), int(found[4])
    if len(found[4]) == 2:
        year += 2000 if year < CENTURY_TURN else 1900
    day, month = (a, b) if day_first else (b, a)
    if month > 12 >= day:
        return Refused("date_other_order", {"value": text})
    return _date(year, month, day, text)


def _from_number(value: float) -> date | Refused:
    """Excel's day number, or a date like 20240314 that a spreadsheet took for a number."""
    if value == value and 19_000_101 <= value <= 21_001_231 and value == int(value):
        whole = int(value)
        return _date(whole // 10_000, whole // 100 % 100, whole % 100, str(whole))
    if not (date(FIRST_YEAR, 1, 1) - EXCEL_EPOCH).days <= value < (date(LAST_YEAR + 1, 1, 1) - EXCEL_EPOCH).days:
        return Refused("date_unknown", {"value": value})
    return EXCEL_EPOCH + timedelta(int(value))


def _date(year: int, month: int, day: int, text: str) -> date | Refused:
    try:
        return _in_range(date(year, month, day), text)
    except ValueError:
        return Refused("date_impossible", {"value": text})


def _in_range(day: date, value: object) -> date | Refused:
    if FIRST_YEAR <= day.year <= LAST_YEAR:
        return day
    return Refused("date_out_of_range", {"value": str(value), "first": FIRST_YEAR, "last": LAST_YEAR})
