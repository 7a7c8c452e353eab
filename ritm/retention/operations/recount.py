"""
Rhythm rows from order days, set-wise: the one way in which a row is ever written.

A batch of new orders, the clock and the full rebuild all come through here, so they cannot disagree.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from django.db import connection
from psycopg import sql

from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.retention.events import StatusesChanged
from ritm.retention.operations import chronicle
from ritm.retention.operations.binary_copy import Columns, fetch, fill
from ritm.retention.operations.order_days import EPOCH, NEVER, YEAR, OrderDays, load
from ritm.retention.rules import class_history, rhythm_arrays
from ritm.retention.rules.rhythm import DAYS_IN_YEAR, Rule
from ritm.retention.rules.rhythm_arrays import Beats, Bools, Floats, Ints

EVENT_SIZE = 5_000
_LOCK = 7_403_001  # first key of the advisory locks of this room; the second is the organisation

_TYPES = {
    "client_id": "int8",
    "orders": "int4",
    "first_on": "date",
    "last_on": "date",
    "weight": "float8",
    "sum1": "float8",
    "sum2": "float8",
    "base_interval": "float8",
    "interval_days": "float8",
    "expected_on": "date",
    "slipping_on": "date",
    "lost_on": "date",
    "status": "int2",
    "status_since": "date",
    "returned": "bool",
    "bought": "int8",
    "ltv": "int8",
    "year_value": "int8",
    "annual_worth": "int8",
    "next_transition_on": "date",
}
_CLASSES = "ARRAY[" + ", ".join(f"'{status}'" for status in class_history.STATUSES) + "]"
_MONEY = ("bought", "ltv", "year_value", "annual_worth")
# The wire has no NULL: 'infinity' and NaN stand for it.
_READ = {
    name: f"({_CLASSES})[n.{name} + 1]"
    if name == "status"
    else f"n.{name} / 100.0"
    if name in _MONEY
    else f"NULLIF(n.{name}, 'infinity')"
    if kind == "date"
    else f"NULLIF(n.{name}, 'NaN')"
    if kind == "float8"
    else f"n.{name}"
    for name, kind in _TYPES.items()
    if name != "client_id"
}
_STANDING = ", ".join(
    f"(array_position({_CLASSES}, {name}) - 1)::int2"
    if name == "status"
    else f"({name} * 100)::int8"
    if name in _MONEY
    else f"COALESCE({name}, 'infinity')"
    if kind == "date"
    else f"COALESCE({name}, 'NaN')"
    if kind == "float8"
    else name
    for name, kind in _TYPES.items()
)
# Who keeps all of these has the same order days as before: nothing but time has passed.
_HISTORY = ("orders", "first_on", "last_on", "weight", "sum1", "sum2", "base_interval", "interval_days", "returned")
# What a client without any order or return has.
_EMPTY = {
    name: NEVER if kind == "date" else np.nan if name in ("base_interval", "interval_days") else 0
    for name, kind in _TYPES.items()
    if name != "client_id"
} | {"status": class_history.PROSPECT}
_WRITE = f"""
WITH changed AS (
    SELECT r.client_id, r.status AS was FROM retention_rhythm r JOIN retention_fresh n USING (client_id)
    WHERE r.organisation_id = %(organisation)s
), written AS (
    UPDATE retention_rhythm r
    SET {", ".join(f"{name} = {read}" for name, read in _READ.items())}, rule_version = %(version)s
    FROM retention_fresh n WHERE r.client_id = n.client_id AND r.organisation_id = %(organisation)s
)
SELECT client_id, was, ({_CLASSES})[n.status + 1] FROM changed JOIN retention_fresh n USING (client_id)
ORDER BY client_id
"""


@dataclass(frozen=True, slots=True)
class Terms:
    """
    What a recount reckons with: the day, the rule, and G0 by the month it is valid from (ordinals ascending).
    """

    organisation_id: int
    today: dt.date
    rule: Rule
    months: Ints
    usuals: Floats
    clients: int  # how many the organisation has, as the last fit counted them

    def usual(self, days: Ints) -> Floats:
        """This function will give G0 in days as known on each order day."""
        place = np.searchsorted(self.months, days, side="right") - 1
        return np.append(self.usuals, self.rule.usual)[place]


def recount(*, clients: sql.Composable, terms: Terms, by: Actor, at: dt.datetime, alone: bool = False) -> int:
    """
    This function will bring the rhythm rows of the clients that the SQL condition names up to `terms.today`.

    Only rows that differ are written; passages between classes go to the chronicle and are published. Returns how
    many rows were written. Runs in an open transaction, inside the wall; `alone` keeps all other recounts of the
    organisation out until it ends (for a rebuild, which locks no rows).
    """
    _take_turns(clients=clients, organisation_id=terms.organisation_id, alone=alone)
    found = load(organisation_id=terms.organisation_id, clients=clients, today=terms.today)
    client = np.repeat(found.clients, found.counts)
    beats = rhythm_arrays.unfold(client, found.days, terms.usual(found.days), terms.rule)
    wrong = _wrong(_standing_rows(clients, terms), _columns(found, client, beats, terms), terms)
    if not len(wrong["client_id"]):
        return 0
    fill("retention_fresh", _TYPES, wrong)
    with connection.cursor() as cursor:
        cursor.execute(_WRITE, {"organisation": terms.organisation_id, "version": terms.rule.version})
        changed = cursor.fetchall()
    touched = np.array([row[0] for row in changed], np.int64)
    chronicle.keep(
        touched=touched,
        steady=np.isin(touched, wrong["client_id"][wrong["steady"]]),
        client=client,
        beats=beats,
        organisation_id=terms.organisation_id,
        today=terms.today,
        rule=terms.rule,
        base=terms.clients,
        at=at,
    )
    moved = [row for row in changed if row[1] != row[2]]
    for start in range(0, len(moved), EVENT_SIZE):
        ids, was, became = zip(*moved[start : start + EVENT_SIZE], strict=True)
        publish(StatusesChanged(client_ids=ids, was=was, became=became), by=by, at=at)
    return len(changed)


def _standing_rows(clients: sql.Composable, terms: Terms) -> Columns:
    """The rows as they stand, with the version of the rule, in order of client."""
    return fetch(
        sql.SQL(
            "SELECT {columns}, rule_version FROM retention_rhythm WHERE organisation_id = {office} AND {whom}"
        ).format(columns=sql.SQL(_STANDING), office=sql.Literal(terms.organisation_id), whom=clients),
        _TYPES | {"rule_version": "int4"},
    )


def _wrong(rows: Columns, right: Columns, terms: Terms) -> Columns:
    """
    The columns of those rows that are not as they should be, and who is `steady` among them (`chronicle.keep`).

    Whoever has no orders should be a prospect.
    """
    ids = rows["client_id"]
    place = np.searchsorted(ids, right["client_id"])
    asked = {name: np.full(len(ids), empty, rows[name].dtype) for name, empty in _EMPTY.items()}
    for name, column in asked.items():
        column[place] = right[name]
    # A client without orders owes nothing to the rule, whatever its version.
    differs = (rows["rule_version"] != terms.rule.version) & (asked["orders"] > 0)
    for name, column in asked.items():
        differs |= ~_same(rows[name], column)
    steady = rows["rule_version"] == terms.rule.version
    for name in _HISTORY:
        steady &= _same(rows[name], asked[name])
    return {"client_id": ids[differs], "steady": steady[differs]} | {
        name: column[differs] for name, column in asked.items()
    }


def _same(held: np.ndarray, column: np.ndarray) -> Bools:
    """Where two columns agree; NaN is NULL, and equals itself."""
    return np.asarray((held == column) | ((held != held) & (column != column)))


def _take_turns(*, clients: sql.Composable, organisation_id: int, alone: bool) -> None:
    """
    Whoever recounts a client reads his orders only after the one before has written: an older reading never wins.
    """
    with connection.cursor() as cursor:
        lock = "pg_advisory_xact_lock" if alone else "pg_advisory_xact_lock_shared"
        cursor.execute(f"SELECT {lock}(%s, %s)", [_LOCK, organisation_id])
        if not alone:
            cursor.execute(
                sql.SQL(
                    "SELECT FROM retention_rhythm WHERE organisation_id = {organisation} AND {whom} "
                    "ORDER BY client_id FOR UPDATE"
                ).format(organisation=sql.Literal(organisation_id), whom=clients)
            )


def _columns(found: OrderDays, client: Ints, beats: Beats, terms: Terms) -> Columns:
    """One array per column of a rhythm row; clients with returns or future orders only are prospects."""
    rule, today = terms.rule, terms.today.toordinal()
    now = class_history.standing(client, beats, today, rule)
    latest = beats.take(rhythm_arrays.last_of_each(client))
    interval = rhythm_arrays.intervals(latest, rule)
    buys = found.counts > 0
    size = len(found.clients)

    def spread(values: np.ndarray, empty: float) -> np.ndarray:
        full = np.full(size, empty, values.dtype)
        full[buys] = values
        return full

    def day(values: Ints) -> Ints:
        return np.where(values >= NEVER, NEVER, values - EPOCH)

    ltv = found.bought + found.returns
    mean = np.maximum(0, ltv[buys]) / latest.n
    ahead = [np.where(stamp > today, stamp, NEVER) for stamp in (now.due.expected, now.due.slipping, now.due.lost)]
    turn = spread(np.minimum.reduce(ahead) if buys.any() else np.zeros(0, np.int64), NEVER)
    leaves_year = np.where(found.oldest == NEVER, NEVER, found.oldest + YEAR)
    return {
        "client_id": found.clients,
        "orders": found.counts,
        "first_on": day(spread(latest.first, NEVER)),
        "last_on": day(spread(latest.last, NEVER)),
        "weight": spread(latest.weight, 0),
        "sum1": spread(latest.log_sum, 0),
        "sum2": spread(latest.log_squares, 0),
        "base_interval": spread(latest.usual, np.nan),
        "interval_days": spread(interval, np.nan),
        "expected_on": day(spread(now.due.expected, NEVER)),
        "slipping_on": day(spread(now.due.slipping, NEVER)),
        "lost_on": day(spread(now.due.lost, NEVER)),
        "status": spread(now.status, class_history.PROSPECT),
        "status_since": day(spread(now.since, NEVER)),
        "returned": spread(latest.returned, False),
        "bought": found.bought,
        "ltv": ltv,
        "year_value": found.year,
        "annual_worth": np.rint(spread(mean * DAYS_IN_YEAR / interval, 0)).astype(np.int64),
        "next_transition_on": day(np.minimum(np.minimum(turn, leaves_year), found.future)),
    }
