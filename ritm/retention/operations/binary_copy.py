"""Numpy columns into and out of PostgreSQL, in its binary COPY form: a million rows in about a second."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from django.db import connection
from psycopg import sql

_HEAD = b"PGCOPY\n\xff\r\n\0" + bytes(8)
_TRAILER = b"\xff\xff"
_HEAD_SIZE = len(_HEAD)
_ARRAY_HEAD = 20  # dimensions, flags, element type, size, lower bound
# How PostgreSQL writes the types that we send.
_WIRE = {"int8": ">i8", "int4": ">i4", "int2": ">i2", "float8": ">f8", "date": ">i4", "bool": "?"}


Columns = dict[str, npt.NDArray[Any]]


def fetch(query: sql.Composable, types: dict[str, str]) -> Columns:
    """
    This function will read the columns of a query, one array each, sorted by the first.

    `types` names the PostgreSQL types in the order of the query; no value may be NULL.
    """
    # One array a column instead of one message a row: neither side touches a value by itself.
    packed = sql.SQL("COPY (SELECT {columns} FROM ({query}) rows ({names})) TO STDOUT (FORMAT BINARY)").format(
        columns=sql.SQL(", ").join(sql.SQL("array_agg({})").format(sql.Identifier(name)) for name in types),
        query=query,
        names=sql.SQL(", ").join(map(sql.Identifier, types)),
    )
    with connection.cursor() as cursor, cursor.copy(packed) as copy:
        whole = b"".join(copy)
    place = _HEAD_SIZE + 2
    columns: Columns = {}
    for name, kind in types.items():
        pair = np.dtype([("size", ">i4"), ("value", _WIRE[kind])])
        length = int.from_bytes(whole[place : place + 4], signed=True)
        size = max(0, length - _ARRAY_HEAD) // pair.itemsize
        values = np.frombuffer(whole, pair, size, place + 4 + _ARRAY_HEAD)["value"] if size else np.zeros(0, pair[1])
        columns[name] = values.astype(pair[1].newbyteorder("="))
        place += 4 + max(0, length)
    order = np.argsort(next(iter(columns.values())), kind="stable")
    return {name: column[order] for name, column in columns.items()}


def _layout(types: dict[str, str]) -> np.dtype[Any]:
    """One row on the wire: the number of fields, then each with its size before it."""
    fields: list[tuple[str, str]] = [("fields", ">i2")]
    for name, kind in types.items():
        fields += [(f"size of {name}", ">i4"), (name, _WIRE[kind])]
    return np.dtype(fields)


def fill(table: str, types: dict[str, str], columns: Columns) -> None:
    """
    This function will make the temporary table anew (empty at the end of the transaction) and fill it.

    `types` names PostgreSQL types by column, `columns` gives arrays of one length; a date is a day number counted
    from 2000-01-01. No value is NULL: the reader turns 'infinity' and NaN into it.
    """
    size = len(next(iter(columns.values())))
    rows = np.zeros(size, _layout(types))
    rows["fields"] = len(types)
    for name, kind in types.items():
        rows[f"size of {name}"] = np.dtype(_WIRE[kind]).itemsize
        rows[name] = columns[name]
    with connection.cursor() as cursor:
        listed = ", ".join(f"{name} {kind}" for name, kind in types.items())
        cursor.execute(f"CREATE TEMPORARY TABLE IF NOT EXISTS {table} ({listed}) ON COMMIT DELETE ROWS")
        cursor.execute(f"TRUNCATE {table}")
        with cursor.copy(f"COPY {table} FROM STDIN (FORMAT BINARY)") as copy:
            copy.write(_HEAD)
            copy.write(rows.tobytes())
            copy.write(_TRAILER)
        if size > 1000:
            cursor.execute(f"ANALYZE {table}")
