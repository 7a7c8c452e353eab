"""Questions about back-tests: what was tried, its numbers side by side, and the rows behind each of them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any, Literal, cast

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from ritm.kernel.calendar import add_months
from ritm.retention import queries, zone_queries
from ritm.retention.models import Backtest, BacktestCase
from ritm.retention.operations.rhythm_rule import TUNED
from ritm.retention.rules.rhythm import Rule
from ritm.shell.writing import show_number
from ritm.staff.viewer import Viewer

What = Literal["flags", "returned", "gone", "never", "open", "lost", "in_time", "missed"]

# The condition behind each number of the page.
WHAT: dict[What, Q] = {
    "flags": Q(flagged=True),
    "returned": Q(flagged=True, outcome="returned"),
    "gone": Q(flagged=True, outcome__in=["gone", "never"]),
    "never": Q(flagged=True, outcome="never"),
    "open": Q(flagged=True, outcome="open"),
    "lost": Q(lost=True),
    "in_time": Q(lost=True, in_time=True),
    "missed": Q(lost=True, in_time=False),
}
BY_LOSS = ("lost", "in_time", "missed")


@dataclass(frozen=True)
class Numbers:
    """
    What a rule did to everybody, to one seller's clients or in one month (docs/rules/backtest.md, section 3).

    Counts of silences; money a year; medians in days. None where nothing can be said.
    """

    flags: int = 0
    returned: int = 0
    gone: int = 0
    never: int = 0
    open: int = 0
    warning: float | None = None
    boundary: float | None = None
    lost: int = 0
    in_time: int = 0
    lost_worth: float = 0
    covered_worth: float = 0

    @property
    def judged(self) -> int:
        return self.flags - self.open

    @property
    def false_share(self) -> float | None:
        return self.returned / self.judged if self.judged else None

    @property
    def never_share(self) -> float | None:
        return self.never / self.judged if self.judged else None

    @property
    def covered(self) -> float | None:
        return self.covered_worth / self.lost_worth if self.lost_worth else None

    @property
    def missed(self) -> int:
        return self.lost - self.in_time


def numbers_of(found: dict[str, Any] | None) -> Numbers:
    """This function will read numbers as `Backtest.result` keeps them."""
    return Numbers(**{name: value for name, value in (found or {}).items() if name in Numbers.__dataclass_fields__})


@dataclass(frozen=True)
class Tried:
    """The result of one rule: its place, its words, and its numbers by whole, seller id (0: nobody) and month."""

    place: int
    words: str
    in_force: bool
    total: Numbers
    sellers: dict[int, Numbers]
    months: dict[str, Numbers]


def tried(row: Backtest) -> list[Tried]:
    """This function will give a finished back-test's rules with their numbers."""
    return [
        Tried(
            place,
            words_of(asked),
            asked["version"] is not None,
            numbers_of(found["total"]),
            {int(owner): numbers_of(one) for owner, one in found["sellers"].items()},
            {month: numbers_of(one) for month, one in found["months"].items()},
        )
        for place, (asked, found) in enumerate(zip(row.rules, (row.result or {})["rules"], strict=True))
    ]


def silences_of(row: Backtest) -> list[tuple[str, dt.date, dt.date | None]]:
    """This function will list the silences of feeds within a finished back-test's period: feed, first day, end."""
    return [
        (feed, dt.date.fromisoformat(since), dt.date.fromisoformat(until) if until else None)
        for feed, since, until in (row.result or {}).get("silences", ())
    ]


def words_of(asked: dict[str, Any]) -> str:
    """This function will say a tried rule in a few words."""
    numbers = asked["numbers"]
    if asked["clock"] == "rhythm":
        said = _("Rhythm: late by %(times)s of the interval and %(days)s days") % {
            "times": _plain(numbers["slipping_after"]),
            "days": _plain(numbers["grace"]),
        }
    elif numbers["flag"] == "yellow":
        said = _("Yellow zone after %(months)s months without contact") % {"months": numbers["yellow"]}
    else:
        said = _("Red zone after %(months)s months without contact") % {"months": numbers["red"]}
    return said if asked["version"] is not None else _("%(rule)s (draft)") % {"rule": said}


def _plain(number: float) -> str:
    return show_number(number, 0 if number == int(number) else 2 if number * 10 != int(number * 10) else 1)


def rhythm_rule(rule: Rule, *, draft: bool = False) -> dict[str, Any]:
    """This function will give the rhythm rule as a back-test asks for it."""
    numbers = {name: value for name, value in asdict(rule).items() if name != "version"}
    return {"clock": "rhythm", "numbers": numbers, "version": None if draft else rule.version}


def zone_rule(policy: zone_queries.InForce, *, flag: str = "red", draft: bool = False) -> dict[str, Any]:
    """This function will give the zones of a policy as a back-test asks for them; `flag` is 'red' or 'yellow'."""
    zones = policy.zones
    numbers = {"yellow": zones.yellow, "red": zones.red, "release": zones.release, "flag": flag}
    return {"clock": "zone", "numbers": numbers, "version": None if draft else zones.version}


def rules_in_force(
    viewer: Viewer, today: dt.date, unit_id: int | None = None, *, flag: str = "red"
) -> list[dict[str, Any]]:
    """This function will give the rhythm and the zones that hold today, side by side."""
    return [
        rhythm_rule(queries.rule_on(viewer.organisation_id, today)),
        zone_rule(zone_queries.policy_on(viewer.organisation_id, today, unit_id), flag=flag),
    ]


def usual_period(today: dt.date) -> tuple[dt.date, dt.date]:
    """This function will give the year that ended three months ago: what it asks is known by now."""
    until = add_months(today, -3)
    return add_months(until, -12) + dt.timedelta(days=1), until


def differs(rule: Rule, numbers: dict[str, float]) -> bool:
    """This function will say whether tuned numbers are not those of the rule."""
    return any(float(numbers[name]) != getattr(rule, name) for name in TUNED)


def backtests(viewer: Viewer) -> list[Backtest]:
    """This function will list the back-tests that are kept, newest first."""
    return list(Backtest.objects.visible_to(viewer).select_related("made_by", "unit").order_by("-pk"))


@dataclass(frozen=True)
class Rows:
    """
    Which rows of a back-test: of one rule, behind one number, of a seller (0: of nobody's) or a month 'YYYY-MM'.

    `after` is the (worth, id) of the last row before the page.
    """

    rule: int
    what: What = "flags"
    owner: int | None = None
    month: str = ""
    after: tuple[Decimal, int] | None = None


def rows(viewer: Viewer, row: Backtest, asked: Rows) -> QuerySet[BacktestCase]:
    """This function will give the rows behind a number, within the viewer's reach on clients, most money first."""
    found = BacktestCase.objects.visible_to(viewer).filter(WHAT[asked.what], backtest=row, rule=asked.rule)
    if asked.owner is not None:
        found = found.filter(owner_id=asked.owner or None)
    if asked.month:
        year, month = map(int, asked.month.split("-"))
        first = dt.date(year, month, 1)
        day = "gone_on" if asked.what in BY_LOSS else "flag_on"
        found = found.filter(**{f"{day}__gte": first, f"{day}__lt": add_months(first, 1)})
    if asked.after is not None:
        worth, pk = asked.after
        found = found.filter(Q(worth__lt=worth) | Q(worth=worth, pk__gt=pk))
    return cast("QuerySet[BacktestCase]", found.select_related("client").order_by("-worth", "pk"))


_LATE = """
SELECT r.status, CASE
    WHEN %(on)s >= r.last_on + ceil(%(lost_after)s * r.interval_days + %(lost_grace)s - 1e-9)::int THEN 'lost'
    WHEN %(on)s >= r.last_on + ceil(%(slipping_after)s * r.interval_days + %(grace)s - 1e-9)::int THEN 'slipping'
    ELSE 'overdue' END, count(*), COALESCE(sum(r.annual_worth), 0)
FROM retention_rhythm r JOIN clients_client c ON c.id = r.client_id
WHERE r.organisation_id = %(organisation)s AND c.organisation_id = %(organisation)s AND c.archived_at IS NULL
  AND r.last_on IS NOT NULL AND r.expected_on <= %(on)s
GROUP BY 1, 2
"""


@dataclass(frozen=True)
class Passed:
    """So many clients, with their yearly worth, would be `became` instead of `was`."""

    was: str
    became: str
    clients: int
    worth: Any


def preview(viewer: Viewer, numbers: dict[str, float], on: dt.date) -> list[Passed]:
    """This function will say who would have another class if these constants held on a day; nothing is written."""
    on = zone_queries.orders_known_until(viewer.organisation_id, on)
    with connection.cursor() as cursor:
        cursor.execute(_LATE, {"organisation": viewer.organisation_id, "on": on, **numbers})
        found = [Passed(*row) for row in cursor.fetchall()]
    return sorted((one for one in found if one.was != one.became), key=lambda one: -one.clients)


def months_of(some: Sequence[Tried]) -> list[str]:
    """This function will list every month that any of the rules has numbers for."""
    return sorted({month for one in some for month in one.months})
