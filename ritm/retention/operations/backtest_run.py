"""Reckoning a back-test (docs/rules/backtest.md): all clients in chunks that commit and move the progress."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
from django.db import connection, transaction
from psycopg import sql

from ritm.journal import tenancy
from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.kernel.calendar import local_midnight, working_days_between
from ritm.retention import queries
from ritm.retention.events import BacktestFinished
from ritm.retention.models import Backtest, BacktestCase, FeedSilence
from ritm.retention.operations.binary_copy import fetch, fill
from ritm.retention.operations.order_days import EPOCH, between, load, span
from ritm.retention.operations.recount import Terms
from ritm.retention.rules import backtest, rhythm, rhythm_arrays
from ritm.retention.rules.backtest import NEVER, OUTCOMES, Flags, Held, Silences
from ritm.retention.rules.feeds import Feed
from ritm.staff.models import Unit
from ritm.staff.queries import special_days

CHUNK = 50_000

_TALKS = """
SELECT client_id, (at AT TIME ZONE {zone})::date - '2000-01-01'::date,
    (CASE kind WHEN 'call' THEN 1 WHEN 'letter' THEN 2 WHEN 'message' THEN 2 ELSE 0 END)::int2
FROM conversations_interaction
WHERE organisation_id = {organisation} AND meaningful AND at < {end} AND {whom}
"""
_TYPES = {
    "client_id": "int8", "order_on": "date", "flag_on": "date", "boundary_on": "date", "returned_on": "date",
    "gone_on": "date", "outcome": "int2", "worth": "float8", "flagged": "bool", "lost": "bool", "in_time": "bool",
}  # fmt: skip
_KEEP = f"""
INSERT INTO retention_backtestcase (organisation_id, backtest_id, rule, client_id, owner_id, order_on, flag_on,
                                    boundary_on, returned_on, gone_on, outcome, worth, flagged, lost, in_time)
SELECT %(organisation)s, %(backtest)s, %(rule)s, s.client_id, t.owner_id, s.order_on, NULLIF(s.flag_on, 'infinity'),
    NULLIF(s.boundary_on, 'infinity'), NULLIF(s.returned_on, 'infinity'), s.gone_on,
    (ARRAY[{", ".join(f"'{name}'" for name in OUTCOMES)}])[s.outcome + 1], s.worth::numeric(16, 2),
    s.flagged, s.lost, s.in_time
FROM retention_silences s
LEFT JOIN LATERAL (
    SELECT owner_id FROM clients_tenure
    WHERE client_id = s.client_id
      AND (upper_inf(span)
           OR upper(span) > (CASE WHEN s.flagged THEN s.flag_on ELSE s.gone_on END + 1)::timestamp
                AT TIME ZONE %(zone)s)
    ORDER BY span LIMIT 1
) t ON true
"""
_FLAGS = """
SELECT rule, owner_id, to_char(flag_on, 'YYYY-MM') AS month, GROUPING(owner_id, to_char(flag_on, 'YYYY-MM')),
    count(*), count(*) FILTER (WHERE outcome = 'returned'), count(*) FILTER (WHERE outcome IN ('gone', 'never')),
    count(*) FILTER (WHERE outcome = 'never'), count(*) FILTER (WHERE outcome = 'open'),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY gone_on - flag_on) FILTER (WHERE outcome IN ('gone', 'never')),
    percentile_cont(0.5) WITHIN GROUP (ORDER BY boundary_on - flag_on)
FROM retention_backtestcase WHERE backtest_id = %s AND flagged
GROUP BY GROUPING SETS ((rule), (rule, owner_id), (rule, to_char(flag_on, 'YYYY-MM')))
"""
_LOSSES = """
SELECT rule, owner_id, to_char(gone_on, 'YYYY-MM') AS month, GROUPING(owner_id, to_char(gone_on, 'YYYY-MM')),
    count(*), count(*) FILTER (WHERE in_time), sum(worth), COALESCE(sum(worth) FILTER (WHERE in_time), 0)
FROM retention_backtestcase WHERE backtest_id = %s AND lost
GROUP BY GROUPING SETS ((rule), (rule, owner_id), (rule, to_char(gone_on, 'YYYY-MM')))
"""
# What PostgreSQL's GROUPING says of (owner, month): the bit is set where the column is not grouped by.
_PARTS = {3: "total", 1: "sellers", 2: "months"}
_FLAG_NUMBERS = ("flags", "returned", "gone", "never", "open", "warning", "boundary")
_LOSS_NUMBERS = ("lost", "in_time", "lost_worth", "covered_worth")


def run(*, organisation_id: int, backtest_id: int, at: dt.datetime) -> None:
    """
    This function will reckon a back-test and keep its numbers and rows; one that was begun before begins again.

    Finished or forgotten ones are left alone.
    """
    with tenancy.organisation(organisation_id):
        row = (
            Backtest.objects.select_related("organisation", "unit")
            .filter(pk=backtest_id)
            .exclude(state=Backtest.State.DONE)
            .first()
        )
        if row is None:
            return
        BacktestCase.objects.filter(backtest=row).delete()
        first, last = span(organisation_id)
        _progress(row, 0, last - first + 1)
        terms = _terms(row)
        units = _units(row)
        silent = _silences(row)
    for start in range(first, last + 1, CHUNK):
        with tenancy.organisation(organisation_id):
            end = min(last, start + CHUNK - 1)
            _chunk(row, terms, silent, between(start, end) + units)
            _progress(row, end - first + 1, last - first + 1)
    with tenancy.organisation(organisation_id):
        _finish(row, at)


def failed(*, organisation_id: int, backtest_id: int, at: dt.datetime) -> None:
    """This function will note that a back-test was stopped by an error."""
    with tenancy.organisation(organisation_id):
        Backtest.objects.filter(pk=backtest_id).update(state=Backtest.State.FAILED, ended_at=at)


def _progress(row: Backtest, done: int, total: int) -> None:
    Backtest.objects.filter(pk=row.pk).update(state=Backtest.State.RUNNING, done=done, total=total)


def _terms(row: Backtest) -> Terms:
    months = queries.usuals(row.organisation_id)
    return Terms(
        row.organisation_id,
        row.known_until,
        queries.rule_on(row.organisation_id, row.known_until),
        np.array([month.toordinal() for month, _usual in months], np.int64),
        np.array([usual for _month, usual in months], np.float64),
        0,
    )


def _units(row: Backtest) -> sql.Composable:
    """' AND …' for a chosen unit with all below it: clients who are there now."""
    if row.unit is None:
        return sql.SQL("")
    inside = Unit.objects.filter(organisation_id=row.organisation_id, path__startswith=row.unit.path)
    return sql.SQL(
        " AND client_id IN (SELECT id FROM clients_client WHERE organisation_id = {} AND unit_id = ANY({}))"
    ).format(sql.Literal(row.organisation_id), sql.Literal(list(inside.values_list("pk", flat=True))))


def _silences(row: Backtest) -> list[tuple[str, int, int]]:
    """When feeds were quiet and held clocks, as far as that was seen: feed, first day, first day after (NEVER)."""
    found = FeedSilence.objects.filter(organisation_id=row.organisation_id, since__lte=row.known_until)
    spans = found.order_by("since", "id").values_list("feed", "since", "until")
    return [(feed, since.toordinal(), until.toordinal() if until else NEVER) for feed, since, until in spans]


def _held(silent: list[tuple[str, int, int]], talkers: dict[str, Any]) -> list[Held]:
    """Silent orders hold everybody who has ordered, that is all here; the others hold `talkers`, by feed."""
    return [
        Held(since, until, talkers.get(feed)) for feed, since, until in silent if feed == Feed.ORDERS or feed in talkers
    ]


def _chunk(row: Backtest, terms: Terms, silent_feeds: list[tuple[str, int, int]], clients: sql.Composable) -> None:
    found = load(organisation_id=row.organisation_id, clients=clients, today=row.known_until)
    client = np.repeat(found.clients, found.counts)
    beats = rhythm_arrays.unfold(client, found.days, terms.usual(found.days), terms.rule)
    silent = backtest.silences(client, beats)
    end = row.known_until.toordinal()
    outcome = backtest.outcomes(silent, end)
    mean = np.repeat(np.maximum(0, found.bought) / 100 / np.maximum(found.counts, 1), found.counts)
    worth = mean * rhythm.DAYS_IN_YEAR / np.maximum(rhythm_arrays.intervals(beats, terms.rule), 1)
    talks = None
    for place, asked in enumerate(row.rules):
        if asked["clock"] == "rhythm":
            due = rhythm_arrays.stamps(beats, rhythm.Rule(**asked["numbers"]))
            flags = backtest.rhythm_flags(silent, due.slipping, due.lost, end, _held(silent_feeds, {}))
        else:
            talks = talks if talks is not None else _talks(row, clients)
            numbers = asked["numbers"]
            whose, day, talkers = talks
            held = _held(silent_feeds, talkers)
            flags = backtest.zone_flags(silent, whose, day, numbers[numbers["flag"]], numbers["release"], end, held)
        _keep(row, place, silent, flags, outcome, worth)


def _talks(row: Backtest, clients: sql.Composable) -> tuple[Any, Any, dict[str, Any]]:
    """Meaningful conversations, clients and days with one entry per talk; and who was ever reached by which feed."""
    zone = row.organisation.timezone
    found = fetch(
        sql.SQL(_TALKS).format(
            zone=sql.Literal(zone),
            organisation=sql.Literal(row.organisation_id),
            end=sql.Literal(local_midnight(row.known_until + dt.timedelta(days=1), zone)),
            whom=clients,
        ),
        {"client_id": "int8", "day": "int4", "feed": "int2"},
    )
    client = found["client_id"]
    talkers = {feed: np.unique(client[found["feed"] == code]) for feed, code in ((Feed.CALLS, 1), (Feed.LETTERS, 2))}
    return client, found["day"].astype(np.int64) + EPOCH, {str(feed): ids for feed, ids in talkers.items()}


def _keep(row: Backtest, place: int, silent: Silences, flags: Flags, outcome: Any, worth: Any) -> None:
    """Writes the silences that the rule flagged in the period, and those that were lost in it."""
    since, until = row.since.toordinal(), row.until.toordinal()
    gone = (outcome == backtest.GONE) | (outcome == backtest.LOST_FOR_EVER)
    flagged = (flags.on >= since) & (flags.on <= until)
    lost = gone & (silent.gone >= since) & (silent.gone <= until)
    kept = flagged | lost
    if not kept.any():
        return

    def day(values: Any) -> Any:
        return np.where(values[kept] >= NEVER, NEVER, values[kept] - EPOCH)

    columns = {
        "client_id": silent.client[kept],
        "order_on": day(silent.order),
        "flag_on": day(flags.on),
        "boundary_on": day(flags.boundary),
        "returned_on": day(silent.following),
        "gone_on": day(silent.gone),
        "outcome": outcome[kept],
        "worth": worth[kept],
        "flagged": flagged[kept],
        "lost": lost[kept],
        "in_time": (lost & (flags.on < silent.gone))[kept],
    }
    fill("retention_silences", _TYPES, columns)
    with connection.cursor() as cursor:
        cursor.execute(
            _KEEP,
            {
                "organisation": row.organisation_id, "backtest": row.pk, "rule": place,
                "zone": row.organisation.timezone,
            },
        )  # fmt: skip


@transaction.atomic
def _finish(row: Backtest, at: dt.datetime) -> None:
    found: list[dict[str, Any]] = [{"total": {}, "sellers": {}, "months": {}} for _rule in row.rules]
    cases = 0
    for statement, names in ((_FLAGS, _FLAG_NUMBERS), (_LOSSES, _LOSS_NUMBERS)):
        with connection.cursor() as cursor:
            cursor.execute(statement, [row.pk])
            for rule, owner, month, grouped, *values in cursor.fetchall():
                part = _PARTS[grouped]
                key = {"total": None, "sellers": owner or 0, "months": month}[part]
                home = found[rule]["total"] if key is None else found[rule][part].setdefault(str(key), {})
                home |= dict(zip(names, map(_plain, values), strict=True))
                cases += values[0] if key is None else 0
    days = working_days_between(row.since - dt.timedelta(days=1), row.until, special_days(row.organisation_id))
    held = FeedSilence.objects.filter(organisation_id=row.organisation_id, since__lte=row.until)
    spans = held.exclude(until__lte=row.since).order_by("since", "id").values_list("feed", "since", "until")
    silences = [[feed, str(since), str(until) if until else None] for feed, since, until in spans]
    row.result = {"rules": found, "working_days": days, "silences": silences}
    row.state, row.ended_at = Backtest.State.DONE, at
    row.save(update_fields=["result", "state", "ended_at"])
    publish(
        BacktestFinished(backtest_id=row.pk, cases=cases), by=Actor(row.organisation_id, row.made_by_id, "clock"), at=at
    )


def _plain(value: Any) -> int | float | None:
    """A number as JSON keeps it; money to the rouble."""
    if value is None or isinstance(value, int):
        return value
    return round(float(value), 1)
