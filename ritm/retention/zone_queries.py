"""Questions about contact zones: which policy holds for whom, who will turn, who moved where."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field, fields
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import Count, F, Max, Min, Q, QuerySet
from django.utils.translation import gettext as _

from ritm.clients.models import Client
from ritm.conversations.rules import meaning
from ritm.retention.models import Claim, ContactClock, FeedHealth, Sweep, ZonePolicy, ZoneWarning
from ritm.retention.rules.exchange import DEFAULT_TERMS, Drives, Terms
from ritm.retention.rules.feeds import Feed
from ritm.retention.rules.zones import DEFAULT_POLICY, Policy
from ritm.shell.progress import Progress
from ritm.shell.writing import show_percent
from ritm.staff.composed import composed
from ritm.staff.models import Employee, Unit
from ritm.staff.viewer import Viewer

DAY = dt.timedelta(days=1)


@dataclass(frozen=True)
class InForce:
    """
    Everything a policy says: zones, exchange, what counts as contact, and which clock drives the work.

    `unit_id` is None for the organisation's; version 0 is the shipped one.
    """

    zones: Policy = DEFAULT_POLICY
    exchange: Terms = DEFAULT_TERMS
    meaning: meaning.Rule = field(default_factory=lambda: meaning.DEFAULT_RULE)
    drives: Drives = "both"
    unit_id: int | None = None
    effective_on: dt.date | None = None

    def numbers(self) -> dict[str, Any]:
        """This function will give the policy as plain values, as `ZonePolicy.numbers` keeps it."""
        zones, counts = asdict(self.zones), asdict(self.meaning)
        return {
            **{name: value for name, value in zones.items() if name not in ("version", "only_exchange")},
            **asdict(self.exchange),
            **{name: value for name, value in counts.items() if name not in ("version", "results")},
            "warnings": list(self.zones.warnings),
            "drives": self.drives,
        }


def read_policy(row: ZonePolicy) -> InForce:
    """This function will read a stored policy; what it does not name is as shipped."""
    return policy_of(row.numbers, version=row.version, unit_id=row.unit_id, effective_on=row.effective_on)


def policy_of(numbers: dict[str, Any], *, version: int, unit_id: int | None, effective_on: dt.date | None) -> InForce:
    """This function will build a policy from plain values; ValueError when they contradict each other."""

    def part(kind: type) -> dict[str, Any]:
        return {f.name: numbers[f.name] for f in fields(kind) if f.name in numbers}

    drives: Drives = numbers.get("drives", "both")
    zones = part(Policy) | {"version": version, "only_exchange": drives == "rhythm"}
    if "warnings" in zones:
        zones["warnings"] = tuple(sorted(zones["warnings"], reverse=True))
    return InForce(
        Policy(**zones),
        Terms(**part(Terms)),
        meaning.Rule(**part(meaning.Rule) | {"version": version}),
        drives,
        unit_id,
        effective_on,
    )


def policies(organisation_id: int, day: dt.date) -> dict[int, InForce]:
    """This function will give the policies in force on a day by unit id; 0 is the organisation's own."""
    found = {0: InForce()}
    for row in _policies(organisation_id=organisation_id, day=day):
        found[row.unit_id or 0] = read_policy(row)
    return found


@composed
def _policies(*, organisation_id: int, day: dt.date) -> QuerySet[ZonePolicy]:
    rows = ZonePolicy.objects.filter(organisation_id=organisation_id, effective_on__lte=day, withdrawn_at=None)
    return rows.order_by("effective_on", "version")


def policy_on(organisation_id: int, day: dt.date, unit_id: int | None = None) -> InForce:
    """This function will give the policy that holds for a unit on a day: its own, or the nearest one above it."""
    found = policies(organisation_id, day)
    return _nearest(found, unit_id, _paths(organisation_id) if unit_id and len(found) > 1 else {})


def policies_by_unit(organisation_id: int, day: dt.date, instead: InForce | None = None) -> list[dict[str, Any]]:
    """
    This function will list, for every unit and for clients without one (0), the zones in force: ready for SQL.

    `instead` is tried in place of the stored policy of its unit, for a preview.
    """
    found = policies(organisation_id, day)
    if instead is not None:
        found[instead.unit_id or 0] = instead
    paths = _paths(organisation_id)
    listed = []
    for unit_id in (None, *paths):
        policy = _nearest(found, unit_id, paths)
        terms = {"masked": policy.exchange.masked, "obligation_days": policy.exchange.obligation_days}
        listed.append({"unit_id": unit_id or 0, **asdict(policy.zones), **terms})
    return listed


@dataclass(frozen=True)
class Driving:
    """Which clock drives the work on a unit's clients (None: clients without a unit)."""

    found: dict[int, InForce]
    paths: dict[int, str]

    def __call__(self, unit_id: int | None) -> Drives:
        return _nearest(self.found, unit_id, self.paths).drives

    @property
    def alike(self) -> bool:
        """This property is true when it is the same clock everywhere."""
        return len({policy.drives for policy in self.found.values()}) == 1


def driving(organisation_id: int, day: dt.date) -> Driving:
    """This function will tell which clock drives the work, unit by unit."""
    found = policies(organisation_id, day)
    return Driving(found, _paths(organisation_id) if len(found) > 1 else {})


def _paths(organisation_id: int) -> dict[int, str]:
    return dict(Unit.objects.filter(organisation_id=organisation_id).values_list("pk", "path"))


def _nearest(found: dict[int, InForce], unit_id: int | None, paths: dict[int, str]) -> InForce:
    above = [int(part) for part in paths.get(unit_id or 0, "").split("/") if part]
    return next((found[unit] for unit in reversed(above) if unit in found), found[0])


def meaning_in_force(organisation_id: int, at: dt.datetime) -> meaning.Rule:
    """This function will give the rule of what counts as contact (conversations.RULES)."""
    return policy_on(organisation_id, at.date()).meaning


@composed
def quiet_feeds(viewer: Viewer) -> QuerySet[FeedHealth]:
    """This function will list the sources of contact that are quiet beyond their norm and hold zones or classes."""
    return FeedHealth.objects.holding().visible_to(viewer).order_by("quiet_since", "feed")


def believed_silences(viewer: Viewer) -> list[tuple[FeedHealth, str]]:
    """This function will list the feeds that are quiet and hold nothing, as somebody said so, with his name."""
    rows = list(FeedHealth.objects.visible_to(viewer).filter(quiet_since__isnull=False, accepted_at__isnull=False))
    people = Employee.objects.in_bulk({row.accepted_by_id for row in rows if row.accepted_by_id})
    return [(row, str(people.get(row.accepted_by_id or 0, ""))) for row in rows]


def holds(organisation_id: int) -> dict[str, dt.date]:
    """This function will give the feeds that hold worse zones or classes, with the first day of their hold."""
    rows = FeedHealth.objects.holding().filter(organisation_id=organisation_id)
    return {row.feed: row.quiet_since for row in rows if row.quiet_since is not None}


def orders_known_until(organisation_id: int, day: dt.date) -> dt.date:
    """This function will give the day at which the rhythm stands: `day`, or the eve of the hold by silent orders."""
    since = holds(organisation_id).get(Feed.ORDERS)
    return day if since is None else min(day, since - DAY)


@dataclass(frozen=True)
class Silence:
    """What the note above a page says: the feeds that hold something, and whether the viewer may say they are quiet."""

    feeds: list[FeedHealth]
    may_accept: bool


def silence(viewer: Viewer) -> Silence:
    """This function will give what `retention/_silence.html` shows; one query."""
    return Silence(quiet_feeds(viewer), viewer.may("retention", "tune"))


def clocks(client_ids: Sequence[int], viewer: Viewer) -> dict[int, ContactClock]:
    """This function will give the contact clock of each client within reach."""
    return {row.client_id: row for row in _clocks(viewer, ids=list(client_ids))}


@composed
def _clocks(viewer: Viewer, *, ids: list[int]) -> QuerySet[ContactClock]:
    return ContactClock.objects.visible_to(viewer).filter(client_id__among=ids)


def zones_of(client_ids: Sequence[int], viewer: Viewer) -> dict[int, str]:
    """This function will give the zone of each client within reach ('' is not contacted yet)."""
    return dict(_zones(viewer, ids=list(client_ids)))


@composed
def _zones(viewer: Viewer, *, ids: list[int]) -> QuerySet[Any]:
    return ContactClock.objects.visible_to(viewer).filter(client_id__among=ids).values_list("client_id", "zone")


def zone_counts(viewer: Viewer, employee_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """This function will count each employee's clients by zone ('' is not contacted yet): the slim bars."""
    rows = (
        ContactClock.objects.visible_to(viewer)
        .filter(client__owner_id__in=employee_ids, client__archived_at=None)
        .values_list("client__owner_id", "zone")
        .annotate(n=Count("client_id"))
    )
    found: dict[int, dict[str, int]] = defaultdict(dict)
    for owner_id, zone, count in rows:
        found[owner_id][zone] = count
    return dict(found)


class Warned(NamedTuple):
    """A warning that stands: the boundary ahead, how many days before it was given, and the last contact's day."""

    client_id: int
    boundary: str
    boundary_on: dt.date
    days: int
    contact_on: dt.date | None


def standing_warnings(viewer: Viewer, employee_ids: Sequence[int], today: dt.date) -> list[Warned]:
    """
    This function will list the warnings that still stand for these employees' clients, the nearest boundary first.

    One per client: the latest given. A client who was contacted since has another boundary and is left out.
    """
    rows = _warned(viewer, tuple(employee_ids), day=today)
    return sorted((Warned(*row) for row in rows), key=lambda row: (row.boundary_on, row.client_id))


@composed(plan_kept=False)
def _warned(viewer: Viewer, employee_ids: tuple[int, ...], *, day: dt.date) -> QuerySet[Any]:
    return (
        _standing(ZoneWarning.objects.visible_to(viewer), day)
        .filter(client__owner_id__in=employee_ids, client__archived_at=None)
        .order_by("client_id", "days")
        .distinct("client_id")
        .values_list("client_id", "boundary", "boundary_on", "days", _clock("contact_on"))
    )


def warned_among(client_ids: Sequence[int], today: dt.date) -> QuerySet[ZoneWarning]:
    """This function will give the warnings of these clients that still stand, for who sees them already."""
    return _standing(ZoneWarning.objects.filter(client_id__among=client_ids), today)


def _standing(rows: QuerySet[ZoneWarning], today: dt.date) -> QuerySet[ZoneWarning]:
    """Those whose boundary is ahead and still the clock's: a contact since has moved it."""
    return rows.filter(boundary_on__gt=today).filter(
        Q(boundary="yellow", boundary_on=_clock("yellow_on"))
        | Q(boundary="red", boundary_on=_clock("red_on"))
        | Q(boundary="exchange", boundary_on=_clock("release_on"))
    )


def _clock(name: str) -> Any:
    return F(f"client__contact_clock__{name}")


def obligations(viewer: Viewer, employee_ids: Sequence[int]) -> list[Claim]:
    """This function will list the open claims of these employees, the nearest last day first."""
    return _obligations(viewer, tuple(employee_ids))


@composed(plan_kept=False)
def _obligations(viewer: Viewer, employee_ids: tuple[int, ...]) -> QuerySet[Claim]:
    rows = Claim.objects.visible_to(viewer).filter(employee_id__in=employee_ids, client__archived_at=None)
    return rows.filter(met_on=None, returned_on=None).order_by("obliged_until", "client_id")


def red_clients(viewer: Viewer, employee_ids: Sequence[int]) -> list[tuple[int, dt.date | None, dt.date | None]]:
    """
    This function will list these employees' red clients, the longest silent first: (client, last contact, the day on
    which the exchange takes him).
    """
    return list(_red(viewer, tuple(employee_ids)))


@composed(plan_kept=False)
def _red(viewer: Viewer, employee_ids: tuple[int, ...]) -> QuerySet[Any]:
    rows = ContactClock.objects.visible_to(viewer).filter(client__owner_id__in=employee_ids, client__archived_at=None)
    return (
        rows.filter(zone="red").order_by("contact_on", "client_id").values_list("client_id", "contact_on", "release_on")
    )


@dataclass(frozen=True)
class OnExchange:
    """A client of the exchange as the list shows him: since when, why and by which rule, and whose he was."""

    client_id: int
    name: str
    released_at: dt.datetime
    why: str
    rule: str
    last_owner_id: int | None
    last_owner: str
    worth: Decimal
    status: str
    last_on: dt.date | None
    contact_on: dt.date | None


@dataclass(frozen=True)
class ExchangeAsked:
    """
    What somebody wants to see of the exchange; `after` is the (worth, id) of the last row before the page.

    `owners`: whose the clients were last (None: whosever).
    """

    text: str = ""
    rule: str = ""
    owners: tuple[int, ...] | None = None
    worth: Decimal | None = None
    after: tuple[Decimal, int] | None = None


def place_by_worth(text: str) -> tuple[Decimal, int] | None:
    """This function will read '12500.00_42', a place in a list by money; anything else is no place."""
    worth, _sep, pk = text.partition("_")
    known = re.fullmatch(r"\d{1,14}(\.\d{1,2})?", worth, re.ASCII) and re.fullmatch(r"\d{1,18}", pk, re.ASCII)
    return (Decimal(worth), int(pk)) if known else None


RULES = ("zones.release", "exchange.obligation")

_EXCHANGE = """
SELECT c.id, c.name, c.released_at, COALESCE(t.ended_why, ''), COALESCE(t.ended_rule, ''), t.owner_id,
    COALESCE(e.name, ''), r.annual_worth, r.status, r.last_on, k.contact_on
FROM retention_rhythm r
JOIN clients_client c ON c.id = r.client_id
JOIN retention_contactclock k ON k.client_id = r.client_id
{last} LEFT JOIN staff_employee e ON e.id = t.owner_id
WHERE r.organisation_id = %(organisation)s AND c.organisation_id = %(organisation)s
  AND c.released_at IS NOT NULL AND c.archived_at IS NULL {which}
ORDER BY r.annual_worth DESC, r.client_id LIMIT %(limit)s
"""
# Whose he was is looked up for whom the page shows; asked for, it is where PostgreSQL may begin.
_LAST_SHOWN = """LEFT JOIN LATERAL (
    SELECT owner_id, ended_why, ended_rule FROM clients_tenure
    WHERE client_id = c.id ORDER BY span DESC LIMIT 1
) t ON true"""
_LAST_ASKED = """JOIN clients_tenure t ON t.organisation_id = %(organisation)s AND t.client_id = c.id AND NOT EXISTS (
    SELECT FROM clients_tenure later WHERE later.client_id = t.client_id AND later.span > t.span
)"""
# Each is said only when it narrows.
_CONDITIONS = {
    # The index knows `search`, which holds the name in lower case, and the telephones besides.
    "text": "AND c.search LIKE lower(%(like)s) AND c.name ILIKE %(like)s",
    "rule": "AND t.ended_rule = %(rule)s",
    "owners": "AND t.owner_id = ANY(%(owners)s)",
    "worth": "AND r.annual_worth >= %(worth)s",
    "after": "AND (-r.annual_worth, r.client_id) > (-%(last)s::numeric, %(last_id)s)",
}


def on_exchange(viewer: Viewer, asked: ExchangeAsked, limit: int = 50) -> list[OnExchange]:
    """This function will list clients of the exchange, the most valuable first; nobody who may not see it sees any."""
    if not viewer.may("exchange", "see"):
        return []
    words: dict[str, Any] = {
        "organisation": viewer.organisation_id,
        "like": "%" + asked.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%",
        "rule": asked.rule,
        "owners": list(asked.owners or ()),
        "worth": asked.worth,
        "last": asked.after[0] if asked.after else None,
        "last_id": asked.after[1] if asked.after else 0,
        "limit": limit,
    }
    said = [name for name in _CONDITIONS if getattr(asked, name) not in ("", None)]
    last = _LAST_ASKED if {"rule", "owners"} & set(said) else _LAST_SHOWN
    with connection.cursor() as cursor:
        cursor.execute(_EXCHANGE.format(last=last, which=" ".join(_CONDITIONS[name] for name in said)), words)
        return [OnExchange(*row) for row in cursor.fetchall()]


# A page of the exchange is read for as long before somebody presses the button.
JUST_NOW = dt.timedelta(hours=1)


def claimable(viewer: Viewer, now: dt.datetime) -> QuerySet[Client]:
    """
    This function will give the clients that the viewer may try to take from the exchange.

    Those whom somebody took within the last hour are among them: they are out of sight already, and the claim's
    refusal says who has them.
    """
    lately = Claim.objects.filter(organisation_id=viewer.organisation_id, claimed_at__gt=now - JUST_NOW)
    taken = Client.objects.filter(organisation_id=viewer.organisation_id, pk__in=lately.values("client_id"))
    return Client.objects.visible_to(viewer, "claim", "exchange") | taken


# A boundary has come by a day for whoever was last contacted on a certain day or before: one comparison of dates a
# client instead of calendar months added to each. Only who is excused has boundaries of his own. Who lives by a quiet
# feed is judged as on the eve of its hold, as `operations.zones.settle` judges him.
_PREVIEW = """
WITH said AS (
    SELECT * FROM jsonb_to_recordset(%(policies)s::jsonb) AS p (
        unit_id bigint, yellow int, red int, release int, releases boolean)
), pol AS (
    SELECT said.*, known.on AS known_on, d.* FROM said CROSS JOIN unnest(%(days)s::date[]) AS known ("on")
    CROSS JOIN LATERAL (
        SELECT max(day) FILTER (WHERE (day + make_interval(months => yellow))::date <= known.on) AS yellow_by,
            max(day) FILTER (WHERE (day + make_interval(months => red))::date <= known.on) AS red_by,
            max(day) FILTER (WHERE (day + make_interval(months => release))::date <= known.on) AS release_by
        FROM unnest(ARRAY[yellow, red, release]) AS months,
            -- 31 January, 30, 29 and 28 January all come to 28 February.
            LATERAL (SELECT (known.on - make_interval(months => months))::date + n AS day
                     FROM generate_series(0, 3) n) days
    ) d
), judged AS (
    SELECT k.zone, c.owner_id,
        CASE WHEN k.excused_on IS NULL THEN
            CASE WHEN p.releases AND k.obliged_until IS NULL AND k.contact_on <= p.release_by THEN 'exchange'
                 WHEN k.contact_on <= p.red_by THEN 'red'
                 WHEN k.contact_on <= p.yellow_by THEN 'yellow' ELSE 'green' END
        ELSE (
            SELECT CASE WHEN p.releases AND k.obliged_until IS NULL AND p.known_on >= b.release_on THEN 'exchange'
                        WHEN p.known_on >= b.red_on THEN 'red' WHEN p.known_on >= b.yellow_on THEN 'yellow'
                        ELSE 'green' END
            FROM (
                SELECT
                    CASE WHEN y BETWEEN k.excused_on AND k.excused_until THEN k.excused_until + 1 ELSE y END yellow_on,
                    CASE WHEN r BETWEEN k.excused_on AND k.excused_until THEN k.excused_until + 1 ELSE r END red_on,
                    CASE WHEN x BETWEEN k.excused_on AND k.excused_until THEN k.excused_until + 1 ELSE x END release_on
                FROM (SELECT (k.contact_on + make_interval(months => p.yellow))::date AS y,
                        (k.contact_on + make_interval(months => p.red))::date AS r,
                        (k.contact_on + make_interval(months => p.release))::date AS x) own
            ) b
        ) END AS became
    FROM retention_contactclock k
    JOIN clients_client c ON c.id = k.client_id
    {joins}
    JOIN pol p ON p.unit_id = COALESCE(c.unit_id, 0) AND p.known_on = {known}
    WHERE k.organisation_id = %(organisation)s AND c.organisation_id = %(organisation)s
      AND k.zone NOT IN ('', 'exchange') AND k.contact_on IS NOT NULL AND c.archived_at IS NULL
)
SELECT owner_id, zone, became, count(*) FROM judged WHERE became <> zone GROUP BY 1, 2, 3
"""
# Who lives by a feed: read only while that feed is quiet.
_LIVES_BY = {
    Feed.ORDERS: """LEFT JOIN (SELECT client_id FROM retention_rhythm
        WHERE organisation_id = %(organisation)s AND last_on IS NOT NULL) orders ON orders.client_id = k.client_id""",
    Feed.CALLS: """LEFT JOIN (SELECT DISTINCT client_id FROM conversations_interaction
        WHERE organisation_id = %(organisation)s AND meaningful AND kind = 'call'
        ) calls ON calls.client_id = k.client_id""",
    Feed.LETTERS: """LEFT JOIN (SELECT DISTINCT client_id FROM conversations_interaction
        WHERE organisation_id = %(organisation)s AND meaningful AND kind IN ('letter', 'message')
        ) letters ON letters.client_id = k.client_id""",
}


@dataclass(frozen=True)
class Turn:
    """So many of one owner's clients (None: nobody's) would pass from `was` to `became`."""

    owner_id: int | None
    was: str
    became: str
    clients: int


def preview(viewer: Viewer, instead: InForce, on: dt.date) -> list[Turn]:
    """
    This function will say whose clients would pass where if a policy held on a day; the whole base in one statement.

    Compared with the zones as they stand now. Feeds that are quiet hold their clients as they do now, for nobody knows
    when they will speak (docs/rules/feeds.md). Nothing is written.
    """
    asked: dict[str, Any] = {
        "organisation": viewer.organisation_id,
        "policies": json.dumps(policies_by_unit(viewer.organisation_id, on, instead)),
        "on": on,
    }
    eves = {Feed(feed): min(on, since - DAY) for feed, since in holds(viewer.organisation_id).items()}
    known = ["%(on)s::date", *(f"CASE WHEN {feed}.client_id IS NOT NULL THEN %({feed})s::date END" for feed in eves)]
    statement = _PREVIEW.format(
        joins=" ".join(_LIVES_BY[feed] for feed in eves), known=f"LEAST({', '.join(known)})" if eves else known[0]
    )
    asked |= {"days": sorted({on, *eves.values()}), **{str(feed): day for feed, day in eves.items()}}
    with connection.cursor() as cursor:
        cursor.execute(statement, asked)
        turns = [Turn(*row) for row in cursor.fetchall()]
    return sorted(turns, key=lambda turn: (-turn.clients, turn.owner_id or 0))


def sweeping(viewer: Viewer, today: dt.date) -> Progress | None:
    """This function will tell how far the clock has come with a policy that has begun to hold; None when it is done."""
    row = Sweep.objects.visible_to(viewer).filter(due_on__lte=today).order_by("due_on", "pk").first()
    if row is None:
        return None
    # By where it stands among the ids: nothing is counted.
    ends = ContactClock.objects.filter(organisation_id=viewer.organisation_id).aggregate(
        first=Min("client_id"), last=Max("client_id")
    )
    first, last = ends["first"] or 0, ends["last"] or 0
    share = max(0, row.after_id - first) / max(1, last - first)
    words = _("The policy reaches the clients: %(share)s") % {"share": show_percent(share)}
    return Progress(share, words)


def policy_history(viewer: Viewer) -> list[ZonePolicy]:
    """This function will list the versions of all policies, newest first, with who made them."""
    rows = ZonePolicy.objects.visible_to(viewer).select_related("unit", "created_by")
    return list(rows.order_by("-version")[:50])
