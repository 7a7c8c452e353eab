"""
What a rule would have said on past orders: one entry per silence, judged by what came after (docs/rules/backtest.md).

Columns of numpy, days as proleptic ordinals; `NEVER` is a day that has not come. Sorted by client, then by day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ritm.retention.rules import rhythm_arrays
from ritm.retention.rules.rhythm import DATE_NOISE
from ritm.retention.rules.rhythm_arrays import Beats, Ints

NEVER = 2**31 - 1
RETURNED, GONE, LOST_FOR_EVER, OPEN = range(4)
OUTCOMES = ("returned", "gone", "never", "open")
_SPAN = 4_000_000  # more than any day's ordinal
_UNIX = 719_163  # the ordinal of 1970-01-01, from which numpy counts


@dataclass(frozen=True, slots=True)
class Silences:
    """Per order day: the client, the day, his next order day (NEVER without one), the day on which he is gone."""

    client: Ints
    order: Ints
    following: Ints
    gone: Ints


@dataclass(frozen=True, slots=True)
class Flags:
    """Per silence: the day on which the rule speaks (NEVER: it does not), and the far boundary of that silence."""

    on: Ints
    boundary: Ints


@dataclass(frozen=True, slots=True)
class Held:
    """A feed was quiet from the day `since` to the day before `until`, which held these clients (None: everybody)."""

    since: int
    until: int
    clients: Ints | None = None


def postponed(day: Ints, client: Ints, held: Sequence[Held]) -> Ints:
    """This function will move the days that fall within a hold of their client to its end, as the clocks do."""
    moved = day.copy()
    # The end of one may fall within another: as many passes as there are holds reach the last of a chain.
    for _pass in held:
        for one in held:
            inside = (moved >= one.since) & (moved < one.until)
            if one.clients is not None:
                inside &= np.isin(client, one.clients)
            moved[inside] = one.until
    return moved


def silences(client: Ints, beats: Beats) -> Silences:
    """This function will give the silence that each order day opens; `beats` as `rhythm_arrays.unfold` gives them."""
    same = np.append(client[1:] == client[:-1], False)[: len(client)]
    following = np.where(same, np.append(beats.last[1:], NEVER)[: len(client)], NEVER)
    wait = np.ceil(rhythm_arrays.horizons(beats) - DATE_NOISE).astype(np.int64)
    return Silences(client, beats.last, following, beats.last + wait)


def outcomes(found: Silences, end: int) -> Ints:
    """This function will say what became of each silence (a place in OUTCOMES), as known on the day `end`."""
    returned = found.following <= found.gone
    known = found.gone <= end
    came = found.following != NEVER
    return np.select([returned, known & came, known], [RETURNED, GONE, LOST_FOR_EVER], OPEN).astype(np.int64)


def rhythm_flags(found: Silences, slipping: Ints, lost: Ints, end: int, held: Sequence[Held] = ()) -> Flags:
    """
    This function will flag the silences that reach the day of slipping, as `rhythm_arrays.stamps` gives it.

    A day that falls within a hold speaks when that ends.
    """
    slipping = postponed(slipping, found.client, held)
    speaks = (slipping < found.following) & (slipping <= end)
    return Flags(np.where(speaks, slipping, NEVER), lost)


def zone_flags(
    found: Silences, client: Ints, day: Ints, months: int, release: int, end: int, held: Sequence[Held] = ()
) -> Flags:
    """
    This function will flag the silences in which a contact grows `months` old before the next one.

    `client` and `day` are meaningful conversations, in any order; order days are contacts besides. The far boundary is
    `release` months after the contact that the flag is counted from (after the last one, without a flag). A day that
    falls within a hold speaks when that ends.
    """
    key = np.unique(np.append(found.client * _SPAN + found.order, client * _SPAN + day))
    whose, on = key // _SPAN, key % _SPAN
    following = np.where(
        np.append(whose[1:] == whose[:-1], False)[: len(key)], np.append(on[1:], NEVER)[: len(key)], NEVER
    )
    place = np.searchsorted(found.client * _SPAN + found.order, key, side="right") - 1
    # Who was talked to before his first order has no silence yet.
    inside = (place >= 0) & (found.client[np.maximum(place, 0)] == whose) if len(found.client) else place >= 0
    whose, on, following, place = whose[inside], on[inside], following[inside], place[inside]
    due = postponed(months_after(on, months), whose, held)
    speaks = (due < following) & (due <= end)
    # Written last to first: what stays is the first that speaks, else the last contact.
    order = np.lexsort((np.where(speaks, -on, on), speaks))
    flag = np.full(len(found.client), NEVER, np.int64)
    boundary = np.full(len(found.client), NEVER, np.int64)
    flag[place[order]] = np.where(speaks, due, NEVER)[order]
    boundary[place[order]] = months_after(on, release)[order]
    return Flags(flag, boundary)


def months_after(day: Ints, months: int) -> Ints:
    """This function will add calendar months to ordinals: a month ends where it must, as in `kernel.calendar`."""
    date = (day - _UNIX).astype("datetime64[D]")
    month = date.astype("datetime64[M]")
    begins = (month + months).astype("datetime64[D]")
    longest = (month + months + 1).astype("datetime64[D]") - begins
    moved: npt.NDArray[np.int64] = begins.astype(np.int64) + np.minimum(
        date - month.astype("datetime64[D]"), longest - 1
    ).astype(np.int64)
    return moved + _UNIX
