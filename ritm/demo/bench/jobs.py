"""The work in bulk: rebuild, tick, and files brought in, each beside the plainest thing that could be done instead."""

from __future__ import annotations

import csv
import datetime as dt
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from ritm.bridge import operations as bridge
from ritm.bridge import runs
from ritm.bridge.kinds import Mapping
from ritm.bridge.models import Import
from ritm.demo.bench.table import Measured
from ritm.journal import tenancy
from ritm.kernel.actor import Actor
from ritm.kernel.calendar import local_midnight
from ritm.kernel.clock import CLOCKS
from ritm.retention.operations import rhythm_clock

DUE = 30_000
ZONE = "Europe/Moscow"

_AGGREGATE = """
SELECT client_id, count(*) AS orders, sum(amount) AS total, min(ordered_on) AS first_on, max(ordered_on) AS last_on
FROM trade_order
WHERE organisation_id = %s AND cancelled_at IS NULL GROUP BY client_id
"""


def rebuild(organisation_id: int, *, now: dt.datetime) -> Measured:
    """This function will rebuild every rhythm, beside one plain aggregate over the same orders."""

    def aggregate() -> None:
        # Nothing of the answer travels, but each column is asked for: PostgreSQL makes none that nobody reads.
        with tenancy.organisation(organisation_id), connection.cursor() as cursor:
            cursor.execute(
                f"SELECT count(orders), sum(total), min(first_on), max(last_on) FROM ({_AGGREGATE}) a",
                [organisation_id],
            )

    aggregate()
    floor = min(_time(aggregate) for _ in range(2))
    spent = _time(lambda: rhythm_clock.rebuild(organisation_id=organisation_id, now=now))
    return Measured("ritm rebuild", (spent,), floor, "ratio", 3, "floor: GROUP BY client over the same orders", "s")


def tick(organisation_id: int, *, as_of: dt.date) -> list[Measured]:
    """
    This function will let enough days pass for some 30,000 clients to come due, and ring each clock for them.

    The base grows older by it: the next run goes on from there. Clocks that handle no client are left out.
    """
    with tenancy.organisation(organisation_id), connection.cursor() as cursor:
        cursor.execute(
            "SELECT next_transition_on FROM retention_rhythm WHERE organisation_id = %s"
            " AND next_transition_on IS NOT NULL ORDER BY next_transition_on OFFSET %s LIMIT 1",
            [organisation_id, DUE],
        )
        row = cursor.fetchone()
        day = row[0] if row else as_of + dt.timedelta(days=120)
    now = local_midnight(day, ZONE)
    rows = []
    for clock in CLOCKS:
        started = time.perf_counter()
        handled = clock.ring(organisation_id, now)
        spent = time.perf_counter() - started
        if handled >= 1000:
            note = f"{handled} due by {day}, {spent:.1f} s"
            rows.append(Measured(f"tick of {clock.key}, per due client", (spent / handled,), note=note, unit="µs"))
    return rows


def order_lines(organisation_id: int, folder: Path, *, rows: int) -> Measured:
    """This function will bring in a CSV of order lines, beside a bare COPY of the same rows into a plain table."""
    path = folder / "lines.csv"
    _write_lines(path, rows)

    def copy() -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(
                "CREATE TABLE bench_copy (client text, number text, day date, sku text, product text,"
                " quantity numeric, price numeric, amount numeric)"
            )
            with (
                path.open("rb") as source,
                cursor.copy("COPY bench_copy FROM STDIN (FORMAT csv, DELIMITER ';', HEADER)") as target,
            ):
                while piece := source.read(1 << 20):
                    target.write(piece)
            transaction.set_rollback(True)

    floor = min(_time(copy) for _ in range(2))
    spent = bring_in(organisation_id, path, "orders")
    return Measured(f"import of {rows:,} CSV lines", (spent,), floor, "ratio", 4, "floor: COPY of the same rows", "s")


def workbook(organisation_id: int, folder: Path) -> Measured:
    """This function will bring in 10,000 rows of XLSX, from the uploaded file to the last order."""
    import xlsxwriter

    path = folder / "orders.xlsx"
    chance = random.Random(5)
    mark = time.time_ns() % 10**9
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Заказы")
        sheet.write_row(0, 0, ["Код клиента", "Номер заказа", "Дата", "Сумма"])
        for row in range(1, 10_001):
            day = dt.date(2025, 1, 1) + dt.timedelta(days=chance.randrange(365))
            sheet.write_row(
                row, 0, [f"X{mark}-{chance.randrange(1500)}", f"X{mark}-{row}", day.strftime("%d.%m.%Y"),
                         chance.randrange(500, 90_000)]
            )  # fmt: skip
    return Measured(
        "import of 10,000 XLSX rows", (bring_in(organisation_id, path, "orders"),), None, "value", 1.5, unit="s"
    )


def bring_in(organisation_id: int, path: Path, kind: str) -> float:
    """This function will bring a file in as the screens do, without their jobs; seconds after the upload."""
    by, at = Actor(organisation_id, None, "import"), timezone.now()
    with tenancy.organisation(organisation_id), path.open("rb") as source:
        taken = bridge.take_file(
            kind=kind, filename=path.name, pieces=iter(lambda: source.read(1 << 20), b""), by=by, at=at
        )
    with tenancy.organisation(organisation_id):
        bridge.agree_on_columns(source=taken, mapping=Mapping.from_json(taken.mapping), by=by, at=at)
    # The dry run is for the person's eyes: it is not part of bringing in.
    runs.check(organisation_id=organisation_id, import_id=taken.pk, at=at)
    started = time.perf_counter()
    with tenancy.organisation(organisation_id):
        bridge.begin(source=_again(taken), by=by, at=at)
    runs.run(organisation_id=organisation_id, import_id=taken.pk, at=at)
    spent = time.perf_counter() - started
    with tenancy.organisation(organisation_id):
        state = _again(taken)
    if state.state != Import.State.DONE:
        raise RuntimeError(f"the import ended as {state.state}: {state.failure}")
    return spent


def _again(taken: Import) -> Import:
    return Import.objects.get(pk=taken.pk)


def _write_lines(path: Path, rows: int) -> None:
    """Some four lines an order, twenty orders a client, 400 products; every run has numbers of its own."""
    chance = random.Random(11)
    mark = time.time_ns() % 10**9
    with path.open("w", newline="", encoding="utf-8") as target:
        writer = csv.writer(target, delimiter=";")
        writer.writerow(["Код клиента", "Номер заказа", "Дата", "Артикул", "Товар", "Количество", "Цена", "Сумма"])
        written = order = 0
        while written < rows:
            order += 1
            client = f"К{mark}-{order // 20}"
            day = dt.date(2024, 1, 1) + dt.timedelta(days=chance.randrange(600))
            for sku in chance.sample(range(400), min(rows - written, chance.randrange(1, 8))):
                quantity, price = chance.randrange(1, 50), chance.randrange(20, 900)
                writer.writerow(
                    [client, f"З{mark}-{order}", day.isoformat(), f"B-{sku:04}", f"Товар для замера {sku}", quantity,
                     price, quantity * price]
                )  # fmt: skip
                written += 1


def _time(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started
