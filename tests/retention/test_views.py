"""Pages of the retention room."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.urls import reverse

from ritm.retention.models import Rhythm
from ritm.shell.sockets import PANELS
from tests.cast import NOW, TODAY
from tests.factories.retention import buyer, heard, ordered
from tests.retention.doors import DOORS


@pytest.fixture(autouse=True)
def _today(monkeypatch):
    monkeypatch.setattr("ritm.retention.views.timezone", SimpleNamespace(now=lambda: NOW))


@pytest.mark.parametrize("name", DOORS)
def test_doors(cast, sign_in, name):
    kwargs, who = DOORS[name]
    url = reverse(name, kwargs=kwargs(cast))
    entered = {
        member
        for member in ("vera", "max", "lena", "oleg", "nina", "adam", "dina", "rita")
        if sign_in(member).get(url).status_code == 200
    }
    # Rita's role in her own organisation lets her see her own list there.
    assert entered - {"rita"} == who
    assert "client_id" not in url or "rita" not in entered


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
    with django_assert_max_num_queries(22):
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
    with django_assert_num_queries(5):
        found = panel.load(viewer, [client.pk for client in clients], NOW)
    card = found[clients[0].pk]
    assert card["label"] == "раз в\xa030\xa0дней"
    assert card["rhythm"] == Rhythm.objects.get(client=clients[0])
    assert panel.load(cast.viewer("lena"), [clients[0].pk], NOW) == {}
