"""Verbs on one order: record, change, cancel and restore it. Imports have their own entrance, `incoming`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from ritm.clients.models import Client
from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.kernel.calendar import local_date
from ritm.kernel.refusal import NotYours, Refusal
from ritm.staff.models import Organisation
from ritm.trade.events import OrdersChanged
from ritm.trade.models import Line, Order, Product

KOPECK = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Wanted:
    """One line as people say it: so many of a product at a price, roubles. Positive in a return too."""

    product: Product
    quantity: Decimal
    price: Decimal

    @property
    def amount(self) -> Decimal:
        return (self.quantity * self.price).quantize(KOPECK, ROUND_HALF_UP)


@transaction.atomic
def record_order(
    *,
    client: Client,
    ordered_on: dt.date,
    lines: Sequence[Wanted] = (),
    amount: Decimal | None = None,
    kind: str = Order.Kind.ORDER,
    number: str = "",
    external_id: str | None = None,
    by: Actor,
    at: dt.datetime,
) -> Order:
    """
    This function will record an order or a return and publish OrdersChanged.

    `amount` (positive for both kinds) may be left out when there are lines; when both are given they must be equal.
    An order without a number is called after its id. Refuses days in the future, empty orders and wrong totals.
    """
    order = Order(
        organisation_id=by.organisation_id,
        client=client,
        kind=kind,
        number=number.strip(),
        ordered_on=_not_future(ordered_on, by=by, at=at),
        amount=_signed(kind, _total(lines, amount)),
        external_id=external_id,
        created_at=at,
    )
    order.save()
    if not order.number:
        order.number = f"Р-{order.pk}"
        order.save(update_fields=["number"])
    _write_lines(order, lines)
    publish(OrdersChanged(client_ids=(client.pk,)), by=by, at=at)
    return order


@transaction.atomic
def change_order(
    *,
    order: Order,
    client: Client | None = None,
    ordered_on: dt.date | None = None,
    lines: Sequence[Wanted] | None = None,
    amount: Decimal | None = None,
    number: str | None = None,
    by: Actor,
    at: dt.datetime,
) -> Order:
    """
    This function will change what is given and leave the rest; new lines replace all the old ones.

    Moved to another client, both are told. What an import brought is from now on nobody's but ours: its undo will
    leave the order alone.
    """
    order = Order.objects.select_for_update().get(pk=order.pk)
    if order.cancelled_at is not None:
        raise Refusal(_("This order is cancelled. Restore it first."), code="cancelled")
    touched = {order.client_id}
    if client is not None:
        order.client = client
        touched.add(client.pk)
    if ordered_on is not None:
        order.ordered_on = _not_future(ordered_on, by=by, at=at)
    if number is not None and number.strip():
        order.number = number.strip()
    if lines is not None:
        order.amount = _signed(order.kind, _total(lines, amount))
        Line.objects.filter(order=order).delete()
        _write_lines(order, lines)
    elif amount is not None:
        if Line.objects.filter(order=order).exists():
            raise Refusal(_("The total follows from the lines: change the lines."), code="total", field="amount")
        order.amount = _signed(order.kind, amount)
    order.batch_id = None
    order.save()
    publish(OrdersChanged(client_ids=tuple(sorted(touched))), by=by, at=at)
    return order


@transaction.atomic
def state_order(
    *,
    external_id: str,
    reach: QuerySet[Order],
    client: Client,
    ordered_on: dt.date,
    lines: Sequence[Wanted] = (),
    amount: Decimal | None = None,
    kind: str = Order.Kind.ORDER,
    number: str = "",
    by: Actor,
    at: dt.datetime,
) -> Order:
    """
    This function will make an order be what another program says it is, recognised by that program's id.

    A new one is recorded, a known one changed; said twice, it is written once and nothing is published. Refuses a
    known order outside `reach` (without saying whose it is), and one that would turn from an order into a return.
    """
    with connection.cursor() as cursor:  # the same order said twice at once is recorded once
        said = f"ritm order {by.organisation_id} {external_id}"
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [said])
    known = Order.objects.filter(organisation_id=by.organisation_id, external_id=external_id).first()
    if known is None:
        return record_order(
            client=client, ordered_on=ordered_on, lines=lines, amount=amount, kind=kind, number=number,
            external_id=external_id, by=by, at=at,
        )  # fmt: skip
    if not reach.filter(pk=known.pk).exists():
        raise NotYours("", code="not_found")
    if known.kind != kind:
        raise Refusal(_("An order does not become a return: cancel it and state another."), code="kind", field="kind")
    if known.cancelled_at is None and _is(known, client, ordered_on, lines, amount, number):
        return known
    return change_order(
        order=known, client=client, ordered_on=ordered_on, lines=lines or None, amount=amount, number=number,
        by=by, at=at,
    )  # fmt: skip


@transaction.atomic
def cancel_order(*, order: Order, by: Actor, at: dt.datetime) -> None:
    """This function will cancel an order: it stays to be read, and counts for nothing. A second time does nothing."""
    changed = Order.objects.filter(pk=order.pk, cancelled_at=None).update(cancelled_at=at, batch_id=None)
    if changed:
        publish(OrdersChanged(client_ids=(order.client_id,)), by=by, at=at)


@transaction.atomic
def restore_order(*, order: Order, by: Actor, at: dt.datetime) -> None:
    """This function will take a cancellation back. An order that stands is left alone."""
    changed = Order.objects.filter(pk=order.pk, cancelled_at__isnull=False).update(cancelled_at=None, batch_id=None)
    if changed:
        publish(OrdersChanged(client_ids=(order.client_id,)), by=by, at=at)


def today_of(*, by: Actor, at: dt.datetime) -> dt.date:
    """This function will say which day it is in the organisation at that moment."""
    zone = Organisation.objects.values_list("timezone", flat=True).get(pk=by.organisation_id)
    return local_date(at, zone)


def _is(
    order: Order, client: Client, day: dt.date, lines: Sequence[Wanted], amount: Decimal | None, number: str
) -> bool:
    """Whether an order is already what is said of it; lines or a number left out are not spoken of."""
    if (order.client_id, order.ordered_on) != (client.pk, day) or (number.strip() or order.number) != order.number:
        return False
    if not lines:
        return amount is not None and order.amount == _signed(order.kind, amount)
    held = Line.objects.filter(order=order).order_by("id").values_list("product_id", "quantity", "price")
    return [(product, abs(quantity), price) for product, quantity, price in held] == [
        (line.product.pk, line.quantity, line.price) for line in lines
    ] and order.amount == _signed(order.kind, _total(lines, amount))


def _not_future(day: dt.date, *, by: Actor, at: dt.datetime) -> dt.date:
    if day > today_of(by=by, at=at):
        raise Refusal(_("This day has not come yet."), code="future", field="ordered_on")
    return day


def _total(lines: Sequence[Wanted], amount: Decimal | None) -> Decimal:
    if any(line.quantity <= 0 for line in lines):
        raise Refusal(_("A quantity must be above zero."), code="quantity", field="lines")
    if any(line.price < 0 for line in lines):
        raise Refusal(_("A price cannot be below zero."), code="price", field="lines")
    total = sum((line.amount for line in lines), Decimal(0))
    if amount is None:
        if not lines:
            raise Refusal(_("An order needs lines or an amount."), code="empty", field="lines")
        return total
    if amount < 0:
        raise Refusal(_("An amount cannot be below zero; a return is a kind of its own."), code="sign", field="amount")
    if lines and amount != total:
        raise Refusal(
            _("The lines make %(total)s, not %(amount)s.") % {"total": total, "amount": amount},
            code="total",
            field="amount",
        )
    return amount


def _signed(kind: str, amount: Decimal) -> Decimal:
    return -amount if kind == Order.Kind.RETURN else amount


def _write_lines(order: Order, lines: Sequence[Wanted]) -> None:
    sign = -1 if order.kind == Order.Kind.RETURN else 1
    Line.objects.bulk_create(
        Line(
            organisation_id=order.organisation_id,
            order=order,
            product=line.product,
            quantity=sign * line.quantity,
            price=line.price,
            amount=sign * line.amount,
        )
        for line in lines
    )
