"""Lay indexes and foreign keys aside while millions of rows are written, and put them back as they were."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import IntegrityError, connection, transaction

from ritm.journal import bulk_keys

_INDEXES = """
SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
FROM pg_index i WHERE i.indrelid = ANY(%s::regclass[]) AND NOT i.indisunique AND NOT i.indisprimary
AND NOT EXISTS (SELECT 1 FROM pg_constraint c WHERE c.conindid = i.indexrelid)
ORDER BY 1
"""
_KEYS = """
SELECT c.conrelid::regclass::text, quote_ident(c.conname), pg_get_constraintdef(c.oid)
FROM pg_constraint c
WHERE c.contype = 'f' AND (c.conrelid = ANY(%s::regclass[]) OR c.confrelid = ANY(%s::regclass[]))
ORDER BY 1, 2
"""


@contextmanager
def aside(tables: Sequence[str], *, indexes: bool = True) -> Iterator[None]:
    """
    This context will drop the tables' foreign keys (both ways) and plain indexes, and build them anew at its end.

    All in the open transaction: an error puts everything back by itself, and others wait at the tables' locks.
    Foreign keys are checked again when they return, one join per key instead of one look-up per row; so are the keys
    that triggers keep (journal.bulk_keys).
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("aside() needs an open transaction")
    names = list(tables)
    with connection.cursor() as cursor:
        _settle_checks(cursor)
        for table in names:
            cursor.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
        cursor.execute(_KEYS, [names, names])
        keys = cursor.fetchall()
        cursor.execute(_INDEXES, [names])
        plain = cursor.fetchall() if indexes else []
        cursor.execute(bulk_keys.TRIGGERS, [names])
        triggers = cursor.fetchall()
        for table, name, *_ in triggers:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
        for table, name, _ in keys:
            cursor.execute(f"ALTER TABLE {table} DROP CONSTRAINT {name}")
        for name, _ in plain:
            cursor.execute(f"DROP INDEX {name}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL maintenance_work_mem = '1GB'")
        _settle_checks(cursor)
        for _, definition in plain:
            cursor.execute(definition)
        for table, name, definition in keys:
            cursor.execute(f"ALTER TABLE {table} ADD CONSTRAINT {name} {definition}")
        for table, name, column, target in triggers:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {name}")
            cursor.execute(
                f"SELECT EXISTS (SELECT FROM {table} r WHERE r.{column} IS NOT NULL"
                f" AND NOT EXISTS (SELECT FROM {target} t WHERE t.id = r.{column}))"
            )
            if cursor.fetchone()[0]:
                raise IntegrityError(f"{table}.{column} names a row that is not in {target}")


def _settle_checks(cursor: Any) -> None:
    """Checks that wait for the commit would refuse to let their table be altered: have them done now."""
    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
