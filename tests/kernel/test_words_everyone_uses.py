"""Calendar, money, phones, requisites, sockets, events."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ritm.kernel import calendar, money, phone, requisites
from ritm.kernel.event import Event
from ritm.kernel.socket import Socket

DAYS = st.dates(dt.date(2000, 1, 1), dt.date(2050, 12, 31))
EXCEPTIONS = st.dictionaries(st.dates(dt.date(2024, 1, 1), dt.date(2024, 12, 31)), st.booleans(), max_size=20)


@given(st.dates(dt.date(2023, 12, 1), dt.date(2025, 1, 31)), st.integers(-40, 40).filter(bool), EXCEPTIONS)
def test_adding_working_days_and_counting_them_agree(day, count, exceptions):
    there = calendar.add_working_days(day, count, exceptions)
    assert calendar.is_working(there, exceptions)
    if count > 0:
        assert calendar.working_days_between(day, there, exceptions) == count


def test_months_end_where_the_month_ends():
    assert calendar.add_months(dt.date(2024, 1, 31), 1) == dt.date(2024, 2, 29)
    assert calendar.add_months(dt.date(2023, 1, 31), 1) == dt.date(2023, 2, 28)
    assert calendar.add_months(dt.date(2024, 2, 29), 12) == dt.date(2025, 2, 28)
    assert calendar.add_months(dt.date(2024, 3, 31), -1) == dt.date(2024, 2, 29)


@given(DAYS, st.integers(-60, 60))
def test_months_move_by_months(day, months):
    there = calendar.add_months(day, months)
    assert (there.year * 12 + there.month) - (day.year * 12 + day.month) == months
    assert there.day <= day.day


@given(DAYS, st.sampled_from(["Europe/Moscow", "Asia/Vladivostok", "America/Sao_Paulo", "Asia/Beirut"]))
def test_local_midnight_is_the_first_moment_of_the_day(day, zone):
    moment = calendar.local_midnight(day, zone)
    assert calendar.local_date(moment, zone) == day
    assert calendar.local_date(moment - dt.timedelta(minutes=1), zone) < day


def test_a_midnight_that_does_not_exist():
    # Clocks in Beirut went from 23:59 on 30 March 2024 straight to 01:00.
    assert calendar.local_midnight(dt.date(2024, 3, 31), "Asia/Beirut") == dt.datetime(
        2024, 3, 30, 22, 0, tzinfo=dt.UTC
    )


@pytest.mark.parametrize(
    ("amount", "lang", "shown"),
    [
        (1250000, "ru", "1\u00a0250\u00a0000\u00a0₽"),
        (1250000, "en", "₽1,250,000"),
        (Decimal("-0.5"), "ru", "\u22121\u00a0₽"),
        (0, "ru", "0\u00a0₽"),
    ],
)
def test_money(amount, lang, shown):
    assert money.show_money(amount, lang=lang) == shown


@pytest.mark.parametrize(
    ("amount", "ru", "en"),
    [
        (9_999, "9\u00a0999\u00a0₽", "₽9,999"),
        (12_345, "12,3\u00a0тыс.\u00a0₽", "₽12.3K"),
        (999_600, "1\u00a0млн\u00a0₽", "₽1M"),
        (1_340_000, "1,3\u00a0млн\u00a0₽", "₽1.3M"),
        (-250_000_000, "\u2212250\u00a0млн\u00a0₽", "\u2212₽250M"),
        (7_100_000_000, "7,1\u00a0млрд\u00a0₽", "₽7.1B"),
    ],
)
def test_short_money(amount, ru, en):
    assert money.show_short_money(amount) == ru
    assert money.show_short_money(amount, lang="en") == en


@pytest.mark.parametrize(
    ("text", "e164", "extension"),
    [
        ("8 (912) 345-67-89", "+79123456789", ""),
        ("+7 912 345 67 89 доб. 12", "+79123456789", "12"),
        ("9123456789", "+79123456789", ""),
        ("8-800-555-35-35", "+78005553535", ""),
        ("+375 29 123-45-67", "+375291234567", ""),
    ],
)
def test_phones(text, e164, extension):
    assert phone.parse_phone(text) == phone.Phone(e164, extension)


def test_a_cell_with_two_phones_and_a_note():
    found, left = phone.split_phones("8 912 345-67-89, 8 (351) 222-33-44; звонить после 10")
    assert [p.e164 for p in found] == ["+79123456789", "+73512223344"]
    assert left == ["звонить после 10"]


def test_a_short_number_needs_its_city():
    assert phone.parse_phone("222-33-44") is None
    assert phone.parse_phone("222-33-44", area_code="351") == phone.Phone("+73512223344")


def test_phones_are_shown_as_people_write_them():
    shown = phone.show_phone("+79123456789", "12")
    assert shown.replace("\u00a0", " ").replace("\u2011", "-") == "+7 912 345-67-89 доб. 12"


def test_requisites():
    assert requisites.inn_is_valid("7707083893")
    assert not requisites.inn_is_valid("7707083894")
    assert not requisites.inn_is_valid("0000000000")
    assert requisites.inn_is_valid("500100732259")
    assert requisites.digits_of("7707083893.0") == "7707083893"
    assert requisites.kpp_is_valid("773601001")
    assert not requisites.kpp_is_valid("77360100")
    assert requisites.ogrn_is_valid("1027700132195")
    assert not requisites.ogrn_is_valid("1027700132196")
    assert requisites.bik_is_valid("044525225")
    assert requisites.account_is_valid("30101810400000000225", "044525225")
    assert not requisites.account_is_valid("30101810400000000226", "044525225")


@given(st.text("0123456789", min_size=20, max_size=20))
def test_one_wrong_digit_of_an_account_is_noticed(account):
    good = next(
        account[:8] + d + account[9:]
        for d in "0123456789"
        if requisites.account_is_valid(account[:8] + d + account[9:], "044525225")
    )
    wrong = good[:-1] + str((int(good[-1]) + 1) % 10)
    assert not requisites.account_is_valid(wrong, "044525225")


def test_a_socket_keeps_order_and_refuses_a_second_plug():
    socket: Socket[object] = Socket("test")
    first, second = object(), object()
    socket.plug("b", order=2)(first)
    socket.plug("a", order=5)(second)
    assert list(socket) == [first, second]
    socket.plug("b", order=2)(first)
    with pytest.raises(ValueError, match="twice"):
        socket.plug("b")(second)


@dataclass(frozen=True, kw_only=True)
class _Happened(Event):
    name = "test.happened"
    client_ids: tuple[int, ...]
    on: dt.date
    at: dt.datetime
    amount: Decimal
    note: str = ""


def test_an_event_survives_the_journal():
    event = _Happened(
        client_ids=(1, 2),
        on=dt.date(2026, 3, 14),
        at=dt.datetime(2026, 3, 14, 9, tzinfo=dt.UTC),
        amount=Decimal("1.50"),
    )
    assert _Happened.from_payload(event.payload()) == event
