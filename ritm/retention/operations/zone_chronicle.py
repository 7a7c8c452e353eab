"""
What zones the history of a client meant before his clock ran (docs/rules/zones.md, section 9).

As with classes (`chronicle.py`): told afterwards from conversations and orders, `reconstructed`, reaching back as far,
with the step before, and told anew when older history arrives – until the first passage that was witnessed. One
statement for any number of clients; `rules.zones.passages` says the same of one, and a property test proves it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.db import connection
from psycopg import sql

from ritm.kernel.calendar import add_months
from ritm.retention.models import Prior
from ritm.retention.operations.chronicle import MANY, MONTHS_TOLD, MONTHS_TOLD_OF_MANY

# Read from here on; of the time before only the last contact matters.
_TELL = """
WITH pol AS (
    SELECT * FROM jsonb_to_recordset({policies}::jsonb) AS p (unit_id bigint, version int, yellow int, red int)
), asked AS MATERIALIZED (
    SELECT k.client_id, k.zone, k.zone_since, k.contact_on, k.yellow_on, k.red_on, k.release_on, c.owner_id,
        r.annual_worth, p.*, ({since}::date - make_interval(months => p.red + 1))::date AS horizon
    FROM retention_contactclock k
    JOIN clients_client c ON c.id = k.client_id
    JOIN retention_rhythm r ON r.client_id = k.client_id
    JOIN pol p ON p.unit_id = COALESCE(c.unit_id, 0)
    WHERE k.organisation_id = {organisation} AND {whom} AND k.zone <> '' AND k.contact_on < {today}
      AND NOT EXISTS (
        SELECT FROM retention_transition t WHERE t.organisation_id = {organisation} AND t.client_id = k.client_id
        AND t.clock = 'zone' AND NOT t.reconstructed)
), told AS MATERIALIZED (
    SELECT a.*, told.*
    -- Client by client, each from his own stretch of two indexes: no join that a wrong guess could make a square.
    FROM asked a CROSS JOIN LATERAL (
        SELECT *, lead(on_day) OVER (ORDER BY on_day, rank) AS followed_on FROM (
            SELECT *, COALESCE(lag(became) OVER (ORDER BY on_day, rank), '') AS was FROM (
                SELECT s.until IS NULL AS is_last, z.became, z.on_day, z.rank
                FROM (
                    SELECT day, lag(day) OVER (ORDER BY day) AS before, lead(day) OVER (ORDER BY day) AS until FROM (
                        SELECT o.ordered_on AS day FROM trade_order o WHERE o.organisation_id = {organisation}
                            AND o.client_id = a.client_id AND o.kind = 'order' AND o.cancelled_at IS NULL
                            AND o.ordered_on BETWEEN a.horizon AND {today}
                        UNION
                        SELECT (i.at AT TIME ZONE {zone})::date FROM conversations_interaction i
                            WHERE i.organisation_id = {organisation} AND i.client_id = a.client_id AND i.meaningful
                            AND i.at < {tomorrow} AND i.at >= a.horizon::timestamp AT TIME ZONE {zone}
                        UNION
                        SELECT max(d) FROM (
                            (SELECT o.ordered_on AS d FROM trade_order o WHERE o.organisation_id = {organisation}
                                AND o.client_id = a.client_id AND o.kind = 'order' AND o.cancelled_at IS NULL
                                AND o.ordered_on < a.horizon ORDER BY o.ordered_on DESC LIMIT 1)
                            UNION ALL
                            (SELECT (i.at AT TIME ZONE {zone})::date FROM conversations_interaction i
                                WHERE i.organisation_id = {organisation} AND i.client_id = a.client_id AND i.meaningful
                                AND i.at < a.horizon::timestamp AT TIME ZONE {zone} ORDER BY i.at DESC LIMIT 1)
                        ) one HAVING max(d) IS NOT NULL
                    ) days
                ) s, LATERAL (VALUES
                    ('green', s.day, 1),
                    ('yellow', (s.day + make_interval(months => a.yellow))::date, 2),
                    ('red', (s.day + make_interval(months => a.red))::date, 3)) AS z (became, on_day, rank)
                -- Between two contacts of one month nothing turns.
                WHERE (s.until IS NULL OR s.until - s.day >= 28 OR s.before IS NULL OR s.day - s.before >= 28)
                  AND z.on_day <= {today} AND (s.until IS NULL OR z.on_day < s.until)
                  -- Whoever is excused, or held by a quiet feed, stands where his clock says.
                  AND (s.until IS NOT NULL OR z.rank <= CASE a.zone WHEN 'green' THEN 1 WHEN 'yellow' THEN 2 ELSE 3 END)
                UNION ALL
                SELECT true, 'exchange', a.zone_since, 4 WHERE a.zone = 'exchange'
            ) steps
        ) passed WHERE was <> became
    ) told
    -- With the step before, so that the zone on any day that is told of is known.
    WHERE told.on_day > {since} OR COALESCE(told.followed_on > {since}, true)
), differ AS MATERIALIZED (
    -- Whoever is told as before keeps his rows: an order of a faithful client rewrites nothing.
    SELECT client_id FROM (
        SELECT client_id, array_agg(was || '>' || became || on_day ORDER BY on_day, rank) AS said FROM told GROUP BY 1
    ) n FULL JOIN (
        SELECT a.client_id, array_agg(t.was || '>' || t.became || t."on" ORDER BY t."on", t.id) AS said
        FROM asked a JOIN retention_transition t ON t.organisation_id = {organisation} AND t.client_id = a.client_id
            AND t.clock = 'zone' GROUP BY 1
    ) o USING (client_id) WHERE n.said IS DISTINCT FROM o.said
), retold AS (
    DELETE FROM retention_transition t USING differ d
    WHERE t.organisation_id = {organisation} AND t.client_id = d.client_id AND t.clock = 'zone'
)
INSERT INTO retention_transition (organisation_id, client_id, clock, was, became, "on", recorded_at, owner_id, worth,
                                  rule_version, inputs, reconstructed)
SELECT {organisation}, client_id, 'zone', was, became, on_day, {at}, owner_id,
    CASE WHEN on_day >= {today} THEN annual_worth END, version,
    CASE WHEN is_last THEN jsonb_build_object('contact_on', contact_on, 'yellow_on', yellow_on,
        'red_on', red_on, 'release_on', release_on, 'policy_version', version) ELSE '{{}}' END,
    on_day < {today}
FROM told WHERE client_id = ANY(ARRAY(SELECT client_id FROM differ))
ORDER BY client_id, on_day, rank
"""


def tell(
    *, clients_where: sql.Composable, organisation_id: int, words: Mapping[str, sql.Composable], today: dt.date
) -> None:
    """
    This function will write what zones the past meant for those of the clients (on k.client_id) whose zones nobody has
    seen turn yet; their clocks must be right already.

    `words` are those of `zones.settle`. Told twice, it says the same.
    """
    known = (
        Prior.objects.filter(organisation_id=organisation_id).order_by("-fitted_on").values_list("clients", flat=True)
    )
    months = MONTHS_TOLD_OF_MANY if (known.first() or 0) > MANY else MONTHS_TOLD
    since = sql.Literal(add_months(today, -months))
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(_TELL).format(**{**words, "whom": clients_where, "since": since}))
