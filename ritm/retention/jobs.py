"""Jobs of the retention room. The clocks ring every five minutes, and so within five minutes of local midnight."""

from __future__ import annotations

from django.utils import timezone
from procrastinate.contrib.django import app

from ritm.kernel.clock import CLOCKS
from ritm.staff.queries import organisation_ids


@app.periodic(cron="*/5 * * * *")
@app.task(name="retention.ring", queueing_lock="retention.ring", lock="retention.ring")
def ring(timestamp: int) -> None:
    """This job will ring every clock of the house in its order: what has come due, then the sums of it."""
    for organisation_id in organisation_ids():
        for clock in CLOCKS:
            clock.ring(organisation_id, timezone.now())


@app.task(name="retention.consider_fit")
def consider_fit(*, organisation_id: int) -> None:
    """This job will fit all months anew, and recount everybody, when imported history has grown greatly."""
    from ritm.retention.operations import rhythm_clock

    rhythm_clock.consider_fit(organisation_id=organisation_id, now=timezone.now())


@app.task(name="retention.run_backtest")
def run_backtest(*, organisation_id: int, backtest_id: int) -> None:
    """This job will try rules on the organisation's own history; stopped by an error, it says so on the page."""
    from ritm.retention.operations import backtest_run

    try:
        backtest_run.run(organisation_id=organisation_id, backtest_id=backtest_id, at=timezone.now())
    except Exception:
        backtest_run.failed(organisation_id=organisation_id, backtest_id=backtest_id, at=timezone.now())
        raise
