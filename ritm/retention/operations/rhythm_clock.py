"""When rhythm rows are recounted: after orders, when their day comes, and all at once."""

from __future__ import annotations

import datetime as dt

import numpy as np
from django.db import connection, transaction
from django.db.models import Max
from psycopg import sql

from ritm.journal import tenancy
from ritm.kernel.actor import Actor
from ritm.kernel.calendar import local_date
from ritm.retention import queries, zone_queries
from ritm.retention.models import Prior
from ritm.retention.operations import feeds, zones
from ritm.retention.operations.order_days import between, span, whom
from ritm.retention.operations.prior import ensure_prior, fit_prior, has_grown
from ritm.retention.operations.recount import Terms, recount
from ritm.staff.models import Organisation
from ritm.trade.models import Order

TICK_SIZE = 5_000
REBUILD_SIZE = 100_000

_DUE = """
SELECT client_id FROM retention_rhythm
WHERE organisation_id = %s AND next_transition_on <= %s
ORDER BY next_transition_on, client_id LIMIT %s FOR UPDATE SKIP LOCKED
"""


@transaction.atomic
def follow_orders(*, client_ids: tuple[int, ...], by: Actor, at: dt.datetime) -> int:
    """This function will recount clients whose orders were added, changed or cancelled; it returns the rows written."""
    if zone_queries.holds(by.organisation_id):
        feeds.examine(by=by, at=at)  # perhaps these orders are the word that was waited for
    terms = _terms(organisation_id=by.organisation_id, by=by, at=at, heard=True)
    written = recount(clients=whom(list(client_ids)), terms=terms, by=by, at=at)
    # An order is a contact, too.
    zones.settle(clients_where=zones.of_clients(list(client_ids)), by=by, at=at, grown=True)
    return written


def tick(*, organisation_id: int, now: dt.datetime) -> int:
    """
    This function will recount every client whose next change has come by `now`, and return how many came due.

    Each chunk commits by itself: a tick killed in the middle has kept what it did and will find the rest. Rows that
    another worker holds are his. A clock moved back finds nothing due.
    """
    by = Actor(organisation_id, None, "clock")
    handled = 0
    while True:
        with tenancy.organisation(organisation_id):
            terms = _terms(organisation_id=organisation_id, by=by, at=now)
            with connection.cursor() as cursor:
                cursor.execute(_DUE, [organisation_id, terms.today, TICK_SIZE])
                due = [row[0] for row in cursor.fetchall()]
            if not due:
                return handled
            recount(clients=whom(due), terms=terms, by=by, at=now)
            zones.wake(clients_where=zones.of_clients(due), organisation_id=organisation_id, today=terms.today)
        handled += len(due)


def rebuild(*, organisation_id: int, now: dt.datetime, anew: bool = False) -> int:
    """
    This function will recount every client of the organisation and return how many rows were wrong.

    One pass over the orders in chunks that commit by themselves; only rows that differ are written. `anew` also fits
    the numbers of all past months again.
    """
    by = Actor(organisation_id, None, "command")
    with tenancy.organisation(organisation_id):
        if anew:
            today = _today(organisation_id, now)
            rule = queries.rule_on(organisation_id, today)
            fit_prior(organisation_id=organisation_id, today=today, rule=rule, by=by, at=now, anew=True)
        first, last = span(organisation_id)
    written = 0
    for start in range(first, last + 1, REBUILD_SIZE):
        with tenancy.organisation(organisation_id):
            terms = _terms(organisation_id=organisation_id, by=by, at=now)
            chunk = between(start, min(last, start + REBUILD_SIZE - 1))
            wrong = recount(clients=chunk, terms=terms, by=by, at=now, alone=True)
            if wrong:
                zones.wake(clients_where=sql.SQL("k.") + chunk, organisation_id=organisation_id, today=terms.today)
            written += wrong
    zones.tick(organisation_id=organisation_id, now=now)
    return written


def consider_fit(*, organisation_id: int, now: dt.datetime) -> bool:
    """This function will fit all months anew and recount everybody when the history has grown greatly; else nothing."""
    with tenancy.organisation(organisation_id):
        grown = has_grown(organisation_id=organisation_id)
    if grown:
        rebuild(organisation_id=organisation_id, now=now, anew=True)
    return grown


def _today(organisation_id: int, at: dt.datetime) -> dt.date:
    return local_date(at, Organisation.objects.values_list("timezone", flat=True).get(pk=organisation_id))


def _terms(*, organisation_id: int, by: Actor, at: dt.datetime, heard: bool = False) -> Terms:
    """`heard`: for clients whose orders have just come, who are known up to the latest of all orders."""
    today = _today(organisation_id, at)
    rule = queries.rule_on(organisation_id, today)
    # Silent orders stop the clock: what is not known must not make anybody late.
    known = zone_queries.orders_known_until(organisation_id, today)
    if heard and known < today:
        orders = Order.objects.filter(organisation_id=organisation_id, ordered_on__lte=today)
        known = max(known, orders.aggregate(last=Max("ordered_on"))["last"] or known)
    today = known
    ensure_prior(organisation_id=organisation_id, today=today, rule=rule, by=by, at=at)
    rows = Prior.objects.filter(organisation_id=organisation_id).order_by("fitted_on")
    months = list(rows.values_list("fitted_on", "base_interval", "clients"))
    return Terms(
        organisation_id,
        today,
        rule,
        np.array([month.toordinal() for month, _, _ in months], np.int64),
        np.array([usual for _, usual, _ in months], np.float64),
        months[-1][2],
    )
