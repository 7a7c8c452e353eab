"""Pages of the retention room."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.urls import reverse

from ritm.clients.operations import search
from ritm.retention import views
from ritm.retention.models import Rhythm
from ritm.shell.sockets import PANELS
from tests.cast import NOW, TODAY
from tests.factories.retention import buyer, heard, ordered
from tests.retention.doors import DOORS
from tests.retention.test_exchange import released


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr("ritm.retention.views.timezone", SimpleNamespace(now=lambda: NOW))


POSTED = (
    "retention:accept_silence", "retention:claim", "retention:doubt_silence", "retention:excuse", "retention:take_back",
    "retention:try_policy", "retention:try_rhythm",
)  # fmt: skip


@pytest.mark.parametrize("name", DOORS)
def test_doors(cast, sign_in, name):
    kwargs, who = DOORS[name]
    url = reverse(name, kwargs=kwargs(cast))
    entered = set()
    for member in ("vera", "max", "lena", "oleg", "nina", "adam", "dina", "rita"):
        browser = sign_in(member)
        status = (browser.post(url) if name in POSTED else browser.get(url)).status_code
        assert status < 500
        if status != 404:
            entered.add(member)
    # Rita's role in her own organisation lets her see her own lists there, and nothing of ours.
    assert entered - {"rita"} == who
    assert ("client_id" not in url and "/clients/" not in url) or "rita" not in entered


def test_the_exchange_page(cast, sign_in, django_assert_max_num_queries, monkeypatch):
    some = [released(cast, f"Клиент {i}") for i in range(6)]
    ordered(some[3], 400, 370, 340, amount=90_000)
    heard(some[3])
    search.refresh([client.pk for client in some])
    max_, url = sign_in("max"), reverse("retention:exchange")
    with django_assert_max_num_queries(18):
        page = max_.get(url).content.decode()
    assert page.index("Клиент 3") < page.index("Клиент 0")
    assert "Вера" in page
    assert max_.get(url, {"q": "клиент 4"}).content.decode().count("data-claim>") == 1
    assert max_.get(url, {"worth": "1000"}).content.decode().count("data-claim>") == 1
    for whose, found in (("вер", 6), (str(cast.vera.pk), 6), ("лена", 0), ("9" * 30, 0)):
        assert max_.get(url, {"owner": whose}).content.decode().count("data-claim>") == found
    monkeypatch.setattr(views, "MOST_IN_A_MENU", 2)
    assert '<input type="search" name="owner" value="вер"' in max_.get(url, {"owner": "вер"}).content.decode()
    assert "На бирже таких клиентов нет" in max_.get(url, {"rule": "exchange.obligation"}).content.decode()
    taken = max_.post(reverse("retention:claim", args=[some[0].pk]))
    assert taken.status_code == 302
    late = sign_in("lena").post(reverse("retention:claim", args=[some[0].pk]))
    assert late.status_code == 422
    assert "Макс" in late.content.decode()
    # Who came second stays on the list, and reads in the row who was first.
    row = sign_in("lena").post(reverse("retention:claim", args=[some[0].pk]), headers={"HX-Request": "true"})
    assert row.content.decode().startswith('<tr class="exchange__taken"')
    assert "Макс" in row.content.decode()
    assert "toast" in row.headers["HX-Trigger"]
    mine = max_.post(reverse("retention:claim", args=[some[1].pk]), headers={"HX-Request": "true"})
    assert mine.headers["HX-Redirect"] == reverse("clients:page", args=[some[1].pk])
    assert "Клиент 0" not in max_.get(url).content.decode()


def test_the_page_tells_any_day(cast, sign_in):
    client = buyer(cast)
    ordered(client, 200, 170, 140, amount=25_000)
    heard(client)
    max_ = sign_in("max")
    url = reverse("retention:rhythm", args=[client.pk])
    page = max_.get(url).content.decode()
    assert "Ускользает с" in page
    then = max_.get(url, {"on": (TODAY - dt.timedelta(days=135)).isoformat()}).content.decode()
    assert "Как это было известно" in then
    assert "Ждём заказ к" in then
    assert max_.get(url, {"on": "позавчера"}).content.decode().count("Ускользает с") == page.count("Ускользает с")
    before = max_.get(url, {"on": "2019-01-01"}).content.decode()
    assert "К этому дню заказов не было." in before


def test_the_list_of_the_slipping_costs_the_same_for_one_or_many(cast, sign_in, django_assert_max_num_queries):
    clients = [buyer(cast, f"Клиент {i}") for i in range(12)]
    for client in clients:
        ordered(client, 200, 170, 140)
    heard(*clients)
    max_ = sign_in("max")
    with django_assert_max_num_queries(20):
        page = max_.get(reverse("retention:slipping")).content.decode()
    assert page.count('<svg class="strip') == 12
    lena = sign_in("lena").get(reverse("retention:slipping")).content.decode()
    assert "Никто не ускользает" in lena


def test_the_card_on_the_clients_page(cast, django_assert_num_queries):
    clients = [buyer(cast, f"Клиент {i}") for i in range(5)]
    for client in clients:
        ordered(client, 90, 60, 30)
    heard(*clients)
    panel = PANELS["rhythm"]
    viewer = cast.viewer("max")
    with django_assert_num_queries(3):
        found = panel.load(viewer, [client.pk for client in clients], NOW)
    card = found[clients[0].pk]
    assert card["label"] == "раз в\xa030\xa0дней"
    assert card["rhythm"] == Rhythm.objects.get(client=clients[0])
    assert panel.load(cast.viewer("lena"), [clients[0].pk], NOW) == {}
