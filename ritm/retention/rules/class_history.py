"""Which class a client was in, since when, and by which steps he came there: many clients at once, from order days.

Statuses are codes here, positions in `STATUSES`; days are proleptic ordinals. Because the answer depends on nothing
but the order days known on a date, a rebuild and a row-by-row life arrive at the same one (docs/rules/rhythm.md).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ritm.retention.rules.rhythm import DEFAULT_RULE, Rule, Status
from ritm.retention.rules.rhythm_arrays import Beats, Bools, Ints, StampArrays, last_of_each, stamps

STATUSES: tuple[Status, ...] = tuple(Status)
_CODE = {status: code for code, status in enumerate(STATUSES)}
PROSPECT = _CODE[Status.PROSPECT]
OVERDUE, SLIPPING, LOST = _CODE[Status.OVERDUE], _CODE[Status.SLIPPING], _CODE[Status.LOST]


@dataclass(frozen=True, slots=True)
class Standing:
    """One entry per client: his class, the day since when, and the stamps of his last order."""

    status: Ints
    since: Ints
    due: StampArrays


@dataclass(frozen=True, slots=True)
class Steps:
    """Passages from class to class, sorted by client, then by day."""

    client: Ints
    on: Ints
    was: Ints
    became: Ints

    def take(self, rows: Bools | Ints) -> Steps:
        """This function will keep the steps at these positions, or where the mask holds."""
        return Steps(self.client[rows], self.on[rows], self.was[rows], self.became[rows])


def _after_order(beats: Beats) -> Ints:
    """The class of somebody who has just ordered."""
    back = np.where(beats.returned, _CODE[Status.WON_BACK], _CODE[Status.ACTIVE])
    return np.where(beats.n == 1, _CODE[Status.NEW], back)


def _opens_run(client: Ints, beats: Beats, due: StampArrays, fresh: Ints) -> Bools:
    """Orders that begin a stretch of one class: another class than before, or after at least one overdue day."""
    opens = np.ones(len(client), np.bool_)
    opens[1:] = (client[1:] != client[:-1]) | (fresh[1:] != fresh[:-1]) | (beats.last[1:] > due.expected[:-1])
    return opens


def standing(client: Ints, beats: Beats, today: int, rule: Rule = DEFAULT_RULE) -> Standing:
    """
    This function will say where each client stands on `today` and since when; one entry per client, in their order.

    `beats` are those of every order day up to `today` (`rhythm_arrays.unfold`), `client` names each one's client.
    """
    due = stamps(beats, rule)
    fresh = _after_order(beats)
    run = np.where(_opens_run(client, beats, due, fresh), np.arange(len(client)), 0)
    run_begins = beats.last[np.maximum.accumulate(run)] if len(client) else beats.last
    last = last_of_each(client)
    due = StampArrays(due.expected[last], due.slipping[last], due.lost[last])
    reached = [today >= due.lost, today >= due.slipping, today >= due.expected]
    return Standing(
        np.select(reached, [LOST, SLIPPING, OVERDUE], fresh[last]),
        np.select(reached, [due.lost, due.slipping, due.expected], run_begins[last]),
        due,
    )


def steps(client: Ints, beats: Beats, today: int, since: int, rule: Rule = DEFAULT_RULE) -> Steps:
    """
    This function will retell every passage from class to class up to `today`, from day `since` on.

    Of what came before `since` each client keeps his last step, so that his class on that day is known. A day that saw
    an expected date and the order itself counts as in rhythm: classes are told day by day.
    """
    due = stamps(beats, rule)
    fresh = _after_order(beats)
    last = last_of_each(client)
    ends = np.where(last, today + 1, np.append(beats.last[1:], 0)[: len(client)])
    opens = _opens_run(client, beats, due, fresh)
    who, on, became = [client[opens]], [beats.last[opens]], [fresh[opens]]
    for stamp, code in ((due.expected, OVERDUE), (due.slipping, SLIPPING), (due.lost, LOST)):
        reached = stamp < ends
        who.append(client[reached])
        on.append(stamp[reached])
        became.append(np.full(np.count_nonzero(reached), code))
    everybody, days, classes = np.concatenate(who), np.concatenate(on), np.concatenate(became)
    order = np.lexsort((days, everybody))
    told = Steps(everybody[order], days[order], classes[order], classes[order])
    was = np.append(PROSPECT, told.became[:-1])[: len(order)]
    was[np.append(True, told.client[1:] != told.client[:-1])[: len(order)]] = PROSPECT
    told = Steps(told.client, told.on, was, told.became)
    # The step before the window is the one whose successor lies inside it, or the last of all.
    later = np.append(told.on[1:], since)[: len(order)]
    ends_client = last_of_each(told.client)
    return told.take((told.on >= since) | ends_client | (later >= since))
