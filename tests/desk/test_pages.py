"""Today and the homes of each role, over HTTP."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from ritm.conversations.models import Interaction
from ritm.desk.models import Verdict
from tests.cast import NOW, TODAY

HTMX = {"HTTP_HX_REQUEST": "true"}
EPISODE = f"rhythm:{TODAY - dt.timedelta(days=90)}"


@pytest.fixture(autouse=True)
def _noon(monkeypatch):
    """Pages take the time of the day they are opened on: here, noon of the cast's Monday."""
    from django.utils import timezone

    monkeypatch.setattr(timezone, "now", lambda: NOW)


def result(browser, client, **more):
    data = {"source": "rhythm", "episode": EPISODE, "result": "thinking"} | more
    return browser.post(f"/today/{client.pk}/result/", data, **HTMX)


def test_today_shows_the_ranked_list(sign_in, books):
    page = sign_in("max").get("/today/").content.decode()
    assert page.index("Ромашка") < page.index("Василёк")
    assert "Пион" not in page
    assert "Южный берег" not in page
    assert "дольше" in page
    assert page.count('class="strip strip--inline') == 2


def test_only_the_item_in_hand_carries_its_actions(sign_in, books):
    def opened(url):
        page = sign_in("max").get(url).content.decode().split("</ol>")[0]
        return [pk for pk in (books.slipping.pk, books.late.pk) if f'action="/today/{pk}/result/"' in page]

    assert opened("/today/") == [books.slipping.pk]
    assert opened(f"/today/?item={books.late.pk}") == [books.late.pk]
    assert opened(f"/today/?item={books.lenas.pk}") == [books.slipping.pk]
    assert opened("/today/?item=x") == [books.slipping.pk]


def test_a_one_key_result_takes_the_item_away_and_offers_undo(sign_in, books):
    browser = sign_in("max")
    answer = result(browser, books.slipping, text="Сравнивает цены")
    assert answer.status_code == 200
    assert answer.headers["HX-Retarget"] == f"#item-{books.slipping.pk}"
    body = answer.content.decode()
    assert 'hx-swap-oob="true"' in body
    assert "<li" not in body
    told = json.loads(answer.headers["HX-Trigger"])["toast"]
    assert "Ромашка: думает" in told["text"]
    assert Interaction.objects.get().result == "thinking"

    undone = browser.post(told["undo"], **HTMX)
    assert undone.status_code == 204
    assert "undone" in json.loads(undone.headers["HX-Trigger"])
    assert Verdict.objects.get().undone_at is not None
    again = browser.get("/today/?part=list", **HTMX).content.decode()
    assert "Ромашка" in again
    assert "<html" not in again


def test_without_script_the_same_form_comes_back_to_the_list(sign_in, books):
    browser = sign_in("max")
    data = {"source": "rhythm", "episode": EPISODE, "result": "refused"}
    answer = browser.post(f"/today/{books.slipping.pk}/result/", data)
    assert (answer.status_code, answer["Location"]) == (302, "/today/")
    assert "ritm_toast" in answer.cookies
    form = browser.get(f"/today/{books.slipping.pk}/snooze/?source=rhythm&episode={EPISODE}")
    assert "<html" in form.content.decode()


def test_a_second_press_is_refused_in_words(sign_in, books):
    browser = sign_in("max")
    result(browser, books.slipping)
    answer = result(browser, books.slipping)
    assert answer.status_code == 422
    assert "Макс" in json.loads(answer.headers["HX-Trigger"])["toast"]["text"]
    assert Interaction.objects.count() == 1


def test_errors_stand_beside_their_fields(sign_in, books):
    browser = sign_in("max")
    where = f"/today/{books.slipping.pk}/snooze/"
    occasion = {"source": "rhythm", "episode": EPISODE}
    answer = browser.post(where, occasion | {"reason": "", "until": "2026-03-20"}, **HTMX)
    assert answer.status_code == 422
    assert "field__error" in answer.content.decode()
    answer = browser.post(where, occasion | {"reason": "отпуск", "until": "2026-03-01"}, **HTMX)
    assert "Выберите день позже сегодняшнего." in answer.content.decode()
    answer = browser.post(where, occasion | {"reason": "отпуск", "until": "2026-03-20"}, **HTMX)
    assert answer.status_code == 200
    assert Verdict.objects.get().until == dt.date(2026, 3, 20)
    answer = result(browser, books.late, episode="rhythm:x", result="call_back", until="2026-03-01")
    assert "Выберите день позже сегодняшнего." in answer.content.decode()


def test_a_stranger_to_the_client_finds_nothing(sign_in, books):
    assert result(sign_in("lena"), books.slipping).status_code == 404
    assert result(sign_in("rita"), books.slipping).status_code == 404
    assert not Verdict.objects.exists()


def test_only_ones_own_verdict_is_undone(sign_in, books):
    result(sign_in("max"), books.slipping)
    verdict = Verdict.objects.get()
    assert sign_in("vera").post(f"/today/undo/{verdict.pk}/", **HTMX).status_code == 404
    assert sign_in("max").get(f"/today/undo/{verdict.pk}/").status_code == 405


def test_whose_list_one_may_open(cast, sign_in, books):
    def status(who, of):
        return sign_in(who).get(f"/today/?of={of}").status_code

    assert "Ромашка" in sign_in("vera").get(f"/today/?of={cast.max.pk}").content.decode()
    assert status("nina", cast.lena.pk) == 200
    assert status("vera", cast.lena.pk) == 404
    assert status("max", cast.vera.pk) == 404
    assert status("max", cast.max.pk) == 200
    assert status("vera", "0;drop") == 404
    assert status("nina", cast.rita.pk) == 404
    assert sign_in("oleg").get("/today/").status_code == 404


def test_an_empty_list_says_why(cast, sign_in, books):
    assert "У вас пока нет клиентов" in sign_in("vera").get("/today/").content.decode()
    browser = sign_in("max")
    for client, days in ((books.slipping, 90), (books.late, 40)):
        result(browser, client, episode=f"rhythm:{TODAY - dt.timedelta(days=days)}")
    assert "Список разобран" in browser.get("/today/").content.decode()


def test_each_role_opens_on_its_own_work(sign_in, books):
    home = sign_in("max").get("/")
    assert (home.status_code, home["Location"]) == (302, "/today/")
    vera = sign_in("vera").get("/").content.decode()
    assert "Макс" in vera
    assert "Лена" not in vera
    nina = sign_in("nina").get("/").content.decode()
    assert "Северный отдел" in nina
    assert "Южный отдел" in nina
    assert "Сегодня ждём заказы" in sign_in("dina").get("/").content.decode()
    assert "Последние платежи" in sign_in("oleg").get("/").content.decode()
    assert "Сотрудники" in sign_in("adam").get("/").content.decode()
    rita = sign_in("rita").get("/").content.decode()
    assert "Северный" not in rita


def test_a_director_goes_down_the_tree(cast, sign_in, books):
    north = sign_in("nina").get(f"/?unit={cast.north.pk}").content.decode()
    assert "Макс" in north
    assert "Лена" not in north
    assert sign_in("vera").get(f"/?unit={cast.south.pk}").status_code == 404
    assert sign_in("vera").get("/?unit=x").status_code == 404


@pytest.mark.parametrize(
    ("who", "url", "queries"),
    [
        ("max", "/today/", 24),
        ("vera", "/", 13),
        ("nina", "/", 12),
        ("dina", "/", 9),
        ("oleg", "/", 7),
        ("adam", "/", 8),
    ],
)
def test_pages_cost_so_many_queries(sign_in, books, django_assert_num_queries, who, url, queries):
    browser = sign_in(who)
    browser.get(url)
    with django_assert_num_queries(queries):
        browser.get(url)


def test_figures_of_the_team_open_the_clients_behind_them(cast, sign_in, books):
    browser = sign_in("vera")
    page = browser.get("/").content.decode()
    narrowed = f"/clients/?owner={cast.max.pk}&amp;status=overdue&amp;status=slipping"
    assert narrowed in page
    assert f"/clients/?owner={cast.max.pk}&amp;status=slipping" in page
    found = browser.get(narrowed.replace("&amp;", "&")).content.decode()
    assert "Ромашка" in found and "Василёк" in found
    assert "Пион" not in found


def test_clients_are_handed_over_from_the_sellers_row(cast, sign_in, books):
    browser = sign_in("nina")
    assert f"/team/{cast.max.pk}/hand-over/" in browser.get(f"/?unit={cast.north.pk}").content.decode()
    choices = browser.get(f"/team/{cast.max.pk}/hand-over/", **HTMX).content.decode()
    assert "<html" not in choices
    query = f"owner={cast.max.pk}&status=slipping"
    assert f'value="{query.replace("&", "&amp;")}"' in choices
    preview = browser.post("/clients/reassign/", {"all": "1", "query": query})
    assert "Ромашка" in preview.content.decode()
    asked = {"client": [books.slipping.pk], "query": query, "confirmed": "1", "owner": cast.lena.pk, "why": "Отпуск"}
    assert browser.post("/clients/reassign/", asked).status_code == 302
    books.slipping.refresh_from_db()
    books.late.refresh_from_db()
    assert (books.slipping.owner, books.late.owner) == (cast.lena, cast.max)
