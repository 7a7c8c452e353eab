"""Money of every hand."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ritm.bridge.rules.amounts import Mark, decimal_mark, parse_amount
from ritm.bridge.rules.keys import parse_key
from ritm.bridge.rules.refused import Refused


@pytest.mark.parametrize(
    ("value", "amount"),
    [
        ("-999 999 999,9", "-999999999.9"),
        ("1\u00a0250\u202f000,50 ₽", "1250000.50"),
        ("1.234,56", "1234.56"),
        ("1,234.56", "1234.56"),
        ("1.234.567", "1234567"),
        ("(1 200.00)", "-1200.00"),
        ("($1,200.50)", "-1200.50"),
        ("100-", "-100"),
        ("\u2212 5", "-5"),
        ("+7", "7"),
        ("15 000 руб.", "15000"),
        ("р. 15", "15"),
        ("1'234.50", "1234.50"),
        ("0,125", "0.125"),
        (".5", "0.5"),
        ("5,", "5"),
        ("0", "0"),
        ("1,5E+3", "1500"),
        (100.5, "100.5"),
        (-3, "-3"),
        (Decimal("1.10"), "1.10"),
    ],
)
def test_amounts_that_can_be_read_one_way(value: object, amount: str) -> None:
    for decimal in (".", ","):
        assert parse_amount(value, decimal) == Decimal(amount)


@pytest.mark.parametrize(
    ("value", "decimal", "amount"),
    [("1,234", ".", "1234"), ("1,234", ",", "1.234"), ("1.234", ",", "1234"), ("1.234", ".", "1.234")],
)
def test_amounts_that_the_column_decides(value: str, decimal: Mark, amount: str) -> None:
    assert parse_amount(value, decimal) == Decimal(amount)


@pytest.mark.parametrize(
    ("column", "mark"),
    [
        (["1,234", "12,50"], ","),
        (["1,234", "2,500"], "."),
        (["1.234", "2.500"], "."),
        (["1.234", "1.234.567"], ","),
        (["1,234.5", "7"], "."),
        (["1 234,567"], ","),
        ([], "."),
        ([1.5, None, "", "abc"], "."),
    ],
)
def test_the_decimal_mark_of_a_column(column: list[object], mark: str) -> None:
    assert decimal_mark(column) == mark


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("", "amount_empty"),
        (None, "amount_empty"),
        ("abc", "amount_unknown"),
        ("12 34", "amount_unknown"),
        ("12р34", "amount_unknown"),
        ("1.2.3", "amount_unknown"),
        ("1,23,456.7", "amount_unknown"),
        ("--5", "amount_unknown"),
        ("nan", "amount_unknown"),
        (float("inf"), "amount_unknown"),
        (True, "amount_unknown"),
        ([], "amount_unknown"),
        ("40702810900000012345", "amount_too_big"),
    ],
)
def test_what_is_no_amount_says_why(value: object, code: str) -> None:
    refused = parse_amount(value)
    assert isinstance(refused, Refused)
    assert refused.code == code
    assert refused.say("ru") and refused.say("en")


@given(st.decimals(-(10**12), 10**12, places=2))
def test_every_amount_survives_every_way_of_writing(amount: Decimal) -> None:
    english = f"{amount:,.2f}"
    russian = english.replace(",", "\u00a0").replace(".", ",")
    german = english.translate(str.maketrans(",.", ".,"))
    assert parse_amount(english) == parse_amount(russian, ",") == parse_amount(german, ",") == amount


@given(st.text(alphabet="0123456789., -()р₽eE'", max_size=15))
def test_no_text_breaks_the_reading(text: str) -> None:
    assert isinstance(parse_amount(text), (Decimal, Refused))


@pytest.mark.parametrize(
    ("value", "key"),
    [
        (7707083893.0, "7707083893"),
        ("7707083893.0", "7707083893"),
        ("7707083893,00", "7707083893"),
        (17, "17"),
        ("007", "007"),
        (12.5, "12.5"),
        (" ООО  «Ромашка»\u00a0 плюс ", "ООО «Ромашка» плюс"),
        ("1С-0042", "1С-0042"),
    ],
)
def test_clients_keep_their_numbers(value: object, key: str) -> None:
    assert parse_key(value) == key


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (None, "key_empty"),
        (" \u00a0", "key_empty"),
        ("7,70708E+09", "key_rounded"),
        (1e20, "key_rounded"),
        (float("nan"), "key_rounded"),
        (True, "key_unknown"),
        ("Ро\ufffdашка", "text_broken"),
    ],
)
def test_what_is_no_client_says_why(value: object, code: str) -> None:
    refused = parse_key(value)
    assert isinstance(refused, Refused)
    assert refused.code == code
    assert refused.say("ru") and refused.say("en")
