"""
The exchange: who may take a released client, and what he owes for it (docs/rules/exchange.md).

Pure: counts and dates in, a verdict out. The database keeps the same promises when a hundred people claim at once.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["may", "taken", "cooldown", "quota"]
Drives = Literal["both", "rhythm", "zone"]


@dataclass(frozen=True, slots=True)
class Terms:
    """
    What an organisation may tune: claims and opened cards per person and day, days for which a former owner must leave
    the client to others, days that a claimant has for the first contact, whether contacts are hidden until the claim.
    """

    claims_per_day: int = 5
    views_per_day: int = 40
    cooldown_days: int = 30
    obligation_days: int = 14
    masked: bool = False

    def __post_init__(self) -> None:
        if min(self.claims_per_day, self.views_per_day, self.cooldown_days, self.obligation_days) < 0:
            raise ValueError("quotas and days cannot be negative")


DEFAULT_TERMS = Terms()


def verdict(
    *,
    on_exchange: bool,
    former_until: dt.date | None,
    claims_today: int,
    today: dt.date,
    terms: Terms = DEFAULT_TERMS,
) -> Verdict:
    """
    This function will say whether somebody may claim a client today, or the first reason why not.

    `former_until` is the day on which the claimant's own last tenure of this client ended, None if he never had him;
    `claims_today` counts those before this one.
    """
    if not on_exchange:
        return "taken"
    if former_until is not None and today < cooldown_ends(former_until, terms):
        return "cooldown"
    return "quota" if claims_today >= terms.claims_per_day else "may"


def cooldown_ends(former_until: dt.date, terms: Terms = DEFAULT_TERMS) -> dt.date:
    """This function will give the first day on which a former owner may claim the client again."""
    return former_until + dt.timedelta(days=terms.cooldown_days)


def obliged_until(claimed_on: dt.date, terms: Terms = DEFAULT_TERMS) -> dt.date:
    """This function will give the last day for the first meaningful contact; the day after it the client returns."""
    return claimed_on + dt.timedelta(days=terms.obligation_days)
