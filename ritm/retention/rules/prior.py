"""The population's prior: what the pauses of an organisation's clients look like, fitted to what is known
on a date.

Maximum of a prequential likelihood with a pull, docs/rules/rhythm.md, section 5. Gradients are analytic:
each derivative below is one application of the chain rule to a formula of section 4.
"""

from __future__ import annotations

import math

import numpy as np
from scipy import optimize, special

from ritm.retention.rules.rhythm import DEFAULT_PRIOR, Prior
from ritm.retention.rules.rhythm_arrays import Beats, Bools, Floats, Ints, last_of_each

FEWEST_REPEAT_CLIENTS = 200
MOST_CLIENTS = 4_000
MOST_GAPS = 100_000
SEED = 1

CENTRE = np.array([3.0, -0.3, 0.7, 0.0, -3.0, 0.4, -0.4, 0.7])
PULL = np.array([0.02, 0.02, 0.02, 0.02, 1.0, 6.25, 6.25, 1.0])
# ln a0 >= 0 keeps nu >= 2, where Wallace's approximation holds; the far walls only stop exp from
# overflowing in a line search.
WALL = 12.0
BOUNDS = [(-WALL, WALL), (-WALL, WALL), (0.0, WALL), (-WALL, WALL), *[(-WALL, WALL)] * 4]
# A silence that equals the median to the last digit has no direction; a nudge of this many log days gives
# it one.
NUDGE = 1e-9


def fit(client: Ints, beats: Beats, as_of: int) -> Prior:
    """This function will return the prior that explains the known pauses best; the default one for a small
    firm.

    `client` and `beats` are the order days known at `as_of` (an ordinal), as `rhythm_arrays.unfold` gives
    them. The answer depends on nothing else: the sample is drawn by a fixed seed. Takes about a second at
    most. Raises ValueError for orders after `as_of`.
    """
    if np.any(beats.last > as_of):
        raise ValueError("some of these orders were not known yet")
    last = last_of_each(client)
    repeat_clients = int(np.count_nonzero(last & (beats.n > 1)))
    if repeat_clients < FEWEST_REPEAT_CLIENTS:
        return DEFAULT_PRIOR
    chosen = _sample(beats.n[last])
    rows = np.repeat(chosen, beats.n[last])
    found = optimize.minimize(
        Likelihood(beats.take(rows), last[rows], as_of).loss,
        CENTRE,
        jac=True,
        method="L-BFGS-B",
        bounds=BOUNDS,
    )
    m0, ln_k0, ln_a0, ln_b0, t0, t1, t2, t3 = (float(value) for value in found.x)
    return Prior(m0, math.exp(ln_k0), math.exp(ln_a0), math.exp(ln_b0), t0, t1, t2, t3, repeat_clients)


def _sample(orders: Ints) -> Bools:
    """Whom to look at: clients in a fixed random order until there are enough of them or of their gaps."""
    order = np.random.default_rng(SEED).permutation(len(orders))[:MOST_CLIENTS]
    enough = np.searchsorted(np.cumsum(orders[order] - 1), MOST_GAPS, side="right")
    chosen = np.zeros(len(orders), np.bool_)
    chosen[order[: max(1, enough)]] = True
    return chosen


class Likelihood:
    """What does not change from one trial of the prior to the next: the gaps, and the silences at the end."""

    def __init__(self, beats: Beats, last: Bools, as_of: int) -> None:
        before = np.flatnonzero(~last)
        pause = np.concatenate([beats.last[before + 1] - beats.last[before], as_of - beats.last[last]])
        rows = np.concatenate([before, np.flatnonzero(last)])
        seen = beats.take(rows)
        self.gaps = len(before)
        self.y = np.log(pause + 1.0)
        self.weight, self.log_sum, self.log_squares = seen.weight, seen.log_sum, seen.log_squares
        self.ln_n = np.log(seen.n)
        self.first = (seen.n == 1).astype(np.float64)
        # Everything that depends on the discounted count alone depends on n alone: there are few different n.
        _, where, self.of_n = np.unique(seen.n, return_index=True, return_inverse=True)
        self.weight_of_n = seen.weight[where]

    def loss(self, theta: Floats) -> tuple[float, Floats]:
        """This function will return minus the pulled log likelihood and its gradient at (m0, ln k0, ln a0,
        ln b0, t0..t3).
        """
        m0, k0, a0, b0 = theta[0], *np.exp(theta[1:4])
        t0, t1, t2, t3 = theta[4:]
        k = k0 + self.weight
        m = (k0 * m0 + self.log_sum) / k
        spread = self.log_squares + k0 * m0 * m0 - k * m * m
        b = b0 + np.maximum(spread, 0.0) / 2
        u = t0 + t1 * (m - 3.4) + t2 * self.ln_n + t3 * self.first
        gone = special.expit(u)
        r = self.y - m
        r = np.where(np.abs(r) < NUDGE, NUDGE, r)
        half = k / (2 * b * (k + 1))
        q = r * r * half
        ln_q = np.log1p(q)
        a_of_n = a0 + self.weight_of_n / 2
        a = a_of_n[self.of_n]

        # Derivatives of each term by q, a, b and k (b and k where they stand outside q) and by u.
        by_q, by_a, by_b, by_k, by_u = (np.empty_like(m) for _ in range(5))
        g, s = slice(None, self.gaps), slice(self.gaps, None)

        # Gaps: the exact Student density, and the client was not gone.
        gamma_of_n = special.gammaln(a_of_n + 0.5) - special.gammaln(a_of_n)
        digamma_of_n = special.digamma(a_of_n + 0.5) - special.digamma(a_of_n)
        total = np.sum(
            gamma_of_n[self.of_n[g]]
            - 0.5 * np.log(2 * np.pi * b[g] * (1 + 1 / k[g]))
            - (a[g] + 0.5) * ln_q[g]
            - np.logaddexp(0.0, u[g])
        )
        by_q[g] = -(a[g] + 0.5) / (1 + q[g])
        by_a[g] = digamma_of_n[self.of_n[g]] - ln_q[g]
        by_b[g] = -0.5 / b[g]
        by_k[g] = 0.5 / (k[g] * (k[g] + 1))
        by_u[g] = -gone[g]

        # Silences: gone, or a pause that still lasts; its chance by Wallace's z, as in `rhythm.survival`.
        sign, root = np.sign(r[s]), np.sqrt(2 * a[s] * ln_q[s])
        c = (16 * a[s] + 1) / (16 * a[s] + 3)
        z = sign * c * root
        lasts = 0.5 * special.erfc(z / math.sqrt(2))
        chance = (1 - gone[s]) * lasts + gone[s]
        total += np.sum(np.log(chance))
        by_z = -(1 - gone[s]) / chance * np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
        by_q[s] = by_z * sign * c * a[s] / ((1 + q[s]) * root)
        by_a[s] = by_z * sign * (32 / (16 * a[s] + 3) ** 2 * root + c * ln_q[s] / root)
        by_b[s] = by_k[s] = 0.0
        by_u[s] = gone[s] * (1 - gone[s]) * (1 - lasts) / chance

        # Chain rule back to theta. The floor of the spread switches its two derivatives off.
        by_b -= by_q * q / b
        by_k += by_q * q / (k * (k + 1))
        by_m = -2 * by_q * r * half + by_u * t1
        off = m0 - m
        on = spread > 0
        gradient = np.array(
            [
                np.sum(by_m * k0 / k + by_b * on * k0 * off),
                k0 * np.sum(by_k + by_m * off / k + by_b * on * off * off / 2),
                a0 * np.sum(by_a),
                b0 * np.sum(by_b),
                np.sum(by_u),
                np.sum(by_u * (m - 3.4)),
                np.sum(by_u * self.ln_n),
                np.sum(by_u * self.first),
            ]
        )
        away = theta - CENTRE
        loss = 0.5 * np.sum(PULL * away * away) - total
        return float(loss), PULL * away - gradient
