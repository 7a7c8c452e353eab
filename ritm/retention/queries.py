"""
Questions to the retention room: where a client stands, why, and who needs attention first.

Everything here reckons with plain Python for the rows that are shown; a web process never loads numpy for it.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import connection
from django.db.models import Q, QuerySet, Sum
from django.utils.translation import gettext as _

from ritm.clients.listing.nearby import few_within_reach
from ritm.clients.queries import merged_into
from ritm.journal.prepared import prepared
from ritm.retention.models import Prior, Rhythm, RhythmRule, Status, Transition
from ritm.retention.rules import rhythm, rhythm_words
from ritm.retention.rules.rhythm import Beat, Explanation, Rule
from ritm.shell.rhythm_strip import Strip, axis
from ritm.shell.writing import show_day, show_day_year, show_percent
from ritm.staff.composed import composed
from ritm.staff.models import Employee
from ritm.staff.viewer import Viewer
from ritm.trade.models import Order

STRIP_DAYS = 730
# An inline strip shows so many of the latest beats that the eye still tells them apart.
STRIP_DOTS = 14
# A client lost longer ago belongs to the win-back people, not to today.
LOST_RECENTLY_DAYS = 60
# Chances are reckoned for this many of the most valuable candidates.
CANDIDATES = 500


def rule_on(organisation_id: int, day: dt.date) -> Rule:
    """This function will give the constants of the rhythm rule in force on a day."""
    row = (
        RhythmRule.objects.filter(organisation_id=organisation_id, effective_on__lte=day)
        .order_by("-effective_on", "-version")
        .first()
    )
    return Rule(**{**row.numbers, "version": row.version}) if row else rhythm.DEFAULT_RULE


@dataclass(frozen=True)
class Population:
    """
    What the organisation's clients are like on a day: the prior in force, whether it is the shipped one, G0 in days,
    the rule, the date before which orders may be missing, and the first day of a hold by silent orders (feeds.md).
    """

    prior: rhythm.Prior
    is_default: bool
    base_interval: float
    rule: Rule
    history_from: dt.date | None
    held_from: dt.date | None = None

    def judged_on(self, day: dt.date) -> dt.date:
        """This function will give the day at which the clocks of rhythm stand: while orders are silent, the eve."""
        return day if self.held_from is None else min(day, self.held_from - dt.timedelta(days=1))


# The prior in force on a day is the latest fitted by then; before the first there is only the first.
_POPULATION = """
SELECT prior.numbers::json, prior.is_default, prior.base_interval, rule.numbers::json, rule.version,
    (SELECT min(ordered_on) FROM trade_order WHERE organisation_id = %(home)s),
    (SELECT quiet_since FROM retention_feedhealth
     WHERE organisation_id = %(home)s AND feed = 'orders' AND accepted_at IS NULL)
FROM (SELECT 1) AS one
LEFT JOIN LATERAL (
    SELECT numbers, is_default, base_interval FROM retention_prior WHERE organisation_id = %(home)s
    ORDER BY fitted_on > %(day)s, CASE WHEN fitted_on <= %(day)s THEN fitted_on END DESC, fitted_on LIMIT 1
) prior ON true
LEFT JOIN LATERAL (
    SELECT numbers, version FROM retention_rhythmrule WHERE organisation_id = %(home)s AND effective_on <= %(day)s
    ORDER BY effective_on DESC, version DESC LIMIT 1
) rule ON true
"""


def population(organisation_id: int, day: dt.date) -> Population:
    """This function will tell what was known of the population on a day (one small query)."""
    with prepared(), connection.cursor() as cursor:
        cursor.execute(_POPULATION, {"home": organisation_id, "day": day})
        numbers, is_default, base_interval, constants, version, first, held = cursor.fetchone()
    rule = Rule(**{**constants, "version": version}) if version is not None else rhythm.DEFAULT_RULE
    if base_interval is None:
        return Population(rhythm.DEFAULT_PRIOR, True, rule.usual, rule, first, held)
    prior = rhythm.Prior(**numbers) if numbers else rhythm.DEFAULT_PRIOR
    return Population(prior, is_default, base_interval, rule, first, held)


def beat_of(row: Rhythm) -> Beat:
    """This function will give a row's state in the rule's own terms."""
    return Beat(
        n=row.orders,
        first_on=row.first_on,
        last_on=row.last_on,
        weight=row.weight,
        log_sum=row.sum1,
        log_squares=row.sum2,
        amount=row.ltv,
        usual=rhythm.DEFAULT_RULE.usual if row.base_interval is None else row.base_interval,
        returned=row.returned,
    )


def label(interval_days: float, lang: str) -> str:
    """This function will say an interval in words: «раз в 3 месяца»."""
    return rhythm_words.label(interval_days, "en" if lang == "en" else "ru")


def label_of(row: Rhythm, lang: str) -> str:
    """This function will say how often a client buys; '' while his own rhythm is not known."""
    return label(row.interval_days, lang) if row.interval_days is not None and row.orders > 1 else ""


def sentence_of(row: Rhythm, today: dt.date, known: Population, lang: str, *, client: str = "") -> str:
    """This function will say why a client has his status today; `lang` is 'ru' or 'en'."""
    return rhythm_words.sentence(
        beat_of(row), known.judged_on(today), known.prior, known.rule, "en" if lang == "en" else "ru",
        client=client, history_from=known.history_from,
    )  # fmt: skip


def short_sentence(seen: Explanation, lang: str) -> str:
    """This function will say in one sentence why a late client needs a call; his own page tells the whole story."""
    tongue: rhythm_words.Lang = "en" if lang == "en" else "ru"
    last_on = seen.as_of - dt.timedelta(days=seen.silent)
    said = {
        "pace": rhythm_words.label(seen.interval, tongue),
        "silence": rhythm_words.count(seen.silent, "day", tongue),
        "last": show_day(last_on) if last_on.year == seen.as_of.year else show_day_year(last_on),
        "due": show_day(seen.stamps.expected_on),
        "share": show_percent(min(0.99, max(0.01, 1 - seen.longer))),
    }
    if seen.beat.n == 1:
        return _("One order so far, on %(last)s; such clients order again %(pace)s. Silent for %(silence)s.") % said
    if seen.status is rhythm.Status.OVERDUE:
        return _("Orders %(pace)s; an order was due by %(due)s, silent for %(silence)s.") % said
    if seen.status is rhythm.Status.SLIPPING:
        return _("Orders %(pace)s; silent for %(silence)s, longer than %(share)s of the usual pauses.") % said
    return _("Used to order %(pace)s and has stopped: the last order was on %(last)s.") % said


@dataclass(frozen=True)
class AtRisk:
    """
    A client who may go, as Today wants him. Money is a year's: `worth` he brings at his own pace, `stake` = `risk` ×
    worth. `risk` is the chance (0..1) of no order within `horizon_days`. `deadline_on` is the day on which he becomes
    slipping, or lost; it lies behind for one who is lost.
    """

    client_id: int
    name: str
    owner_id: int | None
    status: str
    since: dt.date
    orders: int
    last_on: dt.date
    interval_days: float
    expected_on: dt.date
    slipping_on: dt.date
    lost_on: dt.date
    silent_days: int
    silence_ratio: float
    risk: float
    horizon_days: float
    worth: Decimal
    stake: Decimal
    deadline_on: dt.date
    days_left: int
    sentence: str


def at_risk(viewer: Viewer, today: dt.date, limit: int = 50, *, own: bool = False) -> list[AtRisk]:
    """
    This function will list clients within reach who are overdue, slipping or recently lost, most money at stake first.

    `own` keeps the viewer's own clients only. Chances are reckoned now, for the most valuable CANDIDATES; four queries.
    """
    late = Q(status__in=[Status.OVERDUE, Status.SLIPPING]) | Q(
        status=Status.LOST, lost_on__gt=today - dt.timedelta(days=LOST_RECENTLY_DAYS)
    )
    rows = Rhythm.objects.visible_to(viewer, "see", "retention").filter(late, client__archived_at=None)
    within = None if own else few_within_reach(viewer)
    if own:
        rows = rows.filter(client__owner_id=viewer.employee_id)
    elif within is not None:
        rows = rows.filter(client_id__among=within)
    candidates = list(rows.select_related("client").order_by("-annual_worth", "client_id")[:CANDIDATES])
    if not candidates:
        return []
    known = population(viewer.organisation_id, today)
    weighed = []
    for row in candidates:
        seen = rhythm.explain(beat_of(row), known.judged_on(today), known.prior, known.rule)
        if seen is not None:
            weighed.append((seen.stake, row, seen))
    weighed.sort(key=lambda item: (-item[0], item[1].client_id))
    return [_as_risk(row, seen, today, viewer.language) for _, row, seen in weighed[:limit]]


def _as_risk(row: Rhythm, seen: Explanation, today: dt.date, lang: str) -> AtRisk:
    due = seen.stamps
    begins = {"overdue": due.expected_on, "slipping": due.slipping_on, "lost": due.lost_on}
    deadline = due.slipping_on if seen.status is rhythm.Status.OVERDUE else due.lost_on
    assert row.last_on is not None  # a client without orders is never late
    return AtRisk(
        client_id=row.client_id,
        name=row.client.name,
        owner_id=row.client.owner_id,
        status=str(seen.status),
        since=begins.get(str(seen.status), row.status_since or row.last_on),
        orders=row.orders,
        last_on=row.last_on,
        interval_days=seen.interval,
        expected_on=due.expected_on,
        slipping_on=due.slipping_on,
        lost_on=due.lost_on,
        silent_days=seen.silent,
        silence_ratio=seen.silence_ratio,
        risk=seen.risk,
        horizon_days=seen.horizon,
        worth=row.annual_worth,
        stake=Decimal(str(round(seen.stake, 2))),
        deadline_on=deadline,
        days_left=(deadline - today).days,
        sentence=short_sentence(seen, lang),
    )


@composed
def rhythms(viewer: Viewer, *, ids: list[int]) -> QuerySet[Rhythm]:
    """This function will read the rows of these clients that are within reach."""
    return Rhythm.objects.visible_to(viewer).filter(client_id__among=ids)


def strips(client_ids: Sequence[int], viewer: Viewer, today: dt.date, *, told: bool = True) -> dict[int, Strip]:
    """
    This function will draw the inline rhythm strip of each client within reach: three queries for any number of them.

    Two years of order days, at most STRIP_DOTS of the latest. Where the list says the sentence beside the strip,
    `told` is False: the strip has none, and two queries less are asked.
    """
    drawn = strips_of(rhythms(viewer, ids=list(client_ids)), viewer, today, told=told)
    return {client_id: drawn[client_id] for client_id in client_ids if client_id in drawn}


def strips_of(rows: Sequence[Rhythm], viewer: Viewer, today: dt.date, *, told: bool = True) -> dict[int, Strip]:
    """This function will draw the strips of rows that are already read (and visible)."""
    known = population(viewer.organisation_id, today)
    dots = _dots([row.client_id for row in rows if row.orders], viewer.organisation_id, today)
    return {
        row.client_id: strip_of(
            row, dots[row.client_id], today, known, sentence_of(row, today, known, viewer.language) if told else ""
        )
        for row in rows
    }


def strip_of(
    row: Rhythm,
    dots: tuple[tuple[dt.date, Decimal], ...],
    today: dt.date,
    known: Population,
    sentence: str,
    *,
    longest_days: int = STRIP_DAYS,
) -> Strip:
    """This function will draw one client's strip from his row, his order days, and what is said of him."""
    start, end = axis([day for day, _ in dots], today, row.lost_on, longest_days=longest_days)
    return Strip(
        start=start,
        end=end,
        dots=dots,
        expected=(row.expected_on, row.slipping_on) if row.expected_on and row.slipping_on else None,
        slipping_on=row.slipping_on,
        lost_on=row.lost_on,
        today=today,
        tone=str(rhythm.status(beat_of(row), known.judged_on(today), known.rule)),
        sentence=sentence,
    )


_DOTS = """
SELECT c.client_id, d.ordered_on, d.amount
FROM unnest(%s::bigint[]) AS c (client_id), LATERAL (
    SELECT ordered_on, sum(amount) AS amount FROM trade_order
    WHERE organisation_id = %s AND client_id = c.client_id AND cancelled_at IS NULL AND kind = 'order'
      AND ordered_on > %s AND ordered_on <= %s
    GROUP BY ordered_on ORDER BY ordered_on DESC LIMIT %s
) d ORDER BY 1, 2
"""


def _dots(
    client_ids: list[int], organisation_id: int, today: dt.date, days: int = STRIP_DAYS, most: int = STRIP_DOTS
) -> dict[int, tuple[tuple[dt.date, Decimal], ...]]:
    found: dict[int, list[tuple[dt.date, Decimal]]] = defaultdict(list)
    if client_ids:
        with prepared(), connection.cursor() as cursor:
            cursor.execute(_DOTS, [client_ids, organisation_id, today - dt.timedelta(days=days), today, most])
            for client_id, day, amount in cursor.fetchall():
                found[client_id].append((day, amount))
    return defaultdict(tuple, {client_id: tuple(dots) for client_id, dots in found.items()})


@dataclass(frozen=True)
class Retold:
    """
    One client on one date, told from what was known then: every number (None before his first order), the sentence,
    the strip, and the order days (day, amount) that were used.
    """

    on: dt.date
    known: Population
    explanation: Explanation | None
    sentence: str
    strip: Strip
    order_days: tuple[tuple[dt.date, Decimal], ...]
    returns: Decimal


def explain(client_id: int, viewer: Viewer, on: dt.date) -> Retold | None:
    """
    This function will retell a client's rhythm on any date from his order days up to it and the prior in force then.

    None when the client is not within reach.
    """
    if not Rhythm.objects.visible_to(viewer).filter(client_id=client_id).exists():
        return None
    organisation_id = viewer.organisation_id
    known = population(organisation_id, on)
    orders = Order.objects.filter(
        organisation_id=organisation_id, client_id=client_id, cancelled_at=None, ordered_on__lte=on
    )
    days = tuple(
        orders.filter(kind=Order.Kind.ORDER)
        .values_list("ordered_on")
        .annotate(amount=Sum("amount"))
        .order_by("ordered_on")
    )
    returns = orders.filter(kind=Order.Kind.RETURN).aggregate(sum=Sum("amount"))["sum"] or Decimal(0)
    beat = replay(days, returns, usuals(organisation_id), known.rule)
    lang: rhythm_words.Lang = "en" if viewer.language == "en" else "ru"
    # An order may have come that the hold has not heard of yet.
    judged = max(known.judged_on(on), days[-1][0]) if days else on
    seen = rhythm.explain(beat, judged, known.prior, known.rule)
    said = rhythm_words.sentence(beat, judged, known.prior, known.rule, lang, history_from=known.history_from)
    if seen is None and returns:
        said = rhythm_words.tell_nothing(lang, returns_only=True)
    due = seen.stamps if seen else None
    start, end = axis([day for day, _ in days], on, due.lost_on if due else None)
    strip = Strip(
        start=start,
        end=end,
        dots=days,
        expected=(due.expected_on, due.slipping_on) if due else None,
        slipping_on=due.slipping_on if due else None,
        lost_on=due.lost_on if due else None,
        today=on,
        tone=str(seen.status if seen else rhythm.Status.PROSPECT),
        sentence=said,
    )
    return Retold(on, known, seen, said, strip, days, returns)


def usuals(organisation_id: int) -> list[tuple[dt.date, float]]:
    """This function will list G0 in days by the first day of the month it is valid from, oldest first."""
    rows = Prior.objects.filter(organisation_id=organisation_id).order_by("fitted_on")
    return list(rows.values_list("fitted_on", "base_interval"))


def replay(
    days: Iterable[tuple[dt.date, Decimal]], returns: Decimal, by_month: list[tuple[dt.date, float]], rule: Rule
) -> Beat:
    """This function will give the state after these order days (ascending), with G0 as known in each one's month."""
    beat = rhythm.NO_ORDERS
    months = iter([*by_month, (dt.date.max, rule.usual)])
    usual, (begins, following) = rule.usual, next(months)
    for day, amount in days:
        while day >= begins:
            usual, (begins, following) = following, next(months)
        beat = rhythm.observe(beat, day, amount, usual=usual, rule=rule)
    return rhythm.refund(beat, -returns)


def names_of(employee_ids: Iterable[int], viewer: Viewer) -> dict[int, str]:
    """This function will give the employees' names by id."""
    people = Employee.objects.filter(organisation_id=viewer.organisation_id, pk__in=list(employee_ids))
    return dict(people.values_list("pk", "name"))


def sellers(viewer: Viewer, limit: int) -> list[tuple[int, str]]:
    """This function will list the people at work, by name, at most `limit`."""
    people = Employee.objects.visible_to(viewer).filter(left_on=None).order_by("name")
    return list(people.values_list("pk", "name")[:limit])


def called(viewer: Viewer, name: str) -> tuple[int, ...]:
    """This function will give the ids of employees, former ones too, in whose name the text stands."""
    return tuple(Employee.objects.visible_to(viewer).filter(name__icontains=name).values_list("pk", flat=True))


def merged_history(client_id: int, viewer: Viewer, limit: int = 30) -> QuerySet[Transition]:
    """
    This function will list what clients who were merged into this one had passed through, newest first.

    Passages stay with the client who lived them; whoever sees the one he became may read them. 'Archived' is no news.
    """
    ids = merged_into(client_id)
    found = Transition.objects.filter(organisation_id=viewer.organisation_id, client_id__in=ids).exclude(became="")
    return found.select_related("client").order_by("-on", "-id")[:limit]


def class_history(client_id: int, viewer: Viewer, limit: int = 30) -> QuerySet[Transition]:
    """This function will list a client's passages from class to class, newest first."""
    return (
        Transition.objects.visible_to(viewer).filter(client_id=client_id, clock="rhythm").order_by("-on", "-id")[:limit]
    )
