"""Samples for the gallery: fixed values, so that two screenshots may be compared."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from typing import Any

from ritm.shell import chips
from ritm.shell.rhythm_strip import Strip, axis

TODAY = dt.date(2026, 3, 16)


def _strip(
    gaps: list[int], silent: int, tone: str, sentence: str, *, base: int, lost_after: int | None = None
) -> Strip:
    """A client with these gaps between orders, silent for `silent` days."""
    dice = random.Random(len(gaps) * 1000 + silent)  # noqa: S311 - a picture, not a secret
    last = TODAY - dt.timedelta(days=silent)
    days = [last]
    for gap in reversed(gaps):
        days.append(days[-1] - dt.timedelta(days=gap))
    expected = (last + dt.timedelta(days=round(base * 0.8)), last + dt.timedelta(days=round(base * 1.25)))
    lost_on = last + dt.timedelta(days=lost_after or base * 4)
    start, end = axis(days, TODAY, expected[1])
    return Strip(
        start=start,
        end=end,
        dots=tuple((day, Decimal(dice.randint(8, 240) * 1000)) for day in days),
        expected=expected if len(days) > 1 else None,
        slipping_on=last + dt.timedelta(days=base * 2),
        lost_on=lost_on,
        today=TODAY,
        tone=tone,
        sentence=sentence,
    )


def strips() -> list[Strip]:
    """This function will give strips of every tone: one dot, two, five, many; days and years."""
    dice = random.Random(7)  # noqa: S311 - a picture, not a secret
    return [
        _strip([], 9, "new", "Купил один раз, 9 дней назад: ритма пока нет", base=30),
        _strip([34], 12, "active", "Купил дважды с перерывом 34 дня; ждём около 7 апреля", base=34),
        _strip(
            [30, 41, 28, 35],
            18,
            "active",
            "Покупает примерно раз в 34 дня, последний заказ 18 дней назад",
            base=34,
        ),
        _strip(
            [31, 36, 29, 40, 33, 30, 38, 34, 29, 36, 33],
            47,
            "overdue",
            "Покупает раз в 34 дня, молчит 47",
            base=34,
        ),
        _strip(
            [22, 19, 25, 21, 20, 24, 22, 23, 18, 21, 22, 24],
            61,
            "slipping",
            "Покупает раз в 22 дня, молчит 61",
            base=22,
        ),
        _strip([60, 75, 66, 58, 71], 400, "lost", "Покупал раз в 2 месяца, молчит больше года", base=66),
        _strip([30, 28, 33, 140, 31], 6, "won_back", "Вернулся после 140 дней молчания", base=31),
        _strip(
            [dice.choice((1, 2, 3, 4, 7)) for _ in range(199)],
            4,
            "active",
            "Покупает почти каждый день",
            base=4,
        ),
        _strip([1, 1, 2, 1, 1, 3], 9, "slipping", "Покупал каждый день, молчит девятый", base=2),
        _strip(
            [180, 190, 170, 200, 185], 210, "overdue", "Покупает раз в полгода, молчит 210 дней", base=185
        ),
    ]


def samples() -> dict[str, Any]:
    """This function will give the context of the gallery."""
    return {
        "strips": strips(),
        "statuses": list(chips.STATUSES),
        "zones": list(chips.ZONES),
        "today": TODAY,
    }
