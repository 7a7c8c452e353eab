"""`ritm prepare`: everything `ritm run` needs before it serves; quick when there is nothing to do."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser

from ritm.demo import operations
from ritm.staff import setup_code
from ritm.staff.queries import organisation_ids


class Command(BaseCommand):
    help = "Bring schema and static files up to date; load the demo company into an empty base."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--no-demo", action="store_true")

    def handle(self, *args: Any, no_demo: bool, **options: Any) -> None:
        if operations.schema_is_behind():
            self.stdout.write("Preparing the database …")
            call_command("migrate", verbosity=0, interactive=False)
        self._collect()
        if not no_demo and (not organisation_ids() or operations.companies()):
            # Loads the companies into an empty base; where they stand already, only says the logins.
            call_command("demo")
        if not organisation_ids():
            self.stdout.write(f"Nobody works here yet. Open Ritm in the browser with this code: {setup_code.current()}")

    def _collect(self) -> None:
        """Collect static files when one of them has changed since the last time."""
        if settings.PLAIN_STATIC:
            return
        seen = hashlib.sha256()
        for finder in get_finders():
            for name, storage in finder.list([]):
                seen.update(f"{name} {storage.get_modified_time(name).timestamp()}\n".encode())
        mark = settings.STATIC_ROOT / ".seen"
        if not mark.exists() or mark.read_text() != seen.hexdigest():
            self.stdout.write("Collecting static files …")
            call_command("collectstatic", verbosity=0, interactive=False, clear=True)
            mark.write_text(seen.hexdigest())
