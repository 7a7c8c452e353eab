"""
Statements that PostgreSQL plans once per connection.

Django writes the values into the text of a statement, and each text is parsed and planned anew: for what every page
asks, that takes PostgreSQL longer than the answer. Within `prepared()` values travel beside the text, and the driver
keeps a statement ready on its connection from the third time on.

It is for statements whose best plan does not hang on their values: rows of known ids, the viewer, the rule of the day.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.backends.postgresql.base import ServerBindingCursor

# Asked so many times on a connection, a statement is worth a plan of its own; so many plans are kept.
WORTH_IT = 2
KEPT = 200


class _Cursor(ServerBindingCursor):
    _query: Any

    def execute(self, query: Any, params: Any = None, **how: Any) -> Any:
        answer = super().execute(query, params, **how)  # type: ignore[misc]
        if self._query is None:
            # The driver forgets the text of a statement that is ready; Django's log of queries reads it here.
            self._query = SimpleNamespace(query=str(query).encode())
        return answer


@contextmanager
def prepared() -> Iterator[None]:
    """This context will have the statements of its body, Django's and handwritten ones, kept ready by PostgreSQL."""
    if not settings.PREPARED:
        yield
        return
    connection.ensure_connection()
    driver = connection.connection
    before = driver.cursor_factory, driver.prepare_threshold
    driver.cursor_factory, driver.prepare_threshold, driver.prepared_max = _Cursor, WORTH_IT, KEPT
    try:
        yield
    finally:
        driver.cursor_factory, driver.prepare_threshold = before
