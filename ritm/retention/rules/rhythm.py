"""The purchase rhythm of one client: when he is late, and how likely it is that he will not order again.

The algorithm, its sources and worked numbers are in docs/rules/rhythm.md. Days are calendar dates, amounts
are in the organisation's currency, probabilities are 0..1. Only the standard library is used, so a web
process needs no numpy; `rhythm_arrays` says the same about a million clients at once.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from statistics import NormalDist

SHORTEST_HORIZON = 90.0
INTERVALS_IN_HORIZON = 3.0
DAYS_IN_YEAR = 365.0
# Float noise below a billionth of a day must not move a date.
DATE_NOISE = 1e-9


class Status(StrEnum):
    """Where a client stands on a date; derived from his orders, never typed in."""

    PROSPECT = "prospect"
    NEW = "new"
    ACTIVE = "active"
    OVERDUE = "overdue"
    SLIPPING = "slipping"
    LOST = "lost"
    WON_BACK = "won_back"


@dataclass(frozen=True, slots=True)
class Rule:
    """The constants an organisation may tune. `grace` and `lost_grace` are days, `memory` and `weight` have
    no unit.
    """

    version: int = 1
    slipping_after: float = 1.5
    grace: float = 30.0
    lost_after: float = 3.0
    lost_grace: float = 90.0
    memory: float = 0.85
    weight: float = 0.5
    usual: float = 30.0


DEFAULT_RULE = Rule()


@dataclass(frozen=True, slots=True)
class Prior:
    """What the population's pauses look like: eight numbers, see docs/rules/rhythm.md, sections 4 and 5.

    `m0` and the ones after it have no unit (log days). `repeat_clients` is how many clients with two or
    more order days the fit saw; 0 marks the default prior.
    """

    m0: float
    k0: float
    a0: float
    b0: float
    t0: float
    t1: float
    t2: float
    t3: float
    repeat_clients: int = 0


DEFAULT_PRIOR = Prior(4.2, math.exp(-0.7), math.exp(1.24), math.exp(0.67), -2.44, 0.28, -0.86, 0.38)


@dataclass(frozen=True, slots=True)
class Beat:
    """All that the rule remembers of one client; one order updates it in constant time.

    `weight`, `log_sum` and `log_squares` are the discounted count, sum and sum of squares of ln(gap + 1),
    gap in days. `amount` is net of returns. `usual` is the population's interval in days as known on
    `last_on`. `returned` says that the last order ended a slipping or lost silence.
    """

    n: int = 0
    first_on: date | None = None
    last_on: date | None = None
    weight: float = 0.0
    log_sum: float = 0.0
    log_squares: float = 0.0
    amount: Decimal = Decimal(0)
    usual: float = DEFAULT_RULE.usual
    returned: bool = False


NO_ORDERS = Beat()


@dataclass(frozen=True, slots=True)
class Stamps:
    """The first dates on which a silent client counts as overdue, slipping and lost."""

    expected_on: date
    slipping_on: date
    lost_on: date


@dataclass(frozen=True, slots=True)
class Belief:
    """The predictive distribution of the next pause: ln(days + 1) ~ m + s * Student-t(nu), or never with
    chance `gone`.
    """

    m: float
    s: float
    nu: float
    gone: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every input and number behind one answer; the inputs alone reproduce it for a past date.

    Days: `interval` (G), `silent`, `horizon`, `usual_pause` (10 %, 50 % and 90 % quantiles). Probabilities:
    `longer` (that a pause is longer than this silence), `risk`, `risk_90`, `risk_180`. `stake` is money a
    year.
    """

    beat: Beat
    as_of: date
    prior: Prior
    rule: Rule
    status: Status
    interval: float
    stamps: Stamps
    belief: Belief
    silent: int
    silence_ratio: float
    longer: float
    horizon: float
    risk: float
    risk_90: float
    risk_180: float
    usual_pause: tuple[float, float, float]
    stake: float

    def as_record(self) -> dict[str, object]:
        """This function will return the explanation as nested dictionaries of plain values, ready to be
        stored.
        """
        return asdict(self)


def observe(
    beat: Beat,
    day: date,
    amount: Decimal = Decimal(0),
    *,
    usual: float = DEFAULT_RULE.usual,
    rule: Rule = DEFAULT_RULE,
) -> Beat:
    """This function will return the client's state after one more order.

    `usual` is the population's interval in days as known on `day`. A second order on the same day adds its
    amount only. Raises ValueError for a day before the last one: replay that client's orders instead.
    """
    if beat.first_on is None or beat.last_on is None:
        return Beat(1, day, day, amount=beat.amount + amount, usual=usual)
    gap = (day - beat.last_on).days
    if gap == 0:
        return replace(beat, amount=beat.amount + amount)
    if gap < 0:
        raise ValueError(f"an order of {day} came after one of {beat.last_on}: replay the client")
    y = math.log(gap + 1)
    return Beat(
        beat.n + 1,
        beat.first_on,
        day,
        1.0 + rule.memory * beat.weight,
        y + rule.memory * beat.log_sum,
        y * y + rule.memory * beat.log_squares,
        beat.amount + amount,
        usual,
        gap >= _days(rule.slipping_after * interval(beat, rule) + rule.grace),
    )


def refund(beat: Beat, amount: Decimal) -> Beat:
    """This function will return the state after a return of `amount` (positive): the rhythm does not
    change.
    """
    return replace(beat, amount=beat.amount - amount)


def replay(orders: Iterable[tuple[date, Decimal, float]], rule: Rule = DEFAULT_RULE) -> Beat:
    """This function will return the state after all orders of one client: (day, amount, usual interval
    then), by day.

    A negative amount is a return. Use it when an order was back-dated, moved or cancelled.
    """
    beat = NO_ORDERS
    for day, amount, usual in orders:
        beat = refund(beat, -amount) if amount < 0 else observe(beat, day, amount, usual=usual, rule=rule)
    return beat


def interval(beat: Beat, rule: Rule = DEFAULT_RULE) -> float:
    """This function will return G, the client's own mean interval in days pulled to the population's.

    Raises ValueError for a client without orders.
    """
    if beat.first_on is None or beat.last_on is None:
        raise ValueError("a client without orders has no interval")
    if beat.n == 1:
        return beat.usual
    return (rule.weight * beat.usual + (beat.last_on - beat.first_on).days) / (rule.weight + beat.n - 1)


def own_mean(beat: Beat) -> float:
    """This function will return the client's plain mean interval in days; the population's while he has one
    order.
    """
    if beat.n < 2 or beat.first_on is None or beat.last_on is None:
        return beat.usual
    return (beat.last_on - beat.first_on).days / (beat.n - 1)


def elapsed(last_on: date, as_of: date) -> int:
    """This function will return the days of silence; ValueError when the last order was not known yet then."""
    silent = (as_of - last_on).days
    if silent < 0:
        raise ValueError(f"on {as_of} the order of {last_on} was not known yet")
    return silent


def stamps(beat: Beat, rule: Rule = DEFAULT_RULE) -> Stamps | None:
    """This function will return the three dates at which silence changes the client's status; None without
    orders.
    """
    if beat.last_on is None:
        return None
    g = interval(beat, rule)
    return Stamps(
        beat.last_on + timedelta(_days(g)),
        beat.last_on + timedelta(_days(rule.slipping_after * g + rule.grace)),
        beat.last_on + timedelta(_days(rule.lost_after * g + rule.lost_grace)),
    )


def status(beat: Beat, as_of: date, rule: Rule = DEFAULT_RULE) -> Status:
    """This function will return the client's status on a date, see docs/rules/rhythm.md, section 3."""
    return _status(beat, stamps(beat, rule), as_of)


def _status(beat: Beat, due: Stamps | None, as_of: date) -> Status:
    if due is None:
        return Status.PROSPECT
    if as_of >= due.lost_on:
        return Status.LOST
    if as_of >= due.slipping_on:
        return Status.SLIPPING
    if as_of >= due.expected_on:
        return Status.OVERDUE
    if beat.n == 1:
        return Status.NEW
    return Status.WON_BACK if beat.returned else Status.ACTIVE


def next_change_on(beat: Beat, as_of: date, rule: Rule = DEFAULT_RULE) -> date | None:
    """This function will return the first date after `as_of` on which silence changes the status; None if
    none will.
    """
    due = stamps(beat, rule)
    if due is None:
        return None
    return next((day for day in (due.expected_on, due.slipping_on, due.lost_on) if day > as_of), None)


def believe(beat: Beat, prior: Prior = DEFAULT_PRIOR) -> Belief:
    """This function will return what to expect of the client's next pause, counted from his last order.

    Source: normal-gamma update with discounted counts, docs/rules/rhythm.md, section 4. Raises ValueError
    without orders.
    """
    if beat.n == 0:
        raise ValueError("a client without orders has no rhythm to believe in")
    k = prior.k0 + beat.weight
    m = (prior.k0 * prior.m0 + beat.log_sum) / k
    a = prior.a0 + beat.weight / 2
    spread = beat.log_squares + prior.k0 * prior.m0 * prior.m0 - k * m * m
    b = prior.b0 + max(0.0, spread) / 2
    u = prior.t0 + prior.t1 * (m - 3.4) + prior.t2 * math.log(beat.n) + prior.t3 * (beat.n == 1)
    return Belief(m, math.sqrt(b * (k + 1) / (a * k)), 2 * a, 1 / (1 + math.exp(-u)))


def survival(belief: Belief, days: float) -> float:
    """This function will return the chance that a pause is longer than `days`, for a client who has not
    dropped out.

    Student's tail by Wallace's normal approximation (1959); the error is at most 0.002 for nu >= 2.
    """
    x = (math.log(days + 1) - belief.m) / belief.s
    c = (8 * belief.nu + 1) / (8 * belief.nu + 3)
    z = math.copysign(c * math.sqrt(belief.nu * math.log1p(x * x / belief.nu)), x)
    return 0.5 * math.erfc(z / math.sqrt(2))


def p_none(belief: Belief, silent: float, horizon: float) -> float:
    """This function will return the chance of no order within `horizon` days, given `silent` days of
    silence so far.
    """
    stays = 1 - belief.gone
    return (stays * survival(belief, silent + horizon) + belief.gone) / (stays * survival(belief, silent) + belief.gone)


_normal_quantile = lru_cache(maxsize=64)(NormalDist().inv_cdf)


def pause_quantile(belief: Belief, q: float) -> float:
    """This function will return the pause in days that a share `q` (0..1) of the client's pauses does not
    exceed.
    """
    w = (8 * belief.nu + 3) / (8 * belief.nu + 1) * _normal_quantile(q)
    t = math.copysign(math.sqrt(belief.nu * math.expm1(w * w / belief.nu)), w)
    return math.exp(belief.m + belief.s * t) - 1


def horizon(beat: Beat) -> float:
    """This function will return the days over which `risk` looks ahead: three own mean intervals, at least
    90.
    """
    return max(SHORTEST_HORIZON, INTERVALS_IN_HORIZON * own_mean(beat))


def money_at_stake(risk: float, mean_amount: float, interval_days: float) -> float:
    """This function will return the yearly money that may go: risk x mean order amount x 365 / interval.

    A client whose returns outweigh his orders has nothing at stake. Proposed, not measured: it sorts a queue.
    """
    return risk * max(0.0, mean_amount) * DAYS_IN_YEAR / interval_days


def explain(beat: Beat, as_of: date, prior: Prior = DEFAULT_PRIOR, rule: Rule = DEFAULT_RULE) -> Explanation | None:
    """This function will return the answer for one client on one date with everything that led to it; None
    without orders.

    Raises ValueError when the beat already holds an order after `as_of`: that state was not known then.
    """
    due = stamps(beat, rule)
    if due is None or beat.last_on is None:
        return None
    silent = elapsed(beat.last_on, as_of)
    g = interval(beat, rule)
    belief = believe(beat, prior)
    ahead = horizon(beat)
    risk = p_none(belief, silent, ahead)
    return Explanation(
        beat,
        as_of,
        prior,
        rule,
        _status(beat, due, as_of),
        interval=g,
        stamps=due,
        belief=belief,
        silent=silent,
        silence_ratio=silent / g,
        longer=survival(belief, silent),
        horizon=ahead,
        risk=risk,
        risk_90=p_none(belief, silent, 90),
        risk_180=p_none(belief, silent, 180),
        usual_pause=(
            pause_quantile(belief, 0.1),
            pause_quantile(belief, 0.5),
            pause_quantile(belief, 0.9),
        ),
        stake=money_at_stake(risk, float(beat.amount) / beat.n, g),
    )


def _days(x: float) -> int:
    """Whole days after which a silence of `x` days has been reached."""
    return math.ceil(x - DATE_NOISE)
