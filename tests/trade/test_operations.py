"""Verbs of the trade room: what they write, what they refuse, whom they tell."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from ritm.journal.models import Entry
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal
from ritm.trade.models import Line, Order, Payment
from ritm.trade.operations import goods, orders, payments
from tests.cast import NOW, TODAY
from tests.factories import clients, trade


@pytest.fixture
def client(cast):
    return clients.client(cast.home, owner=cast.max)


@pytest.fixture
def by(cast):
    return Actor(cast.home.pk, cast.dina.pk)


def told() -> list[list[int]]:
    return [entry.payload["client_ids"] for entry in Entry.objects.filter(event="trade.orders_changed").order_by("id")]


def test_an_order_is_the_sum_of_its_lines(client, cast, by):
    pen, paper = trade.product(cast.home, price=Decimal("18.55")), trade.product(cast.home, price=Decimal(340))
    order = orders.record_order(
        client=client, ordered_on=TODAY, lines=[trade.wanted(pen, 3), trade.wanted(paper, "2.5")], by=by, at=NOW
    )
    assert order.amount == Decimal("905.65")
    assert [(line.product, line.amount) for line in Line.objects.order_by("id")] == [
        (pen, Decimal("55.65")),
        (paper, Decimal("850.00")),
    ]
    assert order.number == f"Р-{order.pk}"
    assert told() == [[client.pk]]


def test_half_a_kopeck_is_rounded_up(client, cast, by):
    pen = trade.product(cast.home, price=Decimal("0.05"))
    assert trade.wanted(pen, "0.5").amount == Decimal("0.03")


def test_a_return_is_negative_with_its_lines(client, cast, by):
    pen = trade.product(cast.home, price=Decimal(20))
    order = orders.record_order(
        client=client, kind="return", ordered_on=TODAY, lines=[trade.wanted(pen, 4)], by=by, at=NOW
    )
    line = Line.objects.get()
    assert (order.amount, line.quantity, line.amount) == (Decimal(-80), Decimal(-4), Decimal(-80))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"ordered_on": TODAY + dt.timedelta(days=1), "amount": Decimal(5)}, "future"),
        ({}, "empty"),
        ({"amount": Decimal(-5)}, "sign"),
    ],
)
def test_refused_orders(client, by, given, code):
    with pytest.raises(Refusal) as refusal:
        orders.record_order(client=client, by=by, at=NOW, **({"ordered_on": TODAY} | given))
    assert refusal.value.code == code
    assert not Order.objects.exists()


def test_a_total_that_its_lines_do_not_make_is_refused(client, cast, by):
    pen = trade.product(cast.home)
    for lines, amount, code in (
        ([trade.wanted(pen, 2)], Decimal(201), "total"),
        ([trade.wanted(pen, 0)], None, "quantity"),
        ([trade.wanted(pen, 1, -1)], None, "price"),
    ):
        with pytest.raises(Refusal) as refusal:
            orders.record_order(client=client, ordered_on=TODAY, lines=lines, amount=amount, by=by, at=NOW)
        assert refusal.value.code == code


def test_today_is_the_organisation_s_own(client, by):
    # 22:30 in UTC is the next day's half past one in Moscow.
    late = dt.datetime(2026, 3, 16, 22, 30, tzinfo=dt.UTC)
    order = orders.record_order(
        client=client, ordered_on=TODAY + dt.timedelta(days=1), amount=Decimal(1), by=by, at=late
    )
    assert order.ordered_on == dt.date(2026, 3, 17)


def test_a_moved_order_tells_both_clients_and_leaves_its_import(client, cast, by):
    order = trade.order(client)
    Order.objects.filter(pk=order.pk).update(batch_id=7)
    other = clients.client(cast.home)
    orders.change_order(order=order, client=other, by=by, at=NOW)
    order.refresh_from_db()
    assert (order.client_id, order.batch_id) == (other.pk, None)
    assert told()[-1] == sorted([client.pk, other.pk])


def test_new_lines_replace_the_old_and_make_the_total(client, cast, by):
    pen, paper = trade.product(cast.home), trade.product(cast.home)
    order = trade.order(client, lines=[trade.wanted(pen, 5)])
    orders.change_order(order=order, lines=[trade.wanted(paper, 2)], by=by, at=NOW)
    order.refresh_from_db()
    assert order.amount == Decimal(200)
    assert [line.product for line in Line.objects.all()] == [paper]
    with pytest.raises(Refusal, match=r".") as refusal:
        orders.change_order(order=order, amount=Decimal(10), by=by, at=NOW)
    assert refusal.value.code == "total"


def test_cancelling_is_told_once_and_can_be_taken_back(client, by):
    order = trade.order(client)
    orders.cancel_order(order=order, by=by, at=NOW)
    orders.cancel_order(order=order, by=by, at=NOW)
    order.refresh_from_db()
    assert order.cancelled_at == NOW
    assert len(told()) == 2
    with pytest.raises(Refusal):
        orders.change_order(order=order, number="7", by=by, at=NOW)
    orders.restore_order(order=order, by=by, at=NOW)
    order.refresh_from_db()
    assert order.cancelled_at is None
    assert len(told()) == 3


def test_payments(client, cast, by):
    order = trade.order(client)
    payment = payments.record_payment(client=client, order=order, amount=Decimal(400), paid_on=TODAY, by=by, at=NOW)
    for amount, day, code in ((0, TODAY, "zero"), (5, TODAY + dt.timedelta(days=1), "future")):
        with pytest.raises(Refusal) as refusal:
            payments.record_payment(client=client, amount=Decimal(amount), paid_on=day, by=by, at=NOW)
        assert refusal.value.code == code
    with pytest.raises(Refusal) as refusal:
        payments.record_payment(
            client=clients.client(cast.home), order=order, amount=Decimal(1), paid_on=TODAY, by=by, at=NOW
        )
    assert refusal.value.code == "other_client"
    payments.withdraw_payment(payment=payment, by=by, at=NOW)
    assert not Payment.objects.exists()
    assert Entry.objects.filter(event="trade.payments_changed").count() == 2


def test_accounting_s_payment_is_not_removed_here(client, by):
    payment = trade.payment(trade.order(client), 100)
    payment.external_id = "1c-7"
    payment.save()
    with pytest.raises(Refusal):
        payments.withdraw_payment(payment=payment, by=by, at=NOW)
    assert Payment.objects.exists()


def test_an_sku_belongs_to_one_product(cast, by):
    trade.product(cast.home, name="Ручка", sku="R-1")
    with pytest.raises(Refusal, match="Ручка"):
        trade.product(cast.home, sku="R-1")
    trade.product(cast.home, sku="")
    trade.product(cast.home, sku="")


def test_an_edit_is_journalled_with_what_it_changed(cast, by):
    pen = trade.product(cast.home, name="Ручка", price=Decimal(10))
    goods.edit_product(product=pen, values={"name": "Ручка", "price": Decimal(12)}, by=by, at=NOW)
    goods.edit_product(product=pen, values={"name": "Ручка"}, by=by, at=NOW)
    edits = Entry.objects.filter(event="trade.product_changed", payload__what="edited")
    assert [(e.payload["fields"], e.payload["before"], e.payload["after"]) for e in edits] == [
        (["price"], ["10.00"], ["12"])
    ]


def test_a_group_never_stands_below_itself(cast, by):
    above = trade.group(cast.home)
    below = trade.group(cast.home, parent=above)
    with pytest.raises(Refusal) as refusal:
        goods.edit_group(group=above, values={"parent": below}, by=by, at=NOW)
    assert refusal.value.code == "circle"
    goods.edit_group(group=below, values={"responsible": cast.max}, by=by, at=NOW)
    below.refresh_from_db()
    assert below.responsible == cast.max


def test_withdrawing_a_product_is_told_once_and_can_be_taken_back(cast, by):
    pen = trade.product(cast.home)
    goods.withdraw_product(product=pen, by=by, at=NOW)
    goods.withdraw_product(product=pen, by=by, at=NOW)
    goods.restore_product(product=pen, by=by, at=NOW)
    whats = [e.payload["what"] for e in Entry.objects.filter(event="trade.product_changed").order_by("id")]
    assert whats == ["created", "withdrawn", "restored"]
