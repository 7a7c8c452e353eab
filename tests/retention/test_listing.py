"""The room's columns and conditions in the list of clients."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import translation

from ritm.clients.models import Client
from ritm.clients.sockets import COLUMNS, FILTERS
from ritm.retention.models import Rhythm
from tests.cast import NOW, TODAY
from tests.factories.retention import buyer, heard, ordered

KEYS = ["rhythm", "status", "interval", "last_order", "expected", "worth", "year", "ltv"]


def test_all_columns_share_one_reading(cast, django_assert_num_queries):
    clients = [buyer(cast, f"Клиент {i}") for i in range(3)]
    for client in clients:
        ordered(client, 90, 60, 30, amount=2500)
    heard(*clients)
    viewer, ids = cast.viewer("max"), [client.pk for client in clients]
    with django_assert_num_queries(3):
        cells = {key: COLUMNS[key].cells(viewer, ids, NOW) for key in KEYS}
    with translation.override("ru"):
        shown = {key: COLUMNS[key].draw(clients[0], cells[key].get(ids[0]), "") for key in KEYS}
    assert shown["rhythm"].startswith("<svg")
    assert "ждём заказ" in shown["status"]
    assert shown["interval"] == "раз в\xa030\xa0дней"
    assert "14" in shown["last_order"]
    assert "7\xa0500" in shown["ltv"]
    assert all(not COLUMNS[key].cells(cast.viewer("lena"), ids, NOW) for key in KEYS)


def found(key: str, operator: str, *values: str) -> set[str]:
    return {client.name for client in FILTERS[key].apply(Client.objects.all(), operator, values)}


def test_conditions(cast, monkeypatch):
    monkeypatch.setattr("ritm.retention.listing.timezone.localdate", lambda: TODAY)
    late, calm, never = buyer(cast, "Поздний"), buyer(cast, "Спокойный"), buyer(cast, "Никакой")
    ordered(late, 200, 170, 140, amount=100)
    ordered(calm, 40, 25, 10, amount=90_000)
    heard(late, calm, never)
    assert found("status", "is", "slipping") == {"Поздний"}
    assert found("status", "not", "slipping", "prospect") == {"Спокойный"}
    ratio = 140 / Rhythm.objects.get(client=late).interval_days
    assert found("late", "more", str(ratio - 0.01)) == {"Поздний"}
    assert found("late", "more", str(ratio + 0.01)) == set()
    assert found("worth", "more", "10 000") == {"Спокойный"}
    assert found("ltv", "less", "301") == {"Поздний", "Никакой"}
    assert found("last_order", "before", (TODAY - dt.timedelta(days=100)).isoformat()) == {"Поздний"}
    for key, value in (("status", "что-то"), ("worth", "много"), ("last_order", "вчера"), ("late", "")):
        with pytest.raises(ValueError, match=r"\."):
            FILTERS[key].apply(Client.objects.all(), FILTERS[key].operators[0][0], [value])
