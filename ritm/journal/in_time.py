"""A question that may take so long and no longer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from psycopg.errors import QueryCanceled


class TookTooLong(Exception):
    """A statement was given up; the transaction goes on as if it had not been asked."""


@contextmanager
def in_time(milliseconds: int) -> Iterator[None]:
    """This context will give up a statement of its body that takes longer, and raise TookTooLong instead."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL statement_timeout = %s", [milliseconds])
            yield
            cursor.execute("SET LOCAL statement_timeout = 0")
    except OperationalError as error:
        if not isinstance(error.__cause__, QueryCanceled):
            raise
        raise TookTooLong from error
