"""
Contact zones: how long a client has not been talked to, in calendar months (docs/rules/zones.md).

Half-open intervals of whole calendar months since the day of the last meaningful contact: a boundary belongs to the
worse zone. Days are local dates of the organisation, so a boundary falls at local midnight whatever the clocks do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from ritm.kernel.calendar import add_months


class Zone(StrEnum):
    """Where silence has brought a client. `NEVER`: nobody has talked to him yet, and so he is not at risk."""

    NEVER = ""
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"
    EXCHANGE = "exchange"


@dataclass(frozen=True, slots=True)
class Policy:
    """
    What an organisation (or a unit) may tune: boundaries in calendar months, days of warning before each, and whether
    clients go to the exchange at all.
    """

    version: int = 0
    yellow: int = 1
    red: int = 5
    release: int = 6
    releases: bool = False
    warnings: tuple[int, ...] = (30, 7, 1)
    # The rhythm drives the work: colours stay, but only the exchange is warned of, for it takes the client away.
    only_exchange: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.yellow < self.red < self.release:
            raise ValueError("boundaries must ascend: yellow, red, exchange")
        if any(days < 1 for days in self.warnings):
            raise ValueError("a warning comes at least one day before")


DEFAULT_POLICY = Policy()
# Nobody is warned about somebody he has talked to this week.
QUIET_DAYS = 7


@dataclass(frozen=True, slots=True)
class Silence:
    """
    All that a zone follows from: the day of the last meaningful contact, the days between which silence is excused
    (both included), and the day by which a claimant must have made contact.
    """

    contact_on: dt.date | None
    excused_on: dt.date | None = None
    excused_until: dt.date | None = None
    obliged_from: dt.date | None = None
    obliged_until: dt.date | None = None
    # The first day on which a feed that he lives by was quiet (feeds.md): what is later is not judged.
    held_from: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Boundaries:
    """The first day of each worse zone; `release_on` is None while the policy keeps clients off the exchange."""

    yellow_on: dt.date
    red_on: dt.date
    release_on: dt.date | None


def boundaries(silence: Silence, policy: Policy = DEFAULT_POLICY) -> Boundaries | None:
    """
    This function will give the days on which the zones begin; None for somebody who was never contacted.

    Excused silence holds: a boundary that would fall within it falls on the day after it. An obligation that no contact
    has met yet replaces the release: its last day is still the claimant's, the day after it the exchange's.
    """
    if silence.contact_on is None:
        if silence.obliged_until is None:
            return None
        day = _held(silence.obliged_from or silence.obliged_until, silence)
        return Boundaries(day, day, silence.obliged_until + dt.timedelta(days=1))
    yellow, red, release = (
        _held(add_months(silence.contact_on, months), silence) for months in (policy.yellow, policy.red, policy.release)
    )
    if silence.obliged_until is not None and not _met(silence):
        return Boundaries(yellow, red, silence.obliged_until + dt.timedelta(days=1))
    return Boundaries(yellow, red, release if policy.releases else None)


def _held(day: dt.date, silence: Silence) -> dt.date:
    """A boundary that falls between the excuse and its end waits for the day after."""
    if silence.excused_on is None or silence.excused_until is None:
        return day
    return silence.excused_until + dt.timedelta(days=1) if silence.excused_on <= day <= silence.excused_until else day


def _met(silence: Silence) -> bool:
    return (
        silence.contact_on is not None
        and silence.obliged_from is not None
        and silence.contact_on >= silence.obliged_from
    )


def zone(silence: Silence, on: dt.date, policy: Policy = DEFAULT_POLICY) -> Zone:
    """This function will say in which zone the client is on a day; EXCHANGE means that he is due to be released."""
    due = boundaries(silence, policy)
    if due is None:
        return Zone.NEVER
    if silence.held_from is not None:
        on = min(on, silence.held_from - dt.timedelta(days=1))
    if due.release_on is not None and on >= due.release_on:
        return Zone.EXCHANGE
    if on >= due.red_on:
        return Zone.RED
    return Zone.YELLOW if on >= due.yellow_on else Zone.GREEN


@dataclass(frozen=True, slots=True)
class Warning:
    """`days` before the day `on` the owner is told that the client will turn into `boundary`."""

    boundary: Zone
    on: dt.date
    days: int

    @property
    def given_on(self) -> dt.date:
        """The day on which it is given."""
        return self.on - dt.timedelta(days=self.days)


def warnings(silence: Silence, policy: Policy = DEFAULT_POLICY) -> list[Warning]:
    """
    This function will list every warning on the way to the exchange, in order of the day on which it is given.

    A warning that would come before the zone that it is given in has begun is left out, and so is one within a week of
    the contact itself: 30 days before turning yellow one has only just been talked to.
    """
    due = boundaries(silence, policy)
    if due is None:
        return []
    begin = (silence.contact_on or due.yellow_on) + dt.timedelta(days=QUIET_DAYS)
    found = []
    for name, on in ((Zone.YELLOW, due.yellow_on), (Zone.RED, due.red_on), (Zone.EXCHANGE, due.release_on)):
        if on is None:
            continue
        if not policy.only_exchange or name is Zone.EXCHANGE:
            found += [Warning(name, on, days) for days in policy.warnings if on - dt.timedelta(days=days) >= begin]
        begin = on
    return sorted(found, key=lambda warning: (warning.given_on, -warning.days))


def next_change_on(silence: Silence, after: dt.date, policy: Policy = DEFAULT_POLICY) -> dt.date | None:
    """This function will give the first day after `after` on which a zone begins or a warning is given, if any."""
    due = boundaries(silence, policy)
    if due is None:
        return None
    days = [due.yellow_on, due.red_on, due.release_on, *(warning.given_on for warning in warnings(silence, policy))]
    return min((day for day in days if day is not None and day > after), default=None)


@dataclass(frozen=True, slots=True)
class Passage:
    """A client passed from one zone to another: the day it is true from."""

    on: dt.date
    was: Zone
    became: Zone


def passages(
    contacts: Iterable[dt.date], since: dt.date, until: dt.date, policy: Policy = DEFAULT_POLICY
) -> list[Passage]:
    """
    This function will tell what zones a history of contacts meant after `since`, with the step before, up to `until`.

    Before the clock ran nobody was released, excused or held: red is the worst that it tells. A contact on the very
    day of a boundary comes first.
    """
    told: list[Passage] = []
    days = sorted({day for day in contacts if day <= until})
    standing = Zone.NEVER
    for place, day in enumerate(days):
        ends = days[place + 1] if place + 1 < len(days) else until + dt.timedelta(days=1)
        for became, on in (
            (Zone.GREEN, day),
            (Zone.YELLOW, add_months(day, policy.yellow)),
            (Zone.RED, add_months(day, policy.red)),
        ):
            if on < ends and became is not standing:
                told.append(Passage(on, standing, became))
                standing = became
    before = sum(passage.on <= since for passage in told)
    return told[max(0, before - 1) :]
