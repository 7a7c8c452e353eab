"""What trade plugs into other rooms' pages: places, a client's orders, his history of orders and payments, search."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, TypedDict

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ritm.clients.queries import those_open
from ritm.kernel.calendar import local_date, local_midnight
from ritm.kernel.money import show_money
from ritm.shell.addresses import address
from ritm.shell.sockets import (
    NAV,
    PANELS,
    SEARCH,
    TIMELINE,
    Hit,
    Moment,
    NavItem,
    Panel,
    SearchSource,
    Stream,
    plug,
)
from ritm.staff.composed import composed
from ritm.staff.viewer import Viewer
from ritm.trade import queries
from ritm.trade.models import Order, Payment

plug(
    NAV,
    NavItem(
        "trade.orders", _("Orders"), "receipt-text", "trade:orders", may=lambda v: bool(v and v.may("client", "see"))
    ),
    order=40,
)
plug(
    NAV,
    NavItem(
        "trade.products", _("Products"), "package", "trade:products", may=lambda v: bool(v and v.may("product", "see"))
    ),
    order=50,
)


def _orders_panel(viewer: Viewer, ids: Sequence[int], now: dt.datetime) -> dict[int, dict[str, Any]]:
    trade = queries.trade_of(viewer, ids)
    may = those_open(viewer, "create", "order", ids)
    standings = queries.standings([order for held in trade.values() for order in held.last])
    return {pk: {"client_id": pk, "trade": trade.get(pk), "standings": standings, "may_order": pk in may} for pk in ids}


plug(PANELS, Panel("trade.orders", "client", _("Orders"), "trade/_orders_panel.html", _orders_panel), order=40)


# Only the day of an order is known. Its moment is that day's midnight and as many microseconds as its id: unique,
# in the order of entering, and always within the day.
def _place(day: dt.date, pk: int, zone: str) -> dt.datetime:
    return local_midnight(day, zone) + dt.timedelta(microseconds=pk)


def _before(moment: dt.datetime | None, viewer: Viewer) -> Before:
    if moment is None:
        return {"day": None, "pk": None}
    day = local_date(moment, viewer.timezone)
    return {"day": day, "pk": (moment - local_midnight(day, viewer.timezone)) // dt.timedelta(microseconds=1)}


class Before(TypedDict):
    """A place in a history: a day and an id within it; None twice is its beginning."""

    day: dt.date | None
    pk: int | None


def _earlier(field: str, day: dt.date | None, pk: int | None) -> Q:
    return Q() if day is None else Q(**{f"{field}__lt": day}) | Q(**{field: day, "id__lt": pk})


@composed
def _orders(viewer: Viewer, limit: int, *, client_id: int, day: dt.date | None, pk: int | None) -> QuerySet[Order]:
    rows = Order.objects.visible_to(viewer).filter(_earlier("ordered_on", day, pk), client_id=client_id)
    return rows.filter(cancelled_at=None).order_by("-ordered_on", "-id")[:limit]


@composed
def _payments(viewer: Viewer, limit: int, *, client_id: int, day: dt.date | None, pk: int | None) -> QuerySet[Payment]:
    rows = Payment.objects.visible_to(viewer).filter(_earlier("paid_on", day, pk), client_id=client_id)
    return rows.order_by("-paid_on", "-id")[:limit]


def _order_moments(viewer: Viewer, client_id: int, before: dt.datetime | None, limit: int) -> list[Moment]:
    moments = []
    for order in _orders(viewer, limit, client_id=client_id, **_before(before, viewer)):
        back = order.kind == Order.Kind.RETURN
        moments.append(
            Moment(
                at=_place(order.ordered_on, order.pk, viewer.timezone),
                key=f"order:{order.pk}",
                icon="undo-2" if back else "shopping-cart",
                title=(_("Return %(number)s") if back else _("Order %(number)s")) % {"number": order.number},
                text=show_money(order.amount, viewer.currency, lang=viewer.language),
                url=address("trade:order", order.pk),
                tone="bad" if back else "good",
                all_day=True,
            )
        )
    return moments


def _payment_moments(viewer: Viewer, client_id: int, before: dt.datetime | None, limit: int) -> list[Moment]:
    return [
        Moment(
            at=_place(payment.paid_on, payment.pk, viewer.timezone),
            key=f"payment:{payment.pk}",
            icon="banknote",
            title=_("Payment %(number)s") % {"number": payment.number},
            text=show_money(payment.amount, viewer.currency, lang=viewer.language),
            url=address("trade:order", payment.order_id) if payment.order_id else "",
            tone="quiet",
            all_day=True,
        )
        for payment in _payments(viewer, limit, client_id=client_id, **_before(before, viewer))
    ]


plug(TIMELINE, Stream("trade.orders", pgettext_lazy("timeline", "Orders"), "shopping-cart", _order_moments), order=20)
plug(TIMELINE, Stream("trade.payments", pgettext_lazy("timeline", "Payments"), "banknote", _payment_moments), order=30)


def _find_orders(viewer: Viewer, text: str, limit: int) -> list[Hit]:
    if not viewer.may("client", "see"):
        return []
    return [
        Hit(
            title=f"{order.number} · {order.client.name}",
            url=address("trade:order", order.pk),
            note=show_money(order.amount, viewer.currency, lang=viewer.language),
            icon="receipt-text",
        )
        for order in queries.orders_numbered(viewer, text, limit)
    ]


def _find_products(viewer: Viewer, text: str, limit: int) -> list[Hit]:
    if not viewer.may("product", "see") or len(text) < 3:
        return []
    return [
        Hit(
            title=product.name,
            url=f"{reverse('trade:products')}?q={product.sku or product.name}",
            note="" if product.price is None else show_money(product.price, viewer.currency, lang=viewer.language),
            icon="package",
        )
        for product in queries.products_found(viewer, text, limit)
    ]


plug(SEARCH, SearchSource("trade.orders", _("Orders"), _find_orders), order=40)
plug(SEARCH, SearchSource("trade.products", _("Products"), _find_products), order=50)
