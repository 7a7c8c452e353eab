"""The desk's part of the public API: today's list of the token's employee."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router, Schema

from ritm.desk.queries.today import today
from ritm.kernel.calendar import local_date
from ritm.staff.api import need, viewer_of
from ritm.staff.sockets import ROUTERS

router = Router(tags=["today"])
ROUTERS.plug("/today")(router)


class OccasionOut(Schema):
    source: str
    episode: str
    why: str
    action: str
    stake: float
    chance: float
    deadline: dt.date | None


class ItemOut(OccasionOut):
    client_id: int
    client: str
    phone: str | None
    # Whose client he is while somebody stands in for the owner; null for one's own.
    owner_absent: str | None


class TodayOut(Schema):
    on: dt.date
    items: list[ItemOut]
    waiting: int
    done: int
    per_day: int


@router.get("", response=TodayOut, summary="Whom to turn to today, best first, and why", url_name="today")
def todays(request: HttpRequest) -> dict[str, Any]:
    viewer = viewer_of(request)
    need(viewer, "queue")
    day = local_date(timezone.now(), viewer.timezone)
    found = today(viewer, [viewer.employee_id], day, absent=viewer.stands_in)
    return {
        "on": day,
        "items": [
            {
                **{name: getattr(card.item, name) for name in OccasionOut.model_fields},
                "why": str(card.item.why),
                "client_id": card.client.pk,
                "client": card.client.name,
                "phone": card.phone.e164 if card.phone else None,
                "owner_absent": card.absent.name if card.absent else None,
            }
            for card in found.cards
        ],
        "waiting": found.waiting,
        "done": found.done,
        "per_day": found.per_day,
    }
