"""Working days, and calendar arithmetic that offices mean when they say 'a month later'."""

from __future__ import annotations

import calendar as _calendar
import datetime as dt
from collections.abc import Mapping
from zoneinfo import ZoneInfo


def is_working(day: dt.date, exceptions: Mapping[dt.date, bool]) -> bool:
    """This function will say whether `day` is worked: Monday to Friday, unless `exceptions` says otherwise."""
    known = exceptions.get(day)
    return day.weekday() < 5 if known is None else known


def add_working_days(day: dt.date, count: int, exceptions: Mapping[dt.date, bool]) -> dt.date:
    """
    This function will return the date `count` working days after `day` (before it when negative).

    With 0 it returns `day` itself when worked, else the next worked day.
    """
    step = dt.timedelta(days=1 if count >= 0 else -1)
    left = abs(count)
    if left == 0:
        while not is_working(day, exceptions):
            day += step
        return day
    while left:
        day += step
        if is_working(day, exceptions):
            left -= 1
    return day


def working_days_between(start: dt.date, end: dt.date, exceptions: Mapping[dt.date, bool]) -> int:
    """This function will count the worked days in (start, end]; negative when `end` is before `start`."""
    if end < start:
        return -working_days_between(end, start, exceptions)
    whole, rest = divmod((end - start).days, 7)
    count = whole * 5
    first = start + dt.timedelta(days=whole * 7 + 1)
    count += sum((first + dt.timedelta(days=i)).weekday() < 5 for i in range(rest))
    for day, works in exceptions.items():
        if start < day <= end and works != (day.weekday() < 5):
            count += 1 if works else -1
    return count


def add_months(day: dt.date, months: int) -> dt.date:
    """This function will add calendar months; 31 January + 1 month is the last day of February."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = _calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, min(day.day, last))


def local_midnight(day: dt.date, zone: str) -> dt.datetime:
    """
    This function will return the first moment of `day` in the time zone, as an aware UTC datetime.

    Where the clocks jump over midnight, it is the first moment that exists.
    """
    local = dt.datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone))
    there = local.astimezone(dt.UTC)
    # A midnight that does not exist comes back as 23:00 of the day before: step to the first real moment.
    if there.astimezone(ZoneInfo(zone)).date() < day:
        there = local.replace(fold=1).astimezone(dt.UTC)
        while there.astimezone(ZoneInfo(zone)).date() < day:
            there += dt.timedelta(minutes=15)
    return there


def local_date(moment: dt.datetime, zone: str) -> dt.date:
    """This function will return the calendar date of an aware moment in the time zone."""
    return moment.astimezone(ZoneInfo(zone)).date()
