"""The bench: its table says what holds and what does not, and its parts run on a small base."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection

from ritm.demo import operations
from ritm.demo.bench import jobs, pages
from ritm.demo.bench.table import Measured, table
from ritm.demo.operations import Order
from tests.cast import NOW


def test_a_row_is_judged_by_its_own_measure():
    seconds = tuple(n / 1000 for n in range(1, 101))
    assert Measured("page", seconds, judged="p95", limit=0.097).holds
    assert not Measured("page", seconds, judged="p95", limit=0.095).holds
    assert Measured("job", (6.0,), 2.0, "ratio", 3).holds
    assert not Measured("job", (6.1,), 2.0, "ratio", 3).holds
    assert Measured("untargeted", (1.0,)).holds is None


def test_the_table_says_the_verdict_in_words():
    shown = table(
        [
            Measured("job", (6.0,), 1.0, "ratio", 3, "why", "s"),
            Measured("memory", (200.0,), None, "value", 250, unit="MB"),
        ]
    )
    assert "6.00  ratio ≤ 3  MISSED   why" in shown
    assert "holds" in shown.splitlines()[2]


@pytest.mark.django_db
def test_pages_and_jobs_are_measured_on_a_small_base():
    made = operations.load(
        Order(clients=130, orders_per_client=8, seed=3, as_of=dt.date(2026, 3, 16)), at=NOW, say=lambda _: None
    )
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    jobs.rhythm_clock.rebuild(organisation_id=made[0], now=NOW)
    rows = [*pages.measure(made[0], "small", 1), jobs.rebuild(made[0], now=NOW)]
    assert len({row.name for row in rows}) == len(rows) == 14
    assert all(row.median > 0 and row.floor for row in rows)
