"""The year drawn as twelve months: a click turns a day, and turns it back."""

from __future__ import annotations

import datetime as dt

from django.urls import reverse

from ritm.staff import queries
from ritm.staff.models import SpecialDay

NEW_YEAR = dt.date(2026, 1, 1)


def test_a_day_is_turned_and_turned_back_with_its_name_kept(sign_in, cast):
    browser = sign_in("nina")
    browser.post(reverse("staff:bring_in_calendar"), {"year": "2026"})
    turn = reverse("staff:set_day")
    assert browser.post(turn, {"turn": "2026-01-01:1"}).url == "/office/calendar/?year=2026"
    assert queries.special_days(cast.home.pk)[NEW_YEAR] is True
    year = browser.post(turn, {"turn": "2026-01-01:0"}, headers={"HX-Request": "true"})
    assert 'id="year"' in year.content.decode() and "<html" not in year.content.decode()
    assert SpecialDay.objects.filter(day=NEW_YEAR).values_list("working", "note").get() == (
        False,
        "Новогодние каникулы",
    )
    browser.post(turn, {"day": "2026-01-01", "working": "0", "note": "Отсыпаемся"})
    assert SpecialDay.objects.get(day=NEW_YEAR).note == "Отсыпаемся"


def test_nonsense_is_no_day(sign_in, cast):
    browser = sign_in("nina")
    for words in ({}, {"turn": "x"}, {"turn": "2026-02-30:1"}, {"day": "2026-01-01", "working": "²"}):
        assert browser.post(reverse("staff:set_day"), words).status_code == 404
    assert browser.get(reverse("staff:calendar"), {"year": "²"}).status_code == 200
    assert browser.post(reverse("staff:bring_in_calendar"), {"year": "1990"}).status_code == 422
