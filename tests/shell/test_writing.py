"""Numbers, money, dates and plurals, as a Russian and an English reader expect them."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import timezone, translation

NOW = dt.datetime(2026, 3, 16, 9, 0, tzinfo=dt.UTC)


def shown(text: str, language: str, **known: object) -> str:
    with translation.override(language), timezone.override("Europe/Moscow"):
        return Template(text).render(Context({"now": NOW, **known})).replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("text", "value", "ru", "en"),
    [
        ("{{ v|money }}", 1250000, "1 250 000 ₽", "₽1,250,000"),
        ("{{ v|money }}", Decimal("-4300.50"), "−4 301 ₽", "−₽4,301"),
        ("{{ v|money }}", None, "–", "–"),
        ("{{ v|money }}", 0, "0 ₽", "₽0"),
        ("{{ v|exact_money }}", Decimal("84300.5"), "84 300,50 ₽", "₽84,300.50"),
        ("{{ v|short_money }}", 1284000, "1,3 млн ₽", "₽1.3M"),
        ("{{ v|number }}", 1250, "1 250", "1,250"),
        ("{{ v|number:2 }}", -3.14159, "−3,14", "−3.14"),
        ("{{ v|percent }}", 0.256, "26 %", "26%"),
        ("{{ v|percent:1 }}", Decimal("0.256"), "25,6 %", "25.6%"),
        ("{{ v|phone }}", "+79123456789", "+7 912 345‑67‑89", "+7 912 345‑67‑89"),
        ("{{ v|day }}", dt.date(2026, 3, 14), "14 марта", "14 March"),
        ("{{ v|short_day }}", dt.date(2026, 3, 14), "14 мар", "14 Mar"),
        ("{{ v|day_year }}", dt.date(2026, 3, 14), "14 марта 2026", "14 March 2026"),
        ("{{ v|month }}", dt.date(2026, 3, 14), "март 2026", "March 2026"),
        ("{{ v|day }}", dt.datetime(2026, 3, 14, 22, 30, tzinfo=dt.UTC), "15 марта", "15 March"),
        ("{{ v|moment:now }}", NOW, "16 марта, 12:00", "16 March, 12:00"),
        ("{{ v|moment:now }}", NOW.replace(year=2025), "16 марта 2025, 12:00", "16 March 2025, 12:00"),
        ("{{ v|clock }}", NOW, "12:00", "12:00"),
        ("{{ v|day }}", None, "–", "–"),
        ("{{ v|ago:now }}", NOW - dt.timedelta(seconds=20), "только что", "just now"),
        ("{{ v|ago:now }}", NOW - dt.timedelta(minutes=1), "1 минуту назад", "1 minute ago"),
        ("{{ v|ago:now }}", NOW - dt.timedelta(minutes=5), "5 минут назад", "5 minutes ago"),
        ("{{ v|ago:now }}", NOW - dt.timedelta(hours=2), "2 часа назад", "2 hours ago"),
        ("{{ v|ago:now }}", NOW - dt.timedelta(days=1), "вчера", "yesterday"),
        ("{{ v|ago:now }}", dt.date(2026, 3, 16), "сегодня", "today"),
        ("{{ v|ago:now }}", dt.date(2026, 3, 13), "3 дня назад", "3 days ago"),
        ("{{ v|ago:now }}", dt.date(2026, 2, 16), "4 недели назад", "4 weeks ago"),
        ("{{ v|ago:now }}", dt.date(2025, 9, 1), "6 месяцев назад", "6 months ago"),
        ("{{ v|ago:now }}", dt.date(2021, 3, 16), "5 лет назад", "5 years ago"),
        ("{{ v|ago:now }}", dt.date(2026, 3, 17), "завтра", "tomorrow"),
        ("{{ v|ago:now }}", dt.date(2026, 3, 21), "через 5 дней", "in 5 days"),
        ("{{ v|count_of:'client' }}", 0, "0 клиентов", "0 clients"),
        ("{{ v|count_of:'client' }}", 1, "1 клиент", "1 client"),
        ("{{ v|count_of:'client' }}", 2, "2 клиента", "2 clients"),
        ("{{ v|count_of:'client' }}", 11, "11 клиентов", "11 clients"),
        ("{{ v|count_of:'order' }}", 1021, "1 021 заказ", "1,021 orders"),
        ("{{ v|count_of:'person' }}", 3, "3 человека", "3 people"),
    ],
)  # fmt: skip
def test_a_value_is_written_for_its_reader(text, value, ru, en):
    assert shown(text, "ru", v=value) == ru
    assert shown(text, "en", v=value) == en


def test_amounts_and_dates_do_not_break_at_the_end_of_a_line():
    with translation.override("ru"):
        text = Template("{{ a|money }}{{ d|day_year }}{{ n|count_of:'day' }}").render(
            Context({"a": 1250000, "d": dt.date(2026, 3, 14), "n": 5})
        )
    assert " " not in text


def test_an_unknown_noun_is_an_error():
    with pytest.raises(KeyError):
        shown("{{ 1|count_of:'unicorn' }}", "ru")


def test_a_noun_cannot_be_taught_twice_with_different_words():
    from ritm.shell.nouns import noun

    with pytest.raises(ValueError, match="client"):
        noun("client", ("%(count)s customer", "%(count)s customers"))
