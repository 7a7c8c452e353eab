"""Jobs of the bridge: the passes over a file. Each may be done again; a second pass waits until the first is over."""

from __future__ import annotations

import datetime as dt

from django.db import InterfaceError, OperationalError
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from ritm.bridge import files, runs
from ritm.bridge.models import Import
from ritm.journal import tenancy
from ritm.staff.queries import organisation_ids

# Another file first: asked again every five seconds for as long as a working day.
_WAIT = RetryStrategy(max_attempts=6000, wait=5, retry_exceptions=[runs.Busy])
_KEPT_DAYS = 30


def _pass(work: object, organisation_id: int, import_id: int) -> None:
    try:
        work(organisation_id=organisation_id, import_id=import_id, at=timezone.now())  # type: ignore[operator]
    except (OperationalError, InterfaceError):
        # The database was restarted under us: this connection is dead, the job comes again with another one.
        from django.db import connection

        connection.close()
        raise runs.Busy("", code="database_gone") from None


@app.task(name="bridge.check", retry=_WAIT)
def check(*, organisation_id: int, import_id: int) -> None:
    """This job will do the dry run of a file."""
    _pass(runs.check, organisation_id, import_id)


@app.task(name="bridge.run", retry=_WAIT)
def run(*, organisation_id: int, import_id: int) -> None:
    """This job will bring a file in."""
    _pass(runs.run, organisation_id, import_id)


@app.task(name="bridge.undo", retry=_WAIT)
def undo(*, organisation_id: int, import_id: int) -> None:
    """This job will take back what a file brought."""
    _pass(runs.undo, organisation_id, import_id)


@app.periodic(cron="17 3 * * *")
@app.task(name="bridge.forget_files", queueing_lock="bridge.forget_files")
def forget_files(timestamp: int) -> None:
    """This job will delete files that came in a month ago: they hold people's names and numbers."""
    before = dt.datetime.fromtimestamp(timestamp, dt.UTC) - dt.timedelta(days=_KEPT_DAYS)
    for organisation_id in organisation_ids():
        with tenancy.organisation(organisation_id):
            old = Import.objects.filter(created_at__lt=before, organisation_id=organisation_id).exclude(stored="")
            for source in old:
                files.forget(source.stored)
            old.update(stored="")
