"""Clients out of a file: with contacts, numbers, addresses, requisites, owners. See docs/rules/clients_import.md."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from ritm.bridge.kinds import parties
from ritm.bridge.kinds.base import KINDS, OWN_ROLE, Chunk, Mapping, Problem, Session
from ritm.bridge.rules.cells import NULL, escaped
from ritm.bridge.rules.client_cells import ClientReader, ClientRow, owner_finder
from ritm.bridge.rules.client_columns import MANY, guess_client_columns, profile
from ritm.bridge.rules.refused import Refused
from ritm.bridge.rules.roles import tidy
from ritm.bridge.rules.tables import Table, is_total
from ritm.bridge.untouched import withdraw_clients
from ritm.clients import own
from ritm.clients.operations import bulk, completion
from ritm.clients.operations.own_values import columns_for
from ritm.clients.rules.addresses import address_key
from ritm.clients.rules.own import Definition, Value
from ritm.journal import tenancy
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal
from ritm.staff.models import Employee

ROWS = 5_000
CLIENTS_PER_CHUNK = 5_000

FILL, REPLACE, SKIP, CREATE = "fill", "replace", "skip", "create"
_TABLES = ("bridge_clients", "bridge_parties", "bridge_fields", "bridge_new_parts", "bridge_own")

_FIELDS = (
    "row", "n", "external_id", "name", "full_name", "kind", "inn", "kpp", "ogrn", "account", "bik", "bank", "contact",
    "position", "phones", "emails", "address", "address_key", "registered", "registered_key", "delivery",
    "delivery_key", "owner_id", "source", "comment",
)  # fmt: skip

_STAGED = f"""
CREATE TEMPORARY TABLE bridge_clients (
    row bigint, n bigint, owner_id bigint, phones text[], emails text[],
    {", ".join(f"{f} text" for f in _FIELDS if f not in ("row", "n", "owner_id", "phones", "emails"))}
) ON COMMIT PRESERVE ROWS;
CREATE TEMPORARY TABLE bridge_own (
    row bigint, n bigint, field_id bigint, text text, number numeric(18, 4), date date, flag boolean, option_id bigint,
    options bigint[]
) ON COMMIT PRESERVE ROWS
"""
_OWN = ("row", "n", "field_id", "text", "number", "date", "flag", "option_id", "options")

# A client's fields come from the first of his rows that says them; notes of all his rows are kept.
_FIRST = "(array_agg({0} ORDER BY row) FILTER (WHERE {0} <> ''))[1] AS {0}"
_OF_PARTY = (
    "external_id", "name", "full_name", "kind", "inn", "kpp", "ogrn", "account", "bik", "bank", "source",
)  # fmt: skip
_PARTIES = f"""
CREATE TEMPORARY TABLE bridge_parties ON COMMIT PRESERVE ROWS AS
SELECT n, min(row) AS row, min(owner_id) AS owner_id,
       {", ".join(_FIRST.format(f) for f in _OF_PARTY)},
       string_agg(DISTINCT comment, E'\\n') FILTER (WHERE comment <> '') AS comment,
       NULL::bigint AS client_id, NULL::text AS many, NULL::bigint AS same_as, NULL::text AS verdict
FROM bridge_clients GROUP BY n
"""

_BY_PHONE = """
UPDATE bridge_parties p SET many = f.names, verdict = 'duplicate'
FROM (
    SELECT p.n, left(string_agg(DISTINCT c.name, ', '), 200) AS names
    FROM bridge_parties p JOIN bridge_clients s ON s.n = p.n CROSS JOIN unnest(s.phones) AS u(number)
    JOIN clients_phone h ON h.organisation_id = %(org)s AND h.e164 = split_part(u.number, 'x', 1)
    JOIN clients_client c ON c.id = h.client_id AND c.archived_at IS NULL
    WHERE p.client_id IS NULL AND p.many IS NULL
      AND (p.inn IS NULL OR c.inn = '') AND (p.external_id IS NULL OR c.external_id IS NULL)
    GROUP BY p.n
) f WHERE f.n = p.n
"""

# Two clients of the file who are one client of ours: both complete him.
_FIELDS_OF = {"name": 300, "full_name": 500, "inn": 12, "kpp": 9, "source": 100, "comment": None}
_CHANGES = """
CREATE TEMPORARY TABLE bridge_fields ON COMMIT PRESERVE ROWS AS
SELECT DISTINCT ON (p.client_id) p.n, p.client_id,
       {changes},
       CASE WHEN c.external_id IS NULL THEN p.external_id END AS external_id
FROM bridge_parties p JOIN clients_client c ON c.id = p.client_id
ORDER BY p.client_id, p.n
"""

_PARTS = {
    "contact": (
        "SELECT s.row, s.n, s.contact AS what FROM bridge_clients s WHERE s.contact <> ''",
        "SELECT FROM clients_contact x WHERE x.client_id = p.client_id AND lower(x.name) = lower(q.what)",
    ),
    "phone": (
        "SELECT s.row, s.n, u AS what FROM bridge_clients s CROSS JOIN unnest(s.phones) u",
        "SELECT FROM clients_phone x WHERE x.client_id = p.client_id "
        "AND x.e164 || CASE WHEN x.extension = '' THEN '' ELSE 'x' || x.extension END = q.what",
    ),
    "email": (
        "SELECT s.row, s.n, u AS what FROM bridge_clients s CROSS JOIN unnest(s.emails) u",
        "SELECT FROM clients_email x WHERE x.client_id = p.client_id AND x.address = q.what",
    ),
    "address": (
        "SELECT s.row, s.n, a.key AS what FROM bridge_clients s CROSS JOIN LATERAL (VALUES (COALESCE(NULLIF("
        "s.address_key, ''), s.address)), (COALESCE(NULLIF(s.registered_key, ''), s.registered)), "
        "(COALESCE(NULLIF(s.delivery_key, ''), s.delivery))) a(key) WHERE a.key <> ''",
        "SELECT FROM clients_address x WHERE x.client_id = p.client_id AND (x.key = q.what OR x.text = q.what)",
    ),
    "requisites": (
        "SELECT p.row, p.n, 'r' AS what FROM bridge_parties p "
        "WHERE COALESCE(p.ogrn, p.account, p.bik, p.bank, p.full_name) IS NOT NULL",
        "SELECT FROM clients_requisites x JOIN bridge_parties r ON r.n = p.n WHERE x.client_id = p.client_id "
        "AND x.valid_to IS NULL AND NOT (x.ogrn = '' AND r.ogrn IS NOT NULL "
        "OR x.account = '' AND r.account IS NOT NULL OR x.bik = '' AND r.bik IS NOT NULL "
        "OR x.bank = '' AND r.bank IS NOT NULL)",
    ),
}
_NEW_PARTS = "CREATE TEMPORARY TABLE bridge_new_parts ON COMMIT PRESERVE ROWS AS " + " UNION ALL ".join(
    f"SELECT q.n, q.row, '{kind}' AS kind FROM ({rows}) q JOIN bridge_parties p ON p.n = q.n "
    f"WHERE p.client_id IS NOT NULL AND NOT EXISTS ({there})"
    for kind, (rows, there) in _PARTS.items()
)

# Own fields of known clients that the file would fill in, or say otherwise.
_NEW_OWN = """
INSERT INTO bridge_new_parts (n, row, kind)
SELECT DISTINCT o.n, o.row, 'own' FROM bridge_own o JOIN bridge_parties p ON p.n = o.n
LEFT JOIN clients_clientvalue v ON v.client_id = p.client_id AND v.field_id = o.field_id
WHERE p.client_id IS NOT NULL AND (
    v.id IS NULL OR %(policy)s = 'replace'
    AND (v.text, v.number, v.date, v.flag, v.option_id, v.options)
        IS DISTINCT FROM (o.text, o.number, o.date, o.flag, o.option_id, o.options)
)
"""

_VERDICTS = f"""
UPDATE bridge_parties p SET verdict = CASE
    WHEN p.many IS NOT NULL THEN COALESCE(p.verdict, 'many')
    WHEN p.client_id IS NULL THEN 'new'
    WHEN %(policy)s = 'skip' THEN 'skip'
    WHEN EXISTS (SELECT FROM bridge_fields f WHERE f.client_id = p.client_id AND f.n = p.n
                 AND COALESCE({", ".join(f"f.{f}" for f in (*_FIELDS_OF, "external_id"))}) IS NOT NULL)
      OR EXISTS (SELECT FROM bridge_new_parts q WHERE q.n = p.n) THEN 'changed'
    ELSE 'same' END
"""

_REFUSED = """
SELECT s.row, s.name, p.verdict, p.many FROM bridge_clients s JOIN bridge_parties p USING (n)
WHERE p.verdict IN ('many', 'duplicate') ORDER BY s.row
"""

_NEWCOMERS = """
INSERT INTO newcomers (n, external_id, name, full_name, kind, inn, kpp, owner_id, source, comment)
SELECT n, external_id, name, COALESCE(full_name, ''), kind, COALESCE(inn, ''), COALESCE(kpp, ''), owner_id,
       COALESCE(source, ''), COALESCE(comment, '')
FROM bridge_parties WHERE verdict = 'new' AND client_id IS NULL AND n >= %(low)s AND n < %(high)s ORDER BY n
"""

_SETTLED = "UPDATE bridge_parties p SET client_id = s.client_id FROM newcomers s WHERE s.n = p.n"

_OURS = "p.verdict IN ('new', 'changed') AND p.n >= %(low)s AND p.n < %(high)s"
_HAND = f"""
INSERT INTO incoming_clients (client_id, created, name, full_name, inn, kpp, external_id, source, comment)
SELECT p.client_id, p.verdict = 'new', f.name, f.full_name, f.inn, f.kpp, f.external_id, f.source, f.comment
FROM (SELECT DISTINCT ON (client_id) * FROM bridge_parties p WHERE {_OURS} ORDER BY client_id, n) p
LEFT JOIN bridge_fields f ON f.client_id = p.client_id;
INSERT INTO incoming_contacts
SELECT s.row, p.client_id, s.contact, COALESCE(s.position, '') FROM bridge_clients s JOIN bridge_parties p USING (n)
WHERE s.contact <> '' AND {_OURS};
INSERT INTO incoming_phones
SELECT s.row, p.client_id, COALESCE(s.contact, ''), split_part(u, 'x', 1), split_part(u, 'x', 2)
FROM bridge_clients s JOIN bridge_parties p USING (n) CROSS JOIN unnest(s.phones) u WHERE {_OURS};
INSERT INTO incoming_emails
SELECT s.row, p.client_id, COALESCE(s.contact, ''), u
FROM bridge_clients s JOIN bridge_parties p USING (n) CROSS JOIN unnest(s.emails) u WHERE {_OURS};
INSERT INTO incoming_addresses
SELECT s.row, p.client_id, a.kind, a.text, COALESCE(a.key, '') FROM bridge_clients s JOIN bridge_parties p USING (n)
CROSS JOIN LATERAL (VALUES ('actual', s.address, s.address_key), ('registered', s.registered, s.registered_key),
                           ('delivery', s.delivery, s.delivery_key)) a(kind, text, key)
WHERE a.text <> '' AND {_OURS};
INSERT INTO incoming_requisites
SELECT DISTINCT ON (p.client_id) p.client_id, COALESCE(p.full_name, ''), COALESCE(p.inn, ''), COALESCE(p.kpp, ''),
       COALESCE(p.ogrn, ''), COALESCE(p.account, ''), COALESCE(p.bik, ''), COALESCE(p.bank, '')
FROM bridge_parties p
WHERE COALESCE(p.inn, p.ogrn, p.account, p.bik, p.bank, p.full_name) IS NOT NULL AND {_OURS}
ORDER BY p.client_id, p.n;
INSERT INTO incoming_own
SELECT DISTINCT ON (p.client_id, o.field_id) p.client_id, o.field_id, o.text, o.number, o.date, o.flag, o.option_id,
       o.options
FROM bridge_own o JOIN bridge_parties p USING (n) WHERE {_OURS} ORDER BY p.client_id, o.field_id, o.row
"""

_OUTCOME = """
SELECT count(*) FILTER (WHERE before IS NULL AND subject_kind = 'client') FROM journal_batchrow WHERE batch_id = %s
"""


class ClientsImport:
    """Lists of clients."""

    key = "clients"
    label = _("Clients")
    many = MANY
    role_labels = {
        "name": _("client's name"),
        "external_id": _("client's code"),
        "full_name": _("full legal name"),
        "inn": _("INN"),
        "kpp": _("KPP"),
        "ogrn": _("OGRN"),
        "phone": _("phone"),
        "email": _("e-mail"),
        "contact": _("contact"),
        "last_name": _("contact's last name"),
        "first_name": _("contact's first name"),
        "middle_name": _("contact's middle name"),
        "position": _("contact's position"),
        "company": _("contact's company"),
        "row_kind": _("contact or company"),
        "address": _("actual address"),
        "registered": _("registered address"),
        "delivery": _("delivery address"),
        "owner": _("owner"),
        "account": _("account"),
        "bik": _("BIK"),
        "bank": _("bank"),
        "source": _("source"),
        "comment": _("comment"),
    }
    option_labels = {
        "duplicates": {
            FILL: _("is completed: empty fields are filled, what is there stays"),
            REPLACE: _("is updated: what the file says replaces what is there"),
            SKIP: _("is left as he is"),
            CREATE: _("is created once more"),
        },
    }

    def roles(self, organisation_id: int) -> dict[str, Any]:
        """This function will name the roles that a column may play, own fields of the organisation last."""
        return self.role_labels | {f"{OWN_ROLE}{one.key}": one.name for one in own.all_definitions(organisation_id)}

    def guess(self, table: Table, organisation_id: int) -> Mapping:
        """
        This function will guess columns by their names, whichever program the list comes from; a column called as an
        own field is that field.
        """
        names = {tidy(column): at for at, column in reversed(list(enumerate(table.columns)))}
        mine = {
            f"{OWN_ROLE}{one.key}": names[tidy(one.name)]
            for one in own.all_definitions(organisation_id)
            if tidy(one.name) in names
        }
        taken = set(mine.values())
        guessed = {role: at for role, at in guess_client_columns(table.columns).items() if at not in taken}
        return Mapping(roles=guessed | mine, sheet=table.sheet, options={"duplicates": FILL})

    def check(self, mapping: Mapping) -> None:
        """This function will refuse a mapping that names nobody."""
        if not mapping.roles.keys() & {"name", "company", "contact", "last_name", "full_name"}:
            raise Refusal(str(_("Say which column holds the client's name")), code="no_name", field="name")

    def open(self, session: Session) -> None:
        """This function will prepare an empty temporary table."""
        self.close()
        with connection.cursor() as cursor:
            cursor.execute(_STAGED)

    def close(self) -> None:
        """This function will drop the temporary tables."""
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {', '.join(f'pg_temp.{table}' for table in _TABLES)}")

    def stage(self, session: Session, table: Table, seen: Callable[[int, Sequence[Problem]], None]) -> dict[str, int]:
        """This function will read the file into `bridge_clients`; rows of one client get one number."""
        known = profile(table.columns)
        prefix = {"bitrix_companies": "bitrix:", "amocrm": "amocrm:"}.get(known, "")
        # Reading takes long and holds no transaction open; what it asks of the office, it asks within the wall.
        with tenancy.organisation(session.organisation_id):
            mine = {f"{OWN_ROLE}{one.key}": one for one in own.all_definitions(session.organisation_id)}
            owners = owner_finder(dict(Employee.objects.filter(left_on=None).values_list("id", "name")))
        reader = ClientReader(
            {role: at for role, at in session.mapping.roles.items() if not role.startswith(OWN_ROLE)},
            table.columns,
            session.area_code,
            prefix,
            {mine[role]: at for role, at in session.mapping.roles.items() if role in mine},
            session.mapping.day_first,
            session.mapping.decimal,
        )
        together = _Together(apart=session.mapping.options.get("duplicates") == CREATE)
        read = taken = totals = 0
        problems: list[Problem] = []
        lines: list[str] = []
        own_lines: list[str] = []

        def flush() -> None:
            nonlocal problems, lines, own_lines
            for name, columns, block in (("clients", _FIELDS, lines), ("own", _OWN, own_lines)):
                if block:
                    with (
                        connection.cursor() as cursor,
                        cursor.copy(f"COPY bridge_{name} ({', '.join(columns)}) FROM STDIN") as copy,
                    ):
                        copy.write("".join(block))
            seen(read, problems)
            problems, lines, own_lines = [], [], []

        def told(number: int, role: str, reason: Refused, cells: Sequence[object], refused: bool) -> None:
            at = session.mapping.roles.get(role)
            value = str(cells[at])[:500] if at is not None and at < len(cells) else ""
            column = table.columns[at] if at is not None else ""
            problems.append(Problem(number, column, value, reason, refused, tuple(cells) if refused else ()))

        for number, cells in table.rows_meant(down=session.mapping.roles.values(), dates=()):
            read += 1
            if isinstance(cells, Refused):
                problems.append(Problem(number, "", "", cells))
            elif is_total(cells):
                totals += 1
            else:
                found = reader.read(number, cells)
                if isinstance(found, tuple):
                    told(number, found[0], found[1], cells, True)
                else:
                    owner = owners(found.owner) if found.owner else None
                    if found.owner and owner is None:
                        found.warnings.append(("owner", Refused("owner_unknown", {"value": found.owner})))
                    n = together.number(found)
                    for role, reason in found.warnings:
                        told(number, role, reason, cells, False)
                    lines.append(_line(found, n, owner))
                    own_lines += [_own_line(found.row, n, one, value) for one, value in found.own.items()]
                    taken += 1
            if read % ROWS == 0:
                flush()
        flush()
        return {"rows": read, "taken": taken, "totals": totals}

    def settle(self, session: Session) -> Iterator[list[Problem]]:
        """This function will find who is here already and what the file adds to him."""
        policy = session.mapping.options.get("duplicates", FILL)
        params: dict[str, Any] = {"org": session.organisation_id, "policy": policy}
        with connection.cursor() as cursor:
            cursor.execute(_PARTIES)
            cursor.execute("ANALYZE bridge_clients; ANALYZE bridge_parties; ANALYZE bridge_own")
            cursor.execute(parties.BY_ID, params)
            if policy != CREATE:
                cursor.execute(parties.BY_INN, params)
                cursor.execute(parties.BY_NAME, params)
                cursor.execute(_BY_PHONE, params)
            cursor.execute(_CHANGES.format(changes=_changes(policy)))
            cursor.execute(_NEW_PARTS)
            cursor.execute(_NEW_OWN, params)
            cursor.execute("ANALYZE bridge_fields; ANALYZE bridge_new_parts")
            cursor.execute(_VERDICTS, params)
            cursor.execute(_REFUSED)
            rows = cursor.fetchall()
        at = session.mapping.roles.get("name")
        column = session.columns[at] if at is not None else ""
        yield [
            Problem(
                row,
                column,
                name,
                Refused("client_duplicate", {"names": many})
                if verdict == "duplicate"
                else Refused("client_many", {"value": name, "names": many}),
            )
            for row, name, verdict, many in rows
        ]

    def verdict(self, session: Session) -> dict[str, int]:
        """This function will count clients by what bringing in would do to them."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT verdict, count(*) FROM bridge_parties GROUP BY 1")
            found = dict(cursor.fetchall())
        return {
            "clients_new": found.get("new", 0),
            "clients_changed": found.get("changed", 0),
            "clients_same": found.get("same", 0) + found.get("skip", 0),
            "duplicates": found.get("duplicate", 0) + found.get("many", 0),
        }

    def chunks(self, session: Session) -> list[Chunk]:
        """This function will cut the clients into parts of 5,000."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT min(n), max(n) + 1, count(*) FROM bridge_clients GROUP BY n / %s ORDER BY 1",
                [CLIENTS_PER_CHUNK],
            )
            return [Chunk(*row) for row in cursor.fetchall()]

    @transaction.atomic
    def bring_in(self, session: Session, chunk: Chunk, *, by: Actor, at: dt.datetime) -> None:
        """This function will create the part's new clients and complete the known ones."""
        params: dict[str, Any] = {"low": chunk.low, "high": chunk.high}
        with connection.cursor() as cursor:
            bulk.open_staging()
            cursor.execute(_NEWCOMERS, params)
            if cursor.rowcount:
                bulk.bring_in_staged(by=by, at=at, why=_now("Came with an import"), batch_id=session.batch_id)
                cursor.execute(_SETTLED)
            completion.open_completion()
            for statement in _HAND.split(";\n"):
                cursor.execute(statement, params)
        replace = session.mapping.options.get("duplicates") == REPLACE
        completion.complete(by=by, at=at, on=session.today, batch_id=session.batch_id, replace_own=replace)

    def outcome(self, session: Session) -> dict[str, int]:
        """This function will count the clients that the batch created."""
        with connection.cursor() as cursor:
            cursor.execute(_OUTCOME, [session.batch_id])
            return {"clients_new": cursor.fetchone()[0]}

    def undo(self, batch_id: int, *, by: Actor, at: dt.datetime) -> dict[str, Any]:
        """This function will take back what nobody edited since, and created clients that nobody touched."""
        done = completion.take_back(batch_id=batch_id, by=by, at=at)
        removed, kept = withdraw_clients(batch_id, by=by, at=at)
        return {
            "clients_removed": removed,
            "clients_kept": kept,
            "fields_restored": done.fields_restored,
            "fields_kept": done.fields_kept,
            "parts_removed": done.parts_removed,
        }


class _Together:
    """Gives rows of one client one number: same id, else same INN and KPP, else same name; and says so on the row."""

    def __init__(self, *, apart: bool) -> None:
        self.apart = apart
        self.count = 0
        self.known: dict[tuple[str, ...], tuple[int, int, str]] = {}

    def number(self, row: ClientRow) -> int:
        keys: list[tuple[str, ...]] = []
        if row.external_id:
            keys.append(("id", row.external_id))
        if not self.apart:
            if row.inn:
                keys.append(("inn", row.inn, row.kpp))
            elif not row.external_id:
                keys.append(("name", row.name.lower().replace("ё", "е")))
        held = next((self.known[key] for key in keys if key in self.known), None)
        if held is None:
            self.count += 1
            held = (self.count, row.row, row.name)
        else:
            _n, first, name = held
            if row.inn and ("inn", row.inn, row.kpp) in self.known:
                reason = Refused("inn_repeats", {"inn": row.inn, "row": first, "name": name})
                row.warnings.append(("inn", reason))
            else:
                row.warnings.append(("name", Refused("client_repeats", {"row": first, "name": name})))
            if row.name != name:
                # Nothing of the row is lost: the other name is kept as a note.
                row.comment = "\n".join(filter(None, [row.comment, row.name]))
        for key in keys:
            self.known.setdefault(key, held)
        return held[0]


def _changes(policy: str) -> str:
    """What the file would write into each field of a known client; null where it writes nothing."""
    parts = []
    for field, most in _FIELDS_OF.items():
        value = f"left(p.{field}, {most})" if most else f"p.{field}"
        if field == "comment":
            # Notes are added to, never replaced.
            value = f"CASE WHEN c.comment = '' THEN {value} ELSE c.comment || E'\\n' || {value} END"
            when = "p.comment IS NOT NULL AND position(p.comment in c.comment) = 0"
        elif policy == REPLACE:
            when = f"p.{field} IS NOT NULL AND {value} <> c.{field}"
        else:
            when = f"p.{field} IS NOT NULL AND c.{field} = ''"
        parts.append(f"CASE WHEN {when} THEN {value} END AS {field}")
    return ", ".join(parts)


def _line(row: ClientRow, n: int, owner: int | None) -> str:
    values: dict[str, Any] = {field: getattr(row, field, "") for field in _FIELDS}
    values |= {
        "n": n,
        "owner_id": owner,
        "phones": _array(f"{p.e164}x{p.extension}" if p.extension else p.e164 for p in row.phones),
        "emails": _array(row.emails),
    }
    for role in ("address", "registered", "delivery"):
        text = getattr(row, role)
        values[f"{role}_key"] = address_key(text)[:300] if text else ""
    cells = (NULL if values[f] in (None, "") else escaped(str(values[f])) for f in _FIELDS)
    return "\t".join(cells) + "\n"


def _own_line(row: int, n: int, definition: Definition, value: Value) -> str:
    columns = columns_for(definition, value)
    if columns["options"] is not None:
        columns["options"] = _array(columns["options"])
    values = {"row": row, "n": n, "field_id": definition.id, **columns}
    return "\t".join(NULL if values[c] is None else escaped(str(values[c])) for c in _OWN) + "\n"


def _array(items: Any) -> str:
    quoted = ",".join('"' + str(item).replace("\\", "").replace('"', "") + '"' for item in items)
    return f"{{{quoted}}}"


KINDS.plug("clients", order=20)(ClientsImport())
