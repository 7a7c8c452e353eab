"""Invented trade by set-based SQL: goods, three years of orders with seasons, returns, payments, and talks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ritm.conversations.rules.meaning import DEFAULT_RULE, judge
from ritm.demo import words
from ritm.demo.catalogue import Group
from ritm.demo.population import Market, run
from ritm.staff.models import Employee, Organisation
from ritm.trade.models import Product, ProductGroup


def write_goods(market: Market, groups: tuple[Group, ...], people: dict[str, Employee], *, at: dt.datetime) -> int:
    """This function will write branches, groups and products, and leave them in the temporary `demo_product`."""
    organisation = Organisation.objects.get(pk=market.organisation_id)
    branches: dict[str, ProductGroup] = {}
    run("CREATE TEMP TABLE demo_product (p int, id bigint, price float, season text) ON COMMIT DROP")
    rows: list[tuple[Product, str]] = []
    for number, group in enumerate(groups, 1):
        if group.branch not in branches:
            branches[group.branch] = ProductGroup.objects.create(organisation=organisation, name=group.branch)
        held = ProductGroup.objects.create(
            organisation=organisation,
            parent=branches[group.branch],
            name=group.name,
            responsible=people[group.answers],
        )
        for one, (noun, dearer) in enumerate(group.nouns, 1):
            for two, (variant, factor) in enumerate(group.variants, 1):
                price = round(group.price * dearer * factor, 1 if group.price < 1000 else -1)
                # Margins differ from group to group and a little from product to product.
                margin = 0.18 + (number * 7 + one * 3 + two) % 17 / 100
                rows.append(
                    (
                        Product(
                            organisation=organisation,
                            group=held,
                            name=f"{noun}, {variant}",
                            unit_name=group.unit,
                            sku=f"{number:02d}-{one:02d}{two:02d}",
                            price=price,
                            cost=round(price * (1 - margin), 2),
                            created_at=at,
                        ),
                        group.season,
                    )
                )
    Product.objects.bulk_create([product for product, _ in rows])
    values = ",".join(
        f"({index},{product.pk},{float(product.price)},'{season}')"  # type: ignore[arg-type]
        for index, (product, season) in enumerate(rows)
    )
    run("INSERT INTO demo_product VALUES " + values)
    return len(rows)


# Regular orders run back from the last one; seasons add their own between the first and the last.
_DAYS = """
SELECT i, k, client_id, worth, cat,
    day - CASE extract(isodow FROM day) WHEN 6 THEN 1 WHEN 7 THEN 2 ELSE 0 END * (cat <> 'home')::int AS day
FROM (
    SELECT c.i, k, c.id AS client_id, c.worth, c.cat, c.last_on,
        c.last_on - (c.gap * greatest(c.n - 1, 0))::int - CASE WHEN c.broken_at < c.n THEN c.broken_days ELSE 0 END AS first_on,
        CASE WHEN k < c.n THEN
            c.last_on - round(c.gap * (k * (1 + c.drift * (k::float / c.n - 1))
                + CASE WHEN k = 0 THEN 0 ELSE (pg_temp.u(c.i * 4096 + k, {s}1) - 0.5) * 0.6 END))::int
            - CASE WHEN k >= c.broken_at THEN c.broken_days ELSE 0 END
        WHEN mod(k - c.n, 2) = 0 THEN
            make_date({year} - (k - c.n) / 2, 8, 5) + (pg_temp.u(c.i * 4096 + k, {s}2) * 42)::int
        ELSE make_date({year} - (k - c.n) / 2, 12, 1) + (pg_temp.u(c.i * 4096 + k, {s}2) * 22)::int
        END AS day
    FROM demo_client c, generate_series(0, c.n - 1 + 8) k
    WHERE c.n > 0 AND (k < c.n OR c.n > 1 AND pg_temp.u(c.i * 4096 + k, {s}3) < CASE
        WHEN mod(k - c.n, 2) = 0 THEN CASE c.cat WHEN 'school' THEN 0.95 WHEN 'shop' THEN 0.65 WHEN 'office' THEN 0.2 ELSE 0.1 END
        ELSE CASE c.cat WHEN 'office' THEN 0.5 WHEN 'shop' THEN 0.6 WHEN 'food' THEN 0.7 ELSE 0.3 END END)
) d
WHERE k = 0 OR day < last_on AND day >= first_on
"""

_SEASON = """CASE cat WHEN 'school' THEN (ARRAY[.8,.9,1,1,.9,.5,.7,2.6,1.8,1,.9,.8])[m]
    WHEN 'shop' THEN (ARRAY[.7,.8,.95,.95,.9,.85,1,1.7,1.4,1,1.05,1.5])[m]
    WHEN 'office' THEN (ARRAY[.7,.95,1,1,.9,.95,.85,1,1.1,1.05,1.05,1.5])[m]
    ELSE (ARRAY[.75,.9,1,1,1.1,1.1,1.05,1,1,1,1,1.35])[m] END"""

_ORDERS = """
CREATE TEMP TABLE demo_order ON COMMIT DROP AS
SELECT o, nextval(pg_get_serial_sequence('trade_order', 'id')) AS id, i, k, client_id, day, cat,
    greatest(150, worth * {season} * exp((pg_temp.u(i * 4096 + k, {s}4) - 0.5) * 0.9)
        * greatest(0.4, 1 - 0.09 * (%(as_of)s::date - day) / 365.0)) AS target
FROM (SELECT row_number() OVER () AS o, q.*, extract(month FROM day)::int AS m
      FROM (SELECT * FROM ({days}) d ORDER BY day, i, k) q) n
"""

_LINES = """
CREATE TEMP TABLE demo_line ON COMMIT DROP AS
SELECT r.o, r.id AS order_id, p.id AS product_id, r.i, r.k, r.price, r.quantity, round(r.price * r.quantity, 2) AS amount
FROM (
    SELECT o, q.id, q.i, q.k, q.p, price,
        CASE WHEN share / price < 1.5 THEN 1 WHEN share / price > 40 THEN round((share / price) / 10) * 10
             ELSE round(share / price) END::numeric AS quantity
    FROM (
        SELECT s.*, round((d.price * greatest(0.5, 1 - 0.08 * (%(as_of)s::date - s.day) / 365.0))::numeric, 2) AS price,
            s.target / s.m AS share
        FROM (
            -- A client has his own shelf of goods; in season half of a line comes from the season's goods.
            SELECT DISTINCT ON (o, p) * FROM (
                SELECT o.o, o.id, o.i, o.k, o.day, o.target, w.m, CASE
                    WHEN extract(month FROM o.day) IN (8, 9) AND pg_temp.u(o.i * 4096 + o.k, {s}6 + j) < 0.45
                        THEN (%(school)s::int[])[1 + floor(pg_temp.u(o.i * 4096 + o.k, {s}20 + j) * %(schools)s)::int]
                    WHEN extract(month FROM o.day) = 12 AND pg_temp.u(o.i * 4096 + o.k, {s}6 + j) < 0.35
                        THEN (%(december)s::int[])[1 + floor(pg_temp.u(o.i * 4096 + o.k, {s}20 + j) * %(decembers)s)::int]
                    ELSE floor(pg_temp.u(o.i * 64 + floor(pg_temp.u(o.i * 4096 + o.k, {s}40 + j) * 11)::bigint, {s}5)
                         * %(products)s)::int END AS p
                FROM demo_order o,
                    LATERAL (SELECT 1 + floor(power(pg_temp.u(o.i * 4096 + o.k, {s}5), 1.7) * 7)::int AS m) w,
                    generate_series(1, w.m) j
            ) chosen ORDER BY o, p
        ) s JOIN demo_product d ON d.p = s.p
    ) q
) r JOIN demo_product p ON p.p = r.p
"""

_WRITE_ORDERS = """
INSERT INTO trade_order (id, organisation_id, client_id, kind, number, ordered_on, amount, cancelled_at, created_at)
SELECT o.id, %(org)s, o.client_id, 'order', 'СО-' || lpad(o.o::text, 6, '0'), o.day, l.amount,
    CASE WHEN o.k > 0 AND pg_temp.u(o.i * 4096 + o.k, {s}7) < 0.004 THEN o.day + 1 + time '08:00' AT TIME ZONE 'UTC' END,
    o.day + time '06:00' AT TIME ZONE 'UTC' + pg_temp.u(o.i * 4096 + o.k, {s}8) * interval '9 hours'
FROM demo_order o JOIN (SELECT o, sum(amount) AS amount FROM demo_line GROUP BY o) l ON l.o = o.o
ORDER BY o.o
"""

_WRITE_LINES = """
INSERT INTO trade_line (organisation_id, order_id, product_id, quantity, price, amount)
SELECT %(org)s, order_id, product_id, quantity, price, amount FROM demo_line ORDER BY o, product_id
"""

_RETURNS = """
WITH gone AS (
    SELECT nextval(pg_get_serial_sequence('trade_order', 'id')) AS id, x.*
    FROM (
        SELECT DISTINCT ON (o.o) o.o, o.client_id, o.day + 2 + floor(pg_temp.u(o.i * 4096 + o.k, {s}9) * 9)::int AS day,
            l.product_id, l.price, least(l.quantity, greatest(1, round(l.quantity * 0.4))) AS quantity
        FROM demo_order o JOIN demo_line l ON l.o = o.o
        WHERE pg_temp.u(o.i * 4096 + o.k, {s}10) < 0.022 AND o.day + 11 <= %(as_of)s::date ORDER BY o.o, l.product_id
    ) x ORDER BY day, o
), written AS (
    INSERT INTO trade_order (id, organisation_id, client_id, kind, number, ordered_on, amount, created_at)
    SELECT id, %(org)s, client_id, 'return', 'В-' || lpad(o::text, 6, '0'), day, -round(quantity * price, 2),
        day + time '09:00' AT TIME ZONE 'UTC' FROM gone
)
INSERT INTO trade_line (organisation_id, order_id, product_id, quantity, price, amount)
SELECT %(org)s, id, product_id, -quantity, price, -round(quantity * price, 2) FROM gone
"""

# Most pay in full and in time; some late, some in part, some not yet.
_PAYMENTS = """
INSERT INTO trade_payment (organisation_id, client_id, order_id, paid_on, amount, number, created_at)
SELECT %(org)s, client_id, id, paid_on, amount, 'ПП-' || lpad(n::text, 6, '0'), paid_on + time '10:00' AT TIME ZONE 'UTC'
FROM (
    SELECT *, row_number() OVER (ORDER BY paid_on, number) AS n FROM (
        SELECT client_id, id, number,
            ordered_on + CASE WHEN c < 0.82 THEN (pg_temp.u(h, {s}11) * 14)::int ELSE 25 + (pg_temp.u(h, {s}11) * 50)::int END
                AS paid_on,
            CASE WHEN c BETWEEN 0.95 AND 0.98 THEN round(amount / 2, 2) ELSE amount END AS amount
        FROM (SELECT t.*, pg_temp.u(hashtextextended(number, 0), {s}12) AS c, hashtextextended(number, 0) AS h
              FROM trade_order t
              WHERE organisation_id = %(org)s AND kind = 'order' AND cancelled_at IS NULL
                AND ordered_on >= %(paid_from)s) o
        WHERE c < 0.98
    ) p WHERE paid_on <= %(as_of)s
) q
"""

_BULK_ORDERS = """
INSERT INTO trade_order (organisation_id, client_id, kind, number, ordered_on, amount, created_at)
SELECT %(org)s, client_id, CASE WHEN back THEN 'return' ELSE 'order' END,
    'СО-' || lpad((row_number() OVER ())::text, 8, '0'), day,
    CASE WHEN back THEN -amount ELSE amount END, day + time '09:00' AT TIME ZONE 'UTC'
FROM (
    SELECT client_id, day, k > 0 AND pg_temp.u(i * 4096 + k, {s}10) < 0.015 AS back,
        round((worth * exp((pg_temp.u(i * 4096 + k, {s}4) - 0.5) * 0.9))::numeric, 2) AS amount
    FROM ({days}) d ORDER BY day
) q
"""

_TALKS = """
INSERT INTO conversations_interaction (organisation_id, client_id, contact_id, kind, direction, at, duration_seconds,
    result, text, employee_id, meaningful, rule_version, created_at)
SELECT %(org)s, client_id, contact_id, kind, direction, at, duration, result, text, owner_id,
    meaningful, %(version)s, at + interval '3 minutes'
FROM (
    SELECT c.id AS client_id, k.id AS contact_id, c.owner_id,
        (%(as_of)s::date - 1 - floor(pg_temp.u(c.i * 16 + j, {s}13) * 150)::int) + time '06:10' AT TIME ZONE 'UTC'
            + pg_temp.u(c.i * 16 + j, {s}14) * interval '8 hours' AS at,
        1 + floor(pg_temp.u(c.i * 16 + j, {s}15) * %(talks)s)::int AS t
    FROM demo_client c JOIN clients_contact k ON k.client_id = c.id AND k.is_main,
        generate_series(1, floor(pg_temp.u(c.i, {s}16) * 4)::int) j
    WHERE NOT c.released
) x, LATERAL (
    SELECT (%(kinds)s::text[])[t] AS kind, (%(directions)s::text[])[t] AS direction, (%(results)s::text[])[t] AS result,
        (%(seconds)s::int[])[t] AS duration, (%(texts)s::text[])[t] AS text,
        (%(meaningful)s::bool[])[t] AS meaningful
) y
WHERE extract(isodow FROM at) < 6
    -- Letters and messages came until a week ago: the office sees what a silent source looks like.
    AND (kind NOT IN ('letter', 'message') OR at < %(as_of)s::date - 7)
ORDER BY at, client_id
"""


def write_trade(market: Market, *, lines: bool, products: int) -> None:
    """
    This function will write the orders of `demo_client`, with lines and payments; `lines` off is for the bench:
    orders and recent payments only, in one statement.
    """
    salt = market.salt(4)
    days = _DAYS.format(s=salt, year=market.as_of.year)
    params: dict[str, Any] = {
        "org": market.organisation_id,
        "as_of": market.as_of,
        "paid_from": market.as_of - dt.timedelta(days=1100 if lines else 60),
    }
    if lines:
        run(_ORDERS.format(s=salt, days=days, season=_SEASON), params)
        run("ANALYZE demo_order")
        school, december = _seasonal("school"), _seasonal("december")
        run(
            _LINES.format(s=salt),
            params
            | {
                "products": products,
                "school": school,
                "schools": len(school),
                "december": december,
                "decembers": len(december),
            },
        )
        run("CREATE INDEX ON demo_line (o)")
        run("ANALYZE demo_line")
        run(_WRITE_ORDERS.format(s=salt), params)
        run("ANALYZE trade_order")
        run(_WRITE_LINES, params)
        run(_RETURNS.format(s=salt), params)
    else:
        run(_BULK_ORDERS.format(s=salt, days=days), params)
    run(_PAYMENTS.format(s=salt), params)


def write_talks(market: Market) -> None:
    """This function will write the calls, meetings, letters and notes of the last five months."""
    run(
        _TALKS.format(s=market.salt(5)),
        {
            "org": market.organisation_id,
            "as_of": market.as_of,
            "talks": len(words.TALKS),
            "kinds": [talk[0] for talk in words.TALKS],
            "directions": [talk[1] for talk in words.TALKS],
            "results": [talk[2] for talk in words.TALKS],
            "seconds": [talk[3] for talk in words.TALKS],
            "texts": [talk[4] for talk in words.TALKS],
            "meaningful": [
                judge(kind=talk[0], direction=talk[1], result=talk[2], seconds=talk[3]).meaningful
                for talk in words.TALKS
            ],
            "version": DEFAULT_RULE.version,
        },
    )


def _seasonal(season: str) -> list[int]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT p FROM demo_product WHERE season = %s ORDER BY p", [season])
        found = [row[0] for row in cursor.fetchall()]
        if not found:  # a company whose goods know no season
            cursor.execute("SELECT p FROM demo_product ORDER BY p")
            found = [row[0] for row in cursor.fetchall()]
    return found
