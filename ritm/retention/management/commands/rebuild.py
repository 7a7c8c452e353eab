"""`ritm rebuild`: recount every client from his orders."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from ritm.retention.management.commands.tick import moment
from ritm.retention.operations import rhythm_clock
from ritm.staff.queries import organisation_ids


class Command(BaseCommand):
    help = "Recounts every client's rhythm from the orders and writes the rows that were wrong (normally none)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organisation", type=int, help="one organisation's id; all by default")
        parser.add_argument("--now", help="ISO date or moment; the present by default")
        parser.add_argument("--fit", action="store_true", help="fit the population's numbers of all months anew, too")

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = options["organisation"]
        for organisation_id in [chosen] if chosen else organisation_ids():
            now = moment(options["now"], organisation_id)
            began = time.monotonic()
            written = rhythm_clock.rebuild(organisation_id=organisation_id, now=now, anew=options["fit"])
            took = time.monotonic() - began
            self.stdout.write(f"organisation {organisation_id}: {written} rows were wrong, {took:.1f} s")
