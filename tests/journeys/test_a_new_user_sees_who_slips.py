"""
Max signs in for the first time: who slips away stands on top, he works the list with keys, and takes one back.
"""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.utils import timezone

from ritm.clients.models import Phone
from ritm.conversations.models import Interaction
from ritm.desk.models import Verdict
from ritm.journal import tenancy
from ritm.kernel.calendar import local_date
from tests.factories.retention import buyer, heard, ordered

pytestmark = pytest.mark.browser


@pytest.fixture
def books(cast):
    """Three clients of Max who used to order every 30 days, and one of Lena; the fourth of Max buys in rhythm."""
    now = timezone.now()
    today = local_date(now, cast.home.timezone)
    with tenancy.organisation(cast.home.pk):
        plan = [
            ("ООО «Большая Волна»", "max", 100, 60_000),
            ("ООО «Средняя Волна»", "max", 90, 20_000),
            ("ИП Малая Волна", "max", 40, 5_000),
            ("ООО «Штиль»", "max", 5, 90_000),
            ("ООО «Чужой Берег»", "lena", 100, 90_000),
        ]
        found = []
        for name, owner, silent, amount in plan:
            client = buyer(cast, name, owner=owner)
            Phone.objects.create(organisation=cast.home, client=client, e164="+79123456789")
            days = (today - dt.timedelta(days=silent + 30 * i) for i in range(10))
            ordered(client, *days, amount=amount)
            found.append(client)
        heard(*found, at=now)
    return found


def names(page):
    return page.locator(".item__name").all_inner_texts()


def current(page):
    return page.locator("[data-row][data-here] .item__name").inner_text()


def test_a_new_user_sees_who_slips(cast, books, browser_page):
    page = browser_page("max")
    page.open("/")
    assert page.url.endswith("/today/")
    assert names(page) == ["ООО «Большая Волна»", "ООО «Средняя Волна»", "ИП Малая Волна"]
    assert "дольше" in page.locator(".item__why").first.inner_text()
    page.check()

    # Keys move through the list and stop at its ends.
    assert current(page) == "ООО «Большая Волна»"
    page.keyboard.press("j")
    assert current(page) == "ООО «Средняя Волна»"
    # What can be done comes into hand with the item, and speaks of this client.
    here = page.locator("[data-row][data-here]")
    assert here.locator("[data-key='c']").get_attribute("href") == "tel:+79123456789"
    assert here.locator("form").get_attribute("action") == f"/today/{books[1].pk}/result/"
    assert "{" not in here.inner_html()
    page.check()
    page.keyboard.press("r")
    page.locator(f"#more-{books[1].pk}").get_by_label("О чём говорили").wait_for()
    page.keyboard.press("Escape")
    assert current(page) == "ООО «Средняя Волна»"
    page.keyboard.press("k")
    page.keyboard.press("k")
    assert current(page) == "ООО «Большая Волна»"

    # One key gives the result; the item goes, the counter rises, the next one is in hand.
    page.keyboard.press("2")
    page.wait_for_selector(f"#item-{books[0].pk}", state="detached")
    page.settle()
    assert names(page) == ["ООО «Средняя Волна»", "ИП Малая Волна"]
    assert re.search(r"сделано сегодня\s+1", page.locator("#done-today").inner_text())
    assert current(page) == "ООО «Средняя Волна»"
    with tenancy.organisation(cast.home.pk):
        call = Interaction.objects.get()
        assert (call.client_id, call.kind, call.result, call.employee_id) == (
            books[0].pk,
            "call",
            "thinking",
            cast.max.pk,
        )

    # Taken back within ten seconds: the item stands where it stood, and the call never was.
    page.get_by_role("button", name="Отменить", exact=True).click()
    page.wait_for_selector(f"#item-{books[0].pk}")
    assert names(page)[0] == "ООО «Большая Волна»"
    assert re.search(r"сделано сегодня\s+0", page.locator("#done-today").inner_text())
    with tenancy.organisation(cast.home.pk):
        assert Interaction.objects.get().withdrawn_at is not None
        assert Verdict.objects.get().undone_at is not None


def test_a_result_by_key_of_an_item_further_down(cast, books, browser_page):
    page = browser_page("max")
    page.open("/today/")
    page.keyboard.press("j")
    page.keyboard.press("j")
    page.keyboard.press("2")
    page.wait_for_selector(f"#item-{books[2].pk}", state="detached")
    page.settle()
    assert names(page) == ["ООО «Большая Волна»", "ООО «Средняя Волна»"]
    with tenancy.organisation(cast.home.pk):
        call = Interaction.objects.get()
        assert (call.client_id, call.kind, call.result) == (books[2].pk, "call", "thinking")
        assert Verdict.objects.get().source == "rhythm"


def test_an_item_is_put_off_with_a_reason(cast, books, browser_page):
    page = browser_page("max")
    page.open("/today/")
    page.keyboard.press("s")
    page.get_by_label("Почему можно подождать").fill("в отпуске")
    page.keyboard.press("Enter")
    page.wait_for_selector(f"#item-{books[0].pk}", state="detached")
    page.settle()
    assert "отложено 1" in page.locator("#done-today").inner_text()
    with tenancy.organisation(cast.home.pk):
        verdict = Verdict.objects.get()
        assert (verdict.result, verdict.reason, verdict.interaction_id) == ("snoozed", "в отпуске", None)
    page.check()


def test_the_details_of_a_call_are_written_on_a_phone(cast, books, browser_page):
    page = browser_page("max", phone=True)
    page.open("/today/")
    page.check()
    page.locator(f"#item-{books[1].pk} [data-key='r']").click()
    page.get_by_label("О чём говорили").fill("Сравнивают цены")
    page.locator(f"#more-{books[1].pk}").get_by_label("отказ").check()
    page.get_by_role("button", name="Сохранить результат").click()
    page.wait_for_selector(f"#item-{books[1].pk}", state="detached")
    with tenancy.organisation(cast.home.pk):
        call = Interaction.objects.get()
        assert (call.result, call.text, call.client_id) == ("refused", "Сравнивают цены", books[1].pk)


def test_the_head_sees_the_day_of_her_seller(cast, books, browser_page):
    page = browser_page("vera")
    page.open("/")
    page.check()
    page.get_by_role("link", name="Макс", exact=True).click()
    page.settle()
    assert names(page)[0] == "ООО «Большая Волна»"
    page.check()
