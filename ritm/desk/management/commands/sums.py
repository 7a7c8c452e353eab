"""`ritm sums`: bring the sums kept by day up to date; with --anew, make all of them again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from ritm.desk.sums import keep
from ritm.staff.queries import organisation_ids


class Command(BaseCommand):
    help = "Brings the sums behind flow and portfolios up to date, as the worker does every five minutes."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--organisation", type=int, help="one organisation's id; all by default")
        parser.add_argument("--anew", action="store_true", help="make all sums again, from the log and the ledger")

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = options["organisation"]
        for organisation_id in [chosen] if chosen else organisation_ids():
            if options["anew"]:
                keep.anew(organisation_id)
            used = keep.keep(organisation_id, timezone.now())
            self.stdout.write(f"organisation {organisation_id}: {used}")
