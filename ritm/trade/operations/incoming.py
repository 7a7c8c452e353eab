"""
Many orders at once, set-wise: the entrance for imports, accounting and the demo.

The caller opens temporary tables, fills them by its own SQL or COPY, and has them brought in: a million
orders never pass through Python. `Order.batch_id` names the batch that wrote the order last; whoever changes an
order by hand sets it to null, and so the undo of a batch knows what to leave alone.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.trade.events import OrdersChanged

# An event names at most this many clients.
CLIENTS_PER_EVENT = 20_000


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """How many orders were created, and how many changed."""

    created: int
    changed: int


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What an undo did: orders removed, orders put back as they were, and those left because of later changes."""

    removed: int
    restored: int
    kept: int


_OPEN = """
DROP TABLE IF EXISTS pg_temp.incoming_orders, pg_temp.incoming_products;
CREATE TEMPORARY TABLE incoming_orders (
    n bigint NOT NULL, order_id bigint, client_id bigint NOT NULL, external_id text NOT NULL,
    number text NOT NULL DEFAULT '', kind text NOT NULL DEFAULT 'order', ordered_on date NOT NULL,
    amount numeric(14,2) NOT NULL, fresh_id bigint NOT NULL DEFAULT nextval('{ids}')
) ON COMMIT DROP;
CREATE TEMPORARY TABLE incoming_products (
    n bigint NOT NULL, sku text, name text NOT NULL, product_id bigint, known boolean NOT NULL DEFAULT false
) ON COMMIT DROP
"""

# An order changed twice by one batch (its worker was killed between) keeps the first 'before'.
_REMEMBER = """
INSERT INTO journal_batchrow (organisation_id, batch_id, subject_kind, subject_id, before)
SELECT %(org)s, %(batch)s, 'order', o.id, jsonb_build_object(
    'client_id', o.client_id, 'kind', o.kind, 'number', o.number, 'ordered_on', o.ordered_on,
    'amount', o.amount::text, 'cancelled_at', o.cancelled_at, 'batch_id', o.batch_id,
    'lines', (SELECT jsonb_agg(jsonb_build_array(l.product_id, l.quantity::text, l.price::text, l.amount::text)
                               ORDER BY l.id) FROM trade_line l WHERE l.order_id = o.id))
FROM incoming_orders i JOIN trade_order o ON o.id = i.order_id
WHERE o.batch_id IS DISTINCT FROM %(batch)s
"""

_UPDATE = """
UPDATE trade_order o SET client_id = i.client_id, kind = i.kind, number = i.number, ordered_on = i.ordered_on,
       amount = i.amount, cancelled_at = NULL, batch_id = %(batch)s
FROM incoming_orders i WHERE o.id = i.order_id
"""

_FORGET_LINES = """
DELETE FROM trade_line l USING incoming_orders i
WHERE l.order_id = i.order_id AND EXISTS (SELECT FROM ({lines}) n WHERE n.order_n = i.n)
"""

# Who is not known to the caller may be known all the same: the unique index says so.
_INSERT = """
INSERT INTO trade_order (id, organisation_id, client_id, kind, number, ordered_on, amount, external_id, batch_id,
                         created_at)
SELECT fresh_id, %(org)s, client_id, kind, number, ordered_on, amount, external_id, %(batch)s, %(at)s
FROM incoming_orders WHERE order_id IS NULL ORDER BY client_id, ordered_on
ON CONFLICT (organisation_id, external_id) WHERE external_id IS NOT NULL DO NOTHING
"""
_MATCH = """
UPDATE incoming_orders i SET order_id = o.id FROM trade_order o
WHERE i.order_id IS NULL AND o.organisation_id = %(org)s AND o.external_id = i.external_id AND o.id <> i.fresh_id
"""

_MATCH_SKUS = """
UPDATE incoming_products i SET product_id = f.id, known = true
FROM (
    SELECT i.sku, min(p.id) AS id FROM incoming_products i
    JOIN trade_product p ON p.organisation_id = %(org)s AND p.sku = i.sku
    WHERE i.sku <> '' GROUP BY 1
) f WHERE f.sku = i.sku
"""

_MATCH_NAMES = """
UPDATE incoming_products i SET product_id = f.id, known = true
FROM (
    SELECT i.name, min(p.id) AS id FROM incoming_products i
    JOIN trade_product p ON p.organisation_id = %(org)s AND p.name = i.name
    WHERE i.sku IS NULL GROUP BY 1
) f WHERE i.sku IS NULL AND f.name = i.name
"""

_NEW_PRODUCTS = """
WITH fresh AS (
    UPDATE incoming_products SET product_id = nextval(pg_get_serial_sequence('trade_product', 'id'))
    WHERE product_id IS NULL RETURNING product_id, sku, name
)
INSERT INTO trade_product (id, organisation_id, name, sku, unit_name, created_at)
SELECT product_id, %(org)s, name, COALESCE(sku, ''), '', %(at)s FROM fresh ORDER BY sku, name
"""

_REMEMBER_PRODUCTS = """
INSERT INTO journal_batchrow (organisation_id, batch_id, subject_kind, subject_id)
SELECT %(org)s, %(batch)s, 'product', product_id FROM incoming_products WHERE NOT known
"""

_INSERT_LINES = """
INSERT INTO trade_line (organisation_id, order_id, product_id, quantity, price, amount)
SELECT %(org)s, COALESCE(i.order_id, i.fresh_id), p.product_id, l.quantity, l.price, l.amount
FROM ({lines}) l JOIN incoming_orders i ON i.n = l.order_n JOIN incoming_products p ON p.n = l.product_n
ORDER BY l.order_n, l.row
"""


def open_incoming() -> None:
    """
    This function will create the temporary tables `incoming_orders` and `incoming_products`, dropped at commit.

    One row per order, numbered by the caller; an amount below zero goes with the kind 'return'; `order_id` names an
    order that the caller knows to be here already. `sku` null means that the name is all there is of a product.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence('trade_order', 'id')")
        cursor.execute(_OPEN.format(ids=cursor.fetchone()[0]))


@transaction.atomic
def bring_in_orders(*, by: Actor, at: dt.datetime, batch_id: int | None = None, lines: str | None = None) -> BroughtIn:
    """
    This function will create or overwrite the orders of `incoming_orders`, recognised by their external ids.

    `lines` is a query for (order_n, row, product_n, quantity, price, amount), which name orders and products by their
    numbers; an order that was here and has none there keeps the lines it has. Products are found by SKU, else by
    name, and created when there are none. With `batch_id`, what was there before is noted for undo. Publishes
    OrdersChanged for at most 20,000 clients at a time, former owners of moved orders included.
    """
    params: dict[str, Any] = {"org": by.organisation_id, "at": at, "batch": batch_id}
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE incoming_orders (n, order_id, client_id)")
        cursor.execute("SELECT count(*), count(order_id) FROM incoming_orders")
        orders, changed = cursor.fetchone()
        cursor.execute(_INSERT, params)
        created = cursor.rowcount
        if created + changed < orders:
            cursor.execute(_MATCH, params)
            changed += cursor.rowcount
        clients: set[int] = set()
        if changed:
            cursor.execute("SELECT o.client_id FROM trade_order o JOIN incoming_orders i ON i.order_id = o.id")
            clients.update(row[0] for row in cursor.fetchall())
            if batch_id is not None:
                cursor.execute(_REMEMBER, params)
            if lines is not None:
                cursor.execute(_FORGET_LINES.format(lines=lines))
            cursor.execute(_UPDATE, params)
        if lines is not None:
            cursor.execute("ANALYZE incoming_products")
            cursor.execute(_MATCH_SKUS, params)
            cursor.execute(_MATCH_NAMES, params)
            cursor.execute(_NEW_PRODUCTS, params)
            if batch_id is not None:
                cursor.execute(_REMEMBER_PRODUCTS, params)
            cursor.execute(_INSERT_LINES.format(lines=lines), params)
        cursor.execute("SELECT DISTINCT client_id FROM incoming_orders")
        clients.update(row[0] for row in cursor.fetchall())
    _publish(clients, by=by, at=at)
    return BroughtIn(created, changed)


_TOUCHED = """
SELECT count(*) FROM journal_batchrow r JOIN trade_order o ON o.id = r.subject_id
WHERE r.batch_id = %(batch)s AND r.subject_kind = 'order' AND o.batch_id IS DISTINCT FROM %(batch)s
"""

_RESTORABLE = """
CREATE TEMPORARY TABLE restored_orders ON COMMIT DROP AS
SELECT o.id, o.client_id, r.before FROM trade_order o
JOIN journal_batchrow r ON r.batch_id = %(batch)s AND r.subject_kind = 'order' AND r.subject_id = o.id
WHERE o.batch_id = %(batch)s
"""

_RESTORE = """
UPDATE trade_order o SET client_id = (r.before->>'client_id')::bigint, kind = r.before->>'kind',
       number = r.before->>'number', ordered_on = (r.before->>'ordered_on')::date,
       amount = (r.before->>'amount')::numeric, cancelled_at = (r.before->>'cancelled_at')::timestamptz,
       batch_id = (r.before->>'batch_id')::bigint
FROM restored_orders r WHERE o.id = r.id
"""

_RESTORE_LINES = """
INSERT INTO trade_line (organisation_id, order_id, product_id, quantity, price, amount)
SELECT %(org)s, r.id, (l->>0)::bigint, (l->>1)::numeric, (l->>2)::numeric, (l->>3)::numeric
FROM restored_orders r, jsonb_array_elements(r.before->'lines') WITH ORDINALITY AS u(l, i)
WHERE jsonb_typeof(r.before->'lines') = 'array' ORDER BY r.id, i
"""

_REMOVABLE = """
CREATE TEMPORARY TABLE removed_orders ON COMMIT DROP AS
SELECT o.id, o.client_id FROM trade_order o
WHERE o.organisation_id = %(org)s AND o.batch_id = %(batch)s
  AND NOT EXISTS (SELECT FROM restored_orders r WHERE r.id = o.id)
  AND NOT EXISTS (SELECT FROM trade_payment p WHERE p.order_id = o.id)
"""

_LEFT = """
SELECT count(*) FROM trade_order o WHERE o.organisation_id = %(org)s AND o.batch_id = %(batch)s
"""

_REMOVE_PRODUCTS = """
DELETE FROM trade_product p USING journal_batchrow r
WHERE r.batch_id = %(batch)s AND r.subject_kind = 'product' AND r.subject_id = p.id
  AND NOT EXISTS (SELECT FROM trade_line l WHERE l.product_id = p.id)
"""


@transaction.atomic
def withdraw_orders(*, batch_id: int, by: Actor, at: dt.datetime) -> Withdrawn:
    """
    This function will remove the orders that the batch created and put back those that it changed.

    An order that was changed later, or paid, stays as it is and is counted in `kept`. Products that the batch
    created go when no line is left of them.
    """
    params: dict[str, Any] = {"org": by.organisation_id, "batch": batch_id}
    with connection.cursor() as cursor:
        cursor.execute(_TOUCHED, params)
        kept = cursor.fetchone()[0]
        cursor.execute("DROP TABLE IF EXISTS pg_temp.restored_orders, pg_temp.removed_orders")
        cursor.execute(_RESTORABLE, params)
        cursor.execute(_REMOVABLE, params)
        cursor.execute(
            "SELECT client_id FROM removed_orders UNION SELECT client_id FROM restored_orders "
            "UNION SELECT (before->>'client_id')::bigint FROM restored_orders"
        )
        clients = {row[0] for row in cursor.fetchall()}
        cursor.execute("DELETE FROM trade_line l USING restored_orders r WHERE l.order_id = r.id")
        cursor.execute(_RESTORE)
        restored = cursor.rowcount
        cursor.execute(_RESTORE_LINES, params)
        cursor.execute("DELETE FROM trade_line l USING removed_orders r WHERE l.order_id = r.id")
        cursor.execute("DELETE FROM trade_order o USING removed_orders r WHERE o.id = r.id")
        removed = cursor.rowcount
        cursor.execute(_LEFT, params)
        kept += cursor.fetchone()[0]
        cursor.execute(_REMOVE_PRODUCTS, params)
    _publish(clients, by=by, at=at)
    return Withdrawn(removed, restored, kept)


def _publish(clients: set[int], *, by: Actor, at: dt.datetime) -> None:
    ids = sorted(clients)
    for start in range(0, len(ids), CLIENTS_PER_EVENT):
        publish(OrdersChanged(client_ids=tuple(ids[start : start + CLIENTS_PER_EVENT])), by=by, at=at)
