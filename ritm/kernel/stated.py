"""What addresses and forms state in plain characters: ids, days, and places in lists."""

from __future__ import annotations

import datetime as dt

# Before and after it nothing of an office happens, and reckoning with dates would leave the calendar.
FIRST_DAY, LAST_DAY = dt.date(1900, 1, 1), dt.date(2199, 12, 31)


def read_id(text: str | None) -> int | None:
    """This function will read the id of a row; None for anything that is none, or that no column could hold."""
    return int(text) if text and text.isascii() and text.isdecimal() and len(text) < 19 else None


def read_day(text: str | None) -> dt.date | None:
    """This function will read an ISO date within FIRST_DAY and LAST_DAY; None for anything else."""
    try:
        day = dt.date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if FIRST_DAY <= day <= LAST_DAY else None


def read_place(text: str | None) -> tuple[dt.date, int] | None:
    """This function will read '2026-03-14_42', a place in a list by days; anything else is no place."""
    day, _sep, pk = (text or "").partition("_")
    known = read_day(day), read_id(pk)
    return None if known[0] is None or known[1] is None else (known[0], known[1])
