"""Jobs of the journal: deliver an entry to a subscriber."""

from __future__ import annotations

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from ritm.journal import operations, tenancy
from ritm.journal.models import Entry


@app.task(
    name="journal.deliver",
    retry=RetryStrategy(max_attempts=8, exponential_wait=3),
)
def deliver(*, organisation_id: int, entry_id: int, subscriber: str) -> None:
    """This job will let one subscriber hear one entry."""
    with tenancy.organisation(organisation_id):
        entry = Entry.objects.get(pk=entry_id)
        operations.hear(entry=entry, subscriber_key=subscriber, at=timezone.now())
