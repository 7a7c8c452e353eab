"""Orders out of a file: clients, orders and, where the file has goods, their lines. See docs/rules/orders_import.md."""

from __future__ import annotations

import datetime as dt
import gc
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from ritm.bridge.kinds import parties
from ritm.bridge.kinds.base import KINDS, Chunk, Mapping, Problem, Session
from ritm.bridge.rules.amounts import decimal_mark
from ritm.bridge.rules.dates import date_part, day_order
from ritm.bridge.rules.order_cells import OrderReader, Taken
from ritm.bridge.rules.order_columns import LINES, ORDERS, guess_order_columns, rows_are
from ritm.bridge.rules.refused import Refused
from ritm.bridge.rules.tables import Row, Table
from ritm.bridge.untouched import withdraw_clients
from ritm.clients.operations import bulk
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal
from ritm.trade.operations import incoming

# Rows judged at once: few enough to stay in the processor's cache. So many times as many are one step of progress.
ROWS = 1_000
TIMES = 50
# One event names at most this many clients; one transaction writes about this many rows.
CLIENTS_PER_CHUNK = 20_000
ROWS_PER_CHUNK = 250_000

_GOODS = {"sku", "product"}
# Columns whose merged cells speak for all the rows they reach over; a sum is said once.
_NAMES_THINGS = {"client", "name", "inn", "kpp", "phone", "number", "date", "kind"}

_TABLES = (
    "bridge_staged", "bridge_refused", "bridge_parties", "bridge_orders", "bridge_products", "bridge_lines"
)  # fmt: skip

# `order_key` is the same in rows of one order, and in no others: its number, client and year; without a number, its
# client and day. `turn` parts returns from orders where nothing else does. Columns collate as the tables they are
# compared with: no index is of use to a column that sorts otherwise.
_STAGED = """
CREATE TEMPORARY TABLE bridge_staged (
    row bigint, given_key text, external_id text, name text, inn text, kpp text, phone text, number text, day date,
    amount numeric, kind text, sku text, product text, quantity numeric, price numeric, line_amount numeric,
    key text GENERATED ALWAYS AS (COALESCE(given_key, external_id)) STORED,
    order_key text GENERATED ALWAYS AS (
        CASE WHEN number IS NULL THEN 'd' || COALESCE(given_key, external_id) || '/' || (day - date '2000-01-01')::text
             ELSE length(number)::text || 'n' || number || '/' || COALESCE(given_key, external_id) || '/'
                  || date_part('year', day)::int::text END
        || CASE WHEN {turn} THEN '/r' ELSE '' END
    ) STORED
) ON COMMIT PRESERVE ROWS;
CREATE TEMPORARY TABLE bridge_refused (
    row bigint, code text, role text, value text, params jsonb
) ON COMMIT PRESERVE ROWS
"""

# Whoever buys in this file: one row per key, numbered in the order in which they first stand there.
_PARTIES = """
CREATE TEMPORARY TABLE bridge_parties ON COMMIT PRESERVE ROWS AS
SELECT row_number() OVER (ORDER BY row) AS n, p.*, NULL::bigint AS client_id, NULL::text AS many,
       NULL::bigint AS same_as
FROM (
    SELECT key, min(row) AS row, max(external_id) AS external_id, {name} AS name, {inn} AS inn, {kpp} AS kpp,
           {phone} AS phone
    FROM bridge_staged GROUP BY key
) p
"""

# Rows that give only a name mean the one who bears it elsewhere in the same file with an id or INN.
_BY_NAME_HERE = """
UPDATE bridge_parties p SET same_as = CASE WHEN f.times = 1 THEN f.n END, many = CASE WHEN f.times > 1 THEN f.names END
FROM (
    SELECT p.n AS who, min(o.n) AS n, count(*) AS times, left(string_agg(o.key, ', '), 200) AS names
    FROM bridge_parties p
    JOIN bridge_parties o ON replace(lower(o.name), 'ё', 'е') = replace(lower(p.name), 'ё', 'е')
    WHERE p.key LIKE '#name:%%' AND o.key NOT LIKE '#name:%%'
    GROUP BY p.n
) f WHERE f.who = p.n
"""

_FOLLOW = """
UPDATE bridge_parties p SET client_id = o.client_id, many = o.many FROM bridge_parties o WHERE o.n = p.same_as
"""

_REFUSE_MANY = """
INSERT INTO bridge_refused
SELECT s.row, 'client_many', 'name', COALESCE(s.name, s.inn, s.key),
       jsonb_build_object('value', COALESCE(s.name, s.inn, s.key), 'names', p.many)
FROM bridge_staged s JOIN bridge_parties p USING (key) WHERE p.many IS NOT NULL
"""

# Rows of one number that contradict each other: all but the first are refused.
_CONTRADICTED = """
SELECT EXISTS (SELECT FROM bridge_orders b WHERE b.number IS NOT NULL AND {contradicted})
"""
_REPEATS = """
INSERT INTO bridge_refused
SELECT f.row, CASE WHEN f.day = f.first_day THEN 'number_repeats' ELSE 'number_other_date' END, 'number', f.number,
       jsonb_build_object('number', f.number, 'row', f.first_row, 'here', to_char(f.day, 'DD.MM.YYYY'),
                          'there', to_char(f.first_day, 'DD.MM.YYYY'))
FROM (
    SELECT s.row, s.day, s.number, first_value(s.row) OVER w AS first_row, first_value(s.day) OVER w AS first_day
    FROM bridge_staged s JOIN bridge_orders b USING (order_key) WHERE b.number IS NOT NULL AND {contradicted}
    WINDOW w AS (PARTITION BY order_key ORDER BY s.row)
) f WHERE f.row <> f.first_row AND {repeats}
"""

# Products of quantities and prices, and sums of rows, may outgrow what an order can hold.
_LARGE = """
INSERT INTO bridge_refused
SELECT s.row, 'amount_too_big', 'amount', {line}::text, jsonb_build_object('value', {line}::text)
FROM bridge_staged s WHERE abs({line}) >= 1e12
"""
_LARGE_SUMS = """
WITH large AS (DELETE FROM bridge_orders WHERE abs(amount) >= 1e12 RETURNING row, amount)
INSERT INTO bridge_refused
SELECT row, 'amount_too_big', 'amount', amount::text, jsonb_build_object('value', amount::text) FROM large
"""

_WITHDRAW = "DELETE FROM bridge_staged s USING bridge_refused r WHERE r.row = s.row"

# Orders are numbered client by client, so that a part of the clients is a part of the orders and of their lines.
_ORDERS = """
CREATE TEMPORARY TABLE bridge_orders ON COMMIT PRESERVE ROWS AS
SELECT row_number() OVER (ORDER BY o.party, o.row) AS n, o.party, o.row, o.order_key, o.number, o.day, o.last_day,
       o.amount, o.rows, CASE WHEN o.amount < 0 THEN 'return' ELSE 'order' END AS kind,
       CASE WHEN length(o.long_id) > 120 THEN left(o.long_id, 87) || '~' || md5(o.long_id) ELSE o.long_id END
           AS external_id,
       NULL::bigint AS order_id, 'new' AS verdict
FROM (
    SELECT p.n AS party, g.row, g.order_key, g.number, g.day, g.last_day, round(g.amount, 2) AS amount, g.rows,
           CASE WHEN g.number IS NULL THEN g.key || '/' || g.day
                ELSE g.number || '/' || g.key || '/' || EXTRACT(year FROM g.day) END
           || CASE WHEN right(g.order_key, 2) = '/r' THEN '/r' ELSE '' END AS long_id
    FROM (
        SELECT s.order_key, min(s.key) AS key, min(s.number) AS number, min(s.day) AS day, max(s.day) AS last_day,
               min(s.row) AS row, count(*) AS rows, {amount} AS amount
        FROM bridge_staged s WHERE s.order_key IS NOT NULL GROUP BY s.order_key
    ) g JOIN bridge_parties p USING (key)
) o
"""

_PRODUCTS = """
CREATE TEMPORARY TABLE bridge_products ON COMMIT PRESERVE ROWS AS
SELECT row_number() OVER (ORDER BY min(s.row)) AS n, {goods} AS key, min(s.sku) AS sku,
       max(COALESCE(s.product, s.sku)) AS name
FROM bridge_staged s WHERE s.order_key IS NOT NULL AND {goods} IS NOT NULL GROUP BY 2
"""

# In the order of the orders: a part of them is one piece of this table.
_LINES = """
CREATE TEMPORARY TABLE bridge_lines ON COMMIT PRESERVE ROWS AS
SELECT l.order_n, l.row, l.product_n, l.quantity::numeric(14,3) AS quantity,
       COALESCE(l.price, CASE WHEN l.quantity = 0 OR abs(l.amount / l.quantity) >= 1e12 THEN l.amount
                              ELSE l.amount / l.quantity END)::numeric(14,2) AS price,
       l.amount::numeric(14,2) AS amount
FROM (
    SELECT b.n AS order_n, s.row, g.n AS product_n, s.price,
           round(COALESCE({quantity}, CASE WHEN {line} < 0 THEN -1 ELSE 1 END), 3) AS quantity,
           round({line}, 2) AS amount
    FROM bridge_staged s JOIN bridge_orders b USING (order_key)
    JOIN bridge_products g ON g.key = {goods}
) l ORDER BY l.order_n, l.row;
CREATE INDEX ON bridge_lines USING brin (order_n)
"""

# What stands in the database already, and whether the file says otherwise.
_VERDICT = """
UPDATE bridge_orders b SET order_id = o.id, verdict = CASE
    WHEN o.amount = b.amount AND o.ordered_on = b.day AND o.client_id = p.client_id AND o.cancelled_at IS NULL
    THEN CASE WHEN o.batch_id = %(batch)s THEN 'mine' ELSE 'same' END ELSE 'changed' END
FROM trade_order o, bridge_parties p
WHERE o.organisation_id = %(org)s AND o.external_id = b.external_id AND p.n = b.party
"""

# Lines are compared as a set: the sum of their hashes is the same in any order.
_SIGN = (
    "sum(hashtextextended(concat_ws('|', {product}, {quantity}::numeric(14,3), {amount}::numeric(14,2)), 0)::numeric)"
)
_LINES_VERDICT = f"""
UPDATE bridge_orders b SET verdict = 'changed'
FROM (
    SELECT l.order_n, {
    _SIGN.format(product="COALESCE(g.sku, g.name)", quantity="l.quantity", amount="l.amount")
} AS sign
    FROM bridge_lines l JOIN bridge_orders o ON o.n = l.order_n JOIN bridge_products g ON g.n = l.product_n
    WHERE o.verdict = 'same' GROUP BY 1
) f, trade_order o, LATERAL (
    SELECT COALESCE({
    _SIGN.format(product="COALESCE(NULLIF(t.sku, ''), t.name)", quantity="l.quantity", amount="l.amount")
}, 0) AS sign
    FROM trade_line l JOIN trade_product t ON t.id = l.product_id WHERE l.order_id = o.id
) d
WHERE f.order_n = b.n
  AND o.organisation_id = %(org)s AND o.external_id = b.external_id AND f.sign <> d.sign
"""

_RETURNS_EXCEED = """
SELECT b.row, COALESCE(p.name, p.external_id, p.inn), b.amount
FROM (SELECT party, min(row) AS row, sum(amount) AS amount FROM bridge_orders GROUP BY 1 HAVING sum(amount) < 0) b
JOIN bridge_parties p ON p.n = b.party ORDER BY 1 LIMIT 1000
"""

_COUNTS = """
SELECT count(*) FILTER (WHERE verdict IN ('new', 'mine')), count(*) FILTER (WHERE verdict = 'changed'),
       count(*) FILTER (WHERE verdict = 'same'), count(*) FILTER (WHERE kind = 'return')
FROM bridge_orders
"""

_CHUNKS = """
SELECT min(n), max(n) + 1, sum(rows) FROM (
    SELECT p.n, COALESCE(o.rows, 0) AS rows,
           (sum(COALESCE(o.rows, 0)) OVER (ORDER BY p.n) / %(rows)s)::int AS a, p.n / %(clients)s AS b
    FROM bridge_parties p LEFT JOIN (SELECT party AS n, sum(rows) AS rows FROM bridge_orders GROUP BY 1) o USING (n)
) f GROUP BY a, b ORDER BY 1
"""

_NEWCOMERS = """
INSERT INTO newcomers (n, external_id, name, kind, inn, kpp, phones, source)
SELECT p.n, p.external_id, COALESCE(p.name, p.external_id, p.inn),
       CASE WHEN length(p.inn) = 12 THEN 'sole_trader' ELSE 'company' END,
       COALESCE(p.inn, ''), COALESCE(p.kpp, ''), COALESCE(p.phone, '{}')::text[], %(source)s
FROM bridge_parties p
WHERE p.client_id IS NULL AND p.many IS NULL AND p.same_as IS NULL
  AND (p.n >= %(low)s AND p.n < %(high)s
       OR p.n IN (SELECT f.same_as FROM bridge_parties f WHERE f.n >= %(low)s AND f.n < %(high)s))
ORDER BY p.n
"""

_HAND_ORDERS = """
INSERT INTO incoming_orders (n, order_id, client_id, external_id, number, kind, ordered_on, amount)
SELECT b.n, b.order_id, p.client_id, b.external_id, COALESCE(b.number, ''), b.kind, b.day, b.amount
FROM bridge_orders b JOIN bridge_parties p ON p.n = b.party
WHERE b.party >= %(low)s AND b.party < %(high)s AND b.verdict IN ('new', 'changed')
ORDER BY b.n
"""
_HAND_PRODUCTS = """
INSERT INTO incoming_products (n, sku, name)
SELECT n, sku, name FROM bridge_products
WHERE n IN (SELECT l.product_n FROM ({lines}) l JOIN incoming_orders o ON o.n = l.order_n)
"""
_PART_OF_LINES = """
SELECT order_n, row, product_n, quantity, price, amount FROM bridge_lines WHERE order_n BETWEEN {first} AND {last}
"""

_OUTCOME = """
SELECT (SELECT count(*) FROM trade_order WHERE organisation_id = %(org)s AND batch_id = %(batch)s),
       count(*) FILTER (WHERE subject_kind = 'order'),
       count(*) FILTER (WHERE subject_kind = 'client' AND before IS NULL)
FROM journal_batchrow WHERE batch_id = %(batch)s
"""

# For this transaction: large sorts in memory; no wait for the disk, for a run that was cut off is done again anyway
# and its last commit, an ordinary one, brings all before it to the disk.
_AT_EASE = "SET LOCAL work_mem = '128MB'; SET LOCAL synchronous_commit = off"

_SETTLED = "UPDATE bridge_parties p SET client_id = s.client_id FROM newcomers s WHERE s.n = p.n"


class OrdersImport:
    """Order histories and order lines."""

    key = "orders"
    label = _("Orders")
    many: tuple[str, ...] = ()
    role_labels = {
        "client": _("client's code"),
        "name": _("client's name"),
        "inn": _("INN"),
        "kpp": _("KPP"),
        "phone": _("client's phone"),
        "number": _("order number"),
        "date": _("order date"),
        "amount": _("order amount"),
        "kind": _("order or return"),
        "sku": _("SKU"),
        "product": _("product"),
        "quantity": _("quantity"),
        "price": _("price"),
        "line_amount": _("line amount"),
    }
    option_labels = {
        "rows_are": {LINES: _("lines of one order"), ORDERS: _("a mistake, refuse the repeats")},
    }

    def roles(self, organisation_id: int) -> dict[str, Any]:
        """This function will name the roles that a column may play: orders have no own fields."""
        return self.role_labels

    def guess(self, table: Table, organisation_id: int) -> Mapping:
        """This function will guess columns, the order of day and month and the decimal mark."""
        roles = guess_order_columns(table.columns, table.samples)
        money = [at for role, at in roles.items() if role in ("amount", "price", "line_amount", "quantity")]
        return Mapping(
            roles=roles,
            day_first=_day_first(table, roles.get("date")),
            decimal=decimal_mark(row[at] for row in table.samples for at in money if at < len(row)),
            sheet=table.sheet,
            options={"rows_are": rows_are(roles, table.samples)},
        )

    def check(self, mapping: Mapping) -> None:
        """This function will refuse a mapping without a client or a date."""
        if not mapping.roles.keys() & {"client", "name", "inn"}:
            raise Refusal(
                str(_("Say which column names the client: a code, a name or an INN")), code="no_client", field="client"
            )
        if "date" not in mapping.roles:
            raise Refusal(str(_("Say which column holds the order date")), code="no_date", field="date")

    def open(self, session: Session) -> None:
        """This function will prepare empty temporary tables."""
        with connection.cursor() as cursor:
            self.close()
            cursor.execute(_STAGED.format(**self._words(session)))

    def close(self) -> None:
        """This function will drop the temporary tables."""
        with connection.cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {', '.join(f'pg_temp.{table}' for table in _TABLES)}")

    def stage(self, session: Session, table: Table, seen: Callable[[int, Sequence[Problem]], None]) -> dict[str, int]:
        """This function will read the file into `bridge_staged`."""
        mapping = session.mapping
        reader = OrderReader(
            table.columns, mapping.roles, mapping.day_first, mapping.decimal, session.today, session.area_code
        )
        down = [at for role, at in mapping.roles.items() if role in _NAMES_THINGS]
        rows = table.rows_meant(down=down, dates=[mapping.roles["date"]])
        taken = totals = read = 0
        # The next rows are judged while the database takes these.
        with _rarely_swept(), ThreadPoolExecutor(1) as aside:
            coming = aside.submit(_judge, reader, rows)
            while (step := coming.result())[0]:
                coming = aside.submit(_judge, reader, rows)
                count, parts = step
                _copy(reader.fields, [part.block for part in parts if part.rows])
                read += count
                taken += sum(part.rows for part in parts)
                totals += sum(part.totals for part in parts)
                seen(read, [problem for part in parts for problem in part.problems])
        return {"rows": read, "taken": taken, "totals": totals}

    def settle(self, session: Session) -> Iterator[list[Problem]]:
        """This function will find the clients, group the rows into orders and refuse what contradicts itself."""
        words = self._words(session)
        params = {"org": session.organisation_id, "batch": session.batch_id}
        roles = session.mapping.roles.keys()
        with connection.cursor() as cursor:
            cursor.execute(_AT_EASE)
            cursor.execute("ANALYZE bridge_staged (key, order_key)")
            parts = {
                role: f"max({role})" if role in roles else "NULL::text" for role in ("name", "inn", "kpp", "phone")
            }
            cursor.execute(_PARTIES.format(**parts))
            cursor.execute("ANALYZE bridge_parties")
            cursor.execute(parties.BY_ID, params)
            if "inn" in roles:
                cursor.execute(parties.BY_INN, params)
            if "name" in roles:
                cursor.execute(_BY_NAME_HERE, params)
                cursor.execute(parties.BY_NAME, params)
                cursor.execute(_FOLLOW, params)
                cursor.execute(_REFUSE_MANY, params)
            elif "inn" in roles:
                cursor.execute(_REFUSE_MANY, params)
            cursor.execute(_LARGE.format(**words))
            cursor.execute(_WITHDRAW)
            cursor.execute(_ORDERS.format(**words))
            if "number" in roles:
                self._refuse_repeats(cursor, session, words)
            cursor.execute(_LARGE_SUMS)
            cursor.execute("ANALYZE bridge_orders (n, party, order_key, external_id, verdict)")
            if roles & _GOODS:
                cursor.execute(_PRODUCTS.format(**words))
                cursor.execute("ANALYZE bridge_products")
                cursor.execute(_LINES.format(**words))
                cursor.execute("ANALYZE bridge_lines (order_n, product_n)")
            cursor.execute(_VERDICT, params)
            if roles & _GOODS:
                cursor.execute(_LINES_VERDICT, params)
        yield from self._refused(session)
        yield self._warnings()

    def verdict(self, session: Session) -> dict[str, int]:
        """This function will count orders and clients by what bringing in would do to them."""
        with connection.cursor() as cursor:
            cursor.execute(_COUNTS)
            new, changed, same, returns = cursor.fetchone()
            cursor.execute(
                "SELECT count(*) FILTER (WHERE client_id IS NULL AND same_as IS NULL), count(client_id) "
                "FROM bridge_parties WHERE many IS NULL"
            )
            clients_new, clients_known = cursor.fetchone()
            counts = {
                "orders_new": new,
                "orders_changed": changed,
                "orders_same": same,
                "returns": returns,
                "clients_new": clients_new,
                "clients_known": clients_known,
            }
            if session.mapping.roles.keys() & _GOODS:
                cursor.execute("SELECT (SELECT count(*) FROM bridge_lines), (SELECT count(*) FROM bridge_products)")
                counts["lines"], counts["products"] = cursor.fetchone()
        return counts

    def chunks(self, session: Session) -> list[Chunk]:
        """This function will cut the clients into parts; a client's orders stay together."""
        with connection.cursor() as cursor:
            cursor.execute(_CHUNKS, {"rows": ROWS_PER_CHUNK, "clients": CLIENTS_PER_CHUNK})
            return [Chunk(low, high, int(rows)) for low, high, rows in cursor.fetchall()]

    @transaction.atomic
    def bring_in(self, session: Session, chunk: Chunk, *, by: Actor, at: dt.datetime) -> None:
        """This function will create the part's new clients and bring in its new and changed orders."""
        params: dict[str, Any] = {"low": chunk.low, "high": chunk.high, "source": ""}
        with connection.cursor() as cursor:
            cursor.execute(_AT_EASE)
            bulk.open_staging()
            cursor.execute(_NEWCOMERS, params)
            if cursor.rowcount:
                bulk.bring_in_staged(by=by, at=at, why=str(_("Came with an import")), batch_id=session.batch_id)
                cursor.execute(_SETTLED)
                cursor.execute(_FOLLOW)
            incoming.open_incoming()
            cursor.execute(_HAND_ORDERS, params)
            lines = None
            if session.mapping.roles.keys() & _GOODS:
                cursor.execute("SELECT COALESCE(min(n), 0), COALESCE(max(n), -1) FROM incoming_orders")
                first, last = cursor.fetchone()
                lines = _PART_OF_LINES.format(first=first, last=last)
                cursor.execute(_HAND_PRODUCTS.format(lines=lines))
        incoming.bring_in_orders(by=by, at=at, batch_id=session.batch_id, lines=lines)

    def outcome(self, session: Session) -> dict[str, int]:
        """This function will count what the batch has done in all, a run that was cut off included."""
        with connection.cursor() as cursor:
            cursor.execute(_OUTCOME, {"org": session.organisation_id, "batch": session.batch_id})
            written, changed, clients = cursor.fetchone()
        return {"orders_new": written - changed, "orders_changed": changed, "clients_new": clients}

    def undo(self, batch_id: int, *, by: Actor, at: dt.datetime) -> dict[str, Any]:
        """This function will take the batch's orders back, and then the clients it created who are left bare."""
        done = incoming.withdraw_orders(batch_id=batch_id, by=by, at=at)
        removed, kept = withdraw_clients(batch_id, by=by, at=at)
        return {
            "orders_removed": done.removed,
            "orders_restored": done.restored,
            "orders_kept": done.kept,
            "clients_removed": removed,
            "clients_kept": kept,
        }

    @staticmethod
    def _words(session: Session) -> dict[str, str]:
        """The pieces of SQL that depend on which columns there are, and on what several rows of one number are."""
        roles = session.mapping.roles.keys()
        lines = session.mapping.options.get("rows_are") == LINES
        value = "COALESCE(s.amount, s.line_amount, round(s.quantity * s.price, 2))"
        if lines and "line_amount" in roles:
            value = "COALESCE(s.line_amount, round(s.quantity * s.price, 2))"
        signed, by_word, quantity = value, "false", "s.quantity"
        if "kind" in roles:
            by_word = "COALESCE(s.kind = 'return', false)"
            signed = f"(CASE WHEN s.kind = 'return' THEN -abs({value}) ELSE {value} END)"
            quantity = "CASE WHEN s.kind = 'return' THEN -abs(s.quantity) ELSE s.quantity END"
        turn = f"({by_word} OR s.number IS NULL AND {signed} < 0)" if lines else f"({by_word} OR {signed} < 0)"
        amount = f"sum({signed})"
        if lines and {"line_amount", "amount", "number"} <= roles:
            # The order's own amount stands beside each of its lines.
            whole = f"CASE WHEN {by_word} THEN -abs(s.amount) ELSE s.amount END"
            amount = (
                f"CASE WHEN min(s.number) IS NULL THEN sum({signed}) ELSE COALESCE(max({whole}), sum({signed})) END"
            )
        return {
            "turn": turn.replace("s.", ""),  # a column of the row itself
            "amount": amount,
            "line": signed,
            "quantity": quantity,
            "goods": "COALESCE('s' || s.sku, 'n' || s.product)"
            if roles >= _GOODS
            else f"s.{min(roles & _GOODS, default='sku')}",
            "repeats": "f.day <> f.first_day" if lines else "true",
            "contradicted": "b.last_day > b.day" if lines else "b.rows > 1",
        }

    def _refuse_repeats(self, cursor: Any, session: Session, words: dict[str, str]) -> None:
        """Few files contradict themselves: the rows are looked at once more only where orders say that they do."""
        cursor.execute(_CONTRADICTED.format(**words))
        if cursor.fetchone()[0]:
            cursor.execute(_REPEATS.format(**words))
            cursor.execute(_WITHDRAW)
            cursor.execute("DROP TABLE bridge_orders")
            cursor.execute(_ORDERS.format(**words))

    @staticmethod
    def _refused(session: Session) -> Iterator[list[Problem]]:
        roles = session.mapping.roles
        columns = session.columns
        after = 0
        while True:
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT DISTINCT ON (row) row, code, role, value, params::text FROM bridge_refused "
                    "WHERE row > %s ORDER BY row LIMIT 5000",
                    [after],
                )
                found = cursor.fetchall()
            if not found:
                return
            after = found[-1][0]
            yield [
                Problem(row, columns[roles[role]] if role in roles else "", value or "", Refused(code, json.loads(why)))
                for row, code, role, value, why in found
            ]

    @staticmethod
    def _warnings() -> list[Problem]:
        with connection.cursor() as cursor:
            cursor.execute(_RETURNS_EXCEED)
            return [
                Problem(row, "", key[:500], Refused("returns_exceed", {"amount": f"{amount:f}"}), False)
                for row, key, amount in cursor.fetchall()
            ]


@contextmanager
def _rarely_swept() -> Iterator[None]:
    """Rows of a file hold no cycles: looking for some among thousands of lists takes as long as reading them."""
    usual = gc.get_threshold()
    gc.set_threshold(200_000, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _judge(reader: OrderReader, rows: Iterator[Row]) -> tuple[int, list[Taken]]:
    """The next rows of the file: how many were read, and what they are."""
    count = 0
    parts: list[Taken] = []
    while len(parts) < TIMES and (chunk := list(islice(rows, ROWS))):
        parts.append(reader.take(chunk))
        count += len(chunk)
    return count, parts


def _copy(fields: Sequence[str], blocks: Sequence[str]) -> None:
    with connection.cursor() as cursor, cursor.copy(f"COPY bridge_staged ({', '.join(fields)}) FROM STDIN") as copy:
        for block in blocks:
            copy.write(block)


def _day_first(table: Table, at: int | None) -> bool:
    """Day or month first: by the samples, or by the whole column where the samples do not tell."""
    if at is None:
        return True
    found = day_order(row[at] for row in table.samples if at < len(row))
    if not found.guessed:
        return found.day_first
    distinct: set[object] = set()
    for _number, cells in table.rows():
        if not isinstance(cells, Refused) and at < len(cells):
            distinct.add(date_part(cells[at]))
    return day_order(distinct).day_first


KINDS.plug("orders", order=10)(OrdersImport())
