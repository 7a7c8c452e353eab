"""Keeps `Client.search`: where a fragment of a name, an INN, a number or an e-mail is looked for."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection, transaction

from ritm.journal.prepared import prepared

# Each table is read once and grouped: a subquery per client would scan whole tables for every one of them while the
# planner still believes a young base to be empty.
_TEXT = """clients_search_text(
    c.name, c.full_name, c.inn, c.external_id,
    COALESCE(of.phones, '{}'), COALESCE(of.emails, '{}'), COALESCE(of.contacts, '{}')
)"""
_REFRESH = f"""
UPDATE clients_client c SET search = {_TEXT}
FROM (
    SELECT asked.id, p.found AS phones, e.found AS emails, k.found AS contacts
    FROM unnest(%(ids)s::bigint[]) AS asked (id)
    LEFT JOIN (
        SELECT client_id, array_agg(e164::text ORDER BY id) AS found
        FROM clients_phone WHERE client_id = ANY(%(ids)s) GROUP BY 1
    ) p ON p.client_id = asked.id
    LEFT JOIN (
        SELECT client_id, array_agg(address::text ORDER BY id) AS found
        FROM clients_email WHERE client_id = ANY(%(ids)s) GROUP BY 1
    ) e ON e.client_id = asked.id
    LEFT JOIN (
        SELECT client_id, array_agg(name::text ORDER BY id) AS found
        FROM clients_contact WHERE client_id = ANY(%(ids)s) GROUP BY 1
    ) k ON k.client_id = asked.id
) of
WHERE c.id = of.id AND c.search IS DISTINCT FROM {_TEXT}
"""
MANY = 100


def refresh(client_ids: Collection[int]) -> int:
    """
    This function will rewrite the search text of these clients in one statement; it returns how many changed.

    Every operation of this room that touches a name, a number, an e-mail or a contact ends with it.
    """
    if not client_ids:
        return 0
    ids = sorted(set(client_ids))
    if len(ids) <= MANY:
        with prepared(), connection.cursor() as cursor:
            cursor.execute(_REFRESH, {"ids": ids})
            return int(cursor.rowcount)
    with transaction.atomic(), connection.cursor() as cursor:
        # Many rows are joined by hash, whatever a young table's statistics make the planner believe.
        cursor.execute("SET LOCAL enable_nestloop = off")
        cursor.execute(_REFRESH, {"ids": ids})
        changed = int(cursor.rowcount)
        cursor.execute("SET LOCAL enable_nestloop = on")
    return changed
