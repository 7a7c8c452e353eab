"""
Many clients completed at once: fields that a file knows better, and contacts, numbers, addresses and requisites that
are not here yet. Set-wise, with every change noted so that it can be taken back without touching what people did since.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.db.models import SET_NULL, ManyToOneRel

from ritm.clients.events import ClientsBroughtIn
from ritm.clients.models import Contact
from ritm.clients.operations import search
from ritm.journal.operations import publish
from ritm.kernel.actor import Actor

FIELDS = ("name", "full_name", "inn", "kpp", "external_id", "source", "comment")
REQUISITES = ("legal_name", "inn", "kpp", "ogrn", "account", "bik", "bank")


@dataclass(frozen=True, slots=True)
class TakenBack:
    """What an undo did to clients who were here before: what it restored, and what it left as people made it."""

    fields_restored: int
    fields_kept: int
    parts_removed: int


_OPEN = f"""
DROP TABLE IF EXISTS pg_temp.incoming_clients, pg_temp.incoming_contacts, pg_temp.incoming_phones,
                     pg_temp.incoming_emails, pg_temp.incoming_addresses, pg_temp.incoming_requisites,
                     pg_temp.incoming_own;
CREATE TEMPORARY TABLE incoming_clients (
    client_id bigint PRIMARY KEY, created boolean NOT NULL, {", ".join(f"{field} text" for field in FIELDS)}
) ON COMMIT DROP;
CREATE TEMPORARY TABLE incoming_contacts (
    row bigint, client_id bigint NOT NULL, name text NOT NULL, position text NOT NULL
) ON COMMIT DROP;
CREATE TEMPORARY TABLE incoming_phones (
    row bigint, client_id bigint NOT NULL, contact text NOT NULL, e164 text NOT NULL, extension text NOT NULL
) ON COMMIT DROP;
CREATE TEMPORARY TABLE incoming_emails (
    row bigint, client_id bigint NOT NULL, contact text NOT NULL, address text NOT NULL
) ON COMMIT DROP;
CREATE TEMPORARY TABLE incoming_addresses (
    row bigint, client_id bigint NOT NULL, kind text NOT NULL, text text NOT NULL, key text NOT NULL
) ON COMMIT DROP;
CREATE TEMPORARY TABLE incoming_requisites (
    client_id bigint PRIMARY KEY, {", ".join(f"{field} text NOT NULL" for field in REQUISITES)}
) ON COMMIT DROP;
CREATE TEMPORARY TABLE incoming_own (
    client_id bigint NOT NULL, field_id bigint NOT NULL, text text, number numeric(18, 4), date date, flag boolean,
    option_id bigint, options bigint[], PRIMARY KEY (client_id, field_id)
) ON COMMIT DROP
"""

_CHANGED = " OR ".join(f"i.{field} IS NOT NULL AND i.{field} IS DISTINCT FROM c.{field}" for field in FIELDS)


def _as_object(row: str) -> str:
    """The changed fields of a client as JSON."""
    parts = [
        f"CASE WHEN i.{f} IS NOT NULL AND i.{f} IS DISTINCT FROM c.{f} THEN jsonb_build_object('{f}', {row}.{f}) "
        "ELSE '{}'::jsonb END"
        for f in FIELDS
    ]
    return " || ".join(parts)


_REMEMBER = f"""
INSERT INTO journal_batchrow (organisation_id, batch_id, subject_kind, subject_id, before, after)
SELECT %(org)s, %(batch)s, 'client', c.id, {_as_object("c")}, {_as_object("i")}
FROM incoming_clients i JOIN clients_client c ON c.id = i.client_id WHERE NOT i.created AND ({_CHANGED})
"""

_UPDATE = f"""
UPDATE clients_client c SET {", ".join(f"{f} = COALESCE(i.{f}, c.{f})" for f in FIELDS)}, updated_at = %(at)s
FROM incoming_clients i WHERE c.id = i.client_id AND ({_CHANGED})
"""

_CONTACTS = """
INSERT INTO clients_contact (organisation_id, client_id, name, position, is_main, comment, created_at)
SELECT %(org)s, f.client_id, f.name, f.position,
       row_number() OVER (PARTITION BY f.client_id ORDER BY f.row) = 1
       AND NOT EXISTS (SELECT FROM clients_contact k WHERE k.client_id = f.client_id AND k.is_main), '', %(at)s
FROM (
    SELECT DISTINCT ON (client_id, lower(name)) row, client_id, name, position FROM incoming_contacts n
    WHERE NOT EXISTS (
        SELECT FROM clients_contact k WHERE k.client_id = n.client_id AND lower(k.name) = lower(n.name)
    )
    ORDER BY client_id, lower(name), row
) f ORDER BY f.row
RETURNING id, client_id
"""

_CONTACT_OF = """
(SELECT min(k.id) FROM clients_contact k WHERE k.client_id = n.client_id AND lower(k.name) = lower(n.contact))
"""

_PHONES = f"""
INSERT INTO clients_phone (organisation_id, client_id, contact_id, e164, extension, comment)
SELECT %(org)s, n.client_id, {_CONTACT_OF}, n.e164, n.extension, ''
FROM (SELECT DISTINCT ON (client_id, e164, extension) * FROM incoming_phones
      ORDER BY client_id, e164, extension, row) n
WHERE NOT EXISTS (SELECT FROM clients_phone p WHERE p.client_id = n.client_id AND p.e164 = n.e164
                  AND p.extension = n.extension)
ORDER BY n.row RETURNING id, client_id
"""

_EMAILS = f"""
INSERT INTO clients_email (organisation_id, client_id, contact_id, address)
SELECT %(org)s, n.client_id, {_CONTACT_OF}, n.address
FROM (SELECT DISTINCT ON (client_id, address) * FROM incoming_emails ORDER BY client_id, address, row) n
WHERE NOT EXISTS (SELECT FROM clients_email p WHERE p.client_id = n.client_id AND p.address = n.address)
ORDER BY n.row RETURNING id, client_id
"""

_ADDRESSES = """
INSERT INTO clients_address (organisation_id, client_id, kind, text, key, comment)
SELECT %(org)s, n.client_id, n.kind, n.text, n.key, ''
FROM (SELECT DISTINCT ON (client_id, kind, COALESCE(NULLIF(key, ''), text)) * FROM incoming_addresses
      ORDER BY client_id, kind, COALESCE(NULLIF(key, ''), text), row) n
WHERE NOT EXISTS (SELECT FROM clients_address p WHERE p.client_id = n.client_id AND p.kind = n.kind
                  AND (p.text = n.text OR n.key <> '' AND p.key = n.key))
ORDER BY n.row RETURNING id, client_id
"""

_REQUISITES = f"""
INSERT INTO clients_requisites (organisation_id, client_id, {", ".join(REQUISITES)}, valid_from)
SELECT %(org)s, n.client_id, {", ".join(f"n.{f}" for f in REQUISITES)}, %(on)s
FROM incoming_requisites n
WHERE NOT EXISTS (SELECT FROM clients_requisites r WHERE r.client_id = n.client_id AND r.valid_to IS NULL)
ORDER BY n.client_id RETURNING id, client_id
"""

# Only what is empty is filled: what accounting or a person wrote stays, with its history.
_FILL_REQUISITES = f"""
WITH filled AS (
    UPDATE clients_requisites r
    SET {", ".join(f"{f} = CASE WHEN r.{f} = '' THEN n.{f} ELSE r.{f} END" for f in REQUISITES)}
    FROM incoming_requisites n, clients_requisites o
    WHERE r.client_id = n.client_id AND r.valid_to IS NULL AND o.id = r.id
      AND ({" OR ".join(f"r.{f} = '' AND n.{f} <> ''" for f in REQUISITES)})
    RETURNING r.id, {", ".join(f"o.{f} AS old_{f}, r.{f} AS new_{f}" for f in REQUISITES)}
)
INSERT INTO journal_batchrow (organisation_id, batch_id, subject_kind, subject_id, before, after)
SELECT %(org)s, %(batch)s, 'requisites', id,
       jsonb_build_object({", ".join(f"'{f}', old_{f}" for f in REQUISITES)}),
       jsonb_build_object({", ".join(f"'{f}', new_{f}" for f in REQUISITES)})
FROM filled WHERE %(batch)s::bigint IS NOT NULL
"""

_OWN = ("text", "number", "date", "flag", "option_id", "options")


def _own_json(row: str) -> str:
    """The typed columns of a value as JSON."""
    return "jsonb_build_object(" + ", ".join(f"'{column}', {row}.{column}" for column in _OWN) + ")"


_REMEMBER_OWN = f"""
INSERT INTO journal_batchrow (organisation_id, batch_id, subject_kind, subject_id, before, after)
SELECT %(org)s, %(batch)s, 'own:' || i.field_id, i.client_id, CASE WHEN v.id IS NOT NULL THEN {_own_json("v")} END,
       {_own_json("i")}
FROM incoming_own i JOIN incoming_clients c ON c.client_id = i.client_id AND NOT c.created
LEFT JOIN clients_clientvalue v ON v.client_id = i.client_id AND v.field_id = i.field_id
WHERE v.id IS NULL OR %(replace)s AND {_own_json("v")} <> {_own_json("i")}
ORDER BY i.client_id, i.field_id
"""

_WRITE_OWN = f"""
INSERT INTO clients_clientvalue AS v (organisation_id, client_id, field_id, {", ".join(_OWN)})
SELECT %(org)s, client_id, field_id, {", ".join(_OWN)} FROM incoming_own ORDER BY client_id, field_id
ON CONFLICT (client_id, field_id) DO UPDATE SET {", ".join(f"{c} = EXCLUDED.{c}" for c in _OWN)} WHERE %(replace)s
"""

# A value that is still as the batch left it; what somebody has changed since stays.
_OURS_STILL = f"""
r.batch_id = %(batch)s AND r.subject_kind = 'own:' || v.field_id AND r.subject_id = v.client_id
AND {_own_json("v")} = r.after
"""
_FORGET_OWN = f"""
DELETE FROM clients_clientvalue v USING journal_batchrow r WHERE r.before IS NULL AND {_OURS_STILL}
RETURNING v.client_id
"""
_RESTORE_OWN = f"""
UPDATE clients_clientvalue v SET {", ".join(f"{c} = o.{c}" for c in _OWN)}
FROM journal_batchrow r CROSS JOIN LATERAL jsonb_to_record(r.before) AS o(
    text text, number numeric, date date, flag boolean, option_id bigint, options bigint[]
)
WHERE r.before IS NOT NULL AND {_OURS_STILL} RETURNING v.client_id
"""
_NOTED_OWN = "SELECT count(*) FROM journal_batchrow WHERE batch_id = %(batch)s AND subject_kind LIKE 'own:%%'"

_PARTS = {
    "contact": ("clients_contact", _CONTACTS, ("name", "position")),
    "phone": ("clients_phone", _PHONES, ("e164", "extension")),
    "email": ("clients_email", _EMAILS, ("address",)),
    "address": ("clients_address", _ADDRESSES, ("kind", "text")),
    "requisites": ("clients_requisites", _REQUISITES, REQUISITES),
}


def open_completion() -> None:
    """
    This function will create the temporary tables `incoming_clients`, `incoming_contacts`, `incoming_phones`,
    `incoming_emails`, `incoming_addresses`, `incoming_requisites` and `incoming_own`, dropped at commit.

    In `incoming_clients` a null leaves the field as it is; `created` marks clients of the same batch, whose parts
    need no undo of their own.
    """
    with connection.cursor() as cursor:
        cursor.execute(_OPEN)


@transaction.atomic
def complete(
    *, by: Actor, at: dt.datetime, on: dt.date, batch_id: int | None = None, replace_own: bool = False
) -> None:
    """
    This function will write what the temporary tables say and is not here yet; `on` is the local date. Own fields
    that say something already are written over with `replace_own` alone.

    Publishes ClientsBroughtIn for at most 10,000 clients at a time.
    """
    params: dict[str, Any] = {"org": by.organisation_id, "at": at, "on": on, "batch": batch_id, "replace": replace_own}
    touched: set[int] = set()
    with connection.cursor() as cursor:
        cursor.execute("SELECT client_id FROM incoming_clients WHERE created")
        created = {row[0] for row in cursor.fetchall()}
        if batch_id is not None:
            cursor.execute(_REMEMBER, params)
        cursor.execute(_UPDATE, params)
        cursor.execute(_FILL_REQUISITES, params)
        if batch_id is not None:
            cursor.execute(_REMEMBER_OWN, params)
        cursor.execute(_WRITE_OWN, params)
        for kind, (table, statement, fields) in _PARTS.items():
            cursor.execute(statement, params)
            rows = cursor.fetchall()
            touched.update(row[1] for row in rows)
            if batch_id is not None:
                ids = [row[0] for row in rows if row[1] not in created]
                pairs = ", ".join(f"'{field}', p.{field}" for field in fields)
                cursor.execute(
                    "INSERT INTO journal_batchrow (organisation_id, batch_id, subject_kind, subject_id, after) "
                    f"SELECT %(org)s, %(batch)s, '{kind}', p.id, jsonb_build_object({pairs}) "
                    f"FROM {table} p WHERE p.id = ANY(%(ids)s) ORDER BY p.id",
                    params | {"ids": ids},
                )
        cursor.execute("SELECT client_id FROM incoming_clients")
        touched.update(row[0] for row in cursor.fetchall())
    search.refresh(touched)
    known = sorted(touched - created)
    for start in range(0, len(known), 10_000):
        publish(ClientsBroughtIn(client_ids=tuple(known[start : start + 10_000])), by=by, at=at)


@transaction.atomic
def take_back(*, batch_id: int, by: Actor, at: dt.datetime) -> TakenBack:
    """
    This function will take back what a batch did to clients who had been here before it.

    A field that somebody has edited since, and a contact, number or address that was edited since, stays.
    """
    restored = kept = removed = 0
    clients: set[int] = set()
    with connection.cursor() as cursor:
        for kind, table, fields in (
            ("client", "clients_client", FIELDS),
            ("requisites", "clients_requisites", REQUISITES),
        ):
            for field in fields:
                params: dict[str, Any] = {"batch": batch_id, "kind": kind, "field": field}
                cursor.execute(
                    f"UPDATE {table} c SET {field} = r.before->>%(field)s FROM journal_batchrow r "
                    "WHERE r.batch_id = %(batch)s AND r.subject_kind = %(kind)s AND r.subject_id = c.id "
                    f"AND r.before ? %(field)s AND r.before->>%(field)s IS DISTINCT FROM r.after->>%(field)s "
                    f"AND c.{field} IS NOT DISTINCT FROM r.after->>%(field)s "
                    f"RETURNING c.{'id' if kind == 'client' else 'client_id'}",
                    params,
                )
                rows = cursor.fetchall()
                restored += len(rows)
                clients.update(row[0] for row in rows)
                cursor.execute(
                    f"SELECT count(*) FROM {table} c JOIN journal_batchrow r ON r.subject_id = c.id "
                    "WHERE r.batch_id = %(batch)s AND r.subject_kind = %(kind)s "
                    "AND r.before ? %(field)s AND r.before->>%(field)s IS DISTINCT FROM r.after->>%(field)s "
                    f"AND c.{field} IS DISTINCT FROM r.before->>%(field)s",
                    params,
                )
                kept += cursor.fetchone()[0]
        of_batch = {"batch": batch_id}
        cursor.execute(_NOTED_OWN, of_batch)
        noted = cursor.fetchone()[0]
        put_back = []
        for statement in (_RESTORE_OWN, _FORGET_OWN):
            cursor.execute(statement, of_batch)
            put_back += [row[0] for row in cursor.fetchall()]
        restored += len(put_back)
        kept += noted - len(put_back)
        clients.update(put_back)
        for kind in ("phone", "email", "address", "contact", "requisites"):
            table, _statement, names = _PARTS[kind]
            same = " AND ".join(f"p.{field} = r.after->>'{field}'" for field in names)
            # A contact stays while a number or letter of his, entered by hand, leans on him.
            free = (
                "AND NOT EXISTS (SELECT FROM clients_phone x WHERE x.contact_id = p.id) "
                "AND NOT EXISTS (SELECT FROM clients_email x WHERE x.contact_id = p.id) "
                + "".join(
                    f"AND NOT EXISTS (SELECT FROM {relation.related_model._meta.db_table} x "
                    f"WHERE x.{relation.field.column} = p.id) "
                    for relation in Contact._meta.get_fields(include_hidden=True)
                    if isinstance(relation, ManyToOneRel) and relation.on_delete is SET_NULL
                )
                if kind == "contact"
                else ""
            )
            cursor.execute(
                f"DELETE FROM {table} p USING journal_batchrow r WHERE r.batch_id = %s AND r.subject_kind = '{kind}' "
                f"AND r.before IS NULL AND r.subject_id = p.id AND {same} {free} RETURNING p.client_id",
                [batch_id],
            )
            rows = cursor.fetchall()
            removed += len(rows)
            clients.update(row[0] for row in rows)
            cursor.execute(
                f"SELECT count(*) FROM {table} p JOIN journal_batchrow r ON r.subject_id = p.id "
                f"WHERE r.batch_id = %s AND r.subject_kind = '{kind}' AND r.before IS NULL",
                [batch_id],
            )
            kept += cursor.fetchone()[0]
    search.refresh(clients)
    ids = sorted(clients)
    for start in range(0, len(ids), 10_000):
        publish(ClientsBroughtIn(client_ids=tuple(ids[start : start + 10_000])), by=by, at=at)
    return TakenBack(restored, kept, removed)
