"""Files as offices keep them: format, encoding, delimiter, sheet, header and columns found without questions."""

from __future__ import annotations

import gzip
import io
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import pytest
import xlsxwriter

from ritm.bridge.rules.dates import parse_date
from ritm.bridge.rules.order_rows import CHUNK, OrderRows, read_orders
from ritm.bridge.rules.refused import Refused, UnreadableFile
from ritm.bridge.rules.roles import EMAIL, INN, NAME, ORDER_ROLES, PHONE, guess_roles, tidy
from ritm.bridge.rules.tables import Table, is_total, open_table

PLAIN = "Клиент;Дата;Сумма\nРомашка;14.03.2024;1 250,50\nЛютик;15.03.2024;300\n"
ROLES = {"client": 0, "date": 1, "amount": 2}


def workbook(fill: Callable[[xlsxwriter.Workbook], None]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    fill(book)
    book.close()
    return out.getvalue()


def roles_of(table: Table) -> dict[str, int]:
    return guess_roles(table.columns, table.samples, ORDER_ROLES)


def orders_of(content: str | bytes) -> OrderRows:
    table = open_table(content if isinstance(content, bytes) else content.encode())
    places = roles_of(table)
    return read_orders(table, places["client"], places["date"], places.get("amount"))


def reasons(rows: OrderRows) -> list[tuple[int, str]]:
    return [(row, reason.code) for row, reason in rows.refused]


def refusal(content: bytes, sheet: str | None = None) -> str:
    with pytest.raises(UnreadableFile) as caught:
        open_table(content, sheet=sheet)
    assert caught.value.reason.say("ru") and caught.value.reason.say("en")
    return caught.value.reason.code


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("delimiter", [";", "\t", "|", ","])
def test_encodings_and_delimiters(encoding: str, delimiter: str) -> None:
    text = PLAIN.replace(",50", ".50").replace(";", delimiter)
    table = open_table(text.encode(encoding))
    assert table.delimiter == delimiter
    assert table.encoding in (encoding, encoding[:6])
    assert table.header_row == 1
    assert roles_of(table) == ROLES
    assert [row for row, _ in table.rows()] == [2, 3]
    assert table.samples[0][0] == "Ромашка"


def test_gzip_and_paths(tmp_path: Path) -> None:
    path = tmp_path / "orders.xyz"
    path.write_bytes(gzip.compress(PLAIN.encode("cp1251")))
    assert roles_of(open_table(path)) == ROLES


def test_decimal_commas_do_not_pass_for_delimiters() -> None:
    assert open_table(b"a;1,5;2,5\nb;2,5;3,5\n").delimiter == ";"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"  \n\n", "file_empty"),
        (b"\xef\xbb\xbf\n", "file_empty"),
        ("Клиент;Дата;Сумма\n".encode(), "file_no_rows"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "file_unreadable"),
        (gzip.compress(PLAIN.encode())[:-12], "file_unreadable"),
        (b"PK\x03\x04 broken", "file_unreadable"),
        (workbook(lambda book: book.add_worksheet("Пусто") and None), "file_empty"),
    ],
)
def test_files_that_hold_no_table_say_why(content: bytes, code: str) -> None:
    assert refusal(content) == code


def test_files_and_sheets_that_are_not_there(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile) as caught:
        open_table(tmp_path / "нет.csv")
    assert caught.value.reason.code == "file_missing"
    assert refusal(PLAIN.encode(), "Лист1") == "sheet_of_text"
    assert refusal(workbook(lambda book: book.add_worksheet("Один").write(0, 0, 1) and None), "Два") == "sheet_missing"


def test_title_lines_above_the_header() -> None:
    table = open_table(
        ("Отчёт по продажам;;\nПериод: 01.01.2024 – 31.03.2024;;\n\nКонтрагент;Дата документа;Сумма, руб.\n"
         "Ромашка;14.03.2024;1,5\n").encode("cp1251")
    )  # fmt: skip
    assert table.header_row == 4
    assert table.columns == ("Контрагент", "Дата документа", "Сумма, руб.")
    assert list(table.rows()) == [(5, ["Ромашка", "14.03.2024", "1,5"])]


def test_a_header_of_two_lines_under_merged_cells() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet("Продажи")
        sheet.write(0, 1, "Ведомость продаж")
        sheet.merge_range(2, 1, 3, 1, "Контрагент")
        sheet.merge_range(2, 2, 2, 3, "Заказ")
        sheet.merge_range(2, 4, 2, 5, "Оплата")
        for column, name in enumerate(["Дата", "Сумма", "Способ", "Комментарий"], start=2):
            sheet.write(3, column, name)
        sheet.write_row(4, 1, ["Ромашка", 45365, 100.5, "нал", ""])

    table = open_table(workbook(fill))
    assert table.header_row == 4
    assert {code: table.columns[at] for code, at in roles_of(table).items()} == {
        "client": "Контрагент",
        "date": "Дата",
        "amount": "Сумма",
    }
    assert [row for row, _ in table.rows()] == [5]


def test_equal_names_under_merged_cells_keep_the_upper_one() -> None:
    table = open_table("Клиент;План;;Факт;\n;Дата;Сумма;Дата;Сумма\nА;01.02.2024;1;02.02.2024;2\n".encode())
    assert table.columns == ("Клиент", "План Дата", "План Сумма", "Факт Дата", "Факт Сумма")


def test_words_below_a_whole_header_are_data() -> None:
    table = open_table(
        "Название компании;Тип компании;Рабочий телефон;Комментарий\n"
        "ООО «Альтаир»;Клиент;+7 948 221-11-05;Из Битрикс24\n"
        "ООО «Вереск»;Клиент;+7 948 222-11-05;\n".encode()
    )
    assert (table.header_row, table.columns[:2]) == (1, ("Название компании", "Тип компании"))
    assert len(table.samples) == 2


def test_no_header_at_all() -> None:
    table = open_table(b"17,19970101,11.77\n18,19970112,8.50\n18,19970113,8.50\n")
    assert table.header_row is None
    assert table.columns == ("column 1", "column 2", "column 3")
    assert roles_of(table) == ROLES
    assert next(table.rows())[0] == 1


def test_of_two_sheets_the_one_with_the_data_is_taken() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        notes = book.add_worksheet("Пояснения")
        for row in range(9):
            notes.write(row, 0, "Отчёт сформирован автоматически")
        data = book.add_worksheet("Данные")
        data.write_row(0, 0, ["ИНН", "Дата", "Сумма"])
        data.write_row(1, 0, [7707083893.0, 45351, -100.5])
        book.add_worksheet("Тайный").hide()

    content = workbook(fill)
    table = open_table(content)
    assert (table.format, table.sheet, table.sheets) == ("xlsx", "Данные", ("Пояснения", "Данные"))
    rows = orders_of(content)
    assert rows.clients == ["7707083893"]
    assert rows.day.tolist() == [date(2024, 2, 29).toordinal()]
    assert rows.amount.tolist() == [-100.5]
    assert open_table(content, sheet="Пояснения").sheet == "Пояснения"


def test_typed_dates_of_a_workbook() -> None:
    def fill(book: xlsxwriter.Workbook) -> None:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["Клиент", "Дата", "Сумма"])
        sheet.write(1, 0, "А")
        when = datetime(2024, 3, 14, 15, 30)  # noqa: DTZ001  a cell has no zone
        sheet.write_datetime(1, 1, when, book.add_format({"num_format": "dd.mm.yyyy hh:mm"}))
        sheet.write(1, 2, 5)

    assert orders_of(workbook(fill)).day.tolist() == [date(2024, 3, 14).toordinal()]


def test_an_unclosed_quote_does_not_swallow_the_rows_below() -> None:
    rows = orders_of('client;date;amount\nc1;"2024-01-01;10\nc2;2024-01-02;11\nc3;2024-01-03;12\n')
    assert rows.clients == ["c1", "c2", "c3"]
    assert not rows.refused


def test_quotes_and_line_feeds_within_a_cell() -> None:
    table = open_table('Клиент,Дата,Сумма\n"ООО ""А"",\nфилиал",2024-01-01,5\nБ,2024-01-02,6\n'.encode())
    assert list(table.rows()) == [
        (2, ['ООО "А",\nфилиал', "2024-01-01", "5"]),
        (4, ["Б", "2024-01-02", "6"]),
    ]


def test_bytes_of_another_encoding_refuse_their_rows_only() -> None:
    good = "".join(f"Ромашка {i};14.03.2024;5\n" for i in range(20)).encode()
    rows = orders_of("Клиент;Дата;Сумма\n".encode() + good + "Лютик".encode("cp1251") + b";14.03.2024;5\n")
    assert len(rows.client) == 20
    assert reasons(rows) == [(22, "text_broken")]


def test_every_row_is_taken_or_named() -> None:
    rows = orders_of(
        "Клиент;Дата;Сумма\n"
        "Ромашка;14.03.2024;100\n"
        "Ромашка;29.02.2023;100\n"  # 3: no such day
        ";15.03.2024;100\n"  # 4: nobody
        "Лютик;;100\n"  # 5: no date
        "Лютик;16.03.2024;сто\n"  # 6: no amount
        "Лютик;16.03.2024\n"  # 7: short row, no amount: an order all the same
        "Астра;;\n"  # 8: a client without orders
        "Итого;;300\n"  # 9
        "Пион;17.03.2024;-999 999 999,9\n"  # 10: a return
        ";;;\n"
        "Пион;45365;1\n"  # 12: an Excel day number
        "Всего по отчёту;18.03.2024\n"  # 13: taken for a client: a date stands beside it… but the words are a sum's
    )
    assert reasons(rows) == [(3, "date_impossible"), (4, "key_empty"), (5, "date_empty"), (6, "amount_unknown")]
    assert rows.totals == [9, 13]
    assert rows.without_amount == 1
    assert [rows.clients[at] for at in rows.idle] == ["Астра"]
    taken = [(rows.clients[at], float(money)) for at, money in zip(rows.client, rows.amount, strict=True)]
    assert taken == [("Ромашка", 100.0), ("Лютик", 0.0), ("Пион", -999999999.9), ("Пион", 1.0)]


def test_an_inn_as_a_float_and_as_text_is_one_client() -> None:
    rows = orders_of("ИНН,Дата,Сумма\n7707083893.0,2024-01-01,5\n7707083893,2024-01-02,5\n")
    assert rows.clients == ["7707083893"]
    assert rows.client.tolist() == [0, 0]


def test_mixed_dates_in_one_column() -> None:
    rows = orders_of("client,date,amount\na,13/01/2024,1\na,14/01/2024,1\na,01/15/2024,1\na,2024-01-16,1\na,45308,1\n")
    assert reasons(rows) == [(4, "date_other_order")]
    assert [date.fromordinal(day).day for day in rows.day.tolist()] == [13, 14, 16, 17]
    assert rows.days_written.mixed


def test_timestamps_are_days() -> None:
    rows = orders_of("client,created_at,total\n" + "".join(f"a,2024-01-05T10:{i:02}:00Z,1\n" for i in range(60)))
    assert set(rows.day.tolist()) == {date(2024, 1, 5).toordinal()}


def test_the_quick_road_and_the_slow_one_agree() -> None:
    """A column of tidy numbers is read at once; one odd value sends its chunk the slow way."""
    money = ["1", "-2.5", "", "1 234.50", "12\u00a0345", "0", "999999999.99"]
    body = "".join(f"c{i};14.03.2024;{amount}\n" for i, amount in enumerate(money))
    quick = orders_of("client;date;amount\n" + body)
    slow = orders_of("client;date;amount\n" + body + "z;14.03.2024;x\n")
    assert quick.amount.tolist() == slow.amount.tolist() == [1, -2.5, 0, 1234.5, 12345, 0, 999999999.99]
    assert reasons(slow) == [(len(money) + 2, "amount_unknown")]


def test_chunks_meet_without_a_seam() -> None:
    size = 2 * CHUNK + 7
    rows = orders_of("client,date,amount\n" + "".join(f"c{i % 97},2024-01-{1 + i % 28:02},{i}\n" for i in range(size)))
    assert rows.amount.tolist() == list(range(size))
    assert len(rows.clients) == 97


def test_a_file_without_amounts() -> None:
    rows = orders_of("client,date\na,2024-01-05\nb,2024-01-06\n")
    assert rows.amount.tolist() == [0, 0]


def test_an_unreadable_row_is_named() -> None:
    huge = "x" * 200_000
    rows = orders_of(f"client,date,amount\na,2024-01-05,1\n{huge},2024-01-05,1\nb,2024-01-06,1\n")
    assert reasons(rows) == [(3, "row_unreadable")]
    assert rows.clients == ["a", "b"]


@pytest.mark.parametrize(
    ("cells", "total"),
    [
        (["Итого", "", "5"], True),
        (["", "ИТОГО:", 5], True),
        (["Итого по клиенту Ромашка", "", "5"], True),
        (["Общий итог"], True),
        (["Grand Total"], True),
        (["Subtotal for north"], True),
        (["Total:"], True),
        (["Total Petroleum", "", "5"], False),
        (["Итоговый поставщик"], False),
        (["Ромашка", "Итого"], False),
        ([5, None], False),
    ],
)
def test_rows_that_sum_up_others(cells: list[object], total: bool) -> None:
    assert is_total(cells) is total


def test_roles_by_name() -> None:
    columns = ["№", "Дата рождения", "Дата заказа", "Код клиента", "Клиент", "Сумма НДС", "Сумма", "E-mail", "Тел."]
    samples = [["1", "01.02.1990", "01.02.2024", "17", "Ромашка", "20", "100", "a@b.ru", "+7 912 345-67-89"]]
    assert guess_roles(columns, samples, ORDER_ROLES) == {"client": 3, "date": 2, "amount": 6}
    assert guess_roles(columns, samples, (NAME, PHONE, EMAIL, INN)) == {"name": 4, "phone": 8, "email": 7}


def test_a_name_that_its_cells_belie_is_not_believed() -> None:
    assert guess_roles(["Клиент", "Дата", "Когда"], [["А", "январь", "01.02.2024"]], ORDER_ROLES)["date"] == 2


def test_names_in_any_spelling() -> None:
    assert tidy("InvoiceDate") == tidy("invoice_date") == tidy(" Invoice  date") == "invoice date"
    assert tidy("Счёт, руб.") == "счет руб"


def test_refusals_can_be_said_in_both_languages() -> None:
    assert Refused("date_unknown", {"value": "x"}).say("ru") == "«x» – не дата"
    assert Refused("date_unknown", {"value": "x"}).say("en") == "'x' is not a date"


def merged_book(since_1904: bool = False) -> bytes:
    """Two clients, the first merged down over three rows; a bare day number in the last row."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"date_1904": since_1904, "default_date_format": "dd.mm.yyyy"}) as book:
        sheet = book.add_worksheet()
        sheet.write_row(1, 1, ["Клиент", "Дата", "Сумма"])
        sheet.merge_range("B3:B5", "Ромашка")
        sheet.merge_range("D3:D4", 300)
        for row, day in enumerate((1, 2, 3), start=2):
            sheet.write_datetime(row, 2, date(2026, 3, day))
        sheet.write(4, 3, 50)
        sheet.write_row(5, 1, ["Лютик", 46_000 - (1462 if since_1904 else 0), 5])
    return out.getvalue()


@pytest.mark.parametrize("since_1904", [False, True])
def test_merged_down_cells_and_days_since_1904(since_1904: bool) -> None:
    table = open_table(merged_book(since_1904))
    rows = list(table.rows_meant(down=[0, 1], dates=[1]))
    assert [(number, cells[0], cells[2]) for number, cells in rows] == [
        (3, "Ромашка", 300.0),
        (4, "Ромашка", ""),  # a sum is said once
        (5, "Ромашка", 50.0),
        (6, "Лютик", 5.0),
    ]
    assert [parse_date(cells[1]) for _, cells in rows] == [
        *(date(2026, 3, day) for day in (1, 2, 3)),
        date(2025, 12, 9),
    ]
