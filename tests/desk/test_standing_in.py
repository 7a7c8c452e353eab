"""Somebody is on leave: his substitute works with his clients until the last day, and nothing changes hands."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from ritm.clients.models import Client, Tenure
from ritm.desk import operations as desk
from ritm.desk.queries import today as queries
from ritm.kernel.reach import Reach
from ritm.staff import queries as staff
from ritm.staff.operations import employees
from tests.cast import NOW, TODAY

DAY = dt.timedelta(days=1)
FRIDAY = TODAY + 4 * DAY


@pytest.fixture
def go_away(cast):
    def away(who, substitute, until=FRIDAY, today=TODAY):
        employees.go_away(
            employee=getattr(cast, who), until=until, substitute=getattr(cast, substitute), today=today,
            by=cast.viewer("adam").actor(), at=NOW,
        )  # fmt: skip

    return away


def cards(cast, who, days=0):
    viewer = cast.viewer(who, NOW + days * DAY)
    found = queries.today(viewer, [viewer.employee_id], TODAY + days * DAY, absent=viewer.stands_in)
    return {card.client.name: card.absent.name if card.absent else "" for card in found.cards}


def test_the_substitutes_day_holds_both_and_says_whose_each_is(cast, books, go_away):
    assert cards(cast, "lena") == {"Южный берег": ""}
    go_away("max", "lena")
    assert cards(cast, "lena") == {"Ромашка": "Макс", "Василёк": "Макс", "Южный берег": ""}
    # He may look from his leave, and it is still his list.
    assert cards(cast, "max") == {"Ромашка": "", "Василёк": ""}


def test_it_ends_by_itself_after_the_last_day(cast, books, go_away):
    go_away("max", "lena")
    assert "Ромашка" in cards(cast, "lena", days=4)
    assert "Ромашка" not in cards(cast, "lena", days=5)
    late = dt.datetime(2026, 3, 20, 20, 59, tzinfo=dt.UTC)  # a minute to midnight in Moscow
    assert cast.viewer("lena", late).stands_in
    assert not cast.viewer("lena", late + dt.timedelta(minutes=1)).stands_in


def test_a_substitute_of_a_substitute_is_not_followed(cast, books, go_away):
    go_away("max", "lena")
    go_away("lena", "dina")
    assert [one.name for one in cast.viewer("dina").stands_in] == ["Лена"]
    assert [one.name for one in staff.absent_behind(cast.dina.pk, TODAY)] == ["Лена"]
    assert cards(cast, "dina") == {"Южный берег": "Лена"}


def test_nothing_changes_hands_and_the_client_is_worked_with(cast, books, go_away):
    before = list(Tenure.objects.order_by("pk").values())
    go_away("max", "lena")
    lena = cast.viewer("lena")
    assert Client.objects.visible_to(lena).filter(pk=books.slipping.pk).exists()
    verdict = desk.finish(
        client=books.slipping, source="rhythm", episode=f"rhythm:{TODAY - 90 * DAY}", result="thinking",
        by=lena.actor(), at=NOW,
    )  # fmt: skip
    assert verdict.employee_id == cast.lena.pk
    assert "Ромашка" not in cards(cast, "lena") and "Ромашка" not in cards(cast, "max")
    assert Client.objects.get(pk=books.slipping.pk).owner_id == cast.max.pk
    assert list(Tenure.objects.order_by("pk").values()) == before


def test_the_day_of_one_person_does_not_grow(cast, books, go_away):
    lena = cast.viewer("lena")
    alone = queries.today(lena, [cast.lena.pk], TODAY).per_day
    go_away("max", "lena")
    assert queries.today(lena, [cast.lena.pk], TODAY, absent=cast.viewer("lena").stands_in).per_day == alone


def test_to_stand_in_is_not_to_be_his_head(cast, books, go_away):
    go_away("lena", "vera")
    vera = cast.viewer("vera")
    his = Client.objects.filter(pk=books.lenas.pk)
    assert Client.objects.visible_to(vera, "edit").filter(pk__in=his).exists()
    for verb in ("assign", "archive", "export"):
        assert not Client.objects.visible_to(vera, verb).filter(pk__in=his).exists()


def test_only_as_far_as_his_own_role_reaches(cast, go_away):
    go_away("max", "oleg")
    oleg = cast.viewer("oleg")
    assert oleg.people(Reach.NOBODY) == ()
    assert set(oleg.people(Reach.OWN)) == {cast.oleg.pk, cast.max.pk}
    assert not oleg.may("queue", "see")


def test_a_leaver_is_nobodys_absence(cast, books, go_away):
    go_away("max", "lena")
    type(cast.max).objects.filter(pk=cast.max.pk).update(left_on=TODAY)
    assert cast.viewer("lena").stands_in == ()


def test_who_sees_says_so(cast, go_away):
    go_away("max", "lena")
    told = {one.name: one.sentence for one in staff.who_sees("client", cast.max.pk, None, cast.home.pk, today=TODAY)}
    assert told["Лена"] == "замещает: Макс"
    after = staff.who_sees("client", cast.max.pk, None, cast.home.pk, today=FRIDAY + DAY)
    assert "Лена" not in {one.name for one in after}


def test_page_and_api_agree_and_strangers_see_nothing(cast, books, go_away, sign_in, ask):
    real = timezone.localdate(timezone=dt.timezone(dt.timedelta(hours=3)))
    go_away("max", "lena", until=real, today=real)
    page = sign_in("lena").get(reverse("desk:today"))
    text = page.content.decode()
    shown = {card.client.name for card in page.context["list"].cards}
    told = {item["client"]: item["owner_absent"] for item in ask("lena", "/today").json()["items"]}
    assert set(told) == shown
    assert told and all(absent == ("Макс" if name != "Южный берег" else None) for name, absent in told.items())
    assert "Макс отсутствует до" in text
    assert sign_in("lena").get(reverse("clients:page", args=[books.slipping.pk])).status_code == 200
    assert sign_in("lena").get(reverse("desk:today"), {"of": cast.max.pk}).status_code == 200
    assert sign_in("rita").get(reverse("clients:page", args=[books.slipping.pk])).status_code == 404


def test_it_costs_no_query_more(cast, books, go_away, django_assert_num_queries):
    with django_assert_num_queries(1):
        staff.viewer_of(cast.lena.pk, at=NOW)
