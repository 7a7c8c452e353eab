"""Verbs on payments."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from ritm.clients.models import Client
from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal
from ritm.trade.events import PaymentsChanged
from ritm.trade.models import Order, Payment
from ritm.trade.operations.orders import today_of


@transaction.atomic
def record_payment(
    *,
    client: Client,
    amount: Decimal,
    paid_on: dt.date,
    order: Order | None = None,
    number: str = "",
    by: Actor,
    at: dt.datetime,
) -> Payment:
    """
    This function will record money from a client (or to him, below zero) and publish PaymentsChanged.

    Refuses zero, days in the future, and an order of another client.
    """
    if amount == 0:
        raise Refusal(_("A payment of nothing is no payment."), code="zero", field="amount")
    if paid_on > today_of(by=by, at=at):
        raise Refusal(_("This day has not come yet."), code="future", field="paid_on")
    if order is not None and order.client_id != client.pk:
        raise Refusal(_("This order is another client's."), code="other_client", field="order")
    payment = Payment.objects.create(
        organisation_id=by.organisation_id,
        client=client,
        order=order,
        paid_on=paid_on,
        amount=amount,
        number=number.strip(),
        created_at=at,
    )
    publish(PaymentsChanged(client_ids=(client.pk,)), by=by, at=at)
    return payment


@transaction.atomic
def withdraw_payment(*, payment: Payment, by: Actor, at: dt.datetime) -> None:
    """This function will remove a payment that was entered by mistake. Accounting's own are refused."""
    if payment.external_id is not None:
        raise Refusal(_("This payment came from accounting: it is mended there."), code="accounting")
    client_id = payment.client_id
    payment.delete()
    publish(PaymentsChanged(client_ids=(client_id,)), by=by, at=at)
