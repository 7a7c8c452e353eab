"""The rhythm of a client said in words, Russian or English: the label and the sentence of
docs/rules/rhythm.md, section 6.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from typing import Literal, NamedTuple

from ritm.retention.rules.rhythm import (
    DEFAULT_PRIOR,
    DEFAULT_RULE,
    Beat,
    Prior,
    Rule,
    Status,
    explain,
)

Lang = Literal["ru", "en"]

NBSP = "\u00a0"
DAYS_IN_MONTH = 30.44
MONTHS_FROM = 45
# The mean and the model's median are both said once they differ by this factor.
PACE_CHANGED = 2.0

_MONTHS: dict[Lang, list[str]] = {
    "ru": [
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
# Russian forms for 1, 2-4 and 5+; English for 1 and the rest.
_NOUNS: dict[Lang, dict[str, tuple[str, ...]]] = {
    "ru": {
        "order": ("заказ", "заказа", "заказов"),
        "day": ("день", "дня", "дней"),
        "week": ("неделю", "недели", "недель"),
        "month": ("месяц", "месяца", "месяцев"),
        "year": ("год", "года", "лет"),
    },
    "en": {
        "order": ("order", "orders"),
        "day": ("day", "days"),
        "week": ("week", "weeks"),
        "month": ("month", "months"),
        "year": ("year", "years"),
    },
}

STATUS_WORDS: dict[Lang, dict[Status, str]] = {
    "ru": {
        Status.PROSPECT: "потенциальный",
        Status.NEW: "новый",
        Status.ACTIVE: "активный",
        Status.OVERDUE: "ждём заказ",
        Status.SLIPPING: "ускользает",
        Status.LOST: "потерян",
        Status.WON_BACK: "вернулся",
    },
    "en": {
        Status.PROSPECT: "prospect",
        Status.NEW: "new",
        Status.ACTIVE: "active",
        Status.OVERDUE: "overdue",
        Status.SLIPPING: "slipping",
        Status.LOST: "lost",
        Status.WON_BACK: "won back",
    },
}


class Facts(NamedTuple):
    """What the sentence needs of a client with at least one order; built one by one or from arrays.

    `interval`, `silent`, `horizon` and `median` are days, `longer` (chance that a pause is longer than this
    silence) and `risk` are probabilities, `known_since` is the date before which his orders may be missing,
    if any may.
    """

    n: int
    last_on: date
    status: Status
    interval: float
    expected_on: date
    slipping_on: date
    lost_on: date
    silent: int
    longer: float
    risk: float
    horizon: float
    median: float
    known_since: date | None


@lru_cache(maxsize=65536)
def count(number: int, noun: str, lang: Lang) -> str:
    """This function will return "5 заказов" or "5 orders": the number and the right form of a noun, never
    torn apart.
    """
    return f"{number}{NBSP}{_form(number, noun, lang)}"


def label(interval_days: float, lang: Lang) -> str:
    """This function will say an interval in words: «раз в 3 месяца», "every 3 months"."""
    return _label(*_measure(interval_days), lang)


def sentence(
    beat: Beat,
    as_of: date,
    prior: Prior = DEFAULT_PRIOR,
    rule: Rule = DEFAULT_RULE,
    lang: Lang = "ru",
    *,
    client: str = "",
    history_from: date | None = None,
) -> str:
    """This function will say why a client has his status on a date, and what to expect.

    `client` is the name to begin with; without it the sentence begins with the verb, to stand beside a name.
    `history_from` is the date from which orders were imported. Raises ValueError as `explain` does.
    """
    seen = explain(beat, as_of, prior, rule)
    if seen is None or beat.first_on is None or beat.last_on is None:
        return tell_nothing(lang, client)
    return tell(
        Facts(
            beat.n,
            beat.last_on,
            seen.status,
            seen.interval,
            seen.stamps.expected_on,
            seen.stamps.slipping_on,
            seen.stamps.lost_on,
            seen.silent,
            seen.longer,
            seen.risk,
            seen.horizon,
            seen.usual_pause[1],
            unseen_before(beat.first_on, seen.interval, history_from, rule),
        ),
        as_of,
        lang,
        client,
    )


def unseen_before(
    first_on: date, interval_days: float, history_from: date | None, rule: Rule = DEFAULT_RULE
) -> date | None:
    """This function will return `history_from` if the client may have ordered before it, otherwise None.

    Had he been silent longer than his slipping time when he first appears, he would be a new client or a
    returning one.
    """
    if history_from is None:
        return None
    near = (first_on - history_from).days < rule.slipping_after * interval_days + rule.grace
    return history_from if near else None


def tell_nothing(lang: Lang, client: str = "", *, returns_only: bool = False) -> str:
    """This function will say that a client has no orders; `returns_only` if his returns prove that he once
    bought.
    """
    if lang == "ru":
        said = "заказов не видно, только возвраты" if returns_only else "заказов ещё не было"
    else:
        said = "no orders to be seen, only returns" if returns_only else "no orders yet"
    return f"{client}: {said}." if client else f"{said[0].upper()}{said[1:]}."


def tell(facts: Facts, as_of: date, lang: Lang, client: str = "") -> str:
    """This function will say the facts of a client with orders, as `sentence` does."""
    return _tell_ru(facts, as_of, client) if lang == "ru" else _tell_en(facts, as_of, client)


def _tell_ru(f: Facts, as_of: date, client: str) -> str:
    year = as_of.year
    slipping, lost = _day(f.slipping_on, year, "ru"), _day(f.lost_on, year, "ru")
    last, due = _day(f.last_on, year, "ru"), _day(f.expected_on, year, "ru")
    since = "" if f.known_since is None else f" с{NBSP}{_day(f.known_since, year, 'ru')}"
    pace = label(f.interval, "ru")
    if f.n == 1:
        who = f"{client}: пока" if client else "Пока"
        said = f"{who} один заказ{since}, {last}. Такие клиенты заказывают снова примерно {pace}."
    else:
        who = f"{client} заказывает" if client else "Заказывает"
        said = f"{who} примерно {pace} ({count(f.n, 'order', 'ru')}{since}, последний {last})."
    if (change := _pace_changed(f)) is not None:
        word = "чаще" if change < f.interval else "реже"
        said += f" Последнее время {word}: примерно {label(change, 'ru')}."
    silence = count(f.silent, "day", "ru")
    whose = "обычных пауз таких клиентов" if f.n == 1 else "его обычных пауз"
    share, chance = _share(1 - f.longer, "ru"), _share(1 - f.risk, "ru")
    if f.status is Status.WON_BACK:
        said += " Вернулся после долгого молчания."
    if f.status in (Status.NEW, Status.ACTIVE, Status.WON_BACK):
        said += f" Ждём заказ к{NBSP}{due}, тишина {silence}."
    else:
        said += f" Ждали заказ к{NBSP}{due}, тишина {silence}{NBSP}— дольше {share} {whose}."
    said += f" Вероятность заказа в{NBSP}ближайшие {count(round(f.horizon), 'day', 'ru')}: {chance}."
    if f.status is Status.LOST:
        return f"{said} Ускользал с{NBSP}{slipping}; потерян с{NBSP}{lost}."
    if f.status is Status.SLIPPING:
        return f"{said} Ускользает с{NBSP}{slipping}; {lost} станет потерянным."
    return f"{said} Начнёт ускользать {slipping}; {lost} станет потерянным."


def _tell_en(f: Facts, as_of: date, client: str) -> str:
    year = as_of.year
    slipping, lost = _day(f.slipping_on, year, "en"), _day(f.lost_on, year, "en")
    last, due = _day(f.last_on, year, "en"), _day(f.expected_on, year, "en")
    since = "" if f.known_since is None else f" since {_day(f.known_since, year, 'en')}"
    pace = label(f.interval, "en")
    if f.n == 1:
        who = f"{client}: one" if client else "One"
        said = f"{who} order so far{since}, {last}. Clients like this reorder about {pace}."
    else:
        who = f"{client} orders" if client else "Orders"
        said = f"{who} about {pace} ({count(f.n, 'order', 'en')}{since}, last {last})."
    if (change := _pace_changed(f)) is not None:
        word = "more often" if change < f.interval else "more rarely"
        said += f" Lately {word}: about {label(change, 'en')}."
    silence = count(f.silent, "day", "en")
    if f.status is Status.WON_BACK:
        said += " Came back after a long silence."
    if f.status in (Status.NEW, Status.ACTIVE, Status.WON_BACK):
        said += f" An order is due by {due}; silent for {silence}."
    else:
        share = _share(1 - f.longer, "en")
        said += f" An order was due by {due}; {silence} of silence is longer than {share} of expected pauses."
    chance = _share(1 - f.risk, "en")
    said += f" Chance of an order in the next {count(round(f.horizon), 'day', 'en')}: {chance}."
    if f.status is Status.LOST:
        return f"{said} Slipping since {slipping}; lost since {lost}."
    if f.status is Status.SLIPPING:
        return f"{said} Slipping since {slipping}; counts as lost from {lost}."
    return f"{said} Will be slipping from {slipping}; counts as lost from {lost}."


def _pace_changed(f: Facts) -> float | None:
    """The model's median pause in days once it tells another story than the mean."""
    changed = f.n >= 3 and not 1 / PACE_CHANGED <= f.median / f.interval <= PACE_CHANGED
    return f.median if changed else None


def _measure(days: float) -> tuple[float, str]:
    """The interval as a number and a unit: days or weeks below 45 days, then months by halves, whole years
    as years.
    """
    if days < MONTHS_FROM:
        whole = max(1, round(days))
        weeks = round(whole / 7)
        near = abs(whole - 7 * weeks) <= (0 if whole < 14 else 1)
        return (weeks, "week") if weeks and near else (whole, "day")
    months = round(2 * days / DAYS_IN_MONTH) / 2
    return (months / 12, "year") if months % 12 == 0 else (months, "month")


@lru_cache(maxsize=4096)
def _label(number: float, unit: str, lang: Lang) -> str:
    if lang == "ru":
        if number == 1:
            return "каждый день" if unit == "day" else f"раз в{NBSP}{_form(1, unit, 'ru')}"
        if number == 1.5:
            return f"раз в{NBSP}полтора месяца"
        if number % 1:
            return f"раз в{NBSP}{number:.1f}{NBSP}{_form(2, unit, 'ru')}".replace(".", ",")
        return f"раз в{NBSP}{count(int(number), unit, 'ru')}"
    if number == 1:
        return f"every {unit}"
    return f"every {number:g}{NBSP}{_NOUNS['en'][unit][1]}"


def _form(number: int, noun: str, lang: Lang) -> str:
    forms = _NOUNS[lang][noun]
    if lang == "en":
        return forms[number != 1]
    if number % 10 == 1 and number % 100 != 11:
        return forms[0]
    return forms[1] if 2 <= number % 10 <= 4 and not 12 <= number % 100 <= 14 else forms[2]


@lru_cache(maxsize=65536)
def _day(day: date, year: int, lang: Lang) -> str:
    """A date in words; the year is said when it is not the year of the reader."""
    said = f"{day.day}{NBSP}{_MONTHS[lang][day.month - 1]}"
    return said if day.year == year else f"{said} {day.year}"


def _share(p: float, lang: Lang) -> str:
    """Whole percents within 1..99: neither a pause nor an order is ever certain."""
    return _SHARES[lang][round(100 * p)]


_SHARES: dict[Lang, list[str]] = {
    "ru": [f"{min(99, max(1, whole))}{NBSP}%" for whole in range(101)],
    "en": [f"{min(99, max(1, whole))}%" for whole in range(101)],
}
