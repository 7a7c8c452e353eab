"""Samples for the gallery: fixed values, so that two screenshots may be compared."""

from __future__ import annotations

import datetime as dt
import random
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from ritm.shell import chips
from ritm.shell.charts import Chart, Label, Point, Series
from ritm.shell.fields import DayField
from ritm.shell.rhythm_strip import Strip, axis
from ritm.shell.sockets import Moment
from ritm.shell.writing import show_month, show_month_name

TODAY = dt.date(2026, 3, 16)
NOW = dt.datetime(2026, 3, 16, 9, 0, tzinfo=dt.UTC)


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
        _strip([180, 190, 170, 200, 185], 210, "overdue", "Покупает раз в полгода, молчит 210 дней", base=185),
    ]


class SampleForm(forms.Form):
    """A field of every kind."""

    name = forms.CharField(label=_("Name"), max_length=200, help_text=_("As it stands in the contract"))
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("", "–"), ("company", _("company")), ("household", _("household"))]
    )
    amount = forms.DecimalField(label=_("Amount"), required=False, min_value=0)
    day = DayField(label=_("Day"), required=False)
    note = forms.CharField(label=_("Note"), required=False, widget=forms.Textarea(attrs={"rows": 3}))
    agrees = forms.BooleanField(label=_("Agrees to receive letters"), required=False)
    channel = forms.ChoiceField(
        label=_("How to reach him"),
        widget=forms.RadioSelect,
        choices=[("call", _("by phone")), ("mail", _("by letter"))],
    )
    file = forms.FileField(label=_("File"), required=False)


def charts() -> list[Chart]:
    """This function will give a chart of each sort: beside one another, stacked, below the line, over time, empty."""
    months = [Label(show_month(day), show_month_name(day)) for day in (dt.date(2025, m, 1) for m in range(1, 13))]

    def points(*values: int | float | None) -> list[Point]:
        return [Point(value, "#charts" if value else "") for value in values]

    last = points(410_000, 385_500, 0, 520_000, 498_250, 610_000, 402_100, 388_000, 455_000, 530_000, 575_900, 720_000)
    this = points(455_000, 402_000, 610_400, 498_000, 530_000, 0, 388_000, 420_300, 470_000, 615_000, 640_000, None)
    shares = points(0.12, 0.14, 0.13, 0.17, None, 0.21, 0.24, 0.22, 0.26, 0.3, 0.31, 0.3)
    weeks = months[:8]
    return [
        Chart(
            "g-years", gettext("Orders by month"), gettext("Month"), months,
            [Series(gettext("A year before"), last, "quiet"), Series(gettext("This year"), this)], unit="money",
            sentence=gettext("Each bar opens its orders."),
        ),
        Chart(
            "g-zones", gettext("Clients by zone"), gettext("Month"), months,
            [
                Series(gettext("green"), points(*range(200, 260, 5)), "green"),
                Series(gettext("yellow"), points(*range(90, 42, -4)), "yellow"),
                Series(gettext("red"), points(*range(24, 12, -1)), "red"),
            ],
            stacked=True, mark=7, mark_word=gettext("new boundaries"),
        ),
        Chart(
            "g-events", gettext("Saved and lost"), gettext("Week"), weeks,
            [
                Series(gettext("Saved clients"), points(4, 6, 3, 8, 9, 7, 11, 10), "good"),
                Series(gettext("Lost clients"), points(-9, -7, -8, -4, -5, -3, -4, -2), "bad"),
            ],
            stacked=True, unsigned=True,
        ),
        Chart(
            "g-share", gettext("Share that came back"), gettext("Month"), months,
            [Series(gettext("share"), shares, kind="area")], unit="percent",
        ),
        Chart("g-nothing", gettext("Nothing yet"), gettext("Month"), months, [Series("", points(*[0] * 12))]),
    ]  # fmt: skip


def samples() -> dict[str, Any]:
    """This function will give the context of the gallery."""
    shown = strips()
    wrong = SampleForm({"amount": "-5", "name": "", "agrees": "on"}, auto_id="w_%s")
    wrong.add_error(None, _("The client could not be saved: mend what is marked."))
    names = ("ООО «Канцелярия Поволжья»", "ИП Константинопольский Рахметулла Бекмухамбетович", "Семья Ивановых",
             "АО «Верхневолжское сельскохозяйственное объединение «Водстройтрансгаз»")  # fmt: skip
    return {
        "parts": [
            ("strips", _("Rhythm strip")),
            ("words", _("Chips, figures, dates")),
            ("buttons", _("Buttons and menus")),
            ("fields", _("Fields")),
            ("tables", _("Tables")),
            ("panels", _("Panels, moments, notices")),
            ("figures", _("Bars, stats, progress")),
            ("charts", _("Charts")),
        ],
        "strips": shown,
        "full_strips": [shown[i] for i in (3, 4, 7, 9)],
        "statuses": list(chips.STATUSES),
        "zones": list(chips.ZONES),
        "today": TODAY,
        "now": NOW,
        "pasts": [NOW - dt.timedelta(minutes=m) for m in (0, 5, 125, 1500, 7000, 40_000, 200_000, 1_400_000)],
        "counts": [0, 1, 2, 5, 21, 1250],
        "form": SampleForm(initial={"day": TODAY, "kind": "company"}, auto_id="g_%s"),
        "wrong_form": wrong,
        "rows": [
            {"name": name, "strip": shown[i + 2], "worth": Decimal(worth)}
            for i, (name, worth) in enumerate(zip(names, (4_820_000, 96_400, 0, 18_304_550), strict=True))
        ],
        "page": {"previous": "", "next": "#tables"},
        "zone_parts": [
            {"tone": "green", "value": 212, "label": _("green"), "url": "#figures"},
            {"tone": "yellow", "value": 64, "label": _("yellow"), "url": "#figures"},
            {"tone": "red", "value": 9, "label": _("red"), "url": "#figures"},
        ],
        "no_parts": [],
        "spark": [12, 14, 9, 11, 16, 18, 15, 21, 24, 19, 26, 29],
        "charts": charts(),
        "moments": [
            Moment(
                NOW, "1", "phone", "Позвонили, заказ будет в четверг", "Ждут поставку из Казани, просят скидку 3 %."
            ),
            Moment(NOW - dt.timedelta(days=2), "2", "shopping-cart", "Заказ № 4812 на 84 300 ₽", tone="good"),
            Moment(NOW - dt.timedelta(days=40), "3", "triangle-alert", "Стал ускользать", tone="bad"),
            Moment(NOW - dt.timedelta(days=400), "4", "user-round", "Ответственный: Вера", tone="quiet"),
        ],
    }
