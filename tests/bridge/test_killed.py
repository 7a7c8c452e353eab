"""A worker killed by SIGKILL while it writes: nothing comes twice, nothing is lost. Long files take no memory."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from django.db import connection, transaction
from django.db.models import Count

from ritm.bridge import operations, runs
from ritm.bridge.kinds import Mapping
from ritm.bridge.models import Import
from ritm.clients.models import Client
from ritm.journal import tenancy
from ritm.journal.models import BatchRow
from ritm.kernel.actor import Actor
from ritm.staff import operations as staff
from ritm.trade.models import Line, Order
from tests.cast import NOW
from tests.workers import killed_in_the_middle

ROOT = Path(__file__).resolve().parents[2]
CLIENTS, LINES = 60, 8

# The second part of the clients is written, its transaction is open, and there the worker stands still.
WORKER = """
import sys, time
from pathlib import Path
import django
django.setup()
from django.conf import settings
from ritm.bridge import runs
from ritm.bridge.kinds import orders
from ritm.trade.operations import incoming
from tests.cast import NOW
settings.MEDIA_ROOT = Path(sys.argv[1])
orders.ROWS_PER_CHUNK = 100
publish, parts = incoming._publish, []
def stand_still(*args, **kwargs):
    parts.append(publish(*args, **kwargs))
    if len(parts) == 2:
        print("here", flush=True)
        time.sleep(120)
incoming._publish = stand_still
runs.run(organisation_id=int(sys.argv[2]), import_id=int(sys.argv[3]), at=NOW)
"""


def rows() -> Iterator[bytes]:
    yield "Код клиента;Номер;Дата;Артикул;Товар;Количество;Цена;Сумма\n".encode()
    for client in range(CLIENTS):
        for line in range(LINES):
            sku = f"A-{line}"
            yield f"К{client};З{client}-{line // 4};2026-01-{line // 4 + 10};{sku};Товар {sku};2;5;10\n".encode()


# Reads a file of so many megabytes as a dry run does; prints how many rows, and by how many megabytes it has grown.
READER = """
import resource, sys
from pathlib import Path
import django
django.setup()
from ritm.bridge.kinds.orders import OrderReader, OrdersImport, _judge, _rarely_swept
from ritm.bridge.rules.tables import open_table
from tests.cast import TODAY
table = open_table(Path(sys.argv[1]))
mapping = OrdersImport().guess(table, 0)
reader = OrderReader(table.columns, mapping.roles, mapping.day_first, mapping.decimal, TODAY)
rows, count, early = table.rows_meant(down=[], dates=[]), 0, 0
with _rarely_swept():
    while step := _judge(reader, rows)[0]:
        count += step
        early = early or resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(count, (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - early) // 1024)
"""
MEGABYTES = int(os.environ.get("RITM_TEST_MEGABYTES", "24"))


def test_a_long_file_is_read_in_the_memory_of_a_short_one(tmp_path):
    """RITM_TEST_MEGABYTES=200 tries the whole of what may be uploaded."""
    path = tmp_path / "long.csv"
    piece = b"".join(list(rows())[1:])
    times = MEGABYTES * 2**20 // len(piece) + 1
    with path.open("wb") as target:
        target.write(next(rows()))
        for _ in range(times):
            target.write(piece)
    answer = subprocess.run(
        [sys.executable, "-c", READER, str(path)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    count, grown = map(int, answer.stdout.split())
    assert count == times * CLIENTS * LINES
    assert grown < 24


def test_a_worker_killed_while_it_writes(django_db_setup, django_db_blocker, tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "files"
    with django_db_blocker.unblock():
        with transaction.atomic():
            home = staff.open_organisation(name="Убитый посреди", at=NOW)
        by = Actor(home.pk, None, "import")
        with tenancy.organisation(home.pk):
            taken = operations.take_file(kind="orders", filename="lines.csv", pieces=rows(), by=by, at=NOW)
            operations.agree_on_columns(source=taken, mapping=Mapping.from_json(taken.mapping), by=by, at=NOW)
        runs.check(organisation_id=home.pk, import_id=taken.pk, at=NOW)
        with tenancy.organisation(home.pk):
            operations.begin(source=Import.objects.get(pk=taken.pk), by=by, at=NOW)
        killed_in_the_middle(WORKER, settings.MEDIA_ROOT, home.pk, taken.pk)
        with tenancy.organisation(home.pk):
            written = Order.objects.count()
            assert 0 < written < CLIENTS * 2
            assert Import.objects.get(pk=taken.pk).state == Import.State.RUNNING
        _again(home.pk, taken.pk)
        with tenancy.organisation(home.pk):
            report = Import.objects.get(pk=taken.pk)
            assert report.state == Import.State.DONE
            assert (report.counts["orders_new"], report.counts["clients_new"]) == (CLIENTS * 2, CLIENTS)
            assert (Client.objects.count(), Order.objects.count(), Line.objects.count()) == (
                CLIENTS,
                CLIENTS * 2,
                CLIENTS * LINES,
            )
            assert not Line.objects.values("order").annotate(times=Count("id")).exclude(times=4).exists()
            noted = BatchRow.objects.filter(batch_id=report.batch_id, subject_kind="client")
            assert noted.count() == noted.values("subject_id").distinct().count() == CLIENTS
        connection.close()


def _again(organisation_id: int, import_id: int) -> None:
    """As the job does: the dead worker's lock falls when PostgreSQL notices."""
    deadline = time.monotonic() + 60
    while True:
        try:
            runs.run(organisation_id=organisation_id, import_id=import_id, at=NOW)
            return
        except runs.Busy:
            assert time.monotonic() < deadline
            time.sleep(0.2)
