"""
Who stood where, told in SQL: clients' states and owners cut into segments of days.

Each piece is a list of CTEs that ends in `segment` (sign, clock, owner_id, place, since, until): from `since` on,
before `until` (null: for ever) one client more (sign 1) or less (-1) stands with the owner, in the state at `place`
of the clock's STATES. Parameters: organisation, zone, first, clocks, rhythm_states, zone_states.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from ritm.desk.rules.standing import FIRST, NEWS, STATES

_DAY = "({} AT TIME ZONE %(zone)s)::date"

# What one marked client (m) counts as now (1), and as what he was summed (-1): rows less marks.
_OF_ONE = f"""
seen AS (
    SELECT t.client_id, t.clock AS kind, t.id AS row_id, t."on" AS since, NULL::date AS until, t.became AS state,
        NULL::bigint AS owner_id, 1 AS now, 1 AS before
    FROM retention_transition t WHERE t.organisation_id = %(organisation)s AND t.client_id = m.client_id
    UNION ALL
    SELECT t.client_id, 'owner', t.id, {_DAY.format("lower(t.span)")}, {_DAY.format("upper(t.span)")},
        NULL, t.owner_id, 1, 1
    FROM clients_tenure t WHERE t.organisation_id = %(organisation)s AND t.client_id = m.client_id
    UNION ALL
    SELECT c.id, 'archive', 0, {_DAY.format("c.archived_at")}, NULL, NULL, NULL, 1, 1
    FROM clients_client c
    WHERE c.organisation_id = %(organisation)s AND c.id = m.client_id AND c.archived_at IS NOT NULL
    UNION ALL
    SELECT c.client_id, c.kind, c.row_id, COALESCE(c.day, {_DAY.format("c.begins")}), {_DAY.format("c.ends")},
        c.state, CASE WHEN c.kind = 'owner' THEN c.owner_id END, 0, -c.sign
    FROM desk_change c WHERE c.organisation_id = %(organisation)s AND c.client_id = m.client_id
), version AS (
    SELECT client_id, kind, row_id, since, until, state, owner_id, v.sign
    FROM (
        SELECT client_id, kind, row_id, since, until, state, owner_id, sum(now) AS now, sum(before) AS before
        FROM seen GROUP BY 1, 2, 3, 4, 5, 6, 7
    ) s, LATERAL (VALUES (1, s.now), (-1, s.before)) AS v (sign, n)
    WHERE v.n > 0
), owned AS (
    SELECT o.sign, o.client_id, o.owner_id, o.since, LEAST(o.until, a.since) AS until
    FROM version o LEFT JOIN version a ON a.kind = 'archive' AND a.sign = o.sign
    WHERE o.kind = 'owner'
), told AS (
    SELECT sign, client_id, kind AS clock, row_id, since, state FROM version WHERE kind = ANY(%(clocks)s)
)"""
# Client by client: PostgreSQL cannot know how few rows each has; all at once, it compared everybody's with everybody's.
_MARKED = """
marked AS MATERIALIZED (
    SELECT client_id FROM desk_change WHERE organisation_id = %(organisation)s AND client_id IS NOT NULL
    GROUP BY client_id {only}
), segment AS (
    SELECT one.* FROM marked m CROSS JOIN LATERAL (WITH {of_one} SELECT * FROM segment) one
)"""

# The same of rows as they are now, without a look at the marks.
_TRUE = f"""
owned AS (
    SELECT 1 AS sign, t.client_id, t.owner_id, {_DAY.format("lower(t.span)")} AS since,
        LEAST({_DAY.format("upper(t.span)")}, {_DAY.format("c.archived_at")}) AS until
    FROM clients_tenure t JOIN clients_client c ON c.id = t.client_id
    WHERE t.organisation_id = %(organisation)s AND c.organisation_id = %(organisation)s {{only}}
), told AS (
    SELECT 1 AS sign, t.client_id, t.clock, t.id AS row_id, t."on" AS since, t.became AS state
    FROM retention_transition t
    WHERE t.organisation_id = %(organisation)s AND t.clock = ANY(%(clocks)s) {{only}}
)"""

_SEGMENTS = """,
stood AS (
    SELECT sign, client_id, clock, state, since,
        lead(since) OVER (PARTITION BY sign, clock, client_id ORDER BY since, row_id) AS until
    FROM (
        SELECT sign, client_id, clock, row_id, since, state FROM told
        UNION ALL
        SELECT o.sign, o.client_id, f.clock, 0, '-infinity', f.state
        FROM (SELECT DISTINCT sign, client_id FROM owned) o,
            unnest(%(clocks)s::text[], %(firsts)s::text[]) AS f (clock, state)
    ) s
), segment AS (
    SELECT o.sign, s.clock, o.owner_id,
        array_position(CASE s.clock WHEN 'rhythm' THEN %(rhythm_states)s::text[] ELSE %(zone_states)s::text[] END,
                       s.state::text) AS place,
        GREATEST(o.since, s.since, %(first)s) AS since, LEAST(o.until, s.until) AS until
    FROM owned o JOIN stood s USING (sign, client_id)
    WHERE GREATEST(o.since, s.since, %(first)s) < COALESCE(LEAST(o.until, s.until), 'infinity')
)"""


LAST_DAY = f"GREATEST(day, {_DAY.format('begins')}, {_DAY.format('ends')})"  # of which a mark speaks


def of_marked(only: str = "") -> str:
    """This function will tell the marked clients as they are and as they were; `only` is a HAVING on `desk_change`."""
    return _MARKED.format(only=only, of_one=_OF_ONE + _SEGMENTS)


def of_truth(only: str = "") -> str:
    """This function will tell clients as they are; `only` is a condition (AND …) on t.client_id."""
    return _TRUE.format(only=only) + _SEGMENTS


def news(which: int) -> str:
    """This function will say in SQL that a passage (clock, was, became) is good news (0) or bad news (1)."""
    said = {clock: "(" + ", ".join(f"'{state}'" for state in news[which]) + ")" for clock, news in NEWS.items()}
    each = (f"clock = '{clock}' AND became IN {of} AND was NOT IN {of}" for clock, of in said.items())
    return f"({' OR '.join(each)})"


def asked(
    organisation_id: int, zone: str, *, first: dt.date, clocks: tuple[str, ...] = tuple(STATES)
) -> dict[str, Any]:
    """This function will give the pieces' parameters."""
    return {
        "organisation": organisation_id,
        "zone": zone,
        "first": first,
        "clocks": list(clocks),
        "firsts": [FIRST[clock] for clock in clocks],
        **{f"{clock}_states": list(states) for clock, states in STATES.items()},
    }
