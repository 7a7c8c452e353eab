"""`ritm bench`: measure the numbers to hold, in a database of its own."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection
from django.utils import timezone

from ritm.demo import operations
from ritm.demo.bench.table import Measured, table

CLIENTS = {"small": 100_000, "large": 1_000_000}
PARTS = ("pages", "heads", "verbs", "rebuild", "tick", "lines", "xlsx", "list", "file", "memory")


class Command(BaseCommand):
    help = "Measures pages and bulk work on an invented base and prints a table; the office's data are not touched."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--size", choices=sorted(CLIENTS), default="small")
        parser.add_argument("--only", default="", help=f"parts, by comma: {', '.join(PARTS)}")
        parser.add_argument("--runs", type=int, default=40, help="requests per page")
        parser.add_argument("--rows", type=int, default=1_000_000, help="CSV lines to bring in")

    def handle(self, *args: Any, **options: Any) -> None:
        name = f"ritm_bench_{options['size']}"
        if connection.settings_dict["NAME"] != name:
            self._elsewhere(name)
            return
        parts = [part for part in PARTS if not options["only"] or part in options["only"].split(",")]
        call_command("migrate", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        if not operations.companies():
            self.stdout.write(f"Loading {CLIENTS[options['size']]:,} clients …")
            call_command("demo", clients=CLIENTS[options["size"]], stdout=self.stdout)
        company = operations.companies()[0]
        rows: list[Measured] = []
        with tempfile.TemporaryDirectory() as folder:
            for part in parts:
                for row in self._rows(part, company.organisation_id, company.as_of, Path(folder), options):
                    rows.append(row)
                    self.stderr.write("  ".join(cell for cell in row.cells() if cell))
        self.stdout.write(table(rows))

    def _rows(
        self, part: str, organisation_id: int, as_of: dt.date, folder: Path, options: dict[str, Any]
    ) -> Iterator[Measured]:
        # Each part loads what it measures, and no more.
        from ritm.demo.bench import jobs, memory, pages

        if part == "pages":
            yield from pages.measure(organisation_id, options["size"], options["runs"])
            return
        if part == "heads":
            yield from pages.measure_heads(organisation_id, options["size"], options["runs"])
            return
        if part == "verbs":
            yield from jobs.verbs(organisation_id)
            return
        if part == "tick":
            yield from jobs.tick(organisation_id, as_of=as_of)
            return
        single: dict[str, Callable[[], Measured]] = {
            "rebuild": lambda: jobs.rebuild(organisation_id, now=timezone.now()),
            "lines": lambda: jobs.order_lines(organisation_id, folder, rows=options["rows"]),
            "xlsx": lambda: jobs.workbook(organisation_id, folder),
            "list": lambda: jobs.client_list(organisation_id, folder),
            "file": lambda: jobs.rhythm_of_a_file(folder),
            "memory": memory.measure,
        }
        yield single[part]()

    def _elsewhere(self, name: str) -> None:
        """Make the database when it is missing, and measure there."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name])
            if cursor.fetchone() is None:
                template = settings.DATABASES["default"]["TEST"]["TEMPLATE"] or "template0"
                cursor.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        held = connection.settings_dict
        connection.close()
        user, password = quote(held["USER"], safe=""), quote(held["PASSWORD"], safe="")
        who = f"{user}:{password}" if password else user
        port = f"&port={held['PORT']}" if held["PORT"] else ""
        url = f"postgresql://{who}@/{name}?host={quote(held['HOST'], safe='')}{port}"
        answer = subprocess.run([sys.executable, "-m", "ritm.config.cli", *sys.argv[1:]],
                                env=os.environ | {"DATABASE_URL": url}, check=False)  # fmt: skip
        if answer.returncode:
            raise CommandError("the bench stopped; its reason stands above")
