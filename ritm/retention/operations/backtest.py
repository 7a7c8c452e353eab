"""Starting a back-test; `backtest_run` reckons it in a job."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.kernel.calendar import local_date
from ritm.kernel.refusal import Refusal
from ritm.retention.events import BacktestStarted
from ritm.retention.models import Backtest, BacktestCase
from ritm.staff.models import Organisation, Unit

LONGEST = dt.timedelta(days=3 * 366)
MOST_RULES = 4
# Their rows come by the million; an older one is asked for again in a minute.
KEPT = 10


@transaction.atomic
def start(
    *, rules: Sequence[dict[str, Any]], since: dt.date, until: dt.date, unit: Unit | None, by: Actor, at: dt.datetime
) -> Backtest:
    """
    This function will begin a back-test of up to MOST_RULES rules over a period, and forget all but the KEPT newest.

    The work is a job on the same transaction. Refuses a period that ends before it begins, or after today, or is
    longer than three years.
    """
    from ritm.retention.jobs import run_backtest

    today = local_date(at, Organisation.objects.values_list("timezone", flat=True).get(pk=by.organisation_id))
    if since > until:
        raise Refusal(_("The period ends before it begins."), field="until")
    if until > today:
        raise Refusal(_("Of days ahead nothing is known."), field="until")
    if until - since > LONGEST:
        raise Refusal(_("Three years at most."), field="since")
    if not 1 <= len(rules) <= MOST_RULES:
        raise Refusal(_("Choose from one to four rules."), code="rules")
    row = Backtest.objects.create(
        organisation_id=by.organisation_id,
        rules=list(rules),
        since=since,
        until=until,
        unit=unit,
        known_until=today,
        made_at=at,
        made_by_id=by.employee_id,
    )
    kept = Backtest.objects.filter(organisation_id=by.organisation_id).order_by("-pk").values_list("pk", flat=True)
    forgotten = list(kept[KEPT:])
    BacktestCase.objects.filter(backtest_id__in=forgotten).delete()
    Backtest.objects.filter(pk__in=forgotten).delete()
    publish(BacktestStarted(backtest_id=row.pk, since=since, until=until), by=by, at=at)
    run_backtest.configure(lock=f"retention.backtest:{by.organisation_id}").defer(
        organisation_id=by.organisation_id, backtest_id=row.pk
    )
    return row
