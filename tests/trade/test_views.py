"""Pages of the trade room, as people at their desks meet them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from ritm.trade.models import Order, Payment, Product, ProductGroup
from tests.cast import TODAY
from tests.factories import clients, trade


@pytest.fixture
def client(cast):
    return clients.client(cast.home, owner=cast.max, name="ООО «Рассвет»")


HTMX = {"HX-Request": "true"}


def test_a_quick_order_by_keyboard(cast, sign_in, client):
    pen = trade.product(cast.home, name="Ручка шариковая", sku="R-1", price=Decimal("18.50"))
    paper = trade.product(cast.home, name="Бумага А4", sku="B-1", price=Decimal(340))
    dina = sign_in("dina")
    url = reverse("trade:quick", args=[client.pk])
    assert "ООО «Рассвет»" in dina.get(url).text
    first = dina.post(url, {"entry": "R-1 · Ручка шариковая", "entry_quantity": "10"}, headers=HTMX).text
    assert "Ручка шариковая" in first
    assert "<html" not in first
    second = dina.post(
        url, {"product": pen.pk, "quantity": "10", "entry": "бумага", "entry_quantity": "2,5"}, headers=HTMX
    ).text
    assert "1 035,00" in second.replace("\xa0", " ")
    answer = dina.post(
        reverse("trade:quick_save", args=[client.pk]),
        {"product": [pen.pk, paper.pk], "quantity": ["10", "2,5"], "ordered_on": "2026-03-12"},
        headers=HTMX,
    )
    order = Order.objects.get()
    assert answer.headers["HX-Redirect"] == reverse("trade:order", args=[order.pk])
    assert (order.amount, order.ordered_on) == (Decimal("1035.00"), dt.date(2026, 3, 12))


def test_a_doubtful_entry_asks_which(cast, sign_in, client):
    for name in ("Ручка синяя", "Ручка красная"):
        trade.product(cast.home, name=name)
    answer = sign_in("max").post(reverse("trade:quick", args=[client.pk]), {"entry": "ручка"}, headers=HTMX).text
    assert 'role="alert"' in answer
    assert "Ручка синяя" in answer
    assert "Ручка красная" in answer
    nothing = sign_in("max").post(reverse("trade:quick", args=[client.pk]), {"entry": "трактор"}, headers=HTMX).text
    assert 'role="alert"' in nothing


def test_a_draft_takes_no_product_of_another_organisation(cast, sign_in, client):
    from ritm.journal import tenancy

    with tenancy.organisation(cast.other.pk):
        alien = trade.product(cast.other, name="Чужой товар")
    answer = sign_in("max").post(
        reverse("trade:quick", args=[client.pk]), {"product": alien.pk, "quantity": "1", "usual": alien.pk}
    )
    assert "Чужой товар" not in answer.text


def test_the_last_order_is_repeated_at_today_s_prices_without_what_is_off_sale(cast, sign_in, client):
    pen, gone = trade.product(cast.home, name="Ручка"), trade.product(cast.home, name="Снято с продажи")
    trade.order(client, lines=[trade.wanted(pen, 7), trade.wanted(gone, 1)])
    Product.objects.filter(pk=pen.pk).update(price=Decimal(111))
    Product.objects.filter(pk=gone.pk).update(withdrawn_at=timezone.now())
    page = sign_in("max").get(reverse("trade:quick", args=[client.pk]), {"repeat": 1}).text
    draft = page[page.index('id="draft"') :]
    assert "777,00" in draft
    assert "Снято с продажи" not in draft


def test_an_empty_draft_is_not_saved(cast, sign_in, client):
    answer = sign_in("max").post(reverse("trade:quick_save", args=[client.pk]), {})
    assert answer.status_code == 422
    assert not Order.objects.exists()


def test_a_payment_settles_the_order_and_can_be_taken_back(cast, sign_in, client):
    order = trade.order(client, amount=1000)
    oleg = sign_in("oleg")
    oleg.post(reverse("trade:pay", args=[order.pk]), {"amount": "1 000,00", "paid_on": TODAY.isoformat()})
    payment = Payment.objects.get()
    page = oleg.get(reverse("trade:order", args=[order.pk])).text
    assert "badge--good" in page
    oleg.post(reverse("trade:unpay", args=[payment.pk]))
    assert not Payment.objects.exists()
    wrong = oleg.post(reverse("trade:pay", args=[order.pk]), {"amount": "много", "paid_on": "вчера"})
    assert wrong.status_code == 422
    assert wrong.text.count("field__error") >= 2


def test_cancelling_offers_to_take_it_back(cast, sign_in, client):
    order = trade.order(client)
    answer = sign_in("max").post(reverse("trade:cancel", args=[order.pk]), headers=HTMX)
    assert "ritm_toast" in answer.cookies
    order.refresh_from_db()
    assert order.cancelled_at is not None
    sign_in("max").post(reverse("trade:restore", args=[order.pk]))
    order.refresh_from_db()
    assert order.cancelled_at is None


def test_costs_are_not_for_sellers(cast, sign_in):
    trade.product(cast.home, name="Ручка", cost=Decimal("12.34"))
    assert "12,34" not in sign_in("max").get(reverse("trade:products")).text
    assert "12,34" in sign_in("vera").get(reverse("trade:products")).text


def test_goods_are_kept_by_the_administrator(cast, sign_in):
    adam = sign_in("adam")
    adam.post(reverse("trade:group_new"), {"name": "Ручки", "responsible": cast.max.pk})
    group = ProductGroup.objects.get()
    assert group.responsible == cast.max
    adam.post(reverse("trade:product_new"), {"name": "Ручка", "sku": "R-1", "group": group.pk, "price": "18,50"})
    pen = Product.objects.get()
    assert (pen.price, pen.group) == (Decimal("18.50"), group)
    taken = adam.post(reverse("trade:product_new"), {"name": "Другая", "sku": "R-1"})
    assert taken.status_code == 422
    assert "field__error" in taken.text
    page = adam.get(reverse("trade:products"), {"group": group.pk}).text
    assert "Макс" in page


def test_nonsense_in_the_address_narrows_nothing(cast, sign_in, client):
    trade.order(client, number="СО-1")
    page = sign_in("max").get(reverse("trade:orders"), {"since": "вчера", "least": "x", "kind": "?", "after": "1_2"})
    assert page.status_code == 200
    assert "СО-1" in page.text
    assert sign_in("max").get(reverse("trade:products"), {"after": "~~~", "group": "x"}).status_code == 200


def test_query_counts_only_fall(cast, sign_in, client, django_assert_num_queries):
    pen = trade.product(cast.home, group=trade.group(cast.home))
    for n in range(60):
        order = trade.order(client, on=TODAY - dt.timedelta(days=n), lines=[trade.wanted(pen, n + 1)])
    browser = sign_in("max")
    browser.get(reverse("trade:orders"))
    desk = 5  # begin, session, walls, viewer, end
    for url, count in (
        (reverse("trade:orders"), 4),
        (reverse("trade:order", args=[order.pk]), 4),
        (reverse("trade:products"), 3),
        (reverse("trade:quick", args=[client.pk]), 4),
    ):
        with django_assert_num_queries(desk + count, info=url):
            browser.get(url)
