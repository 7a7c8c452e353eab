"""Order days out of the database, many clients at once: one aggregate per client, sent in PostgreSQL's binary form."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
from django.db import connection
from psycopg import sql

from ritm.retention.rules.rhythm_arrays import Ints

# PostgreSQL counts days from 2000-01-01; infinity says 'none'.
EPOCH = dt.date(2000, 1, 1).toordinal()
NEVER = 2**31 - 1
YEAR = 365

_SELECT = """
COPY (
    SELECT client_id,
        (COALESCE(sum(amount) FILTER (WHERE kind = 'order' AND ordered_on <= {today}), 0) * 100)::int8,
        (COALESCE(sum(amount) FILTER (WHERE kind = 'return' AND ordered_on <= {today}), 0) * 100)::int8,
        (COALESCE(sum(amount) FILTER (WHERE ordered_on > {year} AND ordered_on <= {today}), 0) * 100)::int8,
        COALESCE(min(ordered_on) FILTER (WHERE ordered_on > {year} AND ordered_on <= {today}), 'infinity'),
        COALESCE(min(ordered_on) FILTER (WHERE ordered_on > {today}), 'infinity'),
        COALESCE(array_agg(ordered_on) FILTER (WHERE kind = 'order' AND ordered_on <= {today}), '{{}}')
    FROM trade_order
    WHERE organisation_id = {organisation} AND cancelled_at IS NULL AND {whom}
    GROUP BY client_id
) TO STDOUT (FORMAT BINARY)
"""
# After the two bytes of the field count: id, three sums (each with its length), two dates, then the array.
_FIXED = np.dtype(
    [
        ("_0", ">i4"), ("client", ">i8"),
        ("_1", ">i4"), ("bought", ">i8"),
        ("_2", ">i4"), ("returns", ">i8"),
        ("_3", ">i4"), ("year", ">i8"),
        ("_4", ">i4"), ("oldest", ">i4"),
        ("_5", ">i4"), ("future", ">i4"),
    ]
)  # fmt: skip
_FIXED_WORDS = _FIXED.itemsize // 4
# Of an array: its length in bytes, dimensions, flags, element type; then size, lower bound and (length, day) pairs.
_ARRAY_HEAD = 6
_FILE_HEAD = 19
_TRAILER = 2


@dataclass(frozen=True, slots=True)
class OrderDays:
    """
    Per client, in order of id: `clients`, money in hundredths, days as ordinals; `days` holds `counts[i]` of each.

    `oldest` is the first day of the trailing year on which something was bought or returned, `future` the first order
    after today; both are far in the future when there is none.
    """

    clients: Ints
    bought: Ints
    returns: Ints
    year: Ints
    oldest: Ints
    future: Ints
    counts: Ints
    days: Ints


def whom(client_ids: list[int]) -> sql.Composable:
    """This function will say 'these clients' in SQL."""
    return sql.SQL("client_id = ANY({}::bigint[])").format(sql.Literal(client_ids))


def between(first: int, last: int) -> sql.Composable:
    """This function will say 'clients whose ids lie between' in SQL."""
    return sql.SQL("client_id BETWEEN {} AND {}").format(sql.Literal(first), sql.Literal(last))


def sampled(every: int) -> sql.Composable:
    """This function will say 'one client out of so many' in SQL, always the same ones."""
    return sql.SQL("client_id % {} = 0").format(sql.Literal(every))


def load(*, organisation_id: int, clients: sql.Composable, today: dt.date) -> OrderDays:
    """
    This function will read the order days known on `today` of the clients that the SQL condition names.

    Cancelled orders do not exist, orders of the future are only announced by `future`, and several orders of one day
    are one order day. Clients without any order or return are absent.
    """
    statement = sql.SQL(_SELECT).format(
        organisation=sql.Literal(organisation_id),
        whom=clients,
        today=sql.Literal(today),
        year=sql.Literal(today - dt.timedelta(days=YEAR)),
    )
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        rows = [bytes(row) for row in copy]
    return _read(rows)


def _read(rows: list[bytes]) -> OrderDays:
    # The server sends the file's head with, or before, its first row, and its trailer as a row of its own.
    rows[0] = rows[0][_FILE_HEAD:]
    rows = [row[2:] for row in rows if len(row) > _TRAILER]
    words = np.frombuffer(b"".join(rows), ">i4")
    sizes = np.fromiter(map(len, rows), np.int64, len(rows)) // 4
    starts = np.cumsum(sizes) - sizes
    head = words[starts[:, None] + np.arange(_FIXED_WORDS)].view(_FIXED).ravel() if rows else np.zeros(0, _FIXED)
    # An empty array has no size and no lower bound: its row is too short for a single pair.
    counts = np.maximum(0, (sizes - _FIXED_WORDS - _ARRAY_HEAD) // 2)
    first = np.repeat(starts + _FIXED_WORDS + _ARRAY_HEAD + 1, counts)
    nth = np.arange(len(first)) - np.repeat(np.cumsum(counts) - counts, counts)
    days = words[first + 2 * nth].astype(np.int64) + EPOCH
    rows_of_days = np.repeat(np.arange(len(rows)), counts)
    order = np.argsort(head["client"], kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    rows_of_days = place[rows_of_days]
    key = rows_of_days * 4_000_000 + days
    if len(key) and np.any(key[1:] < key[:-1]):
        key.sort()
    key = key[np.append(True, key[1:] != key[:-1])[: len(key)]]
    head = head[order]

    def column(name: str) -> Ints:
        return head[name].astype(np.int64)

    def day(name: str) -> Ints:
        found = column(name)
        return np.where(found == NEVER, NEVER, found + EPOCH)

    return OrderDays(
        column("client"),
        column("bought"),
        column("returns"),
        column("year"),
        day("oldest"),
        day("future"),
        np.bincount(key // 4_000_000, minlength=len(rows)),
        key % 4_000_000,
    )
