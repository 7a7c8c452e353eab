"""Components: what a screen reader hears, and that a wrong name is heard at once."""

from __future__ import annotations

import datetime as dt

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from ritm.shell import chips
from ritm.shell.figures import spark, stack
from ritm.shell.gallery import strips


def shown(text: str, **known: object) -> str:
    with translation.override("ru"):
        return Template(text).render(Context(known))


def test_an_icon_is_hidden_unless_it_has_a_name():
    assert 'aria-hidden="true"' in shown('{% icon "phone" %}')
    named = shown('{% icon "phone" label=name %}', name='Звонок "срочно"')
    assert 'role="img" aria-label="Звонок &quot;срочно&quot;"' in named


@pytest.mark.parametrize("name", ["no-such-icon", "../../package", ""])
def test_an_unknown_icon_is_an_error(name):
    with pytest.raises(ValueError, match="icon"):
        shown("{% icon name %}", name=name)


@pytest.mark.parametrize("status", list(chips.STATUSES))
def test_a_class_is_never_told_by_colour_alone(status):
    text = shown("{% status_chip status %}", status=status)
    assert "<path" in text
    assert str(chips.STATUSES[status].word)
    with translation.override("ru"):
        assert str(chips.STATUSES[status].word) in text


def test_shapes_differ():
    for table in (chips.STATUSES, chips.ZONES):
        assert len({chip.shape for chip in table.values()}) == len(table)


def test_an_unknown_class_is_an_error():
    with pytest.raises(KeyError):
        shown('{% status_chip "golden" %}')


class Form(forms.Form):
    name = forms.CharField(help_text="Как в договоре")
    note = forms.CharField(required=False)


def test_a_field_ties_help_and_error_to_its_control():
    text = shown("{% field form.name %}", form=Form({}, auto_id="f_%s"))
    assert 'for="f_name"' in text
    assert 'aria-describedby="f_name_help f_name_error"' in text
    assert 'aria-invalid="true"' in text
    assert 'id="f_name_help"' in text
    assert 'id="f_name_error"' in text


def test_only_what_may_stay_empty_is_marked():
    assert "не обязательно" in shown("{% field form.note %}", form=Form())
    assert "не обязательно" not in shown("{% field form.name %}", form=Form())


@pytest.mark.parametrize("size", ["inline", "card", "full"])
def test_a_strip_says_its_sentence_and_needs_no_style(size):
    for strip in strips():
        text = shown("{% rhythm_strip strip size=size %}", strip=strip, size=size)
        named = "<title>{}</title>" if size == "inline" else 'aria-label="{}"'
        assert named.format(strip.sentence) in text
        assert "style=" not in text
        assert (
            "," not in text.replace(strip.sentence, "").split("aria-label")[0]
        )  # a Russian decimal comma would break the SVG


def test_numbers_in_svg_keep_their_points_in_russian():
    text = shown("{% rhythm_strip strip size='card' %}", strip=strips()[3])
    assert 'cx="2.5%"' in text


def test_an_empty_strip_says_so():
    assert "<title>заказов ещё нет</title>" in shown("{% rhythm_strip None %}")


def test_a_bar_tells_its_parts_in_words():
    text = shown("{% stacked_bar parts label='Зоны' %}", parts=[
        {"tone": "green", "value": 3, "label": "зелёная"}, {"tone": "red", "value": 1, "label": "красная"},
        {"tone": "yellow", "value": 0, "label": "жёлтая"},
    ])  # fmt: skip
    assert 'aria-label="Зоны: зелёная 3, красная 1"' in text
    assert 'width="75.0%"' in text


def test_the_parts_of_a_bar_fill_it():
    parts = stack([{"value": 1}, {"value": 2}, {"value": 4}])
    assert parts[-1]["x"] + parts[-1]["width"] == pytest.approx(100, abs=0.01)
    with pytest.raises(ValueError, match="negative"):
        stack([{"value": -1}])


def test_a_sparkline_of_nothing_is_empty():
    assert spark([], 100, 20)["line"] == ""
    assert spark([0, 0], 100, 20)["end"] == (97.0, 17.0)


def test_wrappers_keep_their_content():
    text = shown("{% panel title='Долг' %}<b>1</b>{% endpanel %}{% dialog id='d' title='Окно' %}x{% enddialog %}")
    assert "<b>1</b>" in text
    assert 'aria-labelledby="d-title"' in text


def test_what_a_form_takes_is_escaped():
    assert "<script>" not in shown("{% empty_state title=t %}", t="<script>")


def test_a_date_is_told_in_the_chip():
    assert "с 14\u00a0марта" in shown("{% status_chip 'lost' since=d %}", d=dt.date(2026, 3, 14))
