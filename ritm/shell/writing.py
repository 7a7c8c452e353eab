"""How numbers, dates and moments are written, in Russian and in English, with spaces that do not break."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from babel.dates import format_date
from django.utils import timezone
from django.utils.translation import get_language, gettext

from ritm.shell.nouns import count_of

NBSP = "\u00a0"
NOTHING = "–"


def language() -> str:
    """This function will name the language of the page: 'ru' or 'en'."""
    return "en" if (get_language() or "ru").startswith("en") else "ru"


def _unbroken(text: str) -> str:
    return text.replace(" ", NBSP).replace("\u202f", NBSP)


@lru_cache(maxsize=8192)
def _date(day: dt.date, pattern: str, lang: str) -> str:
    return _unbroken(format_date(day, pattern, locale=lang))


def show_number(value: Decimal | int | float, places: int = 0) -> str:
    """This function will write a number with `places` decimals: '1 250,5' in Russian, '1,250.5' in English."""
    number = Decimal(str(value)).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    body = f"{abs(number):,f}"
    if language() == "ru":
        body = body.replace(",", NBSP).replace(".", ",")
    return ("\u2212" if number < 0 else "") + body


def show_percent(share: Decimal | int | float, places: int = 0) -> str:
    """This function will write a share (0.25 is 25 %): '25 %' in Russian, '25%' in English."""
    text = show_number(Decimal(str(share)) * 100, places)
    return f"{text}{NBSP}%" if language() == "ru" else f"{text}%"


def local_day(value: dt.date) -> dt.date:
    """This function will give the calendar date; of an aware moment, the one in the viewer's time zone."""
    if isinstance(value, dt.datetime):
        return timezone.localtime(value).date() if timezone.is_aware(value) else value.date()
    return value


def show_day(value: dt.date) -> str:
    """This function will write '14 марта' or '14 March'."""
    return _date(local_day(value), "d MMMM", language())


def show_short_day(value: dt.date) -> str:
    """This function will write '14 мар' or '14 Mar', for tables."""
    return _date(local_day(value), "d MMM", language()).replace(".", "")


def show_day_year(value: dt.date) -> str:
    """This function will write '14 марта 2026' or '14 March 2026'."""
    return _date(local_day(value), "d MMMM y", language())


def show_month(value: dt.date) -> str:
    """This function will write 'март 2026' or 'March 2026'."""
    return _date(local_day(value), "LLLL y", language())


def show_month_name(value: dt.date) -> str:
    """This function will write 'мар' or 'Mar'."""
    return str(format_date(value, "LLL", locale=language())).replace(".", "")


def show_time(value: dt.datetime) -> str:
    """This function will write the time of day in the viewer's zone: '09:05'."""
    here = timezone.localtime(value) if timezone.is_aware(value) else value
    return f"{here:%H:%M}"


def show_moment(value: dt.datetime, now: dt.datetime) -> str:
    """This function will write '14 марта, 12:05', with the year when it is not the one of `now`."""
    same_year = local_day(value).year == local_day(now).year
    return f"{show_day(value) if same_year else show_day_year(value)}, {show_time(value)}"


def show_ago(value: dt.date, now: dt.datetime) -> str:
    """
    This function will say how long ago, coarsely: 'just now', '5 minutes ago', 'yesterday', '3 weeks ago'.

    A date without a time is told in days; what lies ahead is told as 'tomorrow', 'in 3 days'.
    """
    if isinstance(value, dt.datetime):
        seconds = (now - value).total_seconds()
        if 0 <= seconds < 60:
            return gettext("just now")
        if 0 <= seconds < 3600:
            return _past(int(seconds // 60), "minute")
        if 0 <= seconds < 86400 and local_day(value) == local_day(now):
            return _past(int(seconds // 3600), "hour")
    days = (local_day(now) - local_day(value)).days
    if days == 0:
        return gettext("today")
    if days == 1:
        return gettext("yesterday")
    if days == -1:
        return gettext("tomorrow")
    size = abs(days)
    # Weeks up to two months, months up to two years: one rounded number is read faster than a precise one.
    steps = ((14, "day", 1.0), (61, "week", 7.0), (730, "month", 30.4375))
    unit, length = next(((unit, length) for limit, unit, length in steps if size < limit), ("year", 365.25))
    count = round(size / length)
    return _past(count, unit) if days > 0 else _unbroken(gettext("in %(span)s")) % {"span": _accusative(count, unit)}


def _counted(count: int, unit: str) -> str:
    return _unbroken(count_of(count, unit, show_number(count)))


def _past(count: int, unit: str) -> str:
    return _unbroken(gettext("%(span)s ago") % {"span": _accusative(count, unit)})


def _accusative(count: int, unit: str) -> str:
    """'1 неделю назад', '1 минуту назад': Russian bends feminine nouns in the singular."""
    text = _counted(count, unit)
    if language() == "ru" and unit in ("minute", "week", "second") and count % 10 == 1 and count % 100 != 11:
        text = text.removesuffix("а").removesuffix("я") + ("ю" if text.endswith("я") else "у")
    return text
