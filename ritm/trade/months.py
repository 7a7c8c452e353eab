"""Orders by month, beside the same months a year before: a wholesaler's year has seasons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Case, F, Sum, When
from django.db.models.functions import TruncMonth

from ritm.staff.viewer import Viewer
from ritm.trade.models import Order

MONTHS = 12


@dataclass(frozen=True)
class Month:
    """A month's first and last day and what was bought in it, less returns; and so a year before."""

    first: dt.date
    last: dt.date
    total: Decimal
    year_before: Decimal


def by_month(viewer: Viewer, client_id: int, today: dt.date) -> Sequence[Month]:
    """This function will sum a client's orders less returns over the last twelve months, oldest first (one query)."""
    firsts = [_months_before(today.replace(day=1), back) for back in range(MONTHS - 1, -1, -1)]
    rows = (
        Order.objects.visible_to(viewer)
        .filter(client_id=client_id, cancelled_at=None, ordered_on__gte=_months_before(firsts[0], 12))
        .filter(ordered_on__lte=today)
        .annotate(month=TruncMonth("ordered_on"))
        .values("month")
        .annotate(total=Sum(Case(When(kind=Order.Kind.RETURN, then=-F("amount")), default=F("amount"))))
        .values_list("month", "total")
    )
    totals = dict(rows)
    nothing = Decimal(0)
    return [
        Month(
            first,
            _months_before(first, -1) - dt.timedelta(days=1),
            totals.get(first, nothing),
            totals.get(_months_before(first, 12), nothing),
        )
        for first in firsts
    ]


def _months_before(first: dt.date, months: int) -> dt.date:
    place = first.year * 12 + first.month - 1 - months
    return dt.date(place // 12, place % 12 + 1, 1)
