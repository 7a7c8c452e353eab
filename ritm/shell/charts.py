"""
Charts of the look: what a chart shows, as plain values. The page gets a table; a browser with script draws it.

The table is the chart's text alternative and its only data: every cell that has rows behind it is a link to them, and
the drawn point opens the same address. Rooms build a `Chart` and write `{% chart … %}`; see `/_ui/#charts`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

from ritm.kernel.money import show_money
from ritm.shell import writing

Number = Decimal | int | float
Unit = Literal["count", "money", "percent", "days"]
Kind = Literal["bar", "line", "area"]


@dataclass(frozen=True)
class Point:
    """One value of a series (None: nothing is known) and the page with the rows that made it."""

    value: Number | None
    url: str = ""


@dataclass(frozen=True)
class Series:
    """
    A row of points in one tone: 'accent', 'quiet', 'good', 'bad', a status ('slipping') or a zone ('red').

    `points` go with the chart's `labels`, one each.
    """

    name: str
    points: Sequence[Point]
    tone: str = "accent"
    kind: Kind = "bar"


@dataclass(frozen=True)
class Label:
    """A place on the axis: `word` in the table and the tip, `short` under the axis (the word, when empty)."""

    word: str
    short: str = ""


@dataclass(frozen=True)
class Chart:
    """
    A chart: what stands under the axis (`labels`), the series, the unit of their values ('percent' are shares of 1).

    `key` is its id on the page; `first` heads the column of labels. `stacked` lays bars or areas one on another.
    `unsigned` writes values that go below the line without their minus (lost clients). `mark` is the index of a
    label that gets a thin line, with `mark_word` beside it (today, the day a rule came into force).
    """

    key: str
    title: str
    first: str
    labels: Sequence[Label]
    series: Sequence[Series]
    unit: Unit = "count"
    currency: str = "RUB"
    sentence: str = ""
    stacked: bool = False
    unsigned: bool = False
    mark: int | None = None
    mark_word: str = ""
    tall: bool = False

    def __post_init__(self) -> None:
        wrong = [one.name for one in self.series if len(one.points) != len(self.labels)]
        if wrong:
            raise ValueError(f"not one point per label: {wrong}")

    @property
    def is_empty(self) -> bool:
        """This property is true when there is nothing to draw: no value but nought."""
        return not any(point.value for one in self.series for point in one.points)

    @property
    def rows(self) -> Iterator[tuple[Label, list[dict[str, Any]]]]:
        """This property yields the table: a label, and its cell in each series (value, text, url)."""
        for index, label in enumerate(self.labels):
            points = (one.points[index] for one in self.series)
            yield label, [{"value": _plain(p.value), "text": self._text(p.value), "url": p.url} for p in points]

    def _text(self, value: Number | None) -> str:
        if value is None:
            return writing.NOTHING
        shown: Number = max(value, -value) if self.unsigned else value
        if self.unit == "money":
            return show_money(shown, self.currency, lang=writing.language())
        if self.unit == "percent":
            return writing.show_percent(shown, 1)
        places = 0 if float(shown).is_integer() else 1
        return writing.show_number(shown, places)


def _plain(value: Number | None) -> str:
    """A number as script reads it, whatever the language of the page."""
    if value is None:
        return ""
    return f"{value:f}" if isinstance(value, Decimal) else repr(value)
