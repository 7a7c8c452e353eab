"""Jobs of the journal: deliver an entry to a subscriber; pick up what a killed worker left in hand."""

from __future__ import annotations

from django.utils import timezone
from procrastinate import JobContext, RetryStrategy
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


@app.periodic(cron="* * * * *")
@app.task(name="journal.pick_up", queueing_lock="journal.pick_up", pass_context=True)
async def pick_up(context: JobContext, timestamp: int) -> None:
    """This job will hand jobs whose worker has died back to the queue: every job of Ritm may be done again."""
    for job in await context.app.job_manager.get_stalled_jobs():
        await context.app.job_manager.retry_job(job)
