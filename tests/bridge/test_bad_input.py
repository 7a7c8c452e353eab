"""Files as offices keep them: broken, mixed, ugly. Bad rows are refused one by one; the rest comes in."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import zipfile
from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from django.db import connection

from ritm.bridge import runs
from ritm.bridge.kinds.orders import OrdersImport
from ritm.bridge.models import Import
from ritm.clients.models import Client
from ritm.kernel.refusal import Refusal
from ritm.trade.models import Line, Order
from tests.factories.bridge import DAYS, uploaded
from tests.factories.clients import client as make_client

pytestmark = pytest.mark.django_db


def book(*sheets: tuple[str, list[list[object]]], merged: list[tuple[str, str]] = ()) -> bytes:
    """A workbook with these sheets of rows."""
    out = io.BytesIO()
    made = xlsxwriter.Workbook(out, {"default_date_format": "dd.mm.yyyy"})
    for at, (name, rows) in enumerate(sheets):
        sheet = made.add_worksheet(name)
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell is not None:
                    sheet.write(number, column, cell)
        if at == 0:
            for span, text in merged:
                sheet.merge_range(span, text)
    made.close()
    return out.getvalue()


def amounts() -> list[Decimal]:
    return list(Order.objects.order_by("ordered_on", "amount").values_list("amount", flat=True))


def test_cp1251_with_semicolons_and_commas(bring):
    bring("Клиент;Дата;Сумма\nООО «Ромашка»;14.03.2026;1 234,56\nИП Ёлкин;15.03.2026;10,00\n".encode("cp1251"))
    assert set(Client.objects.values_list("name", flat=True)) == {"ООО «Ромашка»", "ИП Ёлкин"}
    assert amounts() == [Decimal("1234.56"), Decimal("10.00")]


def test_broken_encoding_refuses_the_row_not_the_file(bring):
    body = "Клиент;Дата;Сумма\n".encode() + "Ромашка;14.03.2026;1\n".encode() * 30
    found = bring(body + "Лютик;15.03.2026;2\n".encode()[:-3] + b"\xff\xfe\n" + "Лют".encode() + b"\xd0;15.03.2026;2\n")
    assert found.report.state == Import.State.DONE
    assert {code for _, code in found.refused} >= {"text_broken"}
    assert Client.objects.filter(name="Ромашка").exists()


def test_mixed_dates(bring):
    rows = ["A,14.03.2025,1", "A,2025-03-15,2", "A,16.03.2025 12:30,3", "A,45733,4", "A,03/31/2025,5", "A,17.03.25,6"]
    found = bring("client,date,amount\n" + "\n".join(rows) + "\n")
    assert [o.isoformat() for o in Order.objects.order_by("ordered_on").values_list("ordered_on", flat=True)] == [
        "2025-03-14", "2025-03-15", "2025-03-16", "2025-03-17",
    ]  # fmt: skip
    assert found.refused == [(6, "date_other_order")]


def test_the_whole_column_says_which_comes_first(take):
    # The first 600 rows can be read both ways; only the last ones tell that the month stands first.
    rows = [f"A{i},{i % 12 + 1:02}/{(i // 12) % 12 + 1:02}/2025,1" for i in range(600)] + ["B,01/31/2025,5"]
    found = take("client,date,amount\n" + "\n".join(rows) + "\n")
    assert found.source.mapping["day_first"] is False


def test_minus_a_billion(bring):
    found = bring("Клиент;Дата;Сумма\nРомашка;14.03.2026;«-999 999 999,9»\nРомашка;13.03.2026;-999 999 999,9\n")
    assert amounts() == [Decimal("-999999999.90")]
    assert Order.objects.get().kind == "return"
    assert found.refused == [(2, "amount_unknown")]
    assert (3, "returns_exceed", False) in found.problems


def test_amounts_that_no_order_holds(bring):
    found = bring(
        "client,date,amount\nA,2026-01-01,1e15\nA,2026-01-02,900000000000\nA,2026-01-02,900000000000\nB,2026-01-02,1\n"
    )
    assert [code for _, code in found.refused] == ["amount_too_big", "amount_too_big"]
    assert amounts() == [Decimal(1)]


def test_an_accountants_workbook(bring):
    sheet = [
        ["Отчёт по продажам"],
        ["Период: январь – март 2026"],
        [],
        ["№ п/п", "Контрагент", "ИНН", "Номер документа", "Дата", "Сумма, руб."],
        [1, "ООО Ромашка", 7707083893.0, "УТ-1", dt.date(2026, 1, 14), 1000.5],
        [2, "ИП Петров", 274062111.0, "УТ-2", 46037, "2 000,00"],
        [3, "ООО Ромашка", 7707083893.0, "УТ-3", "16.01.2026", "(300,00)"],
        ["Итого", None, None, None, None, 2700.5],
    ]
    found = bring(book(("Пояснения", [["Это не таблица"], ["совсем"]]), ("Продажи", sheet)), filename="отчёт.xlsx")
    assert found.report.understood["sheet"] == "Продажи"
    assert amounts() == [Decimal("1000.50"), Decimal(2000), Decimal(-300)]
    assert Client.objects.get(name="ООО Ромашка").inn == "7707083893"
    assert Client.objects.get(name="ИП Петров").inn == "0274062111"
    assert found.counts["totals"] == 1
    assert not found.refused
    assert ("inn_padded", False) in [(code, refused) for _, code, refused in found.problems]


def test_merged_headers(bring):
    rows = [
        [None, None, "Документ", None, None],
        ["Код контрагента", "Контрагент", "Номер", "Дата", "Сумма"],
        ["К-1", "ООО Ромашка", "1", "14.01.2026", 5],
    ]
    bring(book(("Лист1", rows), merged=[("C1:D1", "Документ")]))
    order = Order.objects.get()
    assert (order.number, order.client.external_id, order.amount) == ("1", "К-1", Decimal(5))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "file_empty"),
        (b"  \n \n", "file_empty"),
        (b"client,date,amount\n", "file_no_rows"),
        (gzip.compress(b""), "file_empty"),
        (gzip.compress(DAYS.encode())[:40], "file_unreadable"),
        (book(("Лист1", [])), "file_empty"),
        (b"PK\x03\x04 not a workbook", "file_unreadable"),
        (book(("Лист1", [["a", "b"], [1, 2]]))[:900], "file_unreadable"),
    ],
)
def test_unreadable_files_say_so(cast, body, code):
    with pytest.raises(Refusal) as caught:
        uploaded(cast, body)
    assert caught.value.code == code
    assert not Import.objects.exists()


def test_a_zip_bomb_is_not_opened(cast):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    with pytest.raises(Refusal) as caught:
        uploaded(cast, out.getvalue())
    assert caught.value.code == "zip_bomb"


def test_a_bomb_that_lies_about_its_size_is_not_opened_either(cast):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * 30_000_000)
    lying = out.getvalue().replace((30_000_000).to_bytes(4, "little"), (1_000).to_bytes(4, "little"))
    assert sum(part.file_size for part in zipfile.ZipFile(io.BytesIO(lying)).infolist()) == 1_000
    with pytest.raises(Refusal) as caught:
        uploaded(cast, lying)
    assert caught.value.code == "zip_bomb"


@pytest.mark.parametrize("inside", [b"0" * 30_000_000, b"PK\x03\x04" + b"0" * 30_000_000])
def test_a_gzip_bomb_is_not_opened(cast, inside):
    with pytest.raises(Refusal) as caught:
        uploaded(cast, gzip.compress(inside))
    assert caught.value.code == "zip_bomb"
    assert not Import.objects.exists()


def test_a_workbook_in_a_gzip_is_weighed_as_a_workbook(cast, monkeypatch):
    from ritm.bridge import files

    monkeypatch.setattr(files, "WORKBOOK_BYTES", 3_000)
    packed = gzip.compress(book(("Лист1", [["a", "b"], *([f"клиент {n}", n] for n in range(500))])))
    with pytest.raises(Refusal) as caught:
        uploaded(cast, packed)
    assert caught.value.code == "workbook_large"


def test_duplicate_order_numbers(bring):
    # One row per order: a second row with the same number is a mistake, except for another client or another year.
    rows = [
        "1,A,2026-01-10,100",
        "2,A,2026-01-11,50",
        "1,B,2026-01-12,7",
        "1,A,2025-01-10,3",
        "2,A,2026-01-11,50",
        "3,A,2026-01-11,1",
        "1,A,2026-01-15,9",
    ]
    found = bring("order number,client,date,amount\n" + "\n".join(rows) + "\n", options={"rows_are": "orders"})
    assert found.refused == [(6, "number_repeats"), (8, "number_other_date")]
    assert amounts() == [Decimal(3), Decimal(100), Decimal(1), Decimal(50), Decimal(7)]


def test_lines_of_an_order_with_two_dates(bring):
    rows = ["1,A,2026-01-10,P1,1,10", "1,A,2026-01-11,P2,1,20", "1,A,2026-01-10,P3,2,5"]
    found = bring("order number,client,date,sku,quantity,price\n" + "\n".join(rows) + "\n")
    assert found.refused == [(3, "number_other_date")]
    assert amounts() == [Decimal(20)]
    assert Line.objects.count() == 2


def test_orders_in_the_future(bring):
    # TODAY is 2026-03-16.
    found = bring("client,date,amount\nA,2026-03-16,1\nA,2026-03-17,2\nA,2062-01-01,3\n")
    assert found.refused == [(3, "date_future"), (4, "date_future")]
    assert amounts() == [Decimal(1)]


def test_returns_larger_than_orders(bring):
    found = bring("client,date,amount\nA,2026-01-10,100\nA,2026-01-11,-150\n")
    assert amounts() == [Decimal(100), Decimal(-150)]
    assert found.problems == [(2, "returns_exceed", False)]


def test_an_order_and_a_return_of_one_day(bring):
    found = bring("client,date,amount\nA,2026-01-10,100\nA,2026-01-10,-30\nA,2026-01-10,5\n")
    assert amounts() == [Decimal(-30), Decimal(105)]
    assert bring("client,date,amount\nA,2026-01-10,100\nA,2026-01-10,-30\nA,2026-01-10,5\n").counts["orders_same"] == 2
    assert found.counts["returns"] == 1


def test_returns_by_word(bring):
    bring("number,client,date,kind,amount\n1,A,2026-01-10,Реализация,100\n2,A,2026-01-12,Возврат от покупателя,40\n")
    assert amounts() == [Decimal(100), Decimal(-40)]
    assert Order.objects.get(number="2").kind == "return"


def test_clients_with_one_order_or_none(bring):
    found = bring("client,date,amount\nA1,2026-01-10,100\nB1,,\nC1,,0\nD1,,15\n")
    assert set(Client.objects.values_list("external_id", flat=True)) == {"A1", "B1"}
    assert found.refused == [(4, "date_empty"), (5, "date_empty")]
    assert Order.objects.count() == 1


def test_leap_days(bring):
    found = bring("client,date,amount\nA,2024-02-29,1\nA,29.02.2024,2\nA,2025-02-29,3\nA,29.02.2025,4\n")
    assert found.refused == [(4, "date_impossible"), (5, "date_impossible")]
    assert amounts() == [Decimal(3)]


def test_two_clients_who_look_the_same(bring, cast):
    make_client(cast.home, name="ООО Ромашка")
    make_client(cast.home, name="ООО «Лютик»")
    make_client(cast.home, name="ооо ромашка")
    found = bring("Клиент;Дата;Сумма\nООО Ромашка;14.03.2026;1\nООО «Лютик»;14.03.2026;2\nООО Ромашка;15.03.2026;3\n")
    assert found.refused == [(2, "client_many"), (4, "client_many")]
    assert amounts() == [Decimal(2)]
    assert Client.objects.count() == 3


def test_a_client_by_inn_and_branches_by_kpp(bring, cast):
    one = make_client(cast.home, name="Ромашка, Уфа", legal={"inn": "7707083893", "kpp": "770701001"})
    two = make_client(cast.home, name="Ромашка, Казань", legal={"inn": "7707083893", "kpp": "165502001"})
    found = bring(
        "Клиент;ИНН;КПП;Дата;Сумма\nРомашка;7707083893;165502001;14.03.2026;1\n"
        "Ромашка;7707083893;770701001;14.03.2026;2\nРомашка;7707083893;;14.03.2026;3\n"
    )
    assert Order.objects.get(client=two).amount == Decimal(1)
    assert Order.objects.get(client=one).amount == Decimal(2)
    assert found.refused == [(4, "client_many")]


def test_another_organisation_is_never_matched(bring, cast):
    from ritm.journal import tenancy

    with tenancy.organisation(cast.other.pk):
        make_client(cast.other, name="ООО Ромашка", external_id="A1")
    bring("client,date,amount\nA1,2026-01-10,1\n")
    assert Client.objects.get(external_id="A1").organisation_id == cast.home.pk


def test_two_imports_at_once(take, cast):
    found = take(DAYS)
    # Somebody else's session holds the organisation's lock.
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", [0x494D50, cast.home.pk])
        with pytest.raises(runs.Busy):
            found.check()
        assert found.report.state == Import.State.DRY
    finally:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_all()")
        other.close()
    found.check()
    assert found.report.state == Import.State.CHECKED


def test_a_worker_killed_in_the_middle(take, monkeypatch):
    monkeypatch.setattr("ritm.bridge.kinds.orders.CLIENTS_PER_CHUNK", 2)
    found = take("client,date,amount\n" + "".join(f"A{i},2026-01-10,{i}\n" for i in range(1, 10))).check()
    real = OrdersImport.bring_in
    parts = []

    def dies(self, *args, **kwargs):
        if len(parts) == 2:
            raise SystemExit  # what no handler may swallow
        parts.append(1)
        return real(self, *args, **kwargs)

    monkeypatch.setattr(OrdersImport, "bring_in", dies)
    with pytest.raises(SystemExit):
        found.run()
    assert found.report.state == Import.State.RUNNING
    there = Order.objects.count()
    assert 0 < there < 9
    monkeypatch.setattr(OrdersImport, "bring_in", real)
    runs.run(organisation_id=found.actor.organisation_id, import_id=found.source.pk, at=found.source.created_at)
    assert found.report.state == Import.State.DONE
    assert Order.objects.count() == 9
    assert found.counts["orders_new"] == 9
    assert found.counts["clients_new"] == 9
    # A job that comes a second time does nothing.
    assert not runs.run(
        organisation_id=found.actor.organisation_id, import_id=found.source.pk, at=found.source.created_at
    )
    found.undo()
    assert not Order.objects.exists()
    assert not Client.objects.exists()


def test_undo_keeps_what_was_touched(bring, cast):
    from ritm.clients import operations as clients
    from ritm.trade.models import Payment
    from tests.cast import NOW

    found = bring(DAYS + "A3,2026-01-12,7\nA4,2026-01-12,8\n")
    paid = Order.objects.get(client__external_id="A2")
    Payment.objects.create(
        organisation=cast.home, client=paid.client, order=paid, paid_on=paid.ordered_on, amount=20, created_at=NOW
    )
    edited = Client.objects.get(external_id="A3")
    clients.edit(client=edited, changes={"name": "Ромашка"}, by=found.actor, at=NOW)
    found.undo()
    assert list(Order.objects.all()) == [paid]
    assert set(Client.objects.values_list("external_id", flat=True)) == {"A2", "A3"}
    report = found.report.batch.undo_report
    assert (report["orders_kept"], report["orders_removed"], report["clients_kept"]) == (1, 4, 2)


def test_a_file_with_a_hundred_thousand_bad_rows_says_each(take):
    found = take("client,date,amount\n" + "A,2026-01-01,1\n" * 600 + "A,вчера,1\n" * 3000).check()
    assert found.counts["refused"] == 3000
    assert len(found.refused) == 3000


@pytest.mark.slow
def test_two_hundred_megabytes_without_holding_them(cast, settings, tmp_path):
    """The reader's memory stays flat: what it holds is a chunk of rows and the distinct values of columns."""
    import resource

    path: Path = tmp_path / "large.csv"
    row = b"K%06d,2025-%02d-%02d,%d.50," + b"x" * 60 + b"\n"
    with path.open("wb") as file:
        file.write(b"client,date,amount,comment\n")
        for block in range(20):
            file.writelines(
                row % (i % 5000, i % 12 + 1, i % 28 + 1, i) for i in range(block * 5000, block * 5000 + 5000)
            )
    from ritm.bridge import operations
    from ritm.bridge.files import pieces_of
    from ritm.kernel.actor import Actor
    from tests.cast import NOW

    actor = Actor(cast.home.pk, cast.oleg.pk, "import")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    source = operations.take_file(kind="orders", filename="l.csv", pieces=pieces_of(path), by=actor, at=NOW)
    assert source.size == path.stat().st_size
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 60_000
