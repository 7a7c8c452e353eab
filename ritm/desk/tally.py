"""
The kept counts behind the head's page: triggers that mark them stale, and the recount (docs/adr/0009-desk-tally.md).
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, transaction

# A statement that touches more clients than this marks everybody stale instead of finding out whom.
MANY = 2_000

_MARKS = """
CREATE OR REPLACE FUNCTION desk_stale_{table}_{event}() RETURNS trigger LANGUAGE plpgsql AS $body$
BEGIN
    IF (SELECT count(*) FROM (SELECT 1 FROM {rows} LIMIT {many} + 1) AS counted) > {many} THEN
        INSERT INTO desk_stale (organisation_id, owner_id) SELECT organisation_id, NULL FROM {rows} LIMIT 1;
    ELSE
        INSERT INTO desk_stale (organisation_id, owner_id) {whose};
    END IF;
    RETURN NULL;
END $body$;
DROP TRIGGER IF EXISTS desk_stale_{event} ON {table};
CREATE TRIGGER desk_stale_{event} AFTER {event} ON {table} REFERENCING {tables}
    FOR EACH STATEMENT EXECUTE FUNCTION desk_stale_{table}_{event}();
"""
_OWNERS_OF_NEW = (
    "SELECT DISTINCT c.organisation_id, c.owner_id FROM new_rows n JOIN clients_client c ON c.id = n.client_id "
    "WHERE c.owner_id IS NOT NULL"
)


def marks_of_clock(table: str, columns: Sequence[str]) -> str:
    """
    This function will give the SQL of triggers that mark owners stale when a clock's row of their client changes.

    `table` has a row per client (`client_id`); only changes of `columns` count.
    """
    new = ", ".join(f"n.{column}" for column in columns)
    old = ", ".join(f"o.{column}" for column in columns)
    changed = (
        "SELECT DISTINCT c.organisation_id, c.owner_id FROM new_rows n JOIN old_rows o USING (client_id) "
        "JOIN clients_client c ON c.id = n.client_id "
        f"WHERE c.owner_id IS NOT NULL AND ({new}) IS DISTINCT FROM ({old})"
    )
    return _MARKS.format(
        table=table, event="insert", rows="new_rows", many=MANY, whose=_OWNERS_OF_NEW,
        tables="NEW TABLE AS new_rows",
    ) + _MARKS.format(
        table=table, event="update", rows="new_rows", many=MANY, whose=changed,
        tables="OLD TABLE AS old_rows NEW TABLE AS new_rows",
    )  # fmt: skip


def marks_of_owners() -> str:
    """This function will give the SQL of the trigger that marks both owners when a client changes hands."""
    changed = (
        "SELECT DISTINCT n.organisation_id, x.owner_id FROM new_rows n JOIN old_rows o USING (id) "
        "CROSS JOIN LATERAL (VALUES (n.owner_id), (o.owner_id)) AS x (owner_id) "
        "WHERE x.owner_id IS NOT NULL AND (n.owner_id, n.archived_at) IS DISTINCT FROM (o.owner_id, o.archived_at)"
    )
    return _MARKS.format(
        table="clients_client", event="update", rows="new_rows", many=MANY, whose=changed,
        tables="OLD TABLE AS old_rows NEW TABLE AS new_rows",
    )  # fmt: skip


_TAKE = """
DELETE FROM desk_stale WHERE organisation_id = %s AND (%s OR owner_id IS NULL OR owner_id = ANY(%s)) RETURNING owner_id
"""
_SPLIT = """
INSERT INTO desk_stale (organisation_id, owner_id)
SELECT organisation_id, id FROM staff_employee WHERE organisation_id = %s AND id <> ALL(%s)
"""
_CLEAR = "DELETE FROM desk_tally WHERE organisation_id = %s AND (%s OR owner_id = ANY(%s))"
_COUNT_RHYTHM = """
INSERT INTO desk_tally (organisation_id, clock, owner_id, state, clients, worth)
SELECT c.organisation_id, 'rhythm', c.owner_id, r.status, count(*), sum(r.annual_worth)
FROM clients_client c JOIN retention_rhythm r ON r.client_id = c.id
WHERE c.organisation_id = %s AND (%s OR c.owner_id = ANY(%s)) AND c.owner_id IS NOT NULL AND c.archived_at IS NULL
GROUP BY 1, 3, 4
"""
_COUNT_ZONES = """
INSERT INTO desk_tally (organisation_id, clock, owner_id, state, clients, worth)
SELECT c.organisation_id, 'zone', c.owner_id, z.zone, count(*), sum(r.annual_worth)
FROM clients_client c JOIN retention_contactclock z ON z.client_id = c.id JOIN retention_rhythm r ON r.client_id = c.id
WHERE c.organisation_id = %s AND (%s OR c.owner_id = ANY(%s)) AND c.owner_id IS NOT NULL AND c.archived_at IS NULL
GROUP BY 1, 3, 4
"""
_COUNTS = (_COUNT_RHYTHM, _COUNT_ZONES)


@transaction.atomic(savepoint=False)
def refresh(organisation_id: int, owner_ids: Sequence[int] | None = None) -> int:
    """
    This function will count anew the stale tallies of these owners (of all, when None); it returns how many.

    Inside the organisation's wall. While another transaction counts, it counts nothing: that one's numbers appear
    with its commit, and what changes meanwhile stays marked.
    """
    everybody, asked = owner_ids is None, list(owner_ids or ())
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT bool_or(owner_id IS NULL) FROM desk_stale "
            "WHERE organisation_id = %s AND (%s OR owner_id = ANY(%s) OR owner_id IS NULL)",
            [organisation_id, everybody, asked],
        )
        all_stale = cursor.fetchone()[0]
        if all_stale is None:
            return 0
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('desk_tally'), %s::int)", [organisation_id])
        if not cursor.fetchone()[0]:
            return 0
        cursor.execute(_TAKE, [organisation_id, everybody, asked])
        taken = {row[0] for row in cursor.fetchall()}
        whole = everybody and None in taken
        owners = [owner for owner in taken if owner is not None]
        if None in taken and not everybody:
            # Somebody asked for a few only: the mark of everybody becomes one of each of the others, so that the next
            # page does not count these few again.
            cursor.execute(_SPLIT, [organisation_id, asked])
            owners = asked
        for statement in (_CLEAR, *_COUNTS):
            cursor.execute(statement, [organisation_id, whole, owners])
    return len(taken) or len(owners)
