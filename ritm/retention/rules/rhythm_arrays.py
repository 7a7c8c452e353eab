"""The rhythm of a million clients at once: the numpy twin of `rhythm`, equal to it bit for bit in state and
dates.

Arrays of orders are sorted by client, then by day, one entry per order day: `client` (any ints) and `day`
(proleptic ordinals, as `date.toordinal`). The algorithm is docs/rules/rhythm.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from datetime import date
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from ritm.retention.rules.rhythm import (
    DATE_NOISE,
    DAYS_IN_YEAR,
    DEFAULT_RULE,
    INTERVALS_IN_HORIZON,
    SHORTEST_HORIZON,
    Prior,
    Rule,
    Status,
)

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

# The median interval of fewer repeat clients than this is noise.
REPEAT_CLIENTS_FOR_USUAL = 10

_PLACE = {status: place for place, status in enumerate(Status)}


@dataclass(frozen=True, slots=True)
class Beats:
    """`Beat` by the column: one entry per order day (`unfold`) or per client (`rebuild`). Days are
    ordinals.
    """

    n: Ints
    first: Ints
    last: Ints
    weight: Floats
    log_sum: Floats
    log_squares: Floats
    usual: Floats
    returned: Bools

    def take(self, rows: npt.NDArray[Any]) -> Beats:
        """This function will return the beats at the given positions (ints) or where the mask (bools)
        holds.
        """
        return Beats(*(getattr(self, field.name)[rows] for field in fields(self)))


@dataclass(frozen=True, slots=True)
class StampArrays:
    """`Stamps` by the column, as ordinals."""

    expected: Ints
    slipping: Ints
    lost: Ints


@dataclass(frozen=True, slots=True)
class Beliefs:
    """`Belief` by the column."""

    m: Floats
    s: Floats
    nu: Floats
    gone: Floats


def last_of_each(client: Ints) -> Bools:
    """This function will mark the last order day of each client."""
    return np.append(client[1:] != client[:-1], len(client) > 0)[: len(client)]


def unfold(client: Ints, day: Ints, usual: Floats, rule: Rule = DEFAULT_RULE) -> Beats:
    """This function will return each client's state after each of his order days, in the order of the
    input.

    `usual` is the population's interval in days as known on each order day (see `usual_on`). The loop runs
    over order numbers, not clients: all second orders at once, then all third ones.
    """
    size = len(client)
    starts = np.flatnonzero(np.append(True, client[1:] != client[:-1])[:size])
    per_client = np.diff(np.append(starts, size))
    number = np.arange(size) - np.repeat(starts, per_client)
    gap = np.where(number > 0, np.diff(day, prepend=day[:1]), 0)
    # math.log, not np.log: they differ in the last bit, and a rebuild must equal the increments exactly.
    logs = np.array([math.log(days + 1) for days in range(int(gap.max(initial=0)) + 1)])
    y = logs[gap]
    weight, log_sum, log_squares = np.zeros(size), np.zeros(size), np.zeros(size)
    # numpy sorts 16 bits by radix, four times as fast; nobody orders on more days than that, but dates could.
    narrow = np.uint16 if per_client.max(initial=0) <= np.iinfo(np.uint16).max else np.int64
    by_number = np.argsort(number.astype(narrow), kind="stable")
    ends = np.cumsum(np.bincount(number)) if size else np.zeros(0, np.int64)
    for begin, end in pairwise(ends.tolist()):
        now = by_number[begin:end]
        before = now - 1
        weight[now] = 1.0 + rule.memory * weight[before]
        log_sum[now] = y[now] + rule.memory * log_sum[before]
        log_squares[now] = y[now] * y[now] + rule.memory * log_squares[before]
    beats = Beats(
        number + 1,
        np.repeat(day[starts], per_client),
        day,
        weight,
        log_sum,
        log_squares,
        usual,
        np.zeros(size, np.bool_),
    )
    slipping = stamps(beats, rule).slipping
    beats.returned[1:] = (number[1:] > 0) & (day[1:] >= slipping[:-1])
    return beats


def rebuild(client: Ints, day: Ints, usual: Floats, rule: Rule = DEFAULT_RULE) -> Beats:
    """This function will return each client's state now, in order of `client`: what the increments must
    have given.
    """
    return unfold(client, day, usual, rule).take(last_of_each(client))


def usual_on(client: Ints, day: Ints, rule: Rule = DEFAULT_RULE) -> Floats:
    """This function will return G0 in days for each order day, as known on that day.

    It is the median over repeat clients of their mean interval, from the orders before the first of that
    order's month; `rule.usual` until enough repeat clients are known.
    """
    result = np.full(len(day), rule.usual)
    if not len(day):
        return result
    person = np.cumsum(np.append(False, client[1:] != client[:-1]))
    by_day = np.argsort(day, kind="stable")
    days = day[by_day]
    firsts = _month_starts(int(days[0]), int(days[-1]))
    edges = np.append(np.searchsorted(days, firsts), len(days))
    seen = np.zeros(person[-1] + 1, np.int64)
    first, last = np.zeros_like(seen), np.zeros_like(seen)
    for begin, end in pairwise(edges.tolist()):
        if begin == end:
            continue
        month = by_day[begin:end]
        result[month] = _usual(seen, first, last, rule)
        who = person[month]
        # Reversed and plain assignment keep the first and the last of repeated positions: days ascend.
        fresh = who[seen[who] == 0][::-1]
        first[fresh] = day[month][seen[who] == 0][::-1]
        last[who] = day[month]
        seen += np.bincount(who, minlength=len(seen))
    return result


def _usual(seen: Ints, first: Ints, last: Ints, rule: Rule) -> float:
    repeat = seen > 1
    if np.count_nonzero(repeat) < REPEAT_CLIENTS_FOR_USUAL:
        return rule.usual
    return float(np.median((last[repeat] - first[repeat]) / (seen[repeat] - 1)))


def _month_starts(first_day: int, last_day: int) -> Ints:
    begin, end = date.fromordinal(first_day), date.fromordinal(last_day)
    months = range(begin.year * 12 + begin.month - 1, end.year * 12 + end.month)
    return np.array([date(month // 12, month % 12 + 1, 1).toordinal() for month in months], np.int64)


def intervals(beats: Beats, rule: Rule = DEFAULT_RULE) -> Floats:
    """This function will return G in days for each entry."""
    span = (beats.last - beats.first).astype(np.float64)
    pulled = (rule.weight * beats.usual + span) / (rule.weight + beats.n - 1)
    return np.where(beats.n == 1, beats.usual, pulled)


def stamps(beats: Beats, rule: Rule = DEFAULT_RULE) -> StampArrays:
    """This function will return the ordinals of the three dates at which silence changes each status."""
    g = intervals(beats, rule)

    def after(days: Floats) -> Ints:
        return beats.last + np.ceil(days - DATE_NOISE).astype(np.int64)

    return StampArrays(
        after(g),
        after(rule.slipping_after * g + rule.grace),
        after(rule.lost_after * g + rule.lost_grace),
    )


def horizons(beats: Beats) -> Floats:
    """This function will return the days over which each client's `risk` looks ahead."""
    own_mean = np.where(beats.n > 1, (beats.last - beats.first) / np.maximum(beats.n - 1, 1), beats.usual)
    return np.maximum(SHORTEST_HORIZON, INTERVALS_IN_HORIZON * own_mean)


def believe(beats: Beats, prior: Prior) -> Beliefs:
    """This function will return what to expect of each client's next pause."""
    from scipy import special  # loaded when asked for probabilities: the clocks need none

    k = prior.k0 + beats.weight
    m = (prior.k0 * prior.m0 + beats.log_sum) / k
    a = prior.a0 + beats.weight / 2
    spread = beats.log_squares + prior.k0 * prior.m0 * prior.m0 - k * m * m
    b = prior.b0 + np.maximum(0.0, spread) / 2
    u = prior.t0 + prior.t1 * (m - 3.4) + prior.t2 * np.log(beats.n) + prior.t3 * (beats.n == 1)
    return Beliefs(m, np.sqrt(b * (k + 1) / (a * k)), 2 * a, special.expit(u))


def survival(beliefs: Beliefs, days: Floats) -> Floats:
    """This function will return the chance that a pause is longer than `days`, for clients who have not
    dropped out.
    """
    from scipy import special

    x = (np.log(days + 1.0) - beliefs.m) / beliefs.s
    c = (8 * beliefs.nu + 1) / (8 * beliefs.nu + 3)
    z = np.copysign(c * np.sqrt(beliefs.nu * np.log1p(x * x / beliefs.nu)), x)
    return np.asarray(0.5 * special.erfc(z / math.sqrt(2)))


def p_none(beliefs: Beliefs, silent: Floats, horizon: Floats | float) -> Floats:
    """This function will return the chance of no order within `horizon` days given `silent` days of
    silence.
    """

    def still_silent(days: Floats) -> Floats:
        return (1 - beliefs.gone) * survival(beliefs, days) + beliefs.gone

    return still_silent(silent + horizon) / still_silent(silent)


def medians(beliefs: Beliefs) -> Floats:
    """This function will return each client's median pause in days: the quantile 0.5 has t = 0."""
    return np.exp(beliefs.m) - 1


def money_at_stake(risk: Floats, mean_amount: Floats, interval: Floats) -> Floats:
    """This function will return the yearly money that may go with each client."""
    return risk * np.maximum(0.0, mean_amount) * DAYS_IN_YEAR / interval


def statuses(beats: Beats, as_of: int, rule: Rule = DEFAULT_RULE) -> list[Status]:
    """This function will return each client's status on a date (an ordinal); all of them have orders."""
    due = stamps(beats, rule)
    # Later conditions win: the last one that holds names the status.
    found = np.full(len(beats.n), _PLACE[Status.ACTIVE])
    found[beats.returned] = _PLACE[Status.WON_BACK]
    found[beats.n == 1] = _PLACE[Status.NEW]
    found[as_of >= due.expected] = _PLACE[Status.OVERDUE]
    found[as_of >= due.slipping] = _PLACE[Status.SLIPPING]
    found[as_of >= due.lost] = _PLACE[Status.LOST]
    every = list(Status)
    return [every[place] for place in found.tolist()]
