"""The rhythm of a client said in words, Russian or English: the label and the sentence of
docs/rules/rhythm.md, section 6.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
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
    believe,
    elapsed,
    horizon,
    interval,
    p_none,
    pause_quantile,
    stamps,
    status,
    survival,
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
    return step_label(label_step(interval_days), lang)


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
    due = stamps(beat, rule)
    if due is None or beat.first_on is None or beat.last_on is None:
        return tell_nothing(lang, client)
    # What `explain` reckons, without what no sentence says: a list has fifty of them.
    silent, own, belief = elapsed(beat.last_on, as_of), interval(beat, rule), believe(beat, prior)
    ahead = horizon(beat)
    return tell(
        Facts(
            beat.n,
            beat.last_on,
            status(beat, as_of, rule),
            own,
            due.expected_on,
            due.slipping_on,
            due.lost_on,
            silent,
            survival(belief, silent),
            p_none(belief, silent, ahead),
            ahead,
            pause_quantile(belief, 0.5),
            unseen_before(beat.first_on, own, history_from, rule),
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
    f, year = facts, as_of.year
    return _SAY[lang](
        client,
        f.n,
        f.status,
        count(f.n, "order", lang),
        "" if f.known_since is None else _since(f.known_since, year, lang),
        _day(f.last_on, year, lang),
        label(f.interval, lang),
        _change(label_step(f.median), f.median < f.interval, lang) if pace_changed(f.n, f.median, f.interval) else "",
        _day(f.expected_on, year, lang),
        count(f.silent, "day", lang),
        _SHARES[lang][round(100 * (1 - f.longer))],
        count(round(f.horizon), "day", lang),
        _SHARES[lang][round(100 * (1 - f.risk))],
        _day(f.slipping_on, year, lang),
        _day(f.lost_on, year, lang),
    )


class FactColumns(NamedTuple):
    """`Facts` by the column, rounded as the sentence says them: days are ordinals, `steps` of intervals and medians
    are those of `label_step`, `longer` and `order` whole percents of shorter pauses and of an order to come.

    `change` is 0 where the pace stayed, 1 where orders come more often of late, 2 where more rarely.
    """

    client: Iterable[str]
    n: Sequence[int]
    status: Iterable[Status]
    interval_step: Iterable[int]
    last: Iterable[int]
    expected: Iterable[int]
    slipping: Iterable[int]
    lost: Iterable[int]
    silent: Iterable[int]
    longer: Iterable[int]
    order: Iterable[int]
    horizon: Iterable[int]
    median_step: Iterable[int]
    change: Iterable[int]
    unseen: Iterable[bool]


def tell_many(facts: FactColumns, history_from: date, as_of: date, lang: Lang) -> Iterator[str]:
    """This function will say the facts of many clients as `tell` would; each word is made once and only put together.

    `history_from` is the day before which the orders of the `unseen` may be missing.
    """
    year = as_of.year
    days = Made(lambda ordinal: _day(date.fromordinal(ordinal), year, lang))
    lengths = Made(lambda number: count(number, "day", lang))
    changes = Made(lambda pair: _change(pair >> 2, pair & 3 == 1, lang))
    since = ("", _since(history_from, year, lang))
    return map(
        _SAY[lang],
        facts.client,
        facts.n,
        facts.status,
        map(Made(lambda number: count(number, "order", lang)).__getitem__, facts.n),
        map(since.__getitem__, facts.unseen),
        map(days.__getitem__, facts.last),
        map(Made(lambda step: step_label(step, lang)).__getitem__, facts.interval_step),
        [
            changes[step << 2 | change] if change else ""
            for step, change in zip(facts.median_step, facts.change, strict=True)
        ],
        map(days.__getitem__, facts.expected),
        map(lengths.__getitem__, facts.silent),
        map(_SHARES[lang].__getitem__, facts.longer),
        map(lengths.__getitem__, facts.horizon),
        map(_SHARES[lang].__getitem__, facts.order),
        map(days.__getitem__, facts.slipping),
        map(days.__getitem__, facts.lost),
    )


class Made(dict[int, str]):
    """Words by number, each made when it is first asked for."""

    def __init__(self, make: Callable[[int], str]) -> None:
        super().__init__()
        self.make = make

    def __missing__(self, number: int) -> str:
        word = self[number] = self.make(number)
        return word


def _say_ru(
    client: str, n: int, status: Status, orders: str, since: str, last: str, pace: str, change: str, due: str,
    silence: str, share: str, horizon: str, chance: str, slipping: str, lost: str,
) -> str:  # fmt: skip
    if n == 1:
        who = f"{client}: пока" if client else "Пока"
        said = f"{who} один заказ{since}, {last}. Такие клиенты заказывают снова примерно {pace}.{change}"
    else:
        who = f"{client} заказывает" if client else "Заказывает"
        said = f"{who} примерно {pace} ({orders}{since}, последний {last}).{change}"
    if status in _LATE:
        whose = "обычных пауз таких клиентов" if n == 1 else "его обычных пауз"
        wait = f"Ждали заказ к\u00a0{due}, тишина {silence}\u00a0– дольше {share} {whose}."
    elif status is _WON_BACK:
        wait = f"Вернулся после долгого молчания. Ждём заказ к\u00a0{due}, тишина {silence}."
    else:
        wait = f"Ждём заказ к\u00a0{due}, тишина {silence}."
    if status is _LOST:
        end = f"Ускользал с\u00a0{slipping}; потерян с\u00a0{lost}."
    elif status is _SLIPPING:
        end = f"Ускользает с\u00a0{slipping}; {lost} станет потерянным."
    else:
        end = f"Начнёт ускользать {slipping}; {lost} станет потерянным."
    return f"{said} {wait} Вероятность заказа в\u00a0ближайшие {horizon}: {chance}. {end}"


def _say_en(
    client: str, n: int, status: Status, orders: str, since: str, last: str, pace: str, change: str, due: str,
    silence: str, share: str, horizon: str, chance: str, slipping: str, lost: str,
) -> str:  # fmt: skip
    if n == 1:
        who = f"{client}: one" if client else "One"
        said = f"{who} order so far{since}, {last}. Clients like this reorder about {pace}.{change}"
    else:
        who = f"{client} orders" if client else "Orders"
        said = f"{who} about {pace} ({orders}{since}, last {last}).{change}"
    if status in _LATE:
        wait = f"An order was due by {due}; {silence} of silence is longer than {share} of expected pauses."
    elif status is _WON_BACK:
        wait = f"Came back after a long silence. An order is due by {due}; silent for {silence}."
    else:
        wait = f"An order is due by {due}; silent for {silence}."
    if status is _LOST:
        end = f"Slipping since {slipping}; lost since {lost}."
    elif status is _SLIPPING:
        end = f"Slipping since {slipping}; counts as lost from {lost}."
    else:
        end = f"Will be slipping from {slipping}; counts as lost from {lost}."
    return f"{said} {wait} Chance of an order in the next {horizon}: {chance}. {end}"


_SAY: dict[Lang, Callable[..., str]] = {"ru": _say_ru, "en": _say_en}
# Members of an enumeration are slow to look up a million times.
_WON_BACK, _SLIPPING, _LOST = Status.WON_BACK, Status.SLIPPING, Status.LOST
_LATE = (Status.OVERDUE, Status.SLIPPING, Status.LOST)


def _since(day: date, year: int, lang: Lang) -> str:
    return f" {'с' + NBSP if lang == 'ru' else 'since '}{_day(day, year, lang)}"


def _change(step: int, often: bool, lang: Lang) -> str:
    """What is said after the pace when the model's median pause tells another story than the mean."""
    if lang == "ru":
        return f" Последнее время {'чаще' if often else 'реже'}: примерно {step_label(step, lang)}."
    return f" Lately {'more often' if often else 'more rarely'}: about {step_label(step, lang)}."


def pace_changed(n: int, median: float, interval_days: float) -> bool:
    """This function will tell whether the model's median pause in days is far from the mean interval."""
    return n >= 3 and not 1 / PACE_CHANGED <= median / interval_days <= PACE_CHANGED


def label_step(days: float) -> int:
    """This function will round an interval as the label says it: whole days (at least 1) below MONTHS_FROM, else
    half months, as a negative number.
    """
    return max(1, round(days)) if days < MONTHS_FROM else -round(2 * days / DAYS_IN_MONTH)


@lru_cache(maxsize=4096)
def step_label(step: int, lang: Lang) -> str:
    """This function will say an interval rounded by `label_step`."""
    return _label(*_measure(step), lang)


def _measure(step: int) -> tuple[float, str]:
    """A step as a number and a unit: days or weeks below 45 days, then months by halves, whole years as years."""
    if step > 0:
        weeks = round(step / 7)
        near = abs(step - 7 * weeks) <= (0 if step < 14 else 1)
        return (weeks, "week") if weeks and near else (step, "day")
    months = -step / 2
    return (months / 12, "year") if months % 12 == 0 else (months, "month")


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


# Whole percents within 1..99: neither a pause nor an order is ever certain.
_SHARES: dict[Lang, list[str]] = {
    "ru": [f"{min(99, max(1, whole))}{NBSP}%" for whole in range(101)],
    "en": [f"{min(99, max(1, whole))}%" for whole in range(101)],
}
