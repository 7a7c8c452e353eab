"""
The second wall: PostgreSQL row-level security by organisation.

Every table with a row per organisation carries a policy; the organisation is set per transaction, so that a
pooled connection can never remember a stranger's. A query outside any scope sees no rows at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

ORGANISATION = "NULLIF(current_setting('ritm.organisation', true), '')::bigint"
PERSON = "NULLIF(current_setting('ritm.person', true), '')::bigint"


def wall(table: str, *, rule: str = f"organisation_id = {ORGANISATION}") -> str:
    """This function will give the SQL that puts row-level security, forced on its owner too, around `table`."""
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;"
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY;"
        f"DROP POLICY IF EXISTS organisation ON {table};"
        f"CREATE POLICY organisation ON {table} USING ({rule}) WITH CHECK ({rule});"
    )


def _set(key: str, value: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(%s, %s, true)", [f"ritm.{key}", value])


def _get(key: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_setting(%s, true)", [f"ritm.{key}"])
        return cursor.fetchone()[0] or ""


def enter(*, organisation_id: int | None = None, person_id: int | None = None) -> None:
    """
    This function will set the scope of the transaction that is already open (the web's one per request).

    Raises TransactionManagementError outside a transaction: the scope would end with the statement.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("tenancy.enter() needs an open transaction")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('ritm.organisation', %s, true), set_config('ritm.person', %s, true)",
            [
                "" if organisation_id is None else str(organisation_id),
                "" if person_id is None else str(person_id),
            ],
        )


@contextmanager
def organisation(organisation_id: int) -> Iterator[None]:
    """This context will run its body in a transaction that sees exactly one organisation's rows."""
    with transaction.atomic():
        before = _get("organisation")
        _set("organisation", str(organisation_id))
        yield
        # After an exception the (sub)transaction's rollback restores the setting by itself.
        _set("organisation", before)


@contextmanager
def person(person_id: int) -> Iterator[None]:
    """This context will let its body see one person's own places in all organisations."""
    with transaction.atomic():
        before = _get("person")
        _set("person", str(person_id))
        yield
        _set("person", before)


@contextmanager
def installation() -> Iterator[None]:
    """This context will let its body list the organisations themselves (and nothing inside them)."""
    with transaction.atomic():
        before = _get("installation")
        _set("installation", "on")
        yield
        _set("installation", before)


@contextmanager
def erasure() -> Iterator[None]:
    """This context will let its body wipe the payloads of journal entries that name a person (and nothing else)."""
    with transaction.atomic():
        _set("erasure", "on")
        yield
        _set("erasure", "")
