"""The work in bulk: rebuild, tick, and files brought in, each beside the plainest thing that could be done instead."""

from __future__ import annotations

import csv
import datetime as dt
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from ritm.bridge import operations as bridge
from ritm.bridge import runs
from ritm.bridge.kinds import Mapping
from ritm.bridge.models import Import
from ritm.clients.models import Client
from ritm.clients.operations import batches, merging
from ritm.demo import office
from ritm.demo.bench.table import Measured
from ritm.desk.queries import standing
from ritm.journal import tenancy
from ritm.kernel.actor import Actor
from ritm.kernel.calendar import local_date, local_midnight
from ritm.kernel.clock import CLOCKS
from ritm.retention import zone_queries
from ritm.retention.operations import rhythm_clock
from ritm.staff.models import Employee
from ritm.staff.queries import viewer_of

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
    written = _written_alone(organisation_id)
    note = f"floor: COPY of the same rows; writing them into their own tables takes {written:.1f} s"
    return Measured(f"import of {rows:,} CSV lines", (spent,), floor, "ratio", 4, note, "s")


_TAKE_OUT = """
CREATE TEMPORARY TABLE bench_orders AS SELECT * FROM trade_order WHERE organisation_id = {org} AND batch_id = {batch};
CREATE TEMPORARY TABLE bench_lines AS
SELECT l.* FROM trade_line l JOIN bench_orders o ON o.id = l.order_id ORDER BY l.order_id, l.id;
UPDATE bench_orders SET external_id = external_id || '+', batch_id = -1, id = -id;
UPDATE bench_lines SET order_id = -order_id, id = -id
"""


def _written_alone(organisation_id: int) -> float:
    """What the last import's orders and lines cost when nothing is read and judged: all indexes, keys and the wall."""
    # Rolled back by itself, inside the wall that is left in good order.
    with tenancy.organisation(organisation_id), transaction.atomic(), connection.cursor() as cursor:
        batch = Import.objects.order_by("-id").values_list("batch_id", flat=True)[0]
        cursor.execute(_TAKE_OUT.format(org=organisation_id, batch=batch))

        def write() -> None:
            cursor.execute("INSERT INTO trade_order SELECT * FROM bench_orders")
            cursor.execute("INSERT INTO trade_line SELECT * FROM bench_lines")

        spent = _time(write)
        transaction.set_rollback(True)
    return spent


def client_list(organisation_id: int, folder: Path) -> Measured:
    """This function will bring in a sales team's own list: 10,000 clients with contacts, phones and addresses."""
    import xlsxwriter

    path = folder / "clients.xlsx"
    chance = random.Random(7)
    mark = time.time_ns() % 10**9
    with xlsxwriter.Workbook(path, {"constant_memory": True}) as book:
        sheet = book.add_worksheet("Клиенты")
        sheet.write_row(0, 0, ["Код", "Наименование", "Контактное лицо", "Телефон", "E-mail", "Адрес"])
        for row in range(1, 10_001):
            sheet.write_row(
                row, 0, [f"Z{mark}-{row}", f"ООО «Замер {mark}-{row}»", f"Анна Замерова {row}",
                         f"+7 9{chance.randrange(10**9):09}", f"a{row}@z{mark}.example",
                         f"г Псков, ул Мира, д {chance.randrange(1, 200)}, оф {row}"]
            )  # fmt: skip
    spent = bring_in(organisation_id, path, "clients")
    return Measured("import of a list of 10,000 clients", (spent,), None, "value", 10, unit="s")


def rhythm_of_a_file(folder: Path) -> Measured:
    """This function will have `ritm rhythm` answer for 1,000,000 orders; its own processor time."""
    path = folder / "history.csv"
    chance = random.Random(3)
    with path.open("w", encoding="utf-8") as target:
        target.write("Клиент;Дата;Сумма\n")
        for row in range(1_000_000):
            day = dt.date(2023, 1, 1) + dt.timedelta(days=chance.randrange(1100))
            target.write(f"К-{row % 50_000:05};{day:%d.%m.%Y};{chance.randrange(500, 90_000)}\n")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "ritm.config.cli", "rhythm", str(path), "--format", "csv"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Measured("ritm rhythm of 1,000,000 orders", (spent,), None, "value", 10, "processor time", "s")


def verbs(organisation_id: int) -> Iterator[Measured]:
    """This function will measure what people do to many clients at once, and undo it."""
    with tenancy.organisation(organisation_id):
        boss = Employee.objects.get(person__email=office.email_of("director"))
        by, at = Actor(organisation_id, boss.pk), timezone.now()
        viewer = viewer_of(boss.pk, at=at)
        first = Client.objects.filter(archived_at=None).order_by("id").values_list("id", flat=True)
        owner = Employee.objects.exclude(pk=boss.pk).filter(person__email=office.email_of("seller")).get()
        ids = list(first[1000:1500])
        pairs = list(Client.objects.filter(pk__in=list(first[2000:2020])).order_by("id"))
    if viewer is None:
        raise RuntimeError("the director of the demo has no place any more")

    done: list[Any] = []

    def within(work: Callable[..., Any], *args: Any, **kwargs: Any) -> float:
        started = time.perf_counter()
        with tenancy.organisation(organisation_id):
            done.append(work(*args, **kwargs))
        return time.perf_counter() - started

    spent = within(batches.reassign, client_ids=ids, owner=owner, why="замер", by=by, at=at)
    yield Measured("reassign 500 clients", (spent,), unit="s")
    spent = within(batches.undo_batch, batch=done[0], by=by, at=at)
    yield Measured("undo that", (spent,), unit="s")
    done.clear()
    together = [
        within(merging.merge, keep=keep, gone=gone, by=by, at=at)
        for keep, gone in zip(pairs[::2], pairs[1::2], strict=True)
    ]
    yield Measured("merge two clients", tuple(together))
    apart = [within(merging.unmerge, batch=batch, by=by, at=at) for batch in tuple(done)]
    yield Measured("take a merge back", tuple(apart))
    today = local_date(at, ZONE)
    with tenancy.organisation(organisation_id):
        held = zone_queries.policy_on(organisation_id, today)
    harder = zone_queries.policy_of(
        held.numbers() | {"yellow": 1, "red": 2, "release": 3}, version=0, unit_id=None, effective_on=None
    )
    looks = [within(zone_queries.preview, viewer, harder, today) for _ in range(3)]
    yield Measured("preview of a policy over the whole base", tuple(looks), None, "median", 5, unit="s")
    for clock in ("zone", "rhythm"):
        past = [within(standing.together, viewer, None, [today - dt.timedelta(days=45)], clock=clock) for _ in range(3)]
        yield Measured(f"portfolio of everybody as of a day, {clock}", tuple(past), None, "p95", 0.1)


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
