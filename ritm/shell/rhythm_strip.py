"""
The rhythm strip: purchases as dots on a time axis, the expected window as a soft band, silence growing to today.

Pure geometry: dates and amounts in, numbers for an SVG out. No Django, no clock.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import itemgetter
from typing import Literal, NamedTuple

Size = Literal["inline", "card", "full"]
Amount = Decimal | float | int

TONES = ("prospect", "new", "active", "overdue", "slipping", "lost", "won_back", "")


@dataclass(frozen=True)
class Strip:
    """
    What a strip shows. `start`..`end` is the axis; `dots` are (day, amount) in any order, those outside the axis
    are left out; `expected` is the window of the next purchase; `tone` is a status (see TONES) and colours the
    silence; `sentence` says in words what the picture shows.
    """

    start: dt.date
    end: dt.date
    dots: tuple[tuple[dt.date, Amount], ...]
    expected: tuple[dt.date, dt.date] | None
    slipping_on: dt.date | None
    lost_on: dt.date | None
    today: dt.date
    tone: str
    sentence: str


@dataclass(slots=True)
class Dot:
    """A purchase, or several on one spot: its place, radius, last day, amount, and how many it stands for."""

    x: float
    r: float
    day: dt.date
    amount: Amount
    count: int = 1


class Tick(NamedTuple):
    """A mark on the axis: the first day of a month, quarter or year."""

    x: float
    day: dt.date
    is_year: bool
    is_minor: bool  # its word is left out where there is little room


class Drawing(NamedTuple):
    """
    Numbers of one SVG: px for `inline` (a box of `width` × `height`), and for the others x in per cent of the
    width, so that the picture is as wide as its place. Radii and heights are always px.
    """

    size: Size
    width: float
    height: float
    middle: float
    dots: tuple[Dot, ...]
    line: tuple[float, float] | None  # from the first dot to the last
    silence: tuple[float, float] | None  # from the last dot to today
    band: tuple[float, float] | None  # x and width of the expected window
    slipping: float | None
    lost: float | None
    today: float | None
    ticks: tuple[Tick, ...]
    paths: tuple[tuple[float, str], ...]  # inline only: dots of one diameter as one path of round caps


# Classes of those who have bought before and are silent now.
_SILENT = ("overdue", "slipping", "lost")

# Width that radii are reckoned for, height, margin left and right, smallest and largest radius: all px.
_SIZES: dict[Size, tuple[float, float, float, float, float]] = {
    "inline": (120, 20, 5, 1.1, 3.6),
    "card": (320, 56, 8, 1.5, 6.5),
    "full": (960, 104, 12, 2.0, 10.0),
}


_DAY = itemgetter(0)


def draw(strip: Strip, size: Size = "inline") -> Drawing:
    """
    This function will lay the strip out in the given size.

    A dot's area follows its amount (radius by its square root, against the largest shown); dots shrink when they
    crowd, and those on one spot become one. Raises ValueError when the axis ends before it starts.
    """
    if strip.end < strip.start:
        raise ValueError(f"the axis ends ({strip.end}) before it starts ({strip.start})")
    width, height, margin, smallest, largest = _SIZES[size]
    days = max(1, (strip.end - strip.start).days)
    unit = width if size == "inline" else 100.0

    first, room = strip.start.toordinal(), (width - 2 * margin) / width * unit
    left_edge, step = margin / width * unit, room / days

    def place(day: dt.date) -> float:
        after = day.toordinal() - first
        return _hundredths(left_edge + (0 if after < 0 else room if after > days else after * step))

    def within(day: dt.date | None) -> float | None:
        return place(day) if day is not None and strip.start <= day <= strip.end else None

    shown = sorted((d for d in strip.dots if strip.start <= d[0] <= strip.end), key=_DAY)
    top = _crowded(shown, days, width - 2 * margin, smallest, largest)
    dots = _dots(shown, left_edge, step, first, width / unit, smallest, top)
    band = None
    if strip.expected is not None:
        left, right = strip.expected
        if left <= strip.end and right >= strip.start and left <= right:
            # A window of one day must still be seen.
            x = place(left)
            band = (x, _hundredths(max(place(right) - x, 2 / width * unit)))
    silence = None
    if dots and strip.today > dots[-1].day:
        silence = (dots[-1].x, place(strip.today))
    elif not dots and strip.tone in _SILENT:
        # His orders lie before the axis: silence is all there is to see.
        silence = (place(strip.start), place(strip.today))
    middle = round(height / 2, 1) if size != "full" else 46.0
    return Drawing(
        size=size,
        width=width,
        height=height,
        middle=middle,
        dots=dots,
        line=(dots[0].x, dots[-1].x) if len(dots) > 1 else None,
        silence=silence,
        band=band,
        slipping=within(strip.slipping_on),
        lost=within(strip.lost_on),
        today=within(strip.today),
        ticks=_ticks(strip.start, strip.end, place, size),
        paths=_paths(dots, middle) if size == "inline" else (),
    )


def _hundredths(length: float) -> float:
    """Rounded, as lengths are that are not negative: `round` is exact in the last bit, and ten times as slow."""
    return int(length * 100 + 0.5) / 100


def _crowded(
    shown: Sequence[tuple[dt.date, Amount]], days: int, width: float, smallest: float, largest: float
) -> float:
    """The largest radius that lets a crowd breathe: about two thirds of the mean gap between dots, in px."""
    if len(shown) < 2:
        return largest
    span = max(1, (shown[-1][0] - shown[0][0]).days)
    gap = span / days * width / (len(shown) - 1)
    return max(smallest * 1.25, min(largest, gap * 0.62))


def _dots(
    shown: Sequence[tuple[dt.date, Amount]],
    left: float,
    step: float,
    first: int,
    scale: float,
    smallest: float,
    largest: float,
) -> tuple[Dot, ...]:
    """Dots of orders within the axis: `left` is the place of its day `first` (an ordinal), `step` is one day."""
    sizes = [math.sqrt(amount) if amount > 0 else 0.0 for _, amount in shown]
    growth = (largest - smallest) / (max(sizes, default=0.0) or 1.0)
    dots: list[Dot] = []
    before = -math.inf
    for (day, amount), size in zip(shown, sizes, strict=True):
        x = int((left + (day.toordinal() - first) * step) * 100 + 0.5) / 100
        r = int((smallest + growth * size) * 10 + 0.5) / 10
        if abs(x - before) * scale < 0.9:
            # Less than a pixel apart: the eye sees one dot, and so do we.
            last = dots[-1]
            total = Decimal(str(last.amount)) + Decimal(str(amount))
            dots[-1] = Dot(last.x, max(last.r, r), day, total, last.count + 1)
        else:
            dots.append(Dot(x, r, day, amount))
            before = x
    return tuple(dots)


def _paths(dots: Sequence[Dot], middle: float) -> tuple[tuple[float, str], ...]:
    """
    A round cap on a line of no length is a dot of nine characters; a list of fifty rows stays light. Diameters go by
    half pixels: no eye tells closer ones apart.
    """
    groups: dict[float, list[str]] = {}
    end = f" {middle:g}h0"
    for dot in dots:
        groups.setdefault(int(dot.r * 4 + 0.5) / 2, []).append(f"M{dot.x:g}")
    return tuple((diameter, end.join(parts) + end) for diameter, parts in sorted(groups.items()))


def _ticks(start: dt.date, end: dt.date, place: Callable[[dt.date], float], size: Size) -> tuple[Tick, ...]:
    """Months up to 14 months, quarters up to 4 years, years beyond; nothing on an inline strip."""
    if size == "inline":
        return ()
    months = (end - start).days / 30.44
    step = (1 if months <= 14 else 3 if months <= 48 else 12) if size == "full" else (3 if months <= 14 else 12)
    if months < 2:
        return ()
    year, month = start.year, start.month
    found: list[Tick] = []
    while True:
        month += 1
        if month > 12:
            year, month = year + 1, 1
        day = dt.date(year, month, 1)
        if day > end:
            return tuple(found)
        if (month - 1) % step == 0:
            minor = month != 1 and (step == 3 or month % 3 != 1)
            found.append(Tick(place(day), day, month == 1, minor))


def axis(
    days: Sequence[dt.date], today: dt.date, ahead: dt.date | None = None, *, longest_days: int = 1096
) -> tuple[dt.date, dt.date]:
    """
    This function will choose an axis for a strip: from the first of `days` (at most `longest_days` back from
    `today`) to a little beyond today, or to `ahead` (say, lost_on) when that comes soon enough to be worth showing.

    The axis is never shorter than four weeks.
    """
    earliest = today - dt.timedelta(days=longest_days)
    start = max(earliest, min(days, default=today - dt.timedelta(days=28)))
    past = max(28, (today - start).days)
    end = today + dt.timedelta(days=max(2, past // 20))
    if ahead is not None and ahead > end:
        end = min(ahead, today + dt.timedelta(days=max(14, past * 3 // 5)))
    return min(start, today - dt.timedelta(days=26)), end
