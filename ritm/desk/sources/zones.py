"""The contact zones' occasions: red clients, and those whose boundary is near (docs/rules/queue.md, section 6)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ritm.desk.rules.queue import ZONE_CHANCE, Item
from ritm.desk.sources import source
from ritm.retention import zone_queries
from ritm.retention.models import Rhythm, Status
from ritm.shell.writing import show_day
from ritm.staff.composed import composed
from ritm.staff.viewer import Viewer

KEY = "zones"


class _Red(NamedTuple):
    """A red client's last contact, and the day on which the exchange takes him."""

    client_id: int
    contact_on: dt.date | None
    release_on: dt.date | None


@composed
def _worth(viewer: Viewer, *, ids: list[int]) -> QuerySet[Any]:
    rows = Rhythm.objects.visible_to(viewer).filter(client_id__among=ids)
    # Nobody loses what was lost already: a lost client's worth is the rhythm's business.
    return rows.exclude(status=Status.LOST).values_list("client_id", "annual_worth")


@source(KEY, label=gettext_lazy("Contact"), order=20)
def load(viewer: Viewer, employee_ids: Sequence[int], today: dt.date) -> list[Item]:
    """This function will return one item per red client, and one per client warned of his next boundary."""
    red = {row[0]: _Red(*row) for row in zone_queries.red_clients(viewer, employee_ids)}
    warned = {
        warning.client_id: warning
        for warning in zone_queries.standing_warnings(viewer, employee_ids, today)
        if warning.client_id not in red
    }
    ids = [*red, *warned]
    worth = dict(_worth(viewer, ids=ids))
    items = [_red(one, float(worth.get(one.client_id, 0))) for one in red.values()]
    for client_id, warning in warned.items():
        contact_on = warning.contact_on
        said = {"day": show_day(contact_on) if contact_on else "–", "boundary": show_day(warning.boundary_on)}
        words = {
            "yellow": _("No contact since %(day)s: turns yellow on %(boundary)s."),
            "red": _("No contact since %(day)s: turns red on %(boundary)s."),
            "exchange": _("No contact since %(day)s: goes to the exchange on %(boundary)s."),
        }
        items.append(
            Item(
                source=KEY,
                client_id=client_id,
                episode=f"{KEY}:{contact_on}:{warning.boundary}",
                stake=float(worth.get(client_id, 0)),
                chance=ZONE_CHANCE[warning.boundary],
                deadline=warning.boundary_on,
                why=words[warning.boundary] % said,
                # The exchange takes him away, whichever clock drives the work.
                clock="" if warning.boundary == "exchange" else "zone",
            )
        )
    return items


def _red(clock: _Red, worth: float) -> Item:
    said = {"day": show_day(clock.contact_on) if clock.contact_on else "–"}
    if clock.release_on is not None:
        why = _("No contact since %(day)s: a sales step is required, or he goes to the exchange on %(release)s.")
        said["release"] = show_day(clock.release_on)
    else:
        why = _("No contact since %(day)s: a sales step is required.")
    return Item(
        source=KEY,
        client_id=clock.client_id,
        episode=f"{KEY}:{clock.contact_on}:exchange",
        stake=worth,
        chance=ZONE_CHANCE["exchange"],
        deadline=clock.release_on,
        why=why % said,
        clock="" if clock.release_on is not None else "zone",
    )
