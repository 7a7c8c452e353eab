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
from ritm.shell.writing import show_day, show_day_year, show_percent
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
    lang: words.Lang = "en" if viewer.language == "en" else "ru"
    seen = ((row, rules.explain(retention.beat_of(row), today, known.prior, known.rule)) for row in rows)
    return [_item(row, what, lang) for row, what in seen if what is not None]


def _item(row: Rhythm, seen: rules.Explanation, lang: words.Lang) -> Item:
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
        why=_why(seen, lang),
    )


def _why(seen: rules.Explanation, lang: words.Lang) -> str:
    """One sentence; the client's page tells the whole story."""
    last_on = seen.as_of - dt.timedelta(days=seen.silent)
    said = {
        "pace": words.label(seen.interval, lang),
        "silence": words.count(seen.silent, "day", lang),
        "last": show_day(last_on) if last_on.year == seen.as_of.year else show_day_year(last_on),
        "due": show_day(seen.stamps.expected_on),
        "share": show_percent(min(0.99, max(0.01, 1 - seen.longer))),
    }
    if seen.beat.n == 1:
        return _("One order so far, on %(last)s; such clients order again %(pace)s. Silent for %(silence)s.") % said
    if seen.status is rules.Status.OVERDUE:
        return _("Orders %(pace)s; an order was due by %(due)s, silent for %(silence)s.") % said
    if seen.status is rules.Status.SLIPPING:
        return _("Orders %(pace)s; silent for %(silence)s, longer than %(share)s of the usual pauses.") % said
    return _("Used to order %(pace)s and has stopped: the last order was on %(last)s.") % said
