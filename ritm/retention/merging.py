"""
What a claim owes and what an owner was warned of, when his client is merged into another (docs/rules/exchange.md).

The log of passages stays with the client who lived it: figures of past months do not change by a merge.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from django.db import connection

from ritm.clients.sockets import MERGES, Children, plug
from ritm.kernel.actor import Actor
from ritm.retention.operations import zones

_OWNER = "(SELECT owner_id FROM clients_client WHERE id = %(keep)s)"
# Never a second open claim, none whose end would take the client from somebody who promised nothing, and none about a
# client who was talked to lately.
_CLAIMS = f"""
t.met_on IS NULL AND t.returned_on IS NULL AND t.employee_id = {_OWNER} AND NOT EXISTS (
    SELECT 1 FROM retention_claim o WHERE o.client_id = %(keep)s AND o.met_on IS NULL AND o.returned_on IS NULL
) AND NOT EXISTS (
    SELECT 1 FROM retention_contactclock k WHERE k.client_id = %(keep)s AND k.zone IN ('green', 'yellow'))
"""
# Said to the same person, and not yet said of the client who stays: it need not be said again.
_WARNINGS = f"""
t.owner_id = {_OWNER} AND NOT EXISTS (
    SELECT 1 FROM retention_zonewarning o
    WHERE o.client_id = %(keep)s AND (o.boundary, o.boundary_on, o.days) = (t.boundary, t.boundary_on, t.days))
"""
# The clock keeps what the open claim says, wherever that is now.
_OWED = """
UPDATE retention_contactclock k SET obliged_from = w.since, obliged_until = w.until
FROM (
    SELECT k.client_id, (c.claimed_at AT TIME ZONE o.timezone)::date AS since, c.obliged_until AS until
    FROM retention_contactclock k JOIN staff_organisation o ON o.id = k.organisation_id
    LEFT JOIN retention_claim c ON c.client_id = k.client_id AND c.met_on IS NULL AND c.returned_on IS NULL
    WHERE k.client_id = ANY(%s)
) w
WHERE k.client_id = w.client_id AND (k.obliged_from, k.obliged_until) IS DISTINCT FROM (w.since, w.until)
"""


def settle(client_ids: Sequence[int], by: Actor, at: dt.datetime) -> None:
    """This function will let both clocks owe what their open claims say, and look at both again."""
    with connection.cursor() as cursor:
        cursor.execute(_OWED, [list(client_ids)])
    zones.settle(clients_where=zones.of_clients(list(client_ids)), by=by, at=at)


plug(
    MERGES,
    Children(
        "retention",
        (("retention_claim", "client_id"), ("retention_zonewarning", "client_id")),
        settle,
        only={"retention_claim": _CLAIMS, "retention_zonewarning": _WARNINGS},
    ),
    order=40,
)
