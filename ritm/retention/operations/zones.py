"""
Contact zones in one SQL statement, for one client or for all that are due.

The formulae are those of rules/zones.py; a property test proves that both say the same. PostgreSQL adds calendar months
as people do: 31 January and one month is the last day of February.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _
from psycopg import sql

from ritm.clients import operations as clients
from ritm.clients.models import Client
from ritm.journal import tenancy
from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.kernel.calendar import local_date, local_midnight
from ritm.kernel.refusal import Refusal
from ritm.retention import zone_queries
from ritm.retention.events import (
    ClaimsEnded,
    ExcuseEnded,
    ObligationsGiven,
    SilenceExcused,
    ZonesChanged,
    ZoneWarningsGiven,
)
from ritm.retention.models import ContactClock, Sweep
from ritm.retention.operations import zone_chronicle
from ritm.retention.rules.feeds import Feed
from ritm.retention.rules.zones import QUIET_DAYS
from ritm.staff.models import Organisation

TICK_SIZE = 5_000
EVENT_SIZE = 5_000
LONGEST_EXCUSE = dt.timedelta(days=366)

_SETTLE = """
WITH pol AS (
    SELECT * FROM jsonb_to_recordset({policies}::jsonb) AS p (
        unit_id bigint, version int, yellow int, red int, release int, releases boolean, warnings int[],
        only_exchange boolean, masked boolean, obligation_days int)
), base AS (
    SELECT k.client_id, k.zone AS was, k.zone_since, k.contact_on AS stood_on, k.excused_on, k.excused_until,
        k.obliged_from AS owed_from, k.obliged_until AS owed_until, c.owner_id, c.released_at, c.archived_at,
        c.contacts_hidden, r.annual_worth, p.*,
        GREATEST(r.last_on, t.day) AS contact_on,
        -- Who lives by a quiet feed is judged as on the eve of its hold.
        LEAST({today}, LEAST(
            CASE WHEN r.last_on IS NOT NULL THEN {orders_held}::date END,
            CASE WHEN {calls_held}::date IS NOT NULL AND (
                SELECT true FROM conversations_interaction i WHERE i.organisation_id = {organisation}
                AND i.client_id = k.client_id AND i.meaningful AND i.kind = 'call' LIMIT 1) THEN {calls_held}::date END,
            CASE WHEN {letters_held}::date IS NOT NULL AND (
                SELECT true FROM conversations_interaction i WHERE i.organisation_id = {organisation}
                AND i.client_id = k.client_id AND i.meaningful AND i.kind IN ('letter', 'message') LIMIT 1)
                THEN {letters_held}::date END
        ) - 1) AS known_on
    FROM retention_contactclock k
    JOIN clients_client c ON c.id = k.client_id
    JOIN retention_rhythm r ON r.client_id = k.client_id
    JOIN pol p ON p.unit_id = COALESCE(c.unit_id, 0)
    LEFT JOIN LATERAL (
        SELECT (i.at AT TIME ZONE {zone})::date AS day FROM conversations_interaction i
        WHERE i.organisation_id = {organisation} AND i.client_id = k.client_id AND i.meaningful AND i.at < {tomorrow}
        ORDER BY i.at DESC LIMIT 1
    ) t ON true
    WHERE k.organisation_id = {organisation} AND {whom}
), given AS (
    -- Straight from the exchange to an owner, by a person: without time for a first contact he would go back tonight.
    SELECT base.*, was = 'exchange' AND owner_id IS NOT NULL AND released_at IS NULL AND archived_at IS NULL
        AND owed_until IS NULL AND releases
        AND {today} >= (contact_on + make_interval(months => release))::date AS given
    FROM base
), owing AS (
    SELECT g.*, CASE WHEN given THEN {today} ELSE owed_from END AS obliged_from,
        CASE WHEN given THEN {today} + obligation_days ELSE owed_until END AS obliged_until
    FROM given g
), met AS (
    SELECT o.*, COALESCE(contact_on >= obliged_from, false) AS met FROM owing o
), bare AS (
    SELECT met.*,
        COALESCE((contact_on + make_interval(months => yellow))::date, obliged_from) AS y,
        COALESCE((contact_on + make_interval(months => red))::date, obliged_from) AS r,
        (contact_on + make_interval(months => release))::date AS x
    FROM met
), due AS (
    SELECT bare.*,
        CASE WHEN y BETWEEN excused_on AND excused_until THEN excused_until + 1 ELSE y END AS yellow_on,
        CASE WHEN r BETWEEN excused_on AND excused_until THEN excused_until + 1 ELSE r END AS red_on,
        CASE WHEN obliged_until IS NOT NULL AND NOT met THEN obliged_until + 1
             WHEN NOT releases THEN NULL
             WHEN x BETWEEN excused_on AND excused_until THEN excused_until + 1 ELSE x END AS release_on
    FROM bare
), judged AS (
    SELECT due.*,
        CASE WHEN archived_at IS NOT NULL OR yellow_on IS NULL AND released_at IS NULL THEN ''
             WHEN released_at IS NOT NULL OR known_on >= release_on THEN 'exchange'
             WHEN known_on >= red_on THEN 'red'
             WHEN known_on >= yellow_on THEN 'yellow'
             ELSE 'green' END AS became
    FROM due
), warned AS (
    SELECT client_id,
        min(w.day) FILTER (WHERE w.day > known_on) AS next_warning,
        (array_agg(w.boundary ORDER BY w.on_day, w.days) FILTER (WHERE w.stands))[1] AS boundary,
        (array_agg(w.on_day ORDER BY w.on_day, w.days) FILTER (WHERE w.stands))[1] AS boundary_on,
        (array_agg(w.days ORDER BY w.on_day, w.days) FILTER (WHERE w.stands))[1] AS days
    FROM judged, LATERAL (
        SELECT b.boundary, b.on_day, d AS days, b.on_day - d AS day,
            b.on_day - d <= known_on AND b.on_day > {today} AS stands
        FROM (VALUES ('yellow', yellow_on, COALESCE(contact_on, yellow_on) + {quiet}),
                     ('red', red_on, yellow_on),
                     ('exchange', release_on, red_on)) AS b (boundary, on_day, begins), unnest(warnings) AS d
        WHERE b.on_day - d >= b.begins AND (NOT only_exchange OR b.boundary = 'exchange')
    ) w
    WHERE became NOT IN ('', 'exchange') GROUP BY client_id
), fresh AS (
    SELECT h.*, w.boundary, w.boundary_on, w.days,
        CASE WHEN became IN ('', 'exchange') THEN NULL
             WHEN n.next <= {today} THEN {today} + 1  -- held by a quiet feed: look again tomorrow
             ELSE n.next END AS next_on,
        -- What past days say of a client whose zones nobody has seen turn is told by zone_chronicle.
        became <> '' AND contact_on < {today} AND (was = '' OR contact_on IS DISTINCT FROM stood_on)
        AND NOT EXISTS (
            SELECT FROM retention_transition t WHERE t.organisation_id = {organisation} AND t.client_id = h.client_id
            AND t.clock = 'zone' AND NOT t.reconstructed) AS tells,
        CASE WHEN became = was THEN zone_since
             WHEN became = 'yellow' AND yellow_on > COALESCE(zone_since, yellow_on - 1) THEN yellow_on
             WHEN became = 'red' AND red_on > COALESCE(zone_since, red_on - 1) THEN red_on
             WHEN became = 'green' AND was = '' THEN COALESCE(contact_on, {today})
             WHEN became = '' THEN NULL
             ELSE {today} END AS since
    FROM judged h LEFT JOIN warned w USING (client_id), LATERAL (
        SELECT LEAST(CASE WHEN yellow_on > known_on THEN yellow_on END, CASE WHEN red_on > known_on THEN red_on END,
                     CASE WHEN release_on > known_on THEN release_on END, w.next_warning) AS next
    ) n
), written AS (
    UPDATE retention_contactclock k
    SET contact_on = f.contact_on, zone = f.became, zone_since = f.since, yellow_on = f.yellow_on, red_on = f.red_on,
        release_on = f.release_on, policy_version = f.version, next_transition_on = f.next_on,
        obliged_from = CASE WHEN f.met OR f.became = 'exchange' THEN NULL ELSE f.obliged_from END,
        obliged_until = CASE WHEN f.met OR f.became = 'exchange' THEN NULL ELSE f.obliged_until END
    FROM fresh f
    WHERE k.client_id = f.client_id AND (
        (k.contact_on, k.zone, k.zone_since, k.yellow_on, k.red_on, k.release_on, k.policy_version,
         k.next_transition_on) IS DISTINCT FROM
        (f.contact_on, f.became, f.since, f.yellow_on, f.red_on, f.release_on, f.version, f.next_on)
        OR f.given OR (k.obliged_until IS NOT NULL AND (f.met OR f.became = 'exchange')))
), logged AS (
    INSERT INTO retention_transition (organisation_id, client_id, clock, was, became, "on", recorded_at, owner_id,
                                      worth, rule_version, inputs, reconstructed)
    SELECT {organisation}, client_id, 'zone', was, became, COALESCE(since, {today}), {at}, owner_id,
        annual_worth, version,
        jsonb_build_object('contact_on', contact_on, 'yellow_on', yellow_on, 'red_on', red_on, 'release_on', release_on,
            'excused_until', excused_until, 'obliged_until', obliged_until, 'policy_version', version),
        was = '' AND COALESCE(since < {today}, false)
    FROM fresh WHERE became <> was AND NOT tells
), told AS (
    INSERT INTO retention_zonewarning (organisation_id, client_id, owner_id, boundary, boundary_on, days, given_on)
    SELECT {organisation}, client_id, owner_id, boundary, boundary_on, days, {today}
    FROM fresh WHERE boundary IS NOT NULL AND owner_id IS NOT NULL
    ON CONFLICT DO NOTHING RETURNING client_id
), obliged AS (
    INSERT INTO retention_claim (organisation_id, client_id, employee_id, claimed_at, obliged_until)
    SELECT {organisation}, client_id, owner_id, {at}, obliged_until FROM fresh WHERE given AND NOT met
    ON CONFLICT DO NOTHING RETURNING client_id
), ended AS (
    UPDATE retention_claim c
    SET met_on = CASE WHEN f.met THEN f.contact_on END, returned_on = CASE WHEN NOT f.met THEN {today} END
    FROM fresh f
    WHERE c.client_id = f.client_id AND c.met_on IS NULL AND c.returned_on IS NULL
      AND (f.met OR (f.became = 'exchange' AND f.obliged_until IS NOT NULL))
    RETURNING c.client_id, c.employee_id, c.met_on IS NOT NULL AS met
)
SELECT f.client_id, f.was, f.became, f.became = 'exchange' AND f.released_at IS NULL AND f.archived_at IS NULL,
    f.obliged_until IS NOT NULL AND NOT f.met, t.client_id IS NOT NULL, e.employee_id, e.met, f.masked,
    f.released_at IS NOT NULL AND f.masked <> f.contacts_hidden,
    CASE WHEN o.client_id IS NOT NULL THEN f.owner_id END, f.tells
FROM fresh f LEFT JOIN told t USING (client_id) LEFT JOIN ended e USING (client_id)
LEFT JOIN obliged o USING (client_id)
WHERE f.became <> f.was OR f.tells OR t.client_id IS NOT NULL OR e.client_id IS NOT NULL OR o.client_id IS NOT NULL
   OR (f.became = 'exchange' AND f.released_at IS NULL)
   OR (f.released_at IS NOT NULL AND f.masked <> f.contacts_hidden)
ORDER BY f.client_id
"""
_DUE = """
SELECT client_id FROM retention_contactclock
WHERE organisation_id = %s AND next_transition_on <= %s
ORDER BY next_transition_on, client_id LIMIT %s FOR UPDATE SKIP LOCKED
"""


@transaction.atomic
def settle(*, clients_where: sql.Composable, by: Actor, at: dt.datetime, grown: bool = False) -> int:
    """
    This function will put the contact clocks of the clients that the SQL condition (on k.client_id) names right.

    `grown`: their history itself may have grown, and what it says of past zones is told anew.
    Writes rows that differ, logs passages, gives warnings, releases whose day has come and takes back whose claimant
    made no contact; publishes all of it. Returns how many clients changed zone. One statement, whatever their number.
    """
    organisation_id = by.organisation_id
    zone = Organisation.objects.values_list("timezone", flat=True).get(pk=organisation_id)
    today = local_date(at, zone)
    held = zone_queries.holds(organisation_id)
    words = {
        "policies": sql.Literal(json.dumps(zone_queries.policies_by_unit(organisation_id, today))),
        "organisation": sql.Literal(organisation_id),
        "zone": sql.Literal(zone),
        "today": sql.SQL("{}::date").format(sql.Literal(today)),
        "tomorrow": sql.Literal(local_midnight(today + dt.timedelta(days=1), zone)),
        "at": sql.Literal(at),
        **{f"{feed}_held": sql.Literal(held.get(feed)) for feed in Feed},
        "quiet": sql.Literal(QUIET_DAYS),
        "whom": clients_where,
    }
    with connection.cursor() as cursor:
        # One after another: whoever comes second reads what the first has written.
        cursor.execute(
            sql.SQL(
                "SELECT FROM retention_contactclock k WHERE organisation_id = {organisation} AND {whom} "
                "ORDER BY client_id FOR UPDATE"
            ).format(**words)
        )
        cursor.execute(sql.SQL(_SETTLE).format(**words))
        rows = cursor.fetchall()
    told = clients_where if grown else of_clients([row[0] for row in rows if row[11]])
    if grown or any(row[11] for row in rows):
        zone_chronicle.tell(clients_where=told, organisation_id=organisation_id, words=words, today=today)
    moved = [(row[0], row[1], row[2]) for row in rows if row[1] != row[2]]
    for start in range(0, len(moved), EVENT_SIZE):
        ids, was, became = zip(*moved[start : start + EVENT_SIZE], strict=True)
        publish(ZonesChanged(client_ids=ids, was=was, became=became), by=by, at=at)
    warned = [row[0] for row in rows if row[5]]
    for start in range(0, len(warned), EVENT_SIZE):
        publish(ZoneWarningsGiven(client_ids=tuple(warned[start : start + EVENT_SIZE])), by=by, at=at)
    ended = [(row[0], row[6], row[7]) for row in rows if row[6] is not None]
    if ended:
        ids, employees, met = zip(*ended, strict=True)
        publish(ClaimsEnded(client_ids=ids, employee_ids=employees, met=met), by=by, at=at)
    given = [(row[0], row[10]) for row in rows if row[10] is not None]
    if given:
        ids, employees = zip(*given, strict=True)
        publish(ObligationsGiven(client_ids=ids, employee_ids=employees), by=by, at=at)
    _release(rows, by=by, at=at)
    for hidden in (False, True):
        differ = [row[0] for row in rows if row[8] == hidden and (row[9] or (row[3] and hidden))]
        if differ:
            clients.hide_contacts(client_ids=differ, hidden=hidden)
    return len(moved)


def _release(rows: list[tuple[Any, ...]], *, by: Actor, at: dt.datetime) -> None:
    clock = Actor(by.organisation_id, None, "clock")
    for lapsed in (False, True):
        ids = [row[0] for row in rows if row[3] and row[4] == lapsed]
        if ids:
            why = _("taken from the exchange, but not contacted in time") if lapsed else _("not contacted for too long")
            rule = "exchange.obligation" if lapsed else "zones.release"
            clients.release_many(client_ids=ids, why=why, rule=rule, by=clock, at=at)


def of_clients(client_ids: list[int]) -> sql.Composable:
    """This function will say 'these clients' in SQL."""
    return sql.SQL("k.client_id = ANY({}::bigint[])").format(sql.Literal(client_ids))


def wake(*, clients_where: sql.Composable, organisation_id: int, today: dt.date) -> None:
    """This function will let the clock look again at clients who have ordered since it last did."""
    statement = """
        UPDATE retention_contactclock k SET next_transition_on = {today} FROM retention_rhythm r
        WHERE k.organisation_id = {organisation} AND r.organisation_id = {organisation} AND {whom}
          AND r.client_id = k.client_id AND r.last_on > COALESCE(k.contact_on, '-infinity')
    """
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL(statement).format(
                today=sql.Literal(today), organisation=sql.Literal(organisation_id), whom=clients_where
            )
        )


def contact_changed(client_ids: Any, by: Actor, at: dt.datetime) -> None:
    """This function will turn clients green in the transaction that records the contact (conversations.CLOCKS)."""
    settle(clients_where=of_clients(list(client_ids)), by=by, at=at)


def sweep(*, organisation_id: int, due_on: dt.date) -> None:
    """
    This function will have every client judged anew by the clock from that day on: a policy begins, or ends, to hold.

    Also those nobody has talked to, whose first conversation somebody may be recording this moment by the old policy:
    the clock waits for his row, and reads what he wrote.
    """
    # One that is under way begins again, from the first client.
    row = Sweep(organisation_id=organisation_id, due_on=due_on)
    Sweep.objects.bulk_create(
        [row], update_conflicts=True, unique_fields=["organisation", "due_on"], update_fields=["after_id"]
    )


def _sweep_on(organisation_id: int, today: dt.date, by: Actor, now: dt.datetime) -> int | None:
    """The next chunk of a sweep that is due, in a transaction of its own: how many clients; None when none is due."""
    with tenancy.organisation(organisation_id):
        due = Sweep.objects.filter(organisation_id=organisation_id, due_on__lte=today).order_by("due_on", "pk")
        row = due.select_for_update(of=("self",), skip_locked=True).first()
        if row is None:
            return None
        ahead = ContactClock.objects.filter(organisation_id=organisation_id, client_id__gt=row.after_id)
        ids = list(ahead.order_by("client_id").values_list("client_id", flat=True)[:TICK_SIZE])
        if not ids:
            row.delete()
            return 0
        settle(clients_where=of_clients(ids), by=by, at=now)
        row.after_id = ids[-1]
        row.save(update_fields=["after_id"])
        return len(ids)


def tick(*, organisation_id: int, now: dt.datetime) -> int:
    """
    This function will settle every client whose zone or warning has come by `now`, and all of them when a policy has
    begun to hold; it returns how many were looked at.

    Chunks commit by themselves, as in the rhythm's tick, and a sweep goes on where it was cut off.
    """
    by = Actor(organisation_id, None, "clock")
    handled = 0
    with tenancy.organisation(organisation_id):
        zone = Organisation.objects.values_list("timezone", flat=True).get(pk=organisation_id)
        today = local_date(now, zone)
    while (swept := _sweep_on(organisation_id, today, by, now)) is not None:
        handled += swept
    while True:
        with tenancy.organisation(organisation_id):
            with connection.cursor() as cursor:
                cursor.execute(_DUE, [organisation_id, today, TICK_SIZE])
                due = [row[0] for row in cursor.fetchall()]
            if not due:
                return handled
            settle(clients_where=of_clients(due), by=by, at=now)
        handled += len(due)


@transaction.atomic
def excuse(*, client: Client, until: dt.date, why: str, by: Actor, at: dt.datetime) -> ContactClock:
    """
    This function will hold a client's silence until a day (included), with a reason; `until` today or later.

    Refuses an empty reason, a day behind us and one more than a year ahead.
    """
    zone = Organisation.objects.values_list("timezone", flat=True).get(pk=by.organisation_id)
    today = local_date(at, zone)
    if not why.strip():
        raise Refusal(_("Say why he may be silent."), field="why")
    if until < today:
        raise Refusal(_("This day is behind us."), field="until")
    if until - today > LONGEST_EXCUSE:
        raise Refusal(_("Silence is excused for a year at most."), field="until")
    row = ContactClock.objects.select_for_update().get(client=client)
    row.excused_on, row.excused_until = today, until
    row.excuse, row.excused_by_id = why.strip()[:300], by.employee_id
    row.save(update_fields=["excused_on", "excused_until", "excuse", "excused_by_id"])
    settle(clients_where=of_clients([client.pk]), by=by, at=at)
    publish(SilenceExcused(client_id=client.pk, until=until, why=row.excuse), by=by, at=at)
    row.refresh_from_db()
    return row


@transaction.atomic
def end_excuse(*, client: Client, by: Actor, at: dt.datetime) -> None:
    """This function will end an excused silence, if there is one: boundaries fall where they would have fallen."""
    excused = ContactClock.objects.filter(client=client, excused_until__isnull=False)
    if not excused.update(excused_on=None, excused_until=None, excuse="", excused_by_id=None):
        return
    settle(clients_where=of_clients([client.pk]), by=by, at=at)
    publish(ExcuseEnded(client_id=client.pk), by=by, at=at)
