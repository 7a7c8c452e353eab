"""
Feed health: when a source of contact goes quiet beyond its own norm, nobody loses his clients for its silence.

Orders come from accounting; when the exchange with it stands still, every client looks silent. The source is judged by
its own last quarter: which days it spoke on, and the longest pause between them.
"""

from __future__ import annotations

import datetime as dt
from itertools import pairwise

from django.db import connection

from ritm.retention.models import FeedHealth

ORDERS = "orders"
WINDOW = 90
# The quarter ends with its last word: its own silence must not become usual.
# A source that spoke on fewer days is not regular enough to be missed.
FEWEST_DAYS = 10
# Quiet for longer than twice its longest usual pause, and never less than four days (a long weekend).
TIMES = 2
LEAST = 4

_DAYS = """
WITH last AS (
    SELECT max(ordered_on) AS day FROM trade_order WHERE organisation_id = %(organisation)s AND ordered_on <= %(today)s
)
SELECT d::date FROM last, generate_series(last.day - %(window)s::int, last.day, interval '1 day') d,
    -- Not EXISTS: that may become a join with every order there is.
    LATERAL (SELECT FROM trade_order WHERE organisation_id = %(organisation)s AND ordered_on = d::date LIMIT 1) seen
ORDER BY 1
"""


def examine(*, organisation_id: int, today: dt.date) -> None:
    """This function will note whether orders still come as usual; one index look-up per day of the window."""
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, {"organisation": organisation_id, "today": today, "window": WINDOW})
        days = [found[0] for found in cursor.fetchall()]
    if len(days) < FEWEST_DAYS:
        FeedHealth.objects.filter(organisation_id=organisation_id, feed=ORDERS).delete()
        return
    usual = max((after - before).days for before, after in pairwise(days))
    quiet_from = days[-1] + dt.timedelta(days=max(LEAST, TIMES * usual))
    FeedHealth.objects.update_or_create(
        organisation_id=organisation_id,
        feed=ORDERS,
        defaults={
            "last_on": days[-1],
            "usual_days": usual,
            "quiet_since": quiet_from if today > quiet_from else None,
        },
    )


def holds(*, organisation_id: int) -> bool:
    """This function will say whether releases are held because a source of contact is quiet beyond its norm."""
    return FeedHealth.objects.filter(organisation_id=organisation_id, quiet_since__isnull=False).exists()
