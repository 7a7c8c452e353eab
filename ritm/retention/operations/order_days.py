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

# One statement, hence one snapshot, in three parts. Sums and days without any test of the kind come out of the index
# at the pace of a bare aggregate; the few returns and future orders are told apart afterwards.
_KNOWN, _RETURNED, _FUTURE = 0, 1, 2
_SELECT = """
COPY (
    SELECT client_id, 0::int8, (sum(amount) * 100)::int8,
        COALESCE((sum(amount) FILTER (WHERE ordered_on > {year}) * 100)::int8, 0), array_agg(ordered_on)
    FROM trade_order
    WHERE organisation_id = {organisation} AND cancelled_at IS NULL AND {whom} AND ordered_on <= {today}
    GROUP BY client_id
    UNION ALL
    SELECT client_id, 1, (sum(amount) * 100)::int8, 0, array_agg(ordered_on)
    FROM trade_order
    WHERE organisation_id = {organisation} AND cancelled_at IS NULL AND {whom} AND ordered_on <= {today}
        AND kind = 'return'
    GROUP BY client_id
    UNION ALL
    SELECT client_id, 2, 0, 0, ARRAY[min(ordered_on)]
    FROM trade_order
    WHERE organisation_id = {organisation} AND cancelled_at IS NULL AND {whom} AND ordered_on > {today}
    GROUP BY client_id
) TO STDOUT (FORMAT BINARY)
"""
# After the two bytes of the field count: id, part and two sums (each with its length), then the array.
_FIXED = np.dtype(
    [
        ("_0", ">i4"), ("client", ">i8"),
        ("_1", ">i4"), ("part", ">i8"),
        ("_2", ">i4"), ("total", ">i8"),
        ("_3", ">i4"), ("year", ">i8"),
    ]
)  # fmt: skip
_FIXED_WORDS = _FIXED.itemsize // 4
# Of an array: its length in bytes, dimensions, flags, element type; then size, lower bound and (length, day) pairs.
_ARRAY_HEAD = 6
_FILE_HEAD = 19
_SPAN = 4_000_000  # more than any day's ordinal
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


def span(organisation_id: int) -> tuple[int, int]:
    """This function will give the first and the last client id of an organisation; (0, -1) where nobody is."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COALESCE(min(client_id), 0), COALESCE(max(client_id), -1) FROM retention_rhythm "
            "WHERE organisation_id = %s",
            [organisation_id],
        )
        first, last = cursor.fetchone()
    return int(first), int(last)


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
    return _read(rows, (today - dt.timedelta(days=YEAR)).toordinal())


def _read(rows: list[bytes], year: int) -> OrderDays:
    # The server sends the file's head with, or before, its first row, and its trailer as a row of its own.
    rows[0] = rows[0][_FILE_HEAD:]
    rows = [row[2:] for row in rows if len(row) > _TRAILER]
    words = np.frombuffer(b"".join(rows), ">i4")
    sizes = np.fromiter(map(len, rows), np.int64, len(rows)) // 4
    starts = np.cumsum(sizes) - sizes
    head = words[starts[:, None] + np.arange(_FIXED_WORDS)].view(_FIXED).ravel() if rows else np.zeros(0, _FIXED)
    clients, place = np.unique(head["client"].astype(np.int64), return_inverse=True)

    def keys(part: int) -> tuple[Ints, Ints]:
        """Client and day of each order in one number, ascending, and how many orders have it."""
        mine = head["part"] == part
        counts = (sizes[mine] - _FIXED_WORDS - _ARRAY_HEAD) // 2
        first = starts[mine] + _FIXED_WORDS + _ARRAY_HEAD + 1
        before = np.cumsum(counts) - counts
        day = words[np.repeat(first - 2 * before, counts) + 2 * np.arange(counts.sum())]
        return _tally(np.repeat(place[mine] * _SPAN + EPOCH, counts) + day)

    def sums(part: int, name: str) -> Ints:
        full = np.zeros(len(clients), np.int64)
        mine = head["part"] == part
        full[place[mine]] = head[name][mine]
        return full

    def first_day(key: Ints) -> Ints:
        # Reversed assignment keeps the first of repeated positions.
        full = np.full(len(clients), NEVER, np.int64)
        full[key[::-1] // _SPAN] = key[::-1] % _SPAN
        return full

    known, times = keys(_KNOWN)
    returned, times_returned = keys(_RETURNED)
    orders = times.copy()
    orders[np.searchsorted(known, returned)] -= times_returned
    days = known[orders > 0]
    returns = sums(_RETURNED, "total")
    return OrderDays(
        clients,
        sums(_KNOWN, "total") - returns,
        returns,
        sums(_KNOWN, "year"),
        first_day(known[known % _SPAN > year]),
        first_day(keys(_FUTURE)[0]),
        np.bincount(days // _SPAN, minlength=len(clients)),
        days % _SPAN,
    )


def _tally(key: Ints) -> tuple[Ints, Ints]:
    """`np.unique` with counts, for what usually comes sorted out of an index."""
    if np.any(key[1:] < key[:-1]):
        key.sort()
    begins = np.flatnonzero(np.append(True, key[1:] != key[:-1])[: len(key)])
    return key[begins], np.diff(np.append(begins, len(key)))
