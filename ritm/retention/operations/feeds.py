"""
Feed health: when a source of contact goes quiet beyond its own norm, nobody loses his clients for its silence.

Every hold leaves a row of history (`FeedSilence`). The norm is docs/rules/feeds.md; what a quiet feed holds is read by
`zone_queries.holds` and `orders_known_until`.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from ritm.journal import tenancy
from ritm.journal.models import Batch
from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.kernel.calendar import local_date, local_midnight
from ritm.kernel.refusal import Refusal
from ritm.retention.events import FeedFellSilent, FeedSpokeAgain, SilenceAccepted, SilenceDoubted
from ritm.retention.models import ContactClock, FeedHealth, FeedSilence, Rhythm, Zone
from ritm.retention.rules.feeds import WINDOW, Feed, Norm, norm
from ritm.staff import queries as staff
from ritm.staff.models import Organisation

DAY = dt.timedelta(days=1)
# A file that is still "being brought in" after so long was forgotten.
LONGEST_RUN = dt.timedelta(days=3)
# One index look-up per feed and day. Neither EXISTS nor IN: those may become a join with every row there is.
_SPOKEN = """
WITH last AS (
    SELECT 'orders' AS feed, ARRAY['order'] AS kinds, max(ordered_on) AS day FROM trade_order
    WHERE organisation_id = %(organisation)s AND ordered_on <= %(today)s
    UNION ALL
    SELECT k.feed, k.kinds, (SELECT max(s.day) FROM unnest(k.kinds) AS one, LATERAL (
        SELECT (i.at AT TIME ZONE %(zone)s)::date AS day FROM conversations_interaction i
        WHERE i.organisation_id = %(organisation)s AND i.kind = one AND i.at < %(tomorrow)s
        ORDER BY i.at DESC LIMIT 1) s)
    FROM (VALUES ('calls', ARRAY['call']), ('letters', ARRAY['letter', 'message'])) AS k (feed, kinds)
)
SELECT DISTINCT last.feed, last.day - n AS day
FROM last, generate_series(0, %(window)s) n, unnest(last.kinds) AS one,
    LATERAL (
        (SELECT FROM trade_order o WHERE last.feed = 'orders'
            AND o.organisation_id = %(organisation)s AND o.ordered_on = last.day - n LIMIT 1)
        UNION ALL
        (SELECT FROM conversations_interaction i WHERE last.feed <> 'orders'
            AND i.organisation_id = %(organisation)s AND i.kind = one
            AND i.at >= (last.day - n)::timestamp AT TIME ZONE %(zone)s
            AND i.at < (last.day - n + 1)::timestamp AT TIME ZONE %(zone)s
            AND i.at < %(tomorrow)s LIMIT 1)
    ) seen
ORDER BY 1, 2
"""


def tick(*, organisation_id: int, now: dt.datetime) -> int:
    """This function will look whether every feed still speaks as usual; it returns how many fell silent or spoke."""
    with tenancy.organisation(organisation_id):
        return examine(by=Actor(organisation_id, None, "clock"), at=now)


@transaction.atomic
def examine(*, by: Actor, at: dt.datetime) -> int:
    """
    This function will begin a hold for each feed that is quiet beyond its norm, and end it for each that spoke.

    Returns how many holds began or ended; writes only what differs.
    """
    organisation_id = by.organisation_id
    zone = Organisation.objects.values_list("timezone", flat=True).get(pk=organisation_id)
    today = local_date(at, zone)
    spoken = _spoken(organisation_id, today, zone)
    exceptions = staff.special_days(organisation_id) if spoken else {}
    rows = {row.feed: row for row in FeedHealth.objects.select_for_update().filter(organisation_id=organisation_id)}
    changed = 0
    for feed in Feed:
        found, row = norm(spoken.get(feed, ()), exceptions), rows.get(feed)
        if found is not None and row is None and (today - found.last_on).days > WINDOW:
            found = None  # imported history of something that nobody uses any more
        held = row is not None and row.holds
        if found is None:
            if row is not None:
                row.delete()
            holds = False
        elif held and feed is Feed.ORDERS and _catching_up(organisation_id, at):
            continue  # the first word of a long file is not yet all that was not heard
        else:
            holds = _note(organisation_id, row, feed, found, today)
        if holds and found is not None:
            if not held:
                publish(FeedFellSilent(feed=feed.value, last_on=found.last_on), by=by, at=at)
            _began(organisation_id, feed, found.quiet_on)
        if held and not holds:
            publish(FeedSpokeAgain(feed=feed.value), by=by, at=at)
            _ended(organisation_id, feed, today)
            _wake(organisation_id, today)
        changed += holds != held
    return changed


def _catching_up(organisation_id: int, at: dt.datetime) -> bool:
    """
    Orders of the silent days are being brought in: until the last of them is here, whoever has not come up yet is not
    late. A run that was forgotten holds nothing for ever.
    """
    runs = Batch.objects.filter(organisation_id=organisation_id, kind="import.orders", state=Batch.State.RUNNING)
    return bool(runs.filter(started_at__gt=at - LONGEST_RUN).exists())


def _began(organisation_id: int, feed: Feed, since: dt.date) -> None:
    """Writes when it differs: a word of a past day that has come late moves the first quiet day."""
    row, _fresh = FeedSilence.objects.get_or_create(
        organisation_id=organisation_id, feed=feed.value, until=None, defaults={"since": since}
    )
    if row.since != since:
        row.since = since
        row.save(update_fields=["since"])


def _ended(organisation_id: int, feed: str, today: dt.date) -> None:
    rows = FeedSilence.objects.filter(organisation_id=organisation_id, feed=feed, until=None)
    # Taken back on its own first day: it held nothing.
    rows.filter(since__gte=today).delete()
    rows.update(until=today)


def _spoken(organisation_id: int, today: dt.date, zone: str) -> dict[str, list[dt.date]]:
    tomorrow = local_midnight(today + DAY, zone)
    asked: dict[str, Any] = {
        "organisation": organisation_id,
        "today": today,
        "tomorrow": tomorrow,
        "zone": zone,
        "window": WINDOW,
    }
    spoken: dict[str, list[dt.date]] = {}
    with connection.cursor() as cursor:
        cursor.execute(_SPOKEN, asked)
        for feed, day in cursor.fetchall():
            spoken.setdefault(feed, []).append(day)
    return spoken


def _note(organisation_id: int, row: FeedHealth | None, feed: Feed, found: Norm, today: dt.date) -> bool:
    """Writes the feed's row when it differs; says whether it holds."""
    quiet = found.quiet_on if today >= found.quiet_on else None
    if row is None:
        row = FeedHealth(organisation_id=organisation_id, feed=feed.value)
    elif (row.last_on, row.usual_days, row.quiet_since) == (found.last_on, found.usual, quiet):
        return row.holds
    if row.last_on != found.last_on:
        # It has spoken: what was said of the silence before holds no longer.
        row.accepted_at, row.accepted_by_id, row.reason = None, None, ""
    row.last_on, row.usual_days, row.quiet_since = found.last_on, found.usual, quiet
    row.save()
    return row.holds


def _wake(organisation_id: int, today: dt.date) -> None:
    """Held clients wait for tomorrow's look; their clock shall look today. (The rhythm finds its own by date.)"""
    rows = ContactClock.objects.filter(organisation_id=organisation_id, next_transition_on=today + DAY)
    rows.update(next_transition_on=today)


@transaction.atomic
def accept_silence(*, feed: FeedHealth, why: str, by: Actor, at: dt.datetime) -> FeedHealth:
    """
    This function will end a hold: somebody says that the feed is really quiet, and why. What was held follows.

    Refuses an empty reason and a feed that holds nothing.
    """
    row = FeedHealth.objects.select_for_update().get(pk=feed.pk)
    if not why.strip():
        raise Refusal(_("Say why it is quiet."), field="why")
    if not row.holds:
        raise Refusal(_("Nothing is held: news comes again, or somebody has already said that it is quiet."))
    row.accepted_at, row.accepted_by_id, row.reason = at, by.employee_id, why.strip()[:300]
    row.save(update_fields=["accepted_at", "accepted_by_id", "reason"])
    zone = Organisation.objects.values_list("timezone", flat=True).get(pk=by.organisation_id)
    today = local_date(at, zone)
    _ended(by.organisation_id, row.feed, today)
    _wake(by.organisation_id, today)
    publish(SilenceAccepted(feed=row.feed, why=row.reason), by=by, at=at)
    return row


@transaction.atomic
def doubt_silence(*, feed: FeedHealth, by: Actor, at: dt.datetime) -> FeedHealth:
    """
    This function will take back what was said of a silence: the feed holds again, as from its first quiet day.

    Zones and classes that turned worse on the strength of it go back with the next ring of the clock; who was released
    stays released, for ownership is given back by people. Refuses a feed of which nobody said so, or which has spoken.
    """
    row = FeedHealth.objects.select_for_update().get(pk=feed.pk)
    if row.accepted_at is None or row.quiet_since is None:
        raise Refusal(_("Nothing to take back: the source speaks again."))
    row.accepted_at, row.accepted_by_id, row.reason = None, None, ""
    row.save(update_fields=["accepted_at", "accepted_by_id", "reason"])
    _began(by.organisation_id, Feed(row.feed), row.quiet_since)
    zone = Organisation.objects.values_list("timezone", flat=True).get(pk=by.organisation_id)
    today = local_date(at, zone)
    clocks = ContactClock.objects.filter(organisation_id=by.organisation_id, zone_since__gte=row.quiet_since)
    clocks.filter(zone__in=(Zone.YELLOW, Zone.RED)).update(next_transition_on=today)
    if row.feed == Feed.ORDERS:
        turned = Rhythm.objects.filter(organisation_id=by.organisation_id, status_since__gte=row.quiet_since)
        # The rhythm stands on the eve: what is due by then is looked at.
        turned.update(next_transition_on=row.quiet_since - DAY)
    publish(SilenceDoubted(feed=row.feed), by=by, at=at)
    return row
