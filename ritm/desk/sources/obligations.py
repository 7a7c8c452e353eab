"""What a claim from the exchange owes: the first contact within its days (docs/rules/queue.md, section 6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ritm.desk.rules.queue import OBLIGATION_CHANCE, Item
from ritm.desk.sources import source
from ritm.retention import queries as retention
from ritm.retention import zone_queries
from ritm.shell.writing import show_day
from ritm.staff.viewer import Viewer

KEY = "obligations"


@source(KEY, label=gettext_lazy("Taken from the exchange"), order=30)
def load(viewer: Viewer, employee_ids: Sequence[int], today: dt.date) -> list[Item]:
    """This function will return one item per claim whose first contact is still owed."""
    claims = zone_queries.obligations(viewer, employee_ids)
    rows = retention.rhythms(viewer, ids=[claim.client_id for claim in claims])
    worth = {row.client_id: row.annual_worth for row in rows}
    why = _("Taken from the exchange: the first contact is due by %(day)s, or he goes back.")
    return [
        Item(
            source=KEY,
            client_id=claim.client_id,
            episode=f"{KEY}:{claim.pk}",
            stake=float(worth.get(claim.client_id, 0)),
            chance=OBLIGATION_CHANCE,
            deadline=claim.obliged_until,
            why=why % {"day": show_day(claim.obliged_until)},
        )
        for claim in claims
    ]
