"""Jobs of the desk."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from ritm.staff.queries import organisation_ids


@app.periodic(cron="*/15 * * * *")
@app.task(name="desk.digest", queueing_lock="desk.digest", lock="desk.digest")
def digest(timestamp: int) -> None:
    """This job will tell of obligations due and send the letters of the day whose hour has come."""
    from ritm.desk.digest import ring

    for organisation_id in organisation_ids():
        ring(organisation_id, timezone.now())


# Two minutes after the clocks of the rooms below have begun.
@app.periodic(cron="2-59/5 * * * *")
@app.task(name="desk.count", queueing_lock="desk.count", lock="desk.count")
def count(timestamp: int) -> None:
    """This job will make the counts and sums behind the heads' pages fresh, in every organisation."""
    from ritm.desk.clocks import OURS

    for organisation_id in organisation_ids():
        for clock in OURS:
            clock.ring(organisation_id, timezone.now())
