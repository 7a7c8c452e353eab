"""
The population's numbers: G0 and the eight of the prior, kept month by month.

A month's row is made once, on its first day, and is never recomputed by time passing: whoever ordered in that month
keeps its G0. Only when history itself grows greatly (an import of older years) are all months told anew, and every
client with them (`rebuild`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict

import numpy as np
from django.db import connection, transaction

from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.retention.events import PriorFitted
from ritm.retention.models import Prior
from ritm.retention.operations.order_days import load, sampled
from ritm.retention.rules import rhythm_arrays
from ritm.retention.rules.rhythm import DEFAULT_PRIOR, Rule

# The median of so many clients' intervals stands firm; reading them costs about a second.
SAMPLE = 50_000
# History has grown greatly when it holds half as many repeat clients again as the last fit knew.
GROWTH = 1.5
_LOCK = 7_403_002


@transaction.atomic
def ensure_prior(*, organisation_id: int, today: dt.date, rule: Rule, by: Actor, at: dt.datetime) -> None:
    """
    This function will see to it that the month of `today` has its numbers; all months that lie behind, the first time.

    Costs one indexed look-up when they are there.
    """
    month = today.replace(day=1)
    if Prior.objects.filter(organisation_id=organisation_id, fitted_on__gte=month).exists():
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK, organisation_id])
    if not Prior.objects.filter(organisation_id=organisation_id, fitted_on__gte=month).exists():
        fit_prior(organisation_id=organisation_id, today=today, rule=rule, by=by, at=at)


@transaction.atomic
def fit_prior(
    *, organisation_id: int, today: dt.date, rule: Rule, by: Actor, at: dt.datetime, anew: bool = False
) -> int:
    """
    This function will fit the numbers of the month of `today`; with `anew`, or the first time, those of all months.

    G0 of a month is told from the orders before its first day. The eight numbers are fitted once, on what is known now:
    months before the first fit carry those of the first fit. Returns how many months were written; with `anew` the
    caller rebuilds the clients.
    """
    # Fitting needs scipy, 45 MB that a worker at rest need not carry.
    from ritm.retention.rules import prior as fitting

    rows = Prior.objects.filter(organisation_id=organisation_id)
    if anew:
        rows.delete()
    first_time = not rows.exists()
    month = today.replace(day=1)
    clients, every = _sample_of(organisation_id)
    found = load(organisation_id=organisation_id, clients=sampled(every), today=today)
    client = np.repeat(found.clients, found.counts)
    months = _months(found.days, month) if first_time else [month]
    usuals = [_usual_before(client, found.days, first, rule) for first in months]
    repeat = int(np.count_nonzero(found.counts > 1)) * every
    beats = rhythm_arrays.unfold(client, found.days, np.full(len(client), usuals[-1]), rule)
    numbers = fitting.fit(client, beats, today.toordinal()) if len(client) else DEFAULT_PRIOR
    Prior.objects.bulk_create(
        Prior(
            organisation_id=organisation_id,
            fitted_on=first,
            base_interval=usual,
            numbers=asdict(numbers),
            clients=clients,
            repeat_clients=repeat,
            is_default=numbers.repeat_clients == 0,
        )
        for first, usual in zip(months, usuals, strict=True)
    )
    publish(PriorFitted(month=month, months=len(months), base_interval=usuals[-1]), by=by, at=at)
    return len(months)


def has_grown(*, organisation_id: int) -> bool:
    """This function will say whether the history holds far more repeat clients than the last fit knew."""
    latest = Prior.objects.filter(organisation_id=organisation_id).order_by("-fitted_on").first()
    if latest is None:
        return True
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM retention_rhythm WHERE organisation_id = %s AND orders > 1", [organisation_id]
        )
        known = int(cursor.fetchone()[0])
    return known > latest.repeat_clients * GROWTH + rhythm_arrays.REPEAT_CLIENTS_FOR_USUAL


def _sample_of(organisation_id: int) -> tuple[int, int]:
    """How many clients there are, and one out of how many is read."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM retention_rhythm WHERE organisation_id = %s", [organisation_id])
        clients = int(cursor.fetchone()[0])
    return clients, max(1, -(-clients // SAMPLE))


def _months(days: rhythm_arrays.Ints, month: dt.date) -> list[dt.date]:
    """The first days of the months from the first order's to `month`."""
    if not len(days):
        return [month]
    first = dt.date.fromordinal(int(days.min()))
    numbers = range(first.year * 12 + first.month - 1, month.year * 12 + month.month)
    return [dt.date(number // 12, number % 12 + 1, 1) for number in numbers]


def _usual_before(client: rhythm_arrays.Ints, days: rhythm_arrays.Ints, month: dt.date, rule: Rule) -> float:
    """G0 in days from the orders before the month: the median of repeat clients' mean intervals."""
    known = days < month.toordinal()
    who, when = client[known], days[known]
    first = np.flatnonzero(np.append(True, who[1:] != who[:-1])[: len(who)])
    counts = np.diff(np.append(first, len(who)))
    last = first + counts - 1
    repeat = counts > 1
    if np.count_nonzero(repeat) < rhythm_arrays.REPEAT_CLIENTS_FOR_USUAL:
        return rule.usual
    return float(np.median((when[last] - when[first])[repeat] / (counts[repeat] - 1)))
