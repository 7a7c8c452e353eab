"""A chart is a table first: figures as people write them, links to rows, and honest about having nothing."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.template import Context, Template
from django.utils import translation

from ritm.shell.charts import Chart, Label, Point, Series

MONTHS = (Label("январь 2026", "янв"), Label("февраль 2026", "февр"))


def chart(*points: Point, **more) -> Chart:
    return Chart("c", "Заказы", "Месяц", MONTHS, [Series("сумма", points)], **more)


def shown(one: Chart) -> str:
    with translation.override("ru"):
        return Template("{% chart one %}").render(Context({"one": one}))


def test_the_table_has_the_same_figures_for_people_and_for_script():
    html = shown(chart(Point(Decimal("1250000.50"), "/orders/?m=1"), Point(None), unit="money"))
    assert 'data-value="1250000.50"><a href="/orders/?m=1">1\xa0250\xa0001\xa0₽</a>' in html
    assert 'data-value="">–</td>' in html
    assert 'data-short="янв">январь 2026</th>' in html


def test_what_goes_below_the_line_may_be_written_without_its_minus():
    cells = [cells for _, cells in chart(Point(-9), Point(4), unsigned=True).rows]
    assert [(cell["value"], cell["text"]) for row in cells for cell in row] == [("-9", "9"), ("4", "4")]


def test_shares_are_written_in_per_cent():
    with translation.override("en"):
        cells = [cells[0]["text"] for _, cells in chart(Point(0.125), Point(1), unit="percent").rows]
    assert cells == ["12.5%", "100.0%"]


@pytest.mark.parametrize("values", [(0, 0), (None, None), (0, None)])
def test_nothing_to_draw_is_said(values):
    html = shown(chart(*(Point(value) for value in values)))
    assert "рисовать пока нечего" in html
    assert "<table" not in html


def test_a_series_without_a_point_for_each_label_is_a_mistake():
    with pytest.raises(ValueError, match="сумма"):
        chart(Point(1))
