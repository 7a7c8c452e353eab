"""What the retention room puts into the frame and on a client's page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from ritm.kernel.calendar import local_date
from ritm.retention import queries, zone_queries
from ritm.shell.sockets import NAV, PANELS, NavItem, Panel, plug
from ritm.staff.viewer import Viewer


def _rhythm(viewer: Viewer, ids: Sequence[int], now: dt.datetime) -> dict[int, dict[str, Any]]:
    rows = queries.rhythms(viewer, ids=list(ids))
    today = local_date(now, viewer.timezone)
    strips = queries.strips_of(rows, viewer, today)
    return {
        row.client_id: {
            "rhythm": row,
            "strip": strips[row.client_id],
            "label": queries.label_of(row, viewer.language),
            "currency": viewer.currency,
        }
        for row in rows
    }


def _zone(viewer: Viewer, ids: Sequence[int], now: dt.datetime) -> dict[int, dict[str, Any]]:
    today = local_date(now, viewer.timezone)
    silence = zone_queries.silence(viewer)
    found = {}
    for client_id, clock in zone_queries.clocks(ids, viewer).items():
        ahead = (("yellow", clock.yellow_on), ("red", clock.red_on), ("exchange", clock.release_on))
        boundary, on = next(((name, day) for name, day in ahead if day is not None and day > today), ("", None))
        found[client_id] = {
            "clock": clock,
            "boundary": boundary,
            "on": on,
            "days": (on - today).days if on else None,
            "today": today,
            "silence": silence,
            "excused": clock.excused_until is not None and clock.excused_until >= today,
            "may_edit": viewer.may("client", "edit"),
        }
    return found


plug(PANELS, Panel("zone", "client", _("Contact"), "retention/_zone.html", _zone), order=15)
plug(
    NAV,
    NavItem(
        "exchange", _("Exchange"), "arrow-left-right", "retention:exchange",
        may=lambda viewer: viewer is not None and viewer.may("exchange", "see"),
    ),
    order=35,
)  # fmt: skip
plug(
    NAV,
    NavItem(
        "zones", _("Zones and exchange"), "gauge", "retention:policy",
        may=lambda viewer: viewer is not None and viewer.may("retention", "tune"), group="office",
    ),
    order=40,
)  # fmt: skip
plug(PANELS, Panel("rhythm", "client", _("Rhythm"), "retention/_panel.html", _rhythm), order=10)
plug(
    NAV,
    NavItem(
        "slipping", _("Slipping away"), "trending-down", "retention:slipping",
        may=lambda viewer: viewer is not None and viewer.may("retention", "see"),
    ),
    order=30,
)  # fmt: skip
