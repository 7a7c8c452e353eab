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
# How PostgreSQL writes the types that we send.
_WIRE = {"int8": ">i8", "int4": ">i4", "int2": ">i2", "float8": ">f8", "date": ">i4", "bool": "?"}


Columns = dict[str, npt.NDArray[Any]]


def fetch(query: sql.Composable, types: dict[str, str]) -> Columns:
    """
    This function will read the columns of a query, one array each, sorted by the first.

    `types` names the PostgreSQL types in the order of the query; no value may be NULL.
    """
    layout = _layout(types)
    with (
        connection.cursor() as cursor,
        cursor.copy(sql.SQL("COPY ({}) TO STDOUT (FORMAT BINARY)").format(query)) as copy,
    ):
        whole = b"".join(copy)
    rows = np.frombuffer(whole, layout, (len(whole) - _HEAD_SIZE - len(_TRAILER)) // layout.itemsize, _HEAD_SIZE)
    rows = rows[np.argsort(rows[next(iter(types))], kind="stable")]
    return {name: rows[name].astype(rows[name].dtype.newbyteorder("=")) for name in types}


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
