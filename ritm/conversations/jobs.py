"""Jobs of the conversations room."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from ritm.journal import tenancy
from ritm.staff.queries import organisation_ids


@app.periodic(cron="41 3 * * *")
@app.task(name="conversations.sweep", queueing_lock="conversations.sweep")
def sweep(timestamp: int) -> None:
    """This job will delete attached files that no row knows any more."""
    from ritm.conversations import attaching

    for organisation_id in organisation_ids():
        with tenancy.organisation(organisation_id):
            attaching.sweep(organisation_id, at=timezone.now())
