"""What the retention room puts into the frame and on a client's page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from ritm.kernel.calendar import local_date
from ritm.retention import queries
from ritm.retention.models import Rhythm
from ritm.shell.sockets import NAV, PANELS, NavItem, Panel, plug
from ritm.staff.viewer import Viewer


def _rhythm(viewer: Viewer, ids: Sequence[int], now: dt.datetime) -> dict[int, dict[str, Any]]:
    rows = list(Rhythm.objects.visible_to(viewer).filter(client_id__in=ids))
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


plug(PANELS, Panel("rhythm", "client", _("Rhythm"), "retention/_panel.html", _rhythm), order=10)
plug(
    NAV,
    NavItem(
        "slipping", _("Slipping away"), "trending-down", "retention:slipping",
        may=lambda viewer: viewer is not None and viewer.may("retention", "see"),
    ),
    order=30,
)  # fmt: skip
