"""Feed health: the table of docs/rules/feeds.md, and what must hold for every history."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ritm.kernel.calendar import is_working
from ritm.retention.rules.feeds import FEWEST_DAYS, WINDOW, norm, silent_days
from tests.retention.rules.test_zones import table

DAY = dt.timedelta(days=1)
HOLIDAYS = {dt.date(2026, 2, 23): False, dt.date(2026, 3, 9): False}
EVERY = {"every worked day": 1, "every second worked day": 2, "every third worked day": 3}


def history(spoke: str, last: dt.date) -> list[dt.date]:
    """The days of the window that the words of the page mean."""
    worked = [day for n in range(WINDOW, -1, -1) if is_working(day := last - n * DAY, HOLIDAYS)]
    if spoke == "nine days in all":
        return worked[-9:]
    if spoke == "every worked day, with one pause of 8":
        return worked[:15] + worked[23:]
    return worked[:: -EVERY[spoke]][::-1]


@pytest.mark.parametrize("row", table("norm", "feeds"), ids=lambda row: f"{row['spoke']} {row['last_on']}")
def test_norm(row):
    last = dt.date(2026, 3, 13) if row["last_on"] == "–" else dt.date.fromisoformat(row["last_on"])
    found = norm(history(row["spoke"], last), HOLIDAYS)
    said = ("–", "–", "–") if found is None else (str(found.usual), str(found.last_on), str(found.quiet_on))
    assert said == (row["usual"], row["last_on"], row["quiet_on"])


@given(st.sets(st.integers(0, WINDOW), min_size=FEWEST_DAYS, max_size=WINDOW))
def test_no_feed_is_quiet_before_two_whole_worked_days(ago):
    days = sorted(dt.date(2026, 3, 13) - n * DAY for n in ago)
    found = norm(days, HOLIDAYS)
    assert found is not None
    eve = found.quiet_on - DAY
    assert is_working(eve, HOLIDAYS)
    silent, before = (silent_days(found.last_on, day, HOLIDAYS) for day in (found.quiet_on, eve))
    assert silent > max(1, 2 * found.usual) >= before


@given(st.integers(0, 40))
def test_one_breakdown_does_not_become_usual(pause):
    worked = [day for n in range(120, -1, -1) if is_working(day := dt.date(2026, 3, 13) - n * DAY, HOLIDAYS)]
    found = norm([*worked[:10], *worked[10 + pause : 10 + pause + 12]], HOLIDAYS)
    assert found is not None and found.usual == 0
