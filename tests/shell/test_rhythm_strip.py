"""The strip's geometry: whatever the history, the picture stays inside its box and tells the truth."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ritm.shell.rhythm_strip import Strip, axis, draw

TODAY = dt.date(2026, 3, 16)
SIZES = ("inline", "card", "full")


def strip(days, *, amounts=None, start=None, end=None, expected=None, slipping_on=None, lost_on=None):
    first, last = axis(days, TODAY)
    return Strip(
        start=start or first, end=end or last,
        dots=tuple(zip(days, amounts or [Decimal(1000)] * len(days), strict=True)),
        expected=expected, slipping_on=slipping_on, lost_on=lost_on, today=TODAY, tone="active", sentence="",
    )  # fmt: skip


def ago(*days: int) -> list[dt.date]:
    return [TODAY - dt.timedelta(days=n) for n in days]


def test_two_orders_and_a_silence():
    drawing = draw(strip(ago(100, 50), start=ago(100)[0], end=TODAY), "inline")
    assert [dot.x for dot in drawing.dots] == [5, 60]
    assert drawing.silence == (60, 115)
    assert drawing.line == (5, 60)
    assert drawing.today == 115


def test_the_area_of_a_dot_follows_the_amount():
    drawing = draw(strip(ago(300, 200, 100), amounts=[Decimal(100), Decimal(400), Decimal(0)]), "full")
    small, large, none = (dot.r for dot in drawing.dots)
    assert large == 10
    assert small == pytest.approx(2 + (10 - 2) / 2)  # half the radius range for a quarter of the money
    assert none == 2


def test_a_return_is_no_negative_dot():
    assert draw(strip(ago(30, 10), amounts=[Decimal(-500), Decimal(500)]), "card").dots[0].r == 1.5


def test_orders_on_one_spot_become_one_dot_with_their_sum():
    drawing = draw(strip(ago(900, 1, 0), amounts=[Decimal(1), Decimal(2), Decimal(3)]), "inline")
    assert [(dot.count, dot.amount) for dot in drawing.dots] == [(1, 1), (2, 5)]


def test_no_silence_on_the_day_of_the_order():
    assert draw(strip(ago(30, 0))).silence is None


def test_one_order_has_no_line():
    drawing = draw(strip(ago(9)))
    assert len(drawing.dots) == 1
    assert drawing.line is None
    assert drawing.silence is not None


def test_nobody_bought_anything():
    drawing = draw(strip([], start=ago(30)[0], end=TODAY))
    assert drawing.dots == ()
    assert drawing.silence is None
    assert drawing.today is not None


def test_of_somebody_lost_long_ago_only_silence_is_left():
    shown = dataclasses.replace(strip([], start=ago(30)[0], end=TODAY), tone="lost")
    assert draw(shown).silence == (5, 115)


def test_marks_outside_the_axis_are_left_out():
    drawing = draw(strip(ago(30, 10), slipping_on=TODAY + dt.timedelta(days=400), lost_on=ago(400)[0]), "full")
    assert drawing.slipping is None
    assert drawing.lost is None


def test_a_window_of_one_day_is_seen():
    drawing = draw(strip(ago(3000, 10), expected=(TODAY, TODAY)), "card")
    assert drawing.band is not None
    assert drawing.band[1] > 0


def test_a_window_beyond_the_axis_is_not_drawn():
    assert draw(strip(ago(30, 10), expected=(ago(-900)[0], ago(-901)[0]))).band is None


@pytest.mark.parametrize(
    ("span", "months"), [(300, {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}), (1000, {1, 4, 7, 10}), (4000, {1})]
)
def test_ticks_follow_the_span(span, months):
    drawing = draw(strip(ago(span, 10), start=ago(span)[0], end=TODAY), "full")
    assert {tick.day.month for tick in drawing.ticks} <= months
    assert len(drawing.ticks) >= 6


def test_an_axis_that_runs_backwards_is_refused():
    with pytest.raises(ValueError, match="before it starts"):
        draw(strip(ago(10), start=TODAY, end=ago(1)[0]))


def test_fifty_rows_of_two_hundred_dots_stay_light():
    drawing = draw(strip(ago(*range(1000, 0, -5))), "inline")
    assert sum(len(path) for _, path in drawing.paths) < 2500


days = st.lists(st.integers(0, 4000), max_size=60)


@given(days, st.sampled_from(SIZES), st.data())
def test_everything_stays_inside_the_box(gaps, size, data):
    dates = ago(*gaps)
    amounts = data.draw(st.lists(st.decimals(-1000, 10**9, places=2), min_size=len(dates), max_size=len(dates)))
    window = sorted(data.draw(st.tuples(st.integers(-4000, 4000), st.integers(-4000, 4000))), reverse=True)
    drawing = draw(strip(dates, amounts=amounts, expected=(ago(window[0])[0], ago(window[1])[0])), size)
    unit = drawing.width if size == "inline" else 100
    for dot in drawing.dots:
        radius = dot.r / drawing.width * unit
        assert dot.x - radius >= 0
        assert dot.x + radius <= unit
        assert 2 * dot.r <= drawing.height
    if drawing.band:
        assert drawing.band[0] >= 0
        assert drawing.band[0] + drawing.band[1] <= unit
    if drawing.silence:
        assert drawing.silence[0] <= drawing.silence[1] <= unit
    assert [dot.x for dot in drawing.dots] == sorted(dot.x for dot in drawing.dots)


@given(days)
def test_no_order_on_the_axis_is_lost(gaps):
    shown = strip(ago(*gaps))
    inside = [day for day, _ in shown.dots if shown.start <= day <= shown.end]
    drawing = draw(shown, "card")
    assert sum(dot.count for dot in drawing.dots) == len(inside)


@given(days)
def test_the_axis_holds_today_and_four_weeks(gaps):
    start, end = axis(ago(*gaps), TODAY, TODAY + dt.timedelta(days=40))
    assert start <= TODAY <= end
    assert (end - start).days >= 28
