"""Contacts that turned a contact clock back and led to nothing: no order, no answer, no next contact in N days."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from ritm.conversations.models import Interaction
from ritm.conversations.queries import veiled
from ritm.kernel.calendar import local_midnight
from ritm.staff.viewer import Viewer
from ritm.trade.models import Order

PAGE = 50
MOST_SELLERS = 500

Which = Literal["all", "idle", "waiting"]


@dataclass(frozen=True)
class SellerResets:
    """
    Of one seller in a period: contacts that count, those that led to nothing, those whose days have not yet passed.

    `employee_id` is None for contacts that no employee is named for.
    """

    employee_id: int | None
    name: str
    resets: int
    idle: int
    waiting: int

    @property
    def share(self) -> float | None:
        """This property is the part that led to nothing of those whose days have passed; None without any."""
        judged = self.resets - self.waiting
        return self.idle / judged if judged else None


def resets(
    viewer: Viewer, since: dt.date, until: dt.date, *, days: int, at: dt.datetime, employee_id: int | None = None
) -> QuerySet[Interaction]:
    """
    This function will keep the contacts within reach that count, from `since` to `until` (local dates, included).

    Each row knows `followed` (within `days` days of it there was an order, a word from the client, or another contact
    that counts) and `judged` (so many days have passed by `at`).
    """
    zone = ZoneInfo(viewer.timezone)
    within = dt.timedelta(days=days)
    rows: Any = Interaction.objects.visible_to(viewer).filter(
        meaningful=True,
        withdrawn_at=None,
        at__gte=local_midnight(since, viewer.timezone),
        at__lt=local_midnight(until + dt.timedelta(days=1), viewer.timezone),
    )
    if employee_id is not None:
        rows = rows.filter(employee_id=employee_id or None)
    rows = rows.alias(ends=F("at") + within, day=TruncDate("at", tzinfo=zone)).alias(
        last_day=TruncDate("ends", tzinfo=zone)
    )
    talked = Interaction.objects.filter(
        Q(meaningful=True) | Q(direction=Interaction.Direction.IN),
        organisation_id=viewer.organisation_id,
        client_id=OuterRef("client_id"),
        withdrawn_at=None,
        at__gt=OuterRef("at"),
        at__lte=OuterRef("ends"),
    )
    bought = Order.objects.filter(
        organisation_id=viewer.organisation_id,
        client_id=OuterRef("client_id"),
        kind=Order.Kind.ORDER,
        cancelled_at=None,
        ordered_on__gte=OuterRef("day"),
        ordered_on__lte=OuterRef("last_day"),
    )
    found: QuerySet[Interaction] = rows.annotate(followed=Exists(talked) | Exists(bought)).alias(
        judged=Q(at__lte=at - within)
    )
    return found


def narrowed(rows: QuerySet[Interaction], which: Which) -> QuerySet[Interaction]:
    """This function will keep all of `resets`, those that led to nothing, or those that may yet lead to something."""
    if which == "all":
        return rows
    # The names are those that `resets` gives its rows.
    found: Any = rows
    return found.filter(judged=which == "idle", followed=False)  # type: ignore[no-any-return]


def by_seller(rows: QuerySet[Interaction]) -> list[SellerResets]:
    """This function will count `resets` per seller, most without consequence first (one query)."""
    counted: Any = (
        rows.values("employee_id", "employee__name")
        .annotate(
            n=Count("pk"),
            idle=Count("pk", filter=Q(judged=True, followed=False)),
            waiting=Count("pk", filter=Q(judged=False, followed=False)),
        )
        .order_by("-idle", "-n", "employee_id")[:MOST_SELLERS]
    )
    return [
        SellerResets(row["employee_id"], row["employee__name"] or "", row["n"], row["idle"], row["waiting"])
        for row in counted
    ]


def page_of(rows: QuerySet[Interaction], before: int | None, viewer: Viewer) -> Sequence[Interaction]:
    """This function will return a page and one row more, newest entry first, before the row of that id."""
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return veiled(list(rows.select_related("client", "employee").order_by("-pk")[: PAGE + 1]), viewer)
