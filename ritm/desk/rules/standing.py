"""What is summed by day, in plain words (docs/rules/standing.md)."""

from __future__ import annotations

import datetime as dt

from ritm.kernel.calendar import add_months

# The places of a kept row's counts. Before his first passage a client is in the clock's FIRST state.
STATES = {
    "rhythm": ("active", "won_back", "new", "overdue", "slipping", "lost", "prospect"),
    "zone": ("green", "yellow", "red", "exchange", ""),
}
FIRST = {"rhythm": "prospect", "zone": ""}
PLACES = 7

# Good and bad news of a clock: back after silence and gone; talked to again and left alone for too long.
NEWS = {"rhythm": (("won_back",), ("lost",)), "zone": (("green",), ("red", "exchange"))}

EVERYBODY = 0  # stands where an owner's id would, in the sums of all
MONTHS_KEPT = 25
MONTHS_KEPT_OF_MANY = 13
MANY = 100_000


def first_day(today: dt.date, clients: int) -> dt.date:
    """This function will return the first day for which sums are made, when they are made for so many clients."""
    return add_months(today, -(MONTHS_KEPT_OF_MANY if clients > MANY else MONTHS_KEPT))
