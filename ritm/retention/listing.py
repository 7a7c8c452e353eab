"""What the retention room adds to the list of clients: columns and conditions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from decimal import Decimal, InvalidOperation
from html import escape
from typing import Any

from django.db.models import DateField, F, FloatField, Func, Q, QuerySet, Value
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ritm.clients.models import Client
from ritm.clients.sockets import COLUMNS, FILTERS, Column, Filter, plug
from ritm.kernel.calendar import local_date
from ritm.kernel.money import show_money
from ritm.kernel.stated import read_day
from ritm.retention import queries, zone_queries
from ritm.retention.models import Rhythm, Status
from ritm.shell import chips, drawn
from ritm.shell.writing import language, show_day_year
from ritm.staff.viewer import Viewer

Rows = dict[int, Rhythm]

# The columns of one page are asked one after another with the same ids and moment: they share one reading.
_page: ContextVar[tuple[object, Rows] | None] = ContextVar("retention_page", default=None)


def _rows(viewer: Viewer, ids: Sequence[int], now: dt.datetime) -> Rows:
    asked = (viewer.employee_id, tuple(ids), now)
    held = _page.get()
    if held is not None and held[0] == asked:
        return held[1]
    rows = {row.client_id: row for row in queries.rhythms(viewer, ids=list(ids))}
    _page.set((asked, rows))
    return rows


def _cells(of: Callable[[Rhythm, Viewer], Any]) -> Callable[[Viewer, Sequence[int], dt.datetime], dict[int, Any]]:
    def cells(viewer: Viewer, ids: Sequence[int], now: dt.datetime) -> dict[int, Any]:
        return {client_id: of(row, viewer) for client_id, row in _rows(viewer, ids, now).items()}

    return cells


def _strips(viewer: Viewer, ids: Sequence[int], now: dt.datetime) -> dict[int, Any]:
    rows = list(_rows(viewer, ids, now).values())
    return dict(queries.strips_of(rows, viewer, local_date(now, viewer.timezone)))


def _money(of: Callable[[Rhythm], Decimal]) -> Callable[[Rhythm, Viewer], Any]:
    return lambda row, viewer: {"amount": of(row), "currency": viewer.currency} if of(row) else None


def _zones(viewer: Viewer, ids: Sequence[int], now: dt.datetime) -> dict[int, Any]:
    return zone_queries.zones_of(ids, viewer)


def _draw_strip(client: Client, cell: Any, came_from: str) -> SafeString:
    return drawn.inline_strip(cell)


def _draw_status(client: Client, cell: Any, came_from: str) -> SafeString:
    return drawn.status_chip(cell)


def _draw_zone(client: Client, cell: Any, came_from: str) -> SafeString:
    return drawn.zone_chip(cell) if cell else SafeString("")


def _draw_text(client: Client, cell: Any, came_from: str) -> SafeString:
    return SafeString(escape(cell or ""))


def _draw_day(client: Client, cell: Any, came_from: str) -> SafeString:
    return SafeString(escape(show_day_year(cell)) if cell else "")


def _draw_money(client: Client, cell: Any, came_from: str) -> SafeString:
    return SafeString(escape(show_money(cell["amount"], cell["currency"], lang=language())) if cell else "")


for _order, _column in enumerate(
    (
        Column("rhythm", gettext_lazy("Rhythm"), "", _strips, on_phone=True, draw=_draw_strip),
        Column(
            "status", gettext_lazy("Class"), "", _cells(lambda row, viewer: row.status), on_phone=True,
            draw=_draw_status,
        ),
        Column("zone", gettext_lazy("Zone"), "", _zones, draw=_draw_zone),
        Column(
            "interval", gettext_lazy("Buys"), "",
            _cells(lambda row, viewer: queries.label_of(row, viewer.language)), default=False, draw=_draw_text,
        ),
        Column(
            "last_order", gettext_lazy("Last order"), "",
            _cells(lambda row, viewer: row.last_on), order_by="rhythm__last_on", nullable=True, draw=_draw_day,
        ),
        Column(
            "expected", gettext_lazy("Expected"), "",
            _cells(lambda row, viewer: row.expected_on), default=False, draw=_draw_day,
        ),
        Column(
            "worth", gettext_lazy("A year at his pace"), "",
            _cells(_money(lambda row: row.annual_worth)), order_by="-rhythm__annual_worth", align="end",
            total="rhythm__annual_worth", draw=_draw_money,
        ),
        Column(
            "year", gettext_lazy("12 months"), "",
            _cells(_money(lambda row: row.year_value)), align="end", total="rhythm__year_value", draw=_draw_money,
        ),
        Column(
            "ltv", gettext_lazy("LTV"), "",
            _cells(_money(lambda row: row.ltv)), order_by="-rhythm__ltv", align="end", default=False,
            total="rhythm__ltv", draw=_draw_money,
        ),
    )
):  # fmt: skip
    plug(COLUMNS, _column, order=40 + _order)


def _has_status(clients: QuerySet[Client], operator: str, values: Sequence[str]) -> QuerySet[Client]:
    known = set(Status.values)
    if not values or not set(values) <= known:
        raise ValueError(_("Choose a class."))
    asked = Q(rhythm__status__in=values)
    return clients.filter(~asked if operator == "not" else asked)


def _has_zone(clients: QuerySet[Client], operator: str, values: Sequence[str]) -> QuerySet[Client]:
    if not values or not set(values) <= set(chips.ZONES):
        raise ValueError(_("Choose a zone."))
    asked = Q(contact_clock__zone__in=values)
    return clients.filter(~asked if operator == "not" else asked)


def _amount(values: Sequence[str]) -> Decimal:
    try:
        amount = Decimal(values[0].replace("\u00a0", "").replace(" ", "").replace(",", "."))
    except (InvalidOperation, IndexError):
        raise ValueError(_("Write a number.")) from None
    # What no column of money holds is no amount either: NaN, infinity.
    if not amount.is_finite() or abs(amount) >= 10**14:
        raise ValueError(_("Write a number."))
    return amount


def _money_filter(path: str) -> Callable[[QuerySet[Client], str, Sequence[str]], QuerySet[Client]]:
    def apply(clients: QuerySet[Client], operator: str, values: Sequence[str]) -> QuerySet[Client]:
        return clients.filter(**{f"{path}__{'lt' if operator == 'less' else 'gte'}": _amount(values)})

    return apply


def _is_late(clients: QuerySet[Client], operator: str, values: Sequence[str]) -> QuerySet[Client]:
    """Silent for more than so many of his own intervals."""
    times = float(_amount(values))
    silent = Func(
        Value(timezone.localdate(), output_field=DateField()),
        F("rhythm__last_on"),
        template="(%(expressions)s)::float8",
        arg_joiner=" - ",
        output_field=FloatField(),
    )
    limit = F("rhythm__interval_days") * Value(times, output_field=FloatField())
    return (
        clients.filter(rhythm__last_on__isnull=False)
        .alias(silent_days=silent, limit=limit)
        .filter(silent_days__gt=F("limit"))
    )


def _last_order(clients: QuerySet[Client], operator: str, values: Sequence[str]) -> QuerySet[Client]:
    day = read_day(values[0]) if values else None
    if day is None:
        raise ValueError(_("Write a date."))
    return clients.filter(**{f"rhythm__last_on__{'gte' if operator == 'after' else 'lt'}": day})


for _order, _filter in enumerate(
    (
        Filter(
            "status", gettext_lazy("Class"), "choice",
            (("is", gettext_lazy("is one of")), ("not", gettext_lazy("is none of"))),
            _has_status, choices=lambda viewer: [(key, chip.word) for key, chip in chips.STATUSES.items()],
        ),
        Filter(
            "zone",
            gettext_lazy("Zone"),
            "choice",
            (("is", gettext_lazy("is one of")), ("not", gettext_lazy("is none of"))),
            _has_zone,
            choices=lambda viewer: [(key, chip.word) for key, chip in chips.ZONES.items()],
        ),
        Filter(
            "late", gettext_lazy("Silent"), "number", (("more", gettext_lazy("for more than")),), _is_late,
            unit=gettext_lazy("of his intervals"),
        ),
        Filter(
            "worth", gettext_lazy("A year at his pace"), "number",
            (("more", gettext_lazy("at least")), ("less", gettext_lazy("less than"))),
            _money_filter("rhythm__annual_worth"), unit="₽",
        ),
        Filter(
            "ltv", gettext_lazy("LTV"), "number",
            (("more", gettext_lazy("at least")), ("less", gettext_lazy("less than"))), _money_filter("rhythm__ltv"),
            unit="₽",
        ),
        Filter(
            "last_order", gettext_lazy("Last order"), "date",
            (("before", gettext_lazy("earlier than")), ("after", gettext_lazy("not earlier than"))), _last_order,
        ),
    )
):  # fmt: skip
    plug(FILTERS, _filter, order=40 + _order)
