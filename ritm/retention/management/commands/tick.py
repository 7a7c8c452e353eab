"""`ritm tick`: ring every clock of the house by hand."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from ritm.journal import tenancy
from ritm.kernel.calendar import local_midnight
from ritm.kernel.clock import CLOCKS
from ritm.staff.models import Organisation
from ritm.staff.queries import organisation_ids


class Command(BaseCommand):
    help = "Rings every clock: what has come due by --now is handled as the worker would handle it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--now", help="ISO date (its local midnight) or moment; the present by default")
        parser.add_argument("--organisation", type=int, help="one organisation's id; all by default")

    def handle(self, *args: Any, **options: Any) -> None:
        chosen = options["organisation"]
        for organisation_id in [chosen] if chosen else organisation_ids():
            now = moment(options["now"], organisation_id)
            rung = ", ".join(f"{clock.key} {clock.ring(organisation_id, now)}" for clock in CLOCKS)
            self.stdout.write(f"organisation {organisation_id}, {now.isoformat()}: {rung}")


def moment(text: str | None, organisation_id: int) -> dt.datetime:
    """This function will read an ISO moment, or an ISO date as the first moment of that day where the office is."""
    if text is None:
        return timezone.now()
    try:
        day, at = parse_date(text), parse_datetime(text)
    except ValueError as error:
        raise CommandError(f"--now: {error}") from error
    if day is not None:
        with tenancy.organisation(organisation_id):
            zone = Organisation.objects.values_list("timezone", flat=True).get(pk=organisation_id)
        return local_midnight(day, zone)
    if at is None:
        raise CommandError(f"--now: '{text}' is no ISO date or moment, such as 2026-03-16 or 2026-03-16T09:00+03:00")
    return at if at.tzinfo else at.replace(tzinfo=dt.UTC)
