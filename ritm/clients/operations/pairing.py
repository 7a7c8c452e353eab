"""Finds clients who may be one, set-wise, only among those who have just come or changed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db import connection, transaction

from ritm.clients.models import Pair
from ritm.kernel.actor import Actor

# A number or an address that more clients share than this is a reception or a dormitory, not a duplicate.
CROWD = 10

_SAME = {
    "inn": """
        SELECT a.id AS one, b.id AS other, a.inn AS value
        FROM clients_client a JOIN clients_client b ON b.organisation_id = %(org)s AND b.inn = a.inn AND b.inn <> ''
        WHERE a.id = ANY(%(ids)s) AND a.id <> b.id AND a.archived_at IS NULL AND b.archived_at IS NULL
          AND (a.kpp = b.kpp OR a.kpp = '' OR b.kpp = '')
    """,
    "phone": """
        SELECT a.client_id AS one, b.client_id AS other, a.e164 AS value
        FROM clients_phone a JOIN clients_phone b ON b.organisation_id = %(org)s AND b.e164 = a.e164
            AND b.extension = a.extension
        WHERE a.client_id = ANY(%(ids)s) AND a.client_id <> b.client_id
    """,
    "email": """
        SELECT a.client_id AS one, b.client_id AS other, a.address AS value
        FROM clients_email a JOIN clients_email b ON b.organisation_id = %(org)s AND b.address = a.address
        WHERE a.client_id = ANY(%(ids)s) AND a.client_id <> b.client_id
    """,
    # Families at one door; firms share office buildings, and that means nothing.
    "address": """
        SELECT a.client_id AS one, b.client_id AS other, a.key AS value
        FROM clients_address a JOIN clients_address b ON b.organisation_id = %(org)s AND b.key = a.key AND b.key <> ''
        JOIN clients_client ca ON ca.id = a.client_id AND ca.kind = 'household'
        JOIN clients_client cb ON cb.id = b.client_id AND cb.kind = 'household'
        WHERE a.client_id = ANY(%(ids)s) AND a.client_id <> b.client_id AND a.key NOT LIKE '|%%'
    """,
}

_PAIR = """
INSERT INTO clients_pair (organisation_id, low_id, high_id, reason, value, found_at)
SELECT %(org)s, LEAST(s.one, s.other), GREATEST(s.one, s.other), %(reason)s, min(s.value), %(at)s
FROM (SELECT f.*, count(*) OVER (PARTITION BY f.one, f.value) AS crowd FROM ({same}) f) s
JOIN clients_client x ON x.id = s.one AND x.archived_at IS NULL
JOIN clients_client y ON y.id = s.other AND y.archived_at IS NULL
WHERE s.crowd <= %(crowd)s
GROUP BY 2, 3
ON CONFLICT (low_id, high_id, reason) DO NOTHING
"""


@transaction.atomic
def look_for_pairs(*, client_ids: Collection[int], by: Actor, at: dt.datetime) -> int:
    """
    This function will note pairs in which one of these clients shares an INN, a number, an e-mail or – for
    families – an address with another; it returns how many are new. A dismissed pair stays dismissed.
    """
    found = 0
    with connection.cursor() as cursor:
        for reason, same in _SAME.items():
            cursor.execute(
                _PAIR.format(same=same),
                {"org": by.organisation_id, "ids": list(client_ids), "reason": reason, "at": at, "crowd": CROWD},
            )
            found += cursor.rowcount
    return found


@transaction.atomic
def dismiss(*, pair: Pair, by: Actor, at: dt.datetime) -> None:
    """This function will remember that these two are different, whatever they share."""
    Pair.objects.filter(low_id=pair.low_id, high_id=pair.high_id, dismissed_at=None).update(
        dismissed_at=at, dismissed_by_id=by.employee_id
    )
