"""The rhythm's occasions: clients who are late, slip away or were lost lately (docs/rules/queue.md, section 2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.functional import lazy
from django.utils.translation import gettext_lazy

from ritm.desk.rules.queue import Item, reachable
from ritm.desk.sources import source
from ritm.retention import queries as retention
from ritm.retention.models import Rhythm, Status
from ritm.retention.rules import rhythm as rules
from ritm.staff.composed import composed
from ritm.staff.viewer import Viewer

KEY = "rhythm"
STATUSES = (Status.OVERDUE, Status.SLIPPING, Status.LOST)
# Later the door is all but closed: a campaign's business, no longer today's call.
LOST_DAYS = 365


@source(KEY, label=gettext_lazy("Rhythm"), order=10)
def load(viewer: Viewer, employee_ids: Sequence[int], today: dt.date) -> list[Item]:
    """This function will return one item per late, slipping or lately lost client of these employees."""
    rows = _late(viewer, tuple(employee_ids), since=today - dt.timedelta(days=LOST_DAYS))
    known = retention.population(viewer.organisation_id, today)
    day = known.judged_on(today)
    seen = ((row, rules.explain(retention.beat_of(row), day, known.prior, known.rule)) for row in rows)
    return [_item(row, what, viewer.language) for row, what in seen if what is not None]


@composed(plan_kept=False)
def _late(viewer: Viewer, employee_ids: tuple[int, ...], *, since: dt.date) -> QuerySet[Rhythm]:
    rows = Rhythm.objects.visible_to(viewer).filter(client__owner_id__in=employee_ids, client__archived_at=None)
    return rows.filter(status__in=STATUSES, lost_on__gt=since)


def _item(row: Rhythm, seen: rules.Explanation, lang: str) -> Item:
    due = seen.stamps
    lost = seen.status is rules.Status.LOST
    days_lost = (seen.as_of - due.lost_on).days
    deadline = due.slipping_on if seen.status is rules.Status.OVERDUE else due.lost_on
    return Item(
        source=KEY,
        client_id=row.client_id,
        episode=f"{KEY}:{row.last_on:%Y-%m-%d}",
        stake=float(row.annual_worth),
        chance=seen.risk * reachable(seen.status, orders=row.orders, days_lost=days_lost),
        deadline=None if lost else deadline,
        why=_later(seen, lang),
        clock="rhythm",
    )


# Hundreds compete, forty are shown: a sentence is written when somebody reads it.
_later = lazy(retention.short_sentence, str)
