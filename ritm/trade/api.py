"""The trade room's part of the public API: orders of clients within reach, and orders stated by another program."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Annotated, Any, Literal

from django.db.models import Q
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja import Query, Router, Schema
from pydantic import Field

from ritm.clients.models import Client
from ritm.kernel.refusal import Refusal
from ritm.staff.api import lost_place, need, viewer_of
from ritm.staff.sockets import ROUTERS
from ritm.staff.viewer import Viewer
from ritm.trade import queries
from ritm.trade.models import Order, Product
from ritm.trade.operations import orders as operations
from ritm.trade.operations.orders import Wanted

router = Router(tags=["orders"])
ROUTERS.plug("/orders")(router)

Amount = Annotated[Decimal, Field(ge=0, max_digits=14, decimal_places=2)]


class OrderOut(Schema):
    id: int
    client_id: int
    kind: str
    number: str
    ordered_on: dt.date
    amount: Decimal
    external_id: str | None
    cancelled_at: dt.datetime | None


class OrdersOut(Schema):
    items: list[OrderOut]
    next: str | None


class LineOut(Schema):
    product_id: int
    sku: str
    name: str
    quantity: Decimal
    price: Decimal
    amount: Decimal


class OrderWholeOut(OrderOut):
    lines: list[LineOut]
    paid: Decimal
    left: Decimal


class LineIn(Schema):
    sku: Annotated[str, Field(min_length=1, max_length=100)]
    quantity: Annotated[Decimal, Field(gt=0, max_digits=14, decimal_places=3)]
    price: Amount


class OrderIn(Schema):
    client_id: int
    ordered_on: dt.date
    kind: Literal["order", "return"] = "order"
    number: Annotated[str, Field(max_length=50)] = ""
    amount: Amount | None = None
    lines: Annotated[list[LineIn], Field(max_length=500)] = Field(default_factory=list)


@router.get("", response=OrdersOut, summary="Orders, newest first, page by page", url_name="orders")
def orders(
    request: HttpRequest,
    client_id: int | None = None,
    since: dt.date | None = None,
    until: dt.date | None = None,
    kind: Literal["", "order", "return", "cancelled"] = "",
    after: str = "",
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> dict[str, Any]:
    viewer = viewer_of(request)
    need(viewer, "client")
    place = queries.Place.parse(after)
    if after and place is None:
        raise lost_place()
    wanted = queries.OrderFilter(client_id=client_id, since=since, until=until, kind=kind)
    page = queries.orders_page(viewer, wanted, after=place, limit=limit)
    last = page.orders[-1] if page.older and page.orders else None
    return {"items": page.orders, "next": str(queries.Place(last.ordered_on, last.pk)) if last else None}


@router.get(
    "/{int:order_id}", response=OrderWholeOut, summary="One order with its lines and payments", url_name="order"
)
def one(request: HttpRequest, order_id: int) -> dict[str, Any]:
    viewer = viewer_of(request)
    need(viewer, "client")
    return _whole(get_object_or_404(Order.objects.visible_to(viewer), pk=order_id))


@router.put(
    "/external/{external_id}", response=OrderWholeOut, url_name="state_order",
    summary="State an order by another program's id: created, or changed to what is said; twice is once",
)  # fmt: skip
def state(request: HttpRequest, external_id: str, body: OrderIn) -> dict[str, Any]:
    viewer = viewer_of(request)
    need(viewer, "order", "create")
    client = get_object_or_404(Client.objects.visible_to(viewer, "create", "order"), pk=body.client_id)
    lines = _lines(viewer, body.lines)
    order = operations.state_order(
        external_id=external_id,
        client=client,
        ordered_on=body.ordered_on,
        kind=body.kind,
        number=body.number,
        amount=body.amount,
        lines=lines,
        by=viewer.actor("api"),
        at=timezone.now(),
        reach=Order.objects.visible_to(viewer, "create", "order"),
    )
    return _whole(order)


def _lines(viewer: Viewer, said: list[LineIn]) -> list[Wanted]:
    wanted = {line.sku for line in said}
    known = {
        product.sku: product
        for product in Product.objects.visible_to(viewer).filter(~Q(sku=""), sku__in=wanted, withdrawn_at=None)
    }
    if missing := sorted(wanted - known.keys()):
        raise Refusal(
            _("There is no product on sale with the SKU %(sku)s.") % {"sku": missing[0]}, code="sku", field="lines"
        )
    return [Wanted(known[line.sku], line.quantity, line.price) for line in said]


def _whole(order: Order) -> dict[str, Any]:
    paid = queries.standings([order])[order.pk]
    return {
        **{name: getattr(order, name) for name in OrderOut.model_fields},
        "lines": [
            {
                "product_id": line.product_id,
                "sku": line.product.sku,
                "name": line.product.name,
                "quantity": line.quantity,
                "price": line.price,
                "amount": line.amount,
            }
            for line in queries.lines_of(order)
        ],
        "paid": paid.paid,
        "left": paid.left,
    }
