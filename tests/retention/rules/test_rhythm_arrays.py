"""The arrays must equal the increments; the prior must know nothing of the future."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from statistics import median

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize

from ritm.retention.rules import prior, rhythm, rhythm_arrays
from ritm.retention.rules.rhythm import DEFAULT_PRIOR, DEFAULT_RULE, NO_ORDERS, Beat, Rule, observe

START = date(2020, 1, 15).toordinal()

HISTORIES = st.lists(st.sets(st.integers(0, 900), min_size=1, max_size=15).map(sorted), min_size=1, max_size=30)
RULES = st.sampled_from([DEFAULT_RULE, Rule(version=2, memory=0.9, weight=1.0, slipping_after=2.0, grace=7.3)])


def arrays(histories: list[list[int]]) -> tuple[rhythm_arrays.Ints, rhythm_arrays.Ints]:
    client = np.repeat(np.arange(len(histories)), [len(days) for days in histories])
    return client, START + np.array([day for days in histories for day in days], np.int64)


def usual_by_hand(histories: list[list[int]], ordinal: int) -> float:
    """G0 as the page defines it, client by client."""
    first_of_month = date.fromordinal(ordinal).replace(day=1).toordinal()
    known = [[START + day for day in days if START + day < first_of_month] for days in histories]
    means = [(days[-1] - days[0]) / (len(days) - 1) for days in known if len(days) > 1]
    return median(means) if len(means) >= rhythm_arrays.REPEAT_CLIENTS_FOR_USUAL else DEFAULT_RULE.usual


def random_history(clients: int, seed: int = 3) -> tuple[rhythm_arrays.Ints, rhythm_arrays.Ints]:
    """Clients with paces of their own, some of whom stop."""
    random = np.random.default_rng(seed)
    pace = random.lognormal(3.6, 0.7, clients)
    gaps = np.ceil(random.lognormal(0, 0.5, (clients, 12)) * pace[:, None])
    days = random.integers(0, 200, clients)[:, None] + np.cumsum(gaps, axis=1)
    alive = np.cumsum(random.random((clients, 12)) < 0.1, axis=1) == 0
    kept = alive & (days < 700)
    client = np.repeat(np.arange(clients), kept.sum(axis=1))
    return client, START + days[kept].astype(np.int64)


@given(HISTORIES, RULES)
def test_a_rebuild_equals_the_increments_bit_for_bit(histories: list[list[int]], rule: Rule) -> None:
    client, day = arrays(histories)
    usual = rhythm_arrays.usual_on(client, day, rule)
    unfolded = rhythm_arrays.unfold(client, day, usual, rule)
    due = rhythm_arrays.stamps(unfolded, rule)
    beat: Beat = NO_ORDERS
    for at in range(len(day)):
        if at == 0 or client[at] != client[at - 1]:
            beat = NO_ORDERS
        beat = observe(beat, date.fromordinal(int(day[at])), Decimal(1), usual=float(usual[at]), rule=rule)
        assert beat.first_on is not None and beat.last_on is not None
        got = [getattr(unfolded, name)[at] for name in ("n", "first", "last", "weight", "log_sum", "log_squares")]
        ordinals = (beat.first_on.toordinal(), beat.last_on.toordinal())
        assert got == [beat.n, *ordinals, beat.weight, beat.log_sum, beat.log_squares]
        assert unfolded.returned[at] == beat.returned
        stamps = rhythm.stamps(beat, rule)
        assert stamps is not None
        assert due.expected[at] == stamps.expected_on.toordinal()
        assert due.slipping[at] == stamps.slipping_on.toordinal()
        assert due.lost[at] == stamps.lost_on.toordinal()
    rebuilt = rhythm_arrays.rebuild(client, day, usual, rule)
    assert rebuilt.n.tolist() == [len(days) for days in histories]
    assert rebuilt.log_sum.tolist() == unfolded.log_sum[rhythm_arrays.last_of_each(client)].tolist()


@given(HISTORIES, st.integers(0, 2000))
def test_answers_of_arrays_equal_those_for_one_client(histories: list[list[int]], later: int) -> None:
    client, day = arrays(histories)
    beats = rhythm_arrays.rebuild(client, day, rhythm_arrays.usual_on(client, day))
    as_of = int(day.max()) + later
    beliefs = rhythm_arrays.believe(beats, DEFAULT_PRIOR)
    silent = (as_of - beats.last).astype(np.float64)
    horizons = rhythm_arrays.horizons(beats)
    risks = rhythm_arrays.p_none(beliefs, silent, horizons)
    longer = rhythm_arrays.survival(beliefs, silent)
    statuses = rhythm_arrays.statuses(beats, as_of)
    stake = rhythm_arrays.money_at_stake(risks, np.full(len(risks), 100.0), rhythm_arrays.intervals(beats))
    for at, days in enumerate(histories):
        orders = ((date.fromordinal(START + when), Decimal(100), float(beats.usual[at])) for when in days)
        beat = rhythm.replay(orders)
        seen = rhythm.explain(beat, date.fromordinal(as_of))
        assert seen is not None
        assert seen.risk == pytest.approx(risks[at], rel=1e-9)
        assert seen.longer == pytest.approx(longer[at], rel=1e-9, abs=1e-15)
        assert seen.usual_pause[1] == pytest.approx(rhythm_arrays.medians(beliefs)[at], rel=1e-9)
        assert seen.stake == pytest.approx(stake[at], rel=1e-9)
        # `returned` depends on the G0 of every order; the last one alone is replayed here.
        if not beats.returned[at] and not beat.returned:
            assert seen.status is statuses[at]


@given(st.lists(st.sets(st.integers(0, 300), min_size=1, max_size=8).map(sorted), min_size=8, max_size=25))
@settings(max_examples=50)
def test_the_usual_interval_is_what_was_known_at_the_start_of_the_month(histories: list[list[int]]) -> None:
    client, day = arrays(histories)
    usual = rhythm_arrays.usual_on(client, day)
    assert usual.tolist() == [usual_by_hand(histories, int(when)) for when in day]


def test_the_usual_interval_of_the_past_does_not_change_with_the_future() -> None:
    client, day = random_history(300)
    cut = START + 250
    early = day <= cut
    assert np.array_equal(rhythm_arrays.usual_on(client, day)[early], rhythm_arrays.usual_on(client[early], day[early]))


def test_nothing_comes_of_nothing() -> None:
    nobody = np.zeros(0, np.int64)
    assert len(rhythm_arrays.usual_on(nobody, nobody)) == 0
    assert len(rhythm_arrays.rebuild(nobody, nobody, np.zeros(0)).n) == 0
    beats = rhythm_arrays.unfold(nobody, nobody, np.zeros(0))
    assert prior.fit(nobody, beats, START) is DEFAULT_PRIOR


def test_the_gradient_is_the_slope() -> None:
    client, day = random_history(300)
    beats = rhythm_arrays.unfold(client, day, rhythm_arrays.usual_on(client, day))
    likelihood = prior.Likelihood(beats, rhythm_arrays.last_of_each(client), START + 720)
    random = np.random.default_rng(1)
    for _ in range(5):
        theta = prior.CENTRE + random.normal(0, 0.4, 8)
        numeric = optimize.approx_fprime(theta, lambda x: likelihood.loss(x)[0], 1e-6)
        assert likelihood.loss(theta)[1] == pytest.approx(numeric, rel=1e-3, abs=0.05)


def test_a_young_firm_gets_the_default_prior_and_a_grown_one_its_own() -> None:
    client, day = random_history(1000)
    beats = rhythm_arrays.unfold(client, day, rhythm_arrays.usual_on(client, day))
    fitted = prior.fit(client, beats, START + 720)
    assert fitted.repeat_clients == np.count_nonzero(beats.n[rhythm_arrays.last_of_each(client)] > 1)
    few = client < 100
    assert prior.fit(client[few], beats.take(few), START + 720) is DEFAULT_PRIOR
    # The same history gives the same prior, and one that explains it better than the default.
    assert prior.fit(client, beats, START + 720) == fitted
    likelihood = prior.Likelihood(beats, rhythm_arrays.last_of_each(client), START + 720)

    def loss(known: rhythm.Prior) -> float:
        tail = (known.t0, known.t1, known.t2, known.t3)
        return likelihood.loss(np.array([known.m0, *np.log([known.k0, known.a0, known.b0]), *tail]))[0]

    assert loss(fitted) < loss(DEFAULT_PRIOR)


def test_the_prior_refuses_to_know_the_future() -> None:
    client, day = random_history(1000)
    beats = rhythm_arrays.unfold(client, day, rhythm_arrays.usual_on(client, day))
    with pytest.raises(ValueError, match="not known yet"):
        prior.fit(client, beats, int(day.max()) - 1)
