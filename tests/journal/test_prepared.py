"""A statement asked often is planned once; its values are never part of it, and the switch of an operator holds."""

from __future__ import annotations

import pytest
from django.db import DataError, connection, transaction

from ritm.journal.prepared import prepared

ASKED = "SELECT %s::text || ' – ' || length(%s) /* kept ready */"


def _ask(one: str) -> str:
    with prepared(), connection.cursor() as cursor:
        cursor.execute(ASKED, [one, one])
        return cursor.fetchone()[0]


def _ready() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%kept ready%'")
        return cursor.fetchone()[0]


def test_the_third_time_it_is_ready_and_values_stay_values(db):
    for said in ("раз", "'; DROP TABLE clients_client; --", "%s", "три"):
        assert _ask(said) == f"{said} – {len(said)}"
    assert _ready() == 1


def test_what_is_asked_outside_is_not_kept(db):
    for _ in range(4):
        with connection.cursor() as cursor:
            cursor.execute(ASKED, ["один", "один"])
    assert _ready() == 0


def test_a_mistake_leaves_the_connection_as_it_was(db):
    before = connection.connection.cursor_factory, connection.connection.prepare_threshold
    with pytest.raises(DataError), transaction.atomic(), prepared(), connection.cursor() as cursor:
        cursor.execute("SELECT 1 / %s", [0])
    assert (connection.connection.cursor_factory, connection.connection.prepare_threshold) == before
    assert _ask("дальше") == "дальше – 6"


def test_an_operator_may_switch_it_off(db, settings):
    settings.PREPARED = False
    for _ in range(4):
        assert _ask("да") == "да – 2"
    assert _ready() == 0


def test_the_log_of_queries_still_tells_it(db, django_assert_num_queries):
    for _ in range(3):
        _ask("слово")
    with django_assert_num_queries(1) as asked:
        _ask("слово")
    assert "kept ready" in asked.captured_queries[0]["sql"]
