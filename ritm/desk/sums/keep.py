"""How the sums are kept: what marks say is added, the rest stays; or everything is summed from the truth."""

from __future__ import annotations

import datetime as dt

from django.db import connection, transaction

from ritm.desk.models import Book, Change
from ritm.desk.rules.standing import EVERYBODY, PLACES, first_day
from ritm.desk.sums import pieces
from ritm.journal import tenancy
from ritm.kernel.calendar import local_date
from ritm.retention.models import Rhythm
from ritm.staff.models import Organisation

# So many clients' marks in one transaction; with more marks than that all is summed from the truth.
AT_ONCE = 20_000
MOST_MARKS = 300_000

_SCRATCH = """
CREATE TEMPORARY TABLE IF NOT EXISTS desk_taken (id bigint) ON COMMIT DROP;
CREATE TEMPORARY TABLE IF NOT EXISTS desk_steps
    (clock text, owner_id bigint, day date, place int, n int) ON COMMIT DROP;
CREATE TEMPORARY TABLE IF NOT EXISTS desk_walks
    (clock text, owner_id bigint, day date, was text, became text, n int, worth numeric) ON COMMIT DROP;
CREATE TEMPORARY TABLE IF NOT EXISTS desk_difference
    (clock text, owner_id bigint, day date, clients int[], good int, bad int, good_worth numeric, bad_worth numeric)
    ON COMMIT DROP;
TRUNCATE desk_taken, desk_steps, desk_walks, desk_difference;
"""
_EMPTY = """
DELETE FROM desk_standing WHERE organisation_id = %(organisation)s;
DELETE FROM desk_passages WHERE organisation_id = %(organisation)s;
"""
_STEPS = """
INSERT INTO desk_steps
SELECT clock, who, day, place, sum(n) FROM segment
CROSS JOIN LATERAL (VALUES (since, sign), (until, -sign)) AS edge (day, n)
CROSS JOIN LATERAL (VALUES (owner_id), (%(everybody)s)) AS whose (who)
WHERE day <= %(last)s GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0
"""
# A row and its mark are seen together or not at all: everything is taken from one snapshot, in one statement.
_TAKE_MARKED = f"""
WITH {pieces.of_marked(f"HAVING max({pieces.LAST_DAY}) <= %(last)s ORDER BY client_id LIMIT %(at_once)s")},
taken AS (
    INSERT INTO desk_taken SELECT c.id FROM desk_change c JOIN marked USING (client_id)
    WHERE c.organisation_id = %(organisation)s
), walks AS (
    INSERT INTO desk_walks
    SELECT c.kind, c.owner_id, c.day, c.was, c.state, sum(c.sign), COALESCE(sum(c.sign * c.worth), 0)
    FROM desk_change c JOIN marked USING (client_id)
    WHERE c.organisation_id = %(organisation)s AND c.kind IN ('rhythm', 'zone') AND c.day >= %(first)s
    GROUP BY 1, 2, 3, 4, 5
)
{_STEPS}
"""
# Who has a row that speaks of a day to come is left out, and marked as new to the sums.
_TAKE_ALL = f"""
WITH early AS MATERIALIZED (
    SELECT client_id FROM retention_transition WHERE organisation_id = %(organisation)s AND "on" > %(last)s
    UNION
    SELECT client_id FROM clients_tenure WHERE organisation_id = %(organisation)s
        AND GREATEST(lower(span), upper(span)) >= (%(last)s + 1)::timestamp AT TIME ZONE %(zone)s
    UNION
    SELECT id FROM clients_client WHERE organisation_id = %(organisation)s
        AND archived_at >= (%(last)s + 1)::timestamp AT TIME ZONE %(zone)s
),
{pieces.of_truth("AND NOT EXISTS (SELECT FROM early e WHERE e.client_id = t.client_id)")},
taken AS (
    INSERT INTO desk_taken SELECT id FROM desk_change WHERE organisation_id = %(organisation)s
), walks AS (
    INSERT INTO desk_walks
    SELECT t.clock, t.owner_id, t."on", t.was, t.became, count(*), COALESCE(sum(t.worth), 0)
    FROM retention_transition t
    WHERE t.organisation_id = %(organisation)s AND t."on" >= %(first)s
      AND NOT EXISTS (SELECT FROM early e WHERE e.client_id = t.client_id)
    GROUP BY 1, 2, 3, 4, 5
), passages_to_come AS (
    INSERT INTO desk_change (organisation_id, kind, sign, client_id, row_id, day, was, state, owner_id, worth)
    SELECT t.organisation_id, t.clock, 1, t.client_id, t.id, t."on", t.was, t.became, t.owner_id, t.worth
    FROM early JOIN retention_transition t USING (client_id)
), tenures_to_come AS (
    INSERT INTO desk_change (organisation_id, kind, sign, client_id, row_id, begins, ends, owner_id)
    SELECT t.organisation_id, 'owner', 1, t.client_id, t.id, lower(t.span), upper(t.span), t.owner_id
    FROM early JOIN clients_tenure t USING (client_id)
), archive_to_come AS (
    INSERT INTO desk_change (organisation_id, kind, sign, client_id, row_id, begins)
    SELECT c.organisation_id, 'archive', 1, c.id, 0, c.archived_at
    FROM early e JOIN clients_client c ON c.id = e.client_id WHERE c.archived_at IS NOT NULL
)
{_STEPS}
"""
_NEXT_DAYS = """
INSERT INTO desk_standing (organisation_id, clock, day, owner_id, clients, good, bad, good_worth, bad_worth)
SELECT s.organisation_id, s.clock, s.day + n, s.owner_id, s.clients, 0, 0, 0, 0
FROM desk_standing s, generate_series(1, %(last)s - %(through)s) n
WHERE s.organisation_id = %(organisation)s AND s.day = %(through)s AND 0 < ANY (s.clients)
"""
_COUNTS = ", ".join(
    f"COALESCE(sum(n) FILTER (WHERE place = {place + 1}), 0)::int AS n{place}" for place in range(PLACES)
)
_RUNNING = ", ".join(f"(sum(n{place}) OVER so_far)::int" for place in range(PLACES))
_NOTHING = ", ".join("0" for _ in range(PLACES))
_ADDED = ", ".join(f"sum(clients[{place + 1}])::int" for place in range(PLACES))
_MET = ", ".join(f"s.clients[{place + 1}] + d.clients[{place + 1}]" for place in range(PLACES))
_DIFFERENCE = f"""
INSERT INTO desk_difference
WITH counted AS (
    SELECT clock, owner_id, day, {_COUNTS} FROM desk_steps GROUP BY 1, 2, 3
), running AS (
    SELECT clock, owner_id, day, lead(day) OVER so_far AS until, ARRAY[{_RUNNING}] AS clients
    FROM counted WINDOW so_far AS (PARTITION BY clock, owner_id ORDER BY day)
), spread AS (
    SELECT r.clock, r.owner_id, r.day + n AS day, r.clients, 0 AS good, 0 AS bad, 0 AS good_worth, 0 AS bad_worth
    FROM running r, generate_series(0, COALESCE(r.until, %(last)s + 1) - r.day - 1) n
    WHERE r.clients <> ARRAY[{_NOTHING}]
    UNION ALL
    SELECT clock, who, day, ARRAY[{_NOTHING}],
        COALESCE(sum(n) FILTER (WHERE {pieces.news(0)}), 0), COALESCE(sum(n) FILTER (WHERE {pieces.news(1)}), 0),
        COALESCE(sum(worth) FILTER (WHERE {pieces.news(0)}), 0), COALESCE(sum(worth) FILTER (WHERE {pieces.news(1)}), 0)
    FROM desk_walks CROSS JOIN LATERAL (VALUES (owner_id), (%(everybody)s)) AS whose (who)
    WHERE who IS NOT NULL AND ({pieces.news(0)} OR {pieces.news(1)}) GROUP BY 1, 2, 3
)
SELECT clock, owner_id, day, ARRAY[{_ADDED}] AS clients, sum(good)::int AS good, sum(bad)::int AS bad,
    sum(good_worth) AS good_worth, sum(bad_worth) AS bad_worth
FROM spread GROUP BY 1, 2, 3
"""
_MEET = f"""
UPDATE desk_standing s
SET clients = ARRAY[{_MET}], good = s.good + d.good, bad = s.bad + d.bad,
    good_worth = s.good_worth + d.good_worth, bad_worth = s.bad_worth + d.bad_worth
FROM desk_difference d
WHERE s.organisation_id = %(organisation)s AND (s.clock, s.day, s.owner_id) = (d.clock, d.day, d.owner_id)
"""
_APPEAR = """
INSERT INTO desk_standing (organisation_id, clock, day, owner_id, clients, good, bad, good_worth, bad_worth)
SELECT %(organisation)s, d.clock, d.day, d.owner_id, d.clients, d.good, d.bad, d.good_worth, d.bad_worth
FROM desk_difference d
WHERE NOT EXISTS (
    SELECT FROM desk_standing s
    WHERE s.organisation_id = %(organisation)s AND (s.clock, s.day, s.owner_id) = (d.clock, d.day, d.owner_id)
)
ORDER BY d.clock, d.day, d.owner_id
"""
_WALKED = """
INSERT INTO desk_passages AS p (organisation_id, clock, day, was, became, clients, worth)
SELECT %(organisation)s, clock, day, was, became, sum(n), sum(worth) FROM desk_walks
GROUP BY 2, 3, 4, 5 HAVING (sum(n), sum(worth)) <> (0, 0)
ON CONFLICT (organisation_id, clock, day, was, became)
DO UPDATE SET clients = p.clients + EXCLUDED.clients, worth = p.worth + EXCLUDED.worth
"""
_FORGET = "DELETE FROM desk_change c USING desk_taken t WHERE c.id = t.id AND c.organisation_id = %(organisation)s"


def keep(organisation_id: int, now: dt.datetime) -> int:
    """
    This function will bring the sums up to date and return how many marks it used; it opens its own transactions.

    While another process does the same, it does nothing.
    """
    used = 0
    while True:
        with tenancy.organisation(organisation_id):
            taken, more = _once(organisation_id, now)
        used += taken
        if not more:
            return used


def anew(organisation_id: int) -> None:
    """This function will have all sums of an organisation made anew when the clock rings next."""
    with tenancy.organisation(organisation_id):
        Change.objects.create(organisation_id=organisation_id, kind="", sign=0)


@transaction.atomic(savepoint=False)
def _once(organisation_id: int, now: dt.datetime) -> tuple[int, bool]:
    """One transaction's work: how many marks it used, and whether there is more to do."""
    zone = Organisation.objects.values_list("timezone", flat=True).get(pk=organisation_id)
    today = local_date(now, zone)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(hashtext('desk_sums'), %s::int)", [organisation_id])
        if not cursor.fetchone()[0]:
            return 0, False
        book = _to_go_by(organisation_id, zone)
        if book is None:
            first = first_day(today, Rhythm.objects.filter(organisation_id=organisation_id).count())
            through = last = today
        else:
            # A clock that was set back unsums nothing.
            first, through, last = book.since, book.through, max(today, book.through)
        asked = pieces.asked(organisation_id, zone, first=first) | {
            "last": last, "through": through, "at_once": AT_ONCE, "everybody": EVERYBODY,
        }  # fmt: skip
        cursor.execute(_SCRATCH)
        if book is None:
            cursor.execute("SET LOCAL work_mem = '128MB'")
            cursor.execute(_TAKE_ALL, asked)
            cursor.execute(_EMPTY, asked)
        else:
            cursor.execute(_TAKE_MARKED, asked)
            if last > through:
                cursor.execute(_NEXT_DAYS, asked)
        cursor.execute(_DIFFERENCE, asked)
        for statement in (_MEET, _APPEAR, _WALKED, _FORGET):
            cursor.execute(statement, asked)
        taken = cursor.rowcount
        Book.objects.update_or_create(
            organisation_id=organisation_id, defaults={"since": first, "through": last, "zone": zone}
        )
    return taken, book is not None and taken >= AT_ONCE


def _to_go_by(organisation_id: int, zone: str) -> Book | None:
    """The book that marks can be added to; None when everything has to be summed from the truth."""
    marks = Change.objects.filter(organisation_id=organisation_id)
    if marks.filter(client_id=None).exists() or marks[: MOST_MARKS + 1].count() > MOST_MARKS:
        return None
    return Book.objects.filter(organisation_id=organisation_id, zone=zone).first()
