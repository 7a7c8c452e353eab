"""Builders of the trade room: fixed values, anything may be named otherwise."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from itertools import count
from typing import Any

from ritm.clients.models import Client
from ritm.kernel.actor import Actor
from ritm.staff.models import Organisation
from ritm.trade.models import Order, Payment, Product, ProductGroup
from ritm.trade.operations import goods, orders, payments
from ritm.trade.operations.orders import Wanted
from tests.cast import NOW, TODAY

_numbers = count(1)


def group(organisation: Organisation, **more: Any) -> ProductGroup:
    """This function will create a product group inside the open wall."""
    values = {"name": f"Группа {next(_numbers)}"} | more
    return goods.create_group(values=values, by=Actor(organisation.pk), at=NOW)


def product(organisation: Organisation, **more: Any) -> Product:
    """This function will create a product at 100 roubles inside the open wall."""
    number = next(_numbers)
    values = {"name": f"Товар {number}", "sku": f"T-{number:05}", "price": Decimal(100)} | more
    return goods.create_product(values=values, by=Actor(organisation.pk), at=NOW)


def wanted(product: Product, quantity: int | str = 1, price: int | str | None = None) -> Wanted:
    """This function will make a line of a product, at its own price unless another is named."""
    return Wanted(product, Decimal(quantity), Decimal(price) if price is not None else product.price or Decimal(0))


def order(
    client: Client, *, on: dt.date = TODAY, amount: int | str | None = 1000, at: dt.datetime = NOW, **more: Any
) -> Order:
    """This function will record an order of a client: 1,000 roubles without lines, unless `lines` are named."""
    if more.get("lines"):
        amount = None
    return orders.record_order(
        client=client,
        ordered_on=on,
        amount=None if amount is None else Decimal(amount),
        by=Actor(client.organisation_id),
        at=at,
        **more,
    )


def payment(order: Order, amount: int | str, *, on: dt.date = TODAY) -> Payment:
    """This function will record money for an order."""
    return payments.record_payment(
        client=order.client, order=order, amount=Decimal(amount), paid_on=on, by=Actor(order.organisation_id), at=NOW
    )
