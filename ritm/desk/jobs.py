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
