"""
Invented clients by set-based SQL: who they are, how often they buy, and how each story stands on the chosen day.

Chance is a hash of (seed, client, question), so that the same seed gives the same company on any machine.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db import connection

from ritm.demo import words

YEARS = 3

# Chance in [0, 1): a hash of a number and a salt. Every expression below asks its own salt.
_CHANCE = """
CREATE OR REPLACE FUNCTION pg_temp.u(i bigint, salt bigint) RETURNS double precision
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT ((hashint8extended(i, salt) >> 11) & 9007199254740991)::double precision / 9007199254740992 $$;
CREATE OR REPLACE FUNCTION pg_temp.pick(words text[], chance double precision) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT words[1 + floor(chance * cardinality(words))::int] $$;
CREATE OR REPLACE FUNCTION pg_temp.weigh(digits text, weights int[]) RETURNS int
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT sum(substr(digits, n, 1)::int * weights[n])::int FROM generate_series(1, cardinality(weights)) n $$;
CREATE OR REPLACE FUNCTION pg_temp.inn10(nine text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT nine || mod(mod(pg_temp.weigh(nine, '{2,4,10,3,5,9,4,6,8}'), 11), 10) $$;
CREATE OR REPLACE FUNCTION pg_temp.inn12(ten text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT e || mod(mod(pg_temp.weigh(e, '{3,7,2,4,10,3,5,9,4,6,8}'), 11), 10)
   FROM (SELECT ten || mod(mod(pg_temp.weigh(ten, '{7,2,4,10,3,5,9,4,6,8}'), 11), 10)) AS t(e) $$;
CREATE OR REPLACE FUNCTION pg_temp.ogrn(body text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT body || mod(mod(body::bigint, CASE length(body) WHEN 12 THEN 11 ELSE 13 END), 10) $$;
CREATE OR REPLACE FUNCTION pg_temp.account(head text, tail text, bik text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS
$$ SELECT head || mod(3 * pg_temp.weigh(right(bik, 3) || head || '0' || tail,
   '{7,1,3,7,1,3,7,1,3,7,1,3,7,1,3,7,1,3,7,1,3,7,1}'), 10) || tail $$;
"""

# How a story stands on the day: shares of the base, cumulative.
_LIVES = (
    ("prospect", 0.06),
    ("new", 0.10),
    ("once", 0.145),
    ("won_back", 0.17),
    ("overdue", 0.275),
    ("slipping", 0.345),
    ("lost", 0.455),
    ("active", 1.0),
)

_BASE = """
CREATE TEMP TABLE demo_base ON COMMIT DROP AS
SELECT i, kind, cat, life,
    -- Own interval in days: from weekly to half-yearly, never exactly so.
    CASE WHEN g < 0.05 THEN 7 WHEN g < 0.17 THEN 14 WHEN g < 0.47 THEN 30 WHEN g < 0.62 THEN 45 WHEN g < 0.80 THEN 60
         WHEN g < 0.93 THEN 91 ELSE 182 END
        * exp((pg_temp.u(i, {s}4) - 0.5) * 0.5)
        * CASE life WHEN 'lost' THEN 0.6 WHEN 'slipping' THEN 0.8 ELSE 1 END AS gap,
    CASE cat WHEN 'school' THEN 1.6 WHEN 'shop' THEN 1.3 WHEN 'office' THEN 0.7 WHEN 'food' THEN 0.9 ELSE 0.4 END
        AS extra,
    CASE WHEN pg_temp.u(i, {s}5) < 0.5 THEN {days} ELSE 100 + pg_temp.u(i, {s}6) * ({days} - 100) END AS age,
    -- Steady decline or growth of the pace over the years.
    (pg_temp.u(i, {s}7) - 0.5) * 0.6 AS drift,
    pg_temp.u(i, {s}8) AS phase
FROM (
    SELECT i, pg_temp.u(i, {s}1) AS g,
        CASE WHEN k < 0.70 THEN 'company' WHEN k < 0.88 THEN 'sole_trader' ELSE 'household' END AS kind,
        CASE WHEN k < 0.09 THEN 'school' WHEN k < 0.42 THEN 'office' WHEN k < 0.58 THEN 'shop' WHEN k < 0.70 THEN 'food'
             WHEN k < 0.88 THEN 'shop' ELSE 'home' END AS cat,
        CASE {lives} END AS life
    FROM (SELECT i, pg_temp.u(i, {s}2) AS k, pg_temp.u(i, {s}3) AS l FROM generate_series(1::bigint, {clients}::bigint) i) x
) y
"""

# `real` is the interval that accounting will see: seasonal extras shorten it. The silence until the day follows
# from the rule's own dates (docs/rules/rhythm.md): due after G, slipping after 1.5 G + 30, lost after 3 G + 90.
_SHAPE = """
SELECT i, kind, cat, life, drift, extra, gap,
    silence::int AS silence,
    n,
    CASE WHEN n >= 6 AND life = 'active' AND phase < 0.14 THEN 2 + floor(phase / 0.14 * (n - 4))::int
         WHEN n >= 3 AND life = 'won_back' THEN 1 ELSE 100000 END AS broken_at,
    CASE WHEN life = 'won_back' THEN (2.2 * gap + 60)::int ELSE (2 * gap + 40)::int END AS broken_days
FROM (
    SELECT *, CASE
        WHEN life = 'prospect' THEN 0
        WHEN life IN ('new', 'once') THEN 1
        ELSE greatest(CASE life WHEN 'won_back' THEN 3 ELSE 2 END,
                      1 + floor(greatest(0, least(age, {days} - silence)) / gap)::int) END AS n
    FROM (
        SELECT *, CASE life
            WHEN 'new' THEN phase * 26
            WHEN 'once' THEN 45 + phase * 800
            WHEN 'overdue' THEN 1.12 * real + phase * (0.33 * real + 20)
            WHEN 'slipping' THEN 1.6 * real + 38 + phase * (1.15 * real + 36)
            WHEN 'lost' THEN 3.2 * real + 105 + phase * 420
            ELSE pg_temp.u(i, {s}9) * 0.9 * real END AS silence
        FROM (
            SELECT *, 1 / (1 / gap + extra / 365) AS real
            FROM (SELECT i, kind, cat, life, least(gap / {pace}, 300) AS gap, extra, age, drift, phase FROM demo_base) b1
        ) b2
    ) b3
) b4
"""


@dataclass(frozen=True)
class Market:
    """What to invent: how many clients and orders, from which seed, as of which day, shared out among whom."""

    organisation_id: int
    clients: int
    orders_per_client: int
    seed: int
    as_of: dt.date
    owners: tuple[tuple[int, int], ...]  # (employee id, unit id)
    zone: str = "Europe/Moscow"
    releases: bool = False  # whoever is silent for half a year goes to the exchange

    def salt(self, part: int) -> int:
        """This function will keep the salts of each part of the story apart."""
        return abs(self.seed) % 1_000_000 * 100 + part


def run(sql: str, params: dict[str, Any] | None = None) -> int:
    """This function will run one statement and say how many rows it made."""
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return int(cursor.rowcount)


def value(sql: str) -> Any:
    """This function will ask one question with one answer."""
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def invent_people(market: Market) -> None:
    """
    This function will leave a temporary table `demo_client` with one row per client, his rhythm and his story.

    The common pace is chosen so that the base has `clients × orders_per_client` orders.
    """
    run(_CHANCE)
    salt = market.salt(1)
    days = YEARS * 365
    lives = " ".join(f"WHEN l < {limit} THEN '{name}'" for name, limit in _LIVES)
    run(_BASE.format(s=salt, lives=lives, days=days, clients=market.clients))
    pace = 1.0
    wanted = market.clients * market.orders_per_client
    for _ in range(4):
        shape = _SHAPE.format(s=salt, days=days, pace=pace)
        found = float(
            value(
                f"SELECT coalesce(sum(n + CASE WHEN n > 1 THEN extra * gap * (n - 1) / 365 ELSE 0 END), 1)"
                f" FROM ({shape}) s"
            )
        )
        pace *= wanted / found
    run("CREATE TEMP TABLE demo_shape ON COMMIT DROP AS " + _SHAPE.format(s=salt, days=days, pace=pace))
    run(_NAMED.format(s=market.salt(2)), _named_params(market))
    run("CREATE INDEX ON demo_client (i)")
    run("ANALYZE demo_client")


_NAMED = """
CREATE TEMP TABLE demo_client ON COMMIT DROP AS
SELECT t.*,
    nextval(pg_get_serial_sequence('clients_client', 'id')) AS id,
    %(as_of)s::date - silence AS last_on,
    CASE WHEN n = 0 THEN %(as_of)s::date - (5 + phase2 * 200)::int
         ELSE %(as_of)s::date - silence - (gap * greatest(n - 1, 0))::int
              - CASE WHEN broken_at < n THEN broken_days ELSE 0 END - 2 - (phase2 * 12)::int END AS since,
    (%(owners)s::bigint[])[seat] AS owner_id,
    (%(units)s::bigint[])[seat] AS unit_id,
    -- Nobody's for long: the exchange has what its former owners let go; the rest they still talk to.
    (life = 'lost' AND silence > 240 AND phase2 < 0.3)
        OR (%(releases)s AND n > 0 AND silence > 186 AND phase2 < 0.95) AS released,
    CASE kind WHEN 'household' THEN latin1 || (mod(i * 7919, 9973))::text || '@mail.example'
              ELSE 'zakaz@' || latin0 || '-' || i::text || '.example' END AS email,
    CASE WHEN kind = 'company' THEN 'buh@' || latin0 || '-' || i::text || '.example' END AS email2,
    '+7945' || lpad(mod(i * 48271 + 1234567, 10000000)::text, 7, '0') AS phone0,
    '+7946' || lpad(mod(i * 69621 + 7654321, 10000000)::text, 7, '0') AS phone1,
    '+7947' || lpad(mod(i * 16807 + 1357911, 10000000)::text, 7, '0') AS phone2
FROM (
    SELECT s.*,
        pg_temp.u(s.i, {s}1) AS phase2,
        (1 + mod(s.i, %(seats)s))::int AS seat,
        CASE
            WHEN cat = 'school' AND pg_temp.u(s.i, {s}2) < 0.5 THEN 'МБОУ «Школа № ' || (1 + mod(s.i * 37, 940)) || '»'
            WHEN cat = 'school' THEN 'МАДОУ «Детский сад № ' || (1 + mod(s.i * 31, 870)) || '»'
            WHEN kind = 'company' AND pg_temp.u(s.i, {s}3) < 0.12 THEN
                'АО «' || first || '-' || second || '»'
            WHEN kind = 'company' AND cat = 'food' THEN
                'ООО «' || pg_temp.pick('{{Кафе,Столовая,Гостиница,Пекарня}}', pg_temp.u(s.i, {s}4)) || ' ' || first || '»'
            WHEN kind = 'company' AND cat = 'shop' THEN
                'ООО «' || pg_temp.pick('{{ТД,Магазин,Маркет}}', pg_temp.u(s.i, {s}4)) || ' ' || first || '-' || second || '»'
            WHEN kind = 'company' THEN 'ООО «' || first || '-' || second || '»'
            WHEN kind = 'sole_trader' THEN 'ИП ' || surname || ' ' || man || ' ' || father || 'ич'
            ELSE surname || 'ы, ' || CASE WHEN street = 'Мира' THEN 'пр. ' ELSE 'ул. ' END || street || ', '
                 || (1 + mod(s.i * 13, 96))
        END AS name,
        CASE WHEN kind = 'sole_trader' THEN surname || ' ' || man || ' ' || father || 'ич'
             ELSE contact_name || ' ' || contact_surname || 'а' END AS contact1,
        CASE WHEN kind = 'company' AND pg_temp.u(s.i, {s}5) < 0.6
             THEN man || ' ' || surname END AS contact2,
        CASE kind WHEN 'company' THEN pg_temp.inn10('98' || lpad(mod(s.i * 7919 + %(shift)s, 10000000)::text, 7, '0'))
                  WHEN 'sole_trader' THEN pg_temp.inn12('98' || lpad(mod(s.i * 104729 + %(shift)s, 100000000)::text, 8, '0'))
                  ELSE '' END AS inn,
        CASE kind WHEN 'company' THEN '9801' || '01' || '001' ELSE '' END AS kpp
    FROM (
        SELECT demo_shape.*,
            pg_temp.pick(%(first)s::text[], pg_temp.u(i, {s}6)) AS first,
            pg_temp.pick(%(first_latin)s::text[], pg_temp.u(i, {s}6)) AS latin0,
            pg_temp.pick(%(second)s::text[], pg_temp.u(i, {s}7)) AS second,
            pg_temp.pick(%(surnames)s::text[], pg_temp.u(i, {s}8)) AS surname,
            pg_temp.pick(%(men)s::text[], pg_temp.u(i, {s}9)) AS man,
            pg_temp.pick(%(fathers)s::text[], pg_temp.u(i, {s}10)) AS father,
            pg_temp.pick(%(women)s::text[], pg_temp.u(i, {s}11)) AS contact_name,
            pg_temp.pick(%(women_latin)s::text[], pg_temp.u(i, {s}11)) AS latin1,
            pg_temp.pick(%(surnames)s::text[], pg_temp.u(i, {s}12)) AS contact_surname,
            pg_temp.pick(%(streets)s::text[], pg_temp.u(i, {s}13)) AS street,
            pg_temp.pick(%(cities)s::text[], pg_temp.u(i, {s}14)) AS city,
            pg_temp.pick(%(sources)s::text[], pg_temp.u(i, {s}15)) AS source,
            -- What one order is worth on average, roubles: many small, few large.
            CASE kind WHEN 'company' THEN 9000 WHEN 'sole_trader' THEN 5200 ELSE 1900 END
                * exp(1.9 * (pg_temp.u(i, {s}16) + pg_temp.u(i, {s}17) - 1)) AS worth
        FROM demo_shape
    ) s
) t
ORDER BY i
"""


def _named_params(market: Market) -> dict[str, Any]:
    return {
        "as_of": market.as_of,
        "owners": [owner for owner, _ in market.owners],
        "units": [unit for _, unit in market.owners],
        "seats": len(market.owners),
        "releases": market.releases,
        "shift": abs(market.seed) * 1_000_003 % 9_000_000,
        "first": list(words.FIRST),
        "first_latin": list(words.FIRST_LATIN),
        "second": list(words.SECOND),
        "surnames": list(words.SURNAMES),
        "men": list(words.MEN),
        "fathers": list(words.FATHERS),
        "women": list(words.WOMEN),
        "women_latin": list(words.WOMEN_LATIN),
        "streets": list(words.STREETS),
        "cities": list(words.CITIES),
        "sources": list(words.SOURCES),
    }


_CLIENTS = """
INSERT INTO clients_client (id, organisation_id, kind, name, full_name, inn, kpp, external_id, owner_id, unit_id,
    released_at, source, comment, search, created_at, updated_at)
SELECT id, %(org)s, kind, name,
    CASE WHEN name LIKE 'ООО %%' THEN 'Общество с ограниченной ответственностью ' || substr(name, 5)
         WHEN name LIKE 'АО %%' THEN 'Акционерное общество ' || substr(name, 4)
         WHEN kind = 'sole_trader' THEN 'Индивидуальный предприниматель ' || substr(name, 4) ELSE '' END,
    inn, kpp, NULL, CASE WHEN NOT released THEN owner_id END, unit_id,
    CASE WHEN released THEN (last_on + 183) + time '06:00' END AT TIME ZONE 'UTC',
    source, '',
    clients_search_text(
        name, '', inn, NULL,
        array_remove(ARRAY[CASE WHEN kind <> 'household' THEN phone0 END, phone1,
                           CASE WHEN contact2 IS NOT NULL THEN phone2 END], NULL),
        array_remove(ARRAY[email, email2], NULL), array_remove(ARRAY[contact1, contact2], NULL)
    ),
    since + time '07:00' AT TIME ZONE 'UTC', since + time '07:00' AT TIME ZONE 'UTC'
FROM demo_client ORDER BY i
"""

_PARTS = (
    """
    INSERT INTO clients_contact (organisation_id, client_id, name, position, birthday, is_main, comment, created_at)
    SELECT %(org)s, id, contact1,
        CASE WHEN kind = 'company' THEN pg_temp.pick(%(positions)s::text[], pg_temp.u(i, {s}1)) ELSE '' END,
        CASE WHEN pg_temp.u(i, {s}2) < 0.5 THEN date '1962-01-01' + (pg_temp.u(i, {s}3) * 14000)::int END,
        true, '', since + time '07:00' AT TIME ZONE 'UTC'
    FROM demo_client ORDER BY i
    """,
    """
    INSERT INTO clients_contact (organisation_id, client_id, name, position, birthday, is_main, comment, created_at)
    SELECT %(org)s, id, contact2, pg_temp.pick(%(positions)s::text[], pg_temp.u(i, {s}4)), NULL, false, '',
        since + 30 + time '07:00' AT TIME ZONE 'UTC'
    FROM demo_client WHERE contact2 IS NOT NULL ORDER BY i
    """,
    """
    INSERT INTO clients_phone (organisation_id, client_id, contact_id, e164, extension, comment)
    SELECT %(org)s, c.id, NULL, c.phone0, CASE WHEN pg_temp.u(c.i, {s}5) < 0.1 THEN (100 + mod(c.i, 800))::text ELSE '' END,
        CASE WHEN c.kind = 'company' THEN 'офис' ELSE '' END FROM demo_client c WHERE c.kind <> 'household'
    """,
    """
    INSERT INTO clients_phone (organisation_id, client_id, contact_id, e164, extension, comment)
    SELECT %(org)s, c.id, k.id, CASE WHEN k.is_main THEN c.phone1 ELSE c.phone2 END, '', ''
    FROM demo_client c JOIN clients_contact k ON k.client_id = c.id
    """,
    """
    INSERT INTO clients_email (organisation_id, client_id, contact_id, address)
    SELECT %(org)s, c.id, NULL, a FROM demo_client c, unnest(ARRAY[c.email, c.email2]) a WHERE a IS NOT NULL
    """,
    """
    INSERT INTO clients_address (organisation_id, client_id, kind, text, key, comment)
    SELECT %(org)s, id, CASE WHEN kind = 'household' THEN 'actual' ELSE 'registered' END,
        city || ', ' || CASE WHEN street = 'Мира' THEN 'пр. ' ELSE 'ул. ' END || street || ', д. ' || (1 + mod(i * 13, 96))
            || CASE WHEN kind = 'household' THEN ', кв. ' || (1 + mod(i * 29, 180)) ELSE ', оф. ' || (1 + mod(i * 29, 60)) END,
        '', '' FROM demo_client
    """,
    """
    INSERT INTO clients_address (organisation_id, client_id, kind, text, key, comment)
    SELECT %(org)s, id, 'delivery', city || ', ул. ' || pg_temp.pick(%(streets)s::text[], pg_temp.u(i, {s}6))
        || ', д. ' || (1 + mod(i * 17, 120)) || ', склад ' || (1 + mod(i, 9)), '', 'въезд со двора'
    FROM demo_client WHERE kind <> 'household' AND pg_temp.u(i, {s}7) < 0.35
    """,
    """
    INSERT INTO clients_requisites (organisation_id, client_id, legal_name, inn, kpp, ogrn, account, bik, bank,
        valid_from)
    SELECT %(org)s, id, name, inn, kpp,
        CASE kind WHEN 'company' THEN pg_temp.ogrn('1' || lpad((3 + mod(i, 20))::text, 2, '0') || '98' || lpad(mod(i * 31, 10000000)::text, 7, '0'))
                  ELSE pg_temp.ogrn('3' || lpad((4 + mod(i, 20))::text, 2, '0') || '98' || lpad(mod(i * 31, 1000000000)::text, 9, '0')) END,
        pg_temp.account('40702810', lpad(mod(i * 7919, 100000000000)::text, 11, '0'), bik),
        bik, bank, since
    FROM (SELECT c.*, (%(biks)s::text[])[b] AS bik, (%(banks)s::text[])[b] AS bank
          FROM (SELECT *, 1 + floor(pg_temp.u(i, {s}8) * %(banks_count)s)::int AS b FROM demo_client) c) d
    WHERE kind <> 'household'
    """,
    """
    INSERT INTO clients_tenure (organisation_id, client_id, owner_id, span, why, rule, ended_why, ended_rule)
    SELECT %(org)s, id, owner_id,
        tstzrange(since + time '07:00' AT TIME ZONE 'UTC',
                  CASE WHEN released THEN (last_on + 183) + time '06:00' END AT TIME ZONE 'UTC', '[)'),
        'Первое закрепление', '', CASE WHEN released THEN 'Полгода без заказов' ELSE '' END, ''
    FROM demo_client
    """,
)


def write_people(market: Market) -> None:
    """This function will write the clients of `demo_client` with contacts, numbers, addresses, requisites, tenure."""
    params = {
        "org": market.organisation_id,
        "positions": list(words.POSITIONS),
        "streets": [street for street in words.STREETS if street != "Мира"],
        "banks": list(words.BANKS),
        "biks": list(words.BIKS),
        "banks_count": len(words.BANKS),
    }
    run(_CLIENTS, params)
    for number, part in enumerate(_PARTS):
        run(part.format(s=market.salt(3)), params)
        if number == 1:
            # Phones and talks join the contacts; without their size, and their index aside, that may take for ever.
            run("ANALYZE clients_contact")
