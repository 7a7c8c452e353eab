"""Which of the clients that an import created nobody has touched since, so that its undo may take them back."""

from __future__ import annotations

import datetime as dt

from django.db import connection

from ritm.clients import operations as clients
from ritm.kernel.actor import Actor

# Touched: bought, paid, talked to, given to somebody, edited by anybody; every edit leaves an entry in the journal.
_CREATED = """
SELECT c.id, EXISTS (SELECT FROM trade_order o WHERE o.organisation_id = c.organisation_id AND o.client_id = c.id)
          OR EXISTS (SELECT FROM trade_payment p WHERE p.organisation_id = c.organisation_id AND p.client_id = c.id)
          OR EXISTS (SELECT FROM conversations_interaction i WHERE i.client_id = c.id)
          OR EXISTS (SELECT FROM journal_entry e WHERE e.organisation_id = c.organisation_id
                     AND e.subject_kind = 'client' AND e.subject_id = c.id AND e.via NOT IN ('clock', 'rule'))
          OR EXISTS (SELECT FROM journal_batchrow l WHERE l.subject_kind = 'client' AND l.subject_id = c.id
                     AND l.batch_id > %(batch)s AND l.state IN ('done', 'kept'))
FROM journal_batchrow r JOIN clients_client c ON c.id = r.subject_id
WHERE r.batch_id = %(batch)s AND r.subject_kind = 'client' AND r.before IS NULL
"""


def withdraw_clients(batch_id: int, *, by: Actor, at: dt.datetime) -> tuple[int, int]:
    """This function will delete the batch's untouched clients; it returns how many went and how many stay."""
    with connection.cursor() as cursor:
        cursor.execute(_CREATED, {"batch": batch_id})
        rows = cursor.fetchall()
    bare = [client_id for client_id, touched in rows if not touched]
    removed = clients.withdraw(client_ids=bare, by=by, at=at) if bare else 0
    return removed, len(rows) - len(bare)
