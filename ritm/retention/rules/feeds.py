"""
Feed health: when a source of contact has been quiet beyond its own norm (docs/rules/feeds.md).

Days, not hours: orders have only dates, zones and classes turn at midnight, and a worked day is what offices share.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from ritm.kernel.calendar import add_working_days, working_days_between


class Feed(StrEnum):
    """Where news of clients comes from: accounting, telephony, mail and messengers."""

    ORDERS = "orders"
    CALLS = "calls"
    LETTERS = "letters"


# Eight weeks that end with the last word: the silence in question must not become usual.
WINDOW = 56
# Who spoke on fewer days of them is not regular enough to be missed.
FEWEST_DAYS = 10
# Quiet is more than twice the usual pause, and never less than two whole worked days.
TIMES = 2
LEAST = 1
_DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Norm:
    """The last word of a feed, its usual pause in whole silent worked days, and the first day on which it is quiet."""

    last_on: dt.date
    usual: int
    quiet_on: dt.date


def norm(days: Sequence[dt.date], exceptions: Mapping[dt.date, bool]) -> Norm | None:
    """
    This function will give the norm of a feed from the days on which it spoke, ascending, within the window.

    `exceptions` are the calendar's (kernel.calendar). None for a feed that is not regular enough to have one.
    """
    if len(days) < FEWEST_DAYS:
        return None
    # The longest pause is left out: one breakdown or one holiday must not make the next one usual.
    pauses = sorted(silent_days(before, after, exceptions) for before, after in pairwise(days))
    usual = pauses[-2]
    allowed = max(LEAST, TIMES * usual)
    return Norm(days[-1], usual, add_working_days(days[-1], allowed + 1, exceptions) + _DAY)


def silent_days(before: dt.date, after: dt.date, exceptions: Mapping[dt.date, bool]) -> int:
    """This function will count the whole worked days between two days, neither of them included."""
    return working_days_between(before, after - _DAY, exceptions)
