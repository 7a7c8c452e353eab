"""The rhythm's occasions: clients who are late, slip away or were lost lately (docs/rules/queue.md, section 2)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ritm.desk.rules.queue import Item, reachable
from ritm.desk.sources import source
from ritm.retention import queries as retention
from ritm.retention.models import Rhythm, Status
from ritm.retention.rules import rhythm as rules
from ritm.retention.rules import rhythm_words as words
from ritm.shell.writing import language, show_day, show_percent
from ritm.staff.viewer import Viewer

KEY = "rhythm"
STATUSES = (Status.OVERDUE, Status.SLIPPING, Status.LOST)
# Later the door is all but closed: a campaign's business, no longer today's call.
LOST_DAYS = 365


@source(KEY, label=gettext_lazy("Rhythm"), order=10)
def load(viewer: Viewer, employee_ids: Sequence[int], today: dt.date) -> list[Item]:
    """This function will return one item per late, slipping or lately lost client of these employees."""
    rows = Rhythm.objects.visible_to(viewer).filter(
        client__owner_id__in=employee_ids,
        client__archived_at=None,
        status__in=STATUSES,
        lost_on__gt=today - dt.timedelta(days=LOST_DAYS),
    )
    known = retention.population(viewer.organisation_id, today)
    return [_item(row, today, known.prior) for row in rows]


def _item(row: Rhythm, today: dt.date, prior: rules.Prior) -> Item:
    beat = retention.beat_of(row)
    belief = rules.believe(beat, prior)
    silent = (today - row.last_on).days
    lost = row.status == Status.LOST
    days_lost = (today - row.lost_on).days if lost else 0
    risk = rules.p_none(belief, silent, rules.horizon(beat))
    return Item(
        source=KEY,
        client_id=row.client_id,
        episode=f"{KEY}:{row.last_on:%Y-%m-%d}",
        stake=float(row.annual_worth),
        chance=risk * reachable(row.status, orders=row.orders, days_lost=days_lost),
        deadline=None if lost else row.slipping_on if row.status == Status.OVERDUE else row.lost_on,
        why=_why(row, silent, rules.survival(belief, silent)),
    )


def _why(row: Rhythm, silent: int, longer: float) -> str:
    said = {
        "pace": words.label(row.interval_days or 0, language()),
        "silence": words.count(silent, "day", language()),
        "last": show_day(row.last_on),
        "due": show_day(row.expected_on),
        "share": show_percent(min(0.99, max(0.01, 1 - longer))),
    }
    if row.orders == 1:
        return _("One order so far, on %(last)s; such clients order again %(pace)s. Silent for %(silence)s.") % said
    if row.status == Status.OVERDUE:
        return _("Orders %(pace)s; an order was due by %(due)s, silent for %(silence)s.") % said
    if row.status == Status.SLIPPING:
        return (
            _("Orders %(pace)s, silent for %(silence)s: longer than %(share)s of the usual pauses.") % said
        )
    return _("Used to order %(pace)s and has stopped: the last order was on %(last)s.") % said
