"""Orders out of files: what comes in, what is refused and why, again and corrected, and taken back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from ritm.bridge.models import Import
from ritm.clients.models import Client
from ritm.journal.models import Entry
from ritm.trade.models import Line, Order, Product

pytestmark = pytest.mark.django_db

DAYS = "client_id,date,amount\nA1,2026-01-10,100.50\nA2,2026-01-11,20\nA1,2026-02-10,30\n"
LINES = (
    "Номер;Дата;Клиент;Артикул;Товар;Количество;Цена;Сумма\n"
    "З-1;14.01.2026;ООО Ромашка;A-1;Ручка;10;12,50;125,00\n"
    "З-1;14.01.2026;ООО Ромашка;A-2;Тетрадь;2;40;80\n"
    "З-2;15.01.2026;ИП Петров;A-1;Ручка;1;12,50;12,50\n"
)


def orders() -> list[tuple[str, str, str, Decimal]]:
    return [
        (o.client.name, o.number, o.ordered_on.isoformat(), o.amount)
        for o in Order.objects.select_related("client").order_by("ordered_on", "number", "id")
    ]


def test_a_dry_run_writes_nothing(take):
    found = take(DAYS).check()
    assert found.report.state == Import.State.CHECKED
    assert found.counts["orders_new"] == 3
    assert found.counts["clients_new"] == 2
    assert not Order.objects.exists()
    assert not Client.objects.exists()


def test_one_row_per_client_and_day(bring):
    found = bring(DAYS)
    assert found.report.state == Import.State.DONE
    assert orders() == [
        ("A1", "", "2026-01-10", Decimal("100.50")),
        ("A2", "", "2026-01-11", Decimal(20)),
        ("A1", "", "2026-02-10", Decimal(30)),
    ]
    assert set(Client.objects.values_list("external_id", flat=True)) == {"A1", "A2"}


def test_one_batch_of_news_for_all_clients(bring):
    bring(DAYS)
    news = Entry.objects.get(event="trade.orders_changed")
    assert set(news.payload["client_ids"]) == set(Client.objects.values_list("pk", flat=True))


def test_the_same_file_twice_changes_nothing(bring):
    bring(DAYS)
    before = list(Order.objects.order_by("pk").values())
    again = bring(DAYS)
    assert again.counts["orders_same"] == 3
    assert again.counts["orders_new"] == again.counts["orders_changed"] == 0
    assert list(Order.objects.order_by("pk").values()) == before
    assert Entry.objects.filter(event="trade.orders_changed").count() == 1


def test_a_corrected_file_updates(bring):
    bring(DAYS)
    again = bring(DAYS.replace("100.50", "99").replace("A2,2026-01-11,20", "A2,2026-01-11,20\nA3,2026-01-12,1"))
    assert (again.counts["orders_new"], again.counts["orders_changed"], again.counts["orders_same"]) == (1, 1, 2)
    assert orders()[0][3] == Decimal(99)
    assert Order.objects.count() == 4


def test_lines_become_orders_with_goods(bring):
    found = bring(LINES)
    assert orders() == [
        ("ООО Ромашка", "З-1", "2026-01-14", Decimal(205)),
        ("ИП Петров", "З-2", "2026-01-15", Decimal("12.50")),
    ]
    assert found.counts["lines"] == 3
    assert set(Product.objects.values_list("sku", "name")) == {("A-1", "Ручка"), ("A-2", "Тетрадь")}
    assert Line.objects.order_by("pk").values_list("quantity", "price", "amount")[0] == (
        Decimal(10), Decimal("12.50"), Decimal(125),
    )  # fmt: skip


def test_lines_twice_change_nothing_and_a_corrected_line_updates_its_order(bring):
    bring(LINES)
    again = bring(LINES)
    assert again.counts["orders_same"] == 2, again.counts
    # The order's sum stays, its lines do not.
    again = bring(LINES.replace("A-1;Ручка;10;12,50;125,00", "A-2;Тетрадь;10;12,50;125,00"))
    assert (again.counts["orders_changed"], again.counts["orders_same"]) == (1, 1)
    assert Line.objects.filter(order__number="З-1", product__sku="A-2").count() == 2
    assert Line.objects.count() == 3


def test_orders_of_a_client_who_is_here_already(bring, cast):
    from tests.factories.clients import client as make_client

    known = make_client(cast.home, name="ооо РОМАШКА")
    bring(LINES)
    assert Order.objects.get(number="З-1").client_id == known.pk


def test_undo_takes_everything_back(bring):
    found = bring(LINES).undo()
    assert not Order.objects.exists()
    assert not Client.objects.exists()
    assert not Product.objects.exists()
    assert found.report.state == Import.State.UNDONE
    assert found.report.batch.undo_report["orders_removed"] == 2


def test_undo_of_a_correction_puts_the_orders_back(bring):
    bring(LINES)
    before = orders()
    bring(LINES.replace("125,00", "100,00")).undo()
    assert orders() == before
    assert Line.objects.filter(amount=Decimal(125)).exists()
    assert Client.objects.count() == 2
