"""
What of the day's list goes along with clients who change hands. The list is computed from the clients, and a verdict
hangs on its client: all of it follows by itself, and the preview says how much there is.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from ritm.clients.models import Client
from ritm.clients.sockets import GOES_ALONG, Companion, plug
from ritm.desk.models import Verdict
from ritm.desk.sources import rhythm
from ritm.retention import zone_queries
from ritm.retention.models import Claim


def _cards(client_ids: Sequence[int], today: dt.date) -> int:
    """Clients of whom Today speaks: the occasions of its sources, but for who was dealt with or put off."""
    mine = Client.objects.filter(pk__among=client_ids, archived_at=None)
    owed = Claim.objects.filter(client_id=OuterRef("pk"), met_on=None, returned_on=None)
    warned = zone_queries.warned_among(client_ids, today).filter(client_id=OuterRef("pk"))
    lately = today - dt.timedelta(days=rhythm.LOST_DAYS)
    speaks = (
        Q(rhythm__status__in=rhythm.STATUSES, rhythm__lost_on__gt=lately)
        | Q(contact_clock__zone="red")
        | Q(Exists(owed))
        | Q(Exists(warned))
    )
    return mine.filter(speaks, ~Q(Exists(_put_off_of(OuterRef("pk"), today)))).count()


def _put_off(client_ids: Sequence[int], today: dt.date) -> int:
    waiting = Verdict.objects.standing().filter(client_id__among=client_ids, until__gt=today)
    return waiting.values("client_id").distinct().count()


def _put_off_of(client_id: Any, today: dt.date) -> QuerySet[Verdict]:
    return Verdict.objects.standing().filter(Q(until__gt=today) | Q(until=None, day=today), client_id=client_id)


plug(GOES_ALONG, Companion("today", _("Clients of whom Today speaks"), _cards), order=80)
plug(GOES_ALONG, Companion("put_off", _("Put off until a day"), _put_off), order=81)
