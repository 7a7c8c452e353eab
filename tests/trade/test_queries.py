"""Questions to the trade room: pages that never repeat or lose a row, money, trees, search."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from ritm.kernel.actor import Actor
from ritm.trade import panels, queries
from ritm.trade.models import Order
from ritm.trade.operations import goods, orders
from ritm.trade.queries import OrderFilter, Place
from tests.cast import NOW, TODAY
from tests.factories import clients, trade


@pytest.fixture
def forty(cast):
    """Forty orders of four clients of Max's, three a day, and two of Lena's."""
    mine = [clients.client(cast.home, owner=cast.max) for _ in range(4)]
    made = [
        trade.order(mine[n % 4], on=TODAY - dt.timedelta(days=n // 3), amount=100 + n, number=f"СО-{n:03}")
        for n in range(40)
    ]
    hers = clients.client(cast.home, owner=cast.lena)
    trade.order(hers, number="Л-1")
    trade.order(hers, number="Л-2", on=TODAY - dt.timedelta(days=5))
    return made


def walk(viewer, wanted=OrderFilter(), limit=7):  # noqa: B008  a frozen value
    seen, place = [], None
    while True:
        page = queries.orders_page(viewer, wanted, after=place, limit=limit)
        seen.append([order.number for order in page.orders])
        if not page.older:
            return seen
        place = Place(page.orders[-1].ordered_on, page.orders[-1].pk)


@pytest.mark.parametrize("who", ["max", "vera", "nina"])
def test_pages_give_every_order_once_and_newest_first(cast, forty, who):
    viewer = cast.viewer(who)
    expected = list(Order.objects.visible_to(viewer).order_by("-ordered_on", "-id").values_list("number", flat=True))
    assert [number for page in walk(viewer) for number in page] == expected
    assert len(expected) == (42 if who == "nina" else 40)


@pytest.mark.parametrize("who", ["max", "nina"])
def test_back_is_the_page_one_came_from(cast, forty, who):
    viewer = cast.viewer(who)
    first = queries.orders_page(viewer, OrderFilter(), limit=7)
    second = queries.orders_page(
        viewer, OrderFilter(), after=Place(first.orders[-1].ordered_on, first.orders[-1].pk), limit=7
    )
    back = queries.orders_page(
        viewer, OrderFilter(), before=Place(second.orders[0].ordered_on, second.orders[0].pk), limit=7
    )
    assert back.orders == first.orders
    assert not first.newer
    assert second.newer
    assert not back.newer


@pytest.mark.parametrize("who", ["max", "nina"])
def test_filters_narrow_the_same_way_however_the_rows_are_found(cast, forty, who):
    viewer = cast.viewer(who)
    since = TODAY - dt.timedelta(days=4)
    numbers = [n for page in walk(viewer, OrderFilter(since=since, least=Decimal(105))) for n in page]
    expected = {o.number for o in forty if o.ordered_on >= since and o.amount >= 105}
    assert set(numbers) - {"Л-1", "Л-2"} == expected
    back = trade.order(forty[0].client, kind="return", amount=50)
    assert queries.orders_page(viewer, OrderFilter(kind="return")).orders == [back]
    orders.cancel_order(order=back, by=Actor(cast.home.pk), at=NOW)
    assert queries.orders_page(viewer, OrderFilter(kind="return")).orders == []
    assert queries.orders_page(viewer, OrderFilter(kind="cancelled")).orders == [back]


def test_lena_sees_none_of_max_s_orders(cast, forty):
    viewer = cast.viewer("lena")
    assert {n for page in walk(viewer) for n in page} == {"Л-1", "Л-2"}
    assert queries.orders_numbered(viewer, "СО-0", 5) == []
    assert queries.trade_of(viewer, [forty[0].client_id]) == {}


def test_an_order_stands_by_what_was_paid(cast):
    client = clients.client(cast.home, owner=cast.max)
    whole, part, none = (trade.order(client, amount=1000) for _ in range(3))
    trade.payment(whole, 1000)
    trade.payment(part, 300)
    back = trade.order(client, kind="return", amount=10)
    found = queries.standings([whole, part, none, back])
    assert [found[order.pk].state for order in (whole, part, none, back)] == ["paid", "partly", "unpaid", "none"]
    assert found[part.pk].left == 700


def test_trade_of_a_client_counts_orders_and_nets_returns(cast):
    client = clients.client(cast.home, owner=cast.max)
    made = [trade.order(client, on=TODAY - dt.timedelta(days=n), amount=100) for n in range(7)]
    trade.order(client, kind="return", amount=30)
    orders.cancel_order(order=made[6], by=Actor(cast.home.pk), at=NOW)
    found = queries.trade_of(cast.viewer("max"), [client.pk])[client.pk]
    assert (found.orders, found.total) == (6, Decimal(570))
    assert len(found.last) == 5
    assert found.last[0].kind == "return"


def test_timeline_pages_meet_without_gap_or_repeat(cast):
    viewer = cast.viewer("max")
    client = clients.client(cast.home, owner=cast.max)
    for n in range(11):
        trade.order(client, on=TODAY - dt.timedelta(days=n // 4))
    seen, before = [], None
    while True:
        page = panels._order_moments(viewer, client.pk, before, 3)
        if not page:
            break
        seen += [moment.key for moment in page]
        before = page[-1].at
    assert len(seen) == len(set(seen)) == 11
    assert panels._order_moments(cast.viewer("lena"), client.pk, None, 3) == []


def test_products_are_found_by_words_in_any_order_or_sku(cast):
    pen = trade.product(cast.home, name="Ручка шариковая «Штрих», синяя", sku="01-0101")
    trade.product(cast.home, name="Ручка гелевая, синяя", sku="01-0102")
    viewer = cast.viewer("max")
    assert queries.products_found(viewer, "синяя шарик") == [pen]
    assert queries.products_found(viewer, "РУЧКА ШАР") == [pen]
    assert queries.products_found(viewer, "01-0101") == [pen]
    assert len(queries.products_found(viewer, "01-01")) == 2
    assert queries.products_found(viewer, " ") == []
    goods.withdraw_product(product=pen, by=Actor(cast.home.pk), at=NOW)
    assert queries.products_found(viewer, "шариковая") == []
    assert queries.products_found(cast.viewer("rita"), "ручка") == []


def test_a_group_holds_the_products_of_those_below(cast):
    top = trade.group(cast.home, name="Канцтовары")
    pens = trade.group(cast.home, name="Ручки", parent=top)
    trade.product(cast.home, group=pens)
    trade.product(cast.home, group=top)
    trade.group(cast.home, name="Бытовая химия")
    tree = queries.group_tree(cast.viewer("max"))
    assert [(branch.group.name, branch.depth, branch.products) for branch in tree] == [
        ("Бытовая химия", 0, 0),
        ("Канцтовары", 0, 2),
        ("Ручки", 1, 1),
    ]
    assert set(tree[1].ids) == {top.pk, pens.pk}


def test_order_numbers_are_found_by_their_beginning_in_any_case(cast, forty):
    viewer = cast.viewer("max")
    assert len(queries.orders_numbered(viewer, "со-00", 20)) == 10
    assert queries.orders_numbered(viewer, "с", 5) == []
