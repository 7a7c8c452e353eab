"""Jobs of the retention room: its clock rings every five minutes, and so within five minutes of local midnight."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from ritm.staff.queries import organisation_ids


@app.periodic(cron="*/5 * * * *")
@app.task(name="retention.ring", queueing_lock="retention.ring", lock="retention.ring")
def ring(timestamp: int) -> None:
    """This job will handle the clients whose day has come, in every organisation: rhythm first, then zones."""
    from ritm.retention.operations import rhythm_clock, zones

    for organisation_id in organisation_ids():
        rhythm_clock.tick(organisation_id=organisation_id, now=timezone.now())
        zones.tick(organisation_id=organisation_id, now=timezone.now())


@app.task(name="retention.consider_fit")
def consider_fit(*, organisation_id: int) -> None:
    """This job will fit all months anew, and recount everybody, when imported history has grown greatly."""
    from ritm.retention.operations import rhythm_clock

    rhythm_clock.consider_fit(organisation_id=organisation_id, now=timezone.now())
