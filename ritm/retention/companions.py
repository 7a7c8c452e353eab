"""
What retention lets go along with clients who change hands: an open claim is owed by the new owner from that moment.

Warnings and an excuse hang on the client's clock and follow him by themselves; the preview counts them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from ritm.clients.sockets import GOES_ALONG, Companion, plug
from ritm.journal.models import BatchRow
from ritm.kernel.actor import Actor
from ritm.retention import zone_queries
from ritm.retention.models import Claim, ContactClock

_MOVE = """
UPDATE retention_claim c SET employee_id = %(owner)s
FROM (
    SELECT id, employee_id FROM retention_claim
    WHERE client_id = ANY(%(clients)s) AND met_on IS NULL AND returned_on IS NULL AND employee_id <> %(owner)s
    ORDER BY id FOR UPDATE
) was
WHERE c.id = was.id RETURNING c.id, was.employee_id
"""
# Only where the client himself went back: who was kept, because a person gave him to somebody else since, keeps his
# claim there, too.
_PUT_BACK = """
UPDATE retention_claim c SET employee_id = v.was
FROM unnest(%(ids)s::bigint[], %(was)s::bigint[], %(became)s::bigint[]) AS v (id, was, became), clients_client k
WHERE c.id = v.id AND c.employee_id = v.became AND c.met_on IS NULL AND c.returned_on IS NULL
  AND k.id = c.client_id AND COALESCE(k.owner_id, v.was) = v.was
"""


def _owed(client_ids: Sequence[int], today: dt.date) -> int:
    return Claim.objects.filter(client_id__among=client_ids, met_on=None, returned_on=None).count()


def _move(
    *, client_ids: Sequence[int], owner_id: int | None, by: Actor, at: dt.datetime
) -> list[tuple[str, int, dict[str, Any], dict[str, Any]]]:
    if owner_id is None:
        return []  # whoever promised the contact still owes it
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, {"clients": list(client_ids), "owner": owner_id})
        moved = cursor.fetchall()
    return [("claim", pk, {"employee_id": was}, {"employee_id": owner_id}) for pk, was in moved]


def _put_back(*, rows: Sequence[BatchRow], by: Actor, at: dt.datetime) -> None:
    words = {
        "ids": [row.subject_id for row in rows],
        "was": [(row.before or {})["employee_id"] for row in rows],
        "became": [(row.after or {})["employee_id"] for row in rows],
    }
    with connection.cursor() as cursor:
        cursor.execute(_PUT_BACK, words)


def _warned(client_ids: Sequence[int], today: dt.date) -> int:
    return zone_queries.warned_among(client_ids, today).values("client_id").distinct().count()


def _excused(client_ids: Sequence[int], today: dt.date) -> int:
    return ContactClock.objects.filter(client_id__among=client_ids, excused_until__gte=today).count()


plug(GOES_ALONG, Companion("claims", _("First contacts owed to the exchange"), _owed, _move, _put_back), order=40)
plug(GOES_ALONG, Companion("warnings", _("Clients whose owner was warned of a boundary"), _warned), order=41)
plug(GOES_ALONG, Companion("excuses", _("Excused silences"), _excused), order=42)
