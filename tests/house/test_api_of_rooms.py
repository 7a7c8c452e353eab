"""The public API beyond clients: orders, conversations, rhythm, the exchange, today – within the token's reach."""

from __future__ import annotations

import datetime as dt

import pytest
from django.utils import timezone

from ritm.clients.operations import ownership
from ritm.conversations.models import Interaction
from ritm.journal.models import Entry
from ritm.kernel.actor import Actor
from ritm.trade.events import OrdersChanged
from ritm.trade.models import Order
from tests.cast import NOW, TODAY
from tests.factories import clients, retention, trade

pytestmark = pytest.mark.django_db


def test_orders_are_read_page_by_page_within_reach(ask, cast):
    mine, other = clients.client(cast.home, owner=cast.max), clients.client(cast.home, owner=cast.lena)
    for back in range(5):
        trade.order(mine, on=TODAY - dt.timedelta(back), amount=100 + back)
    foreign = trade.order(other)
    first = ask("max", "/orders?limit=3").json()
    assert [row["amount"] for row in first["items"]] == ["100.00", "101.00", "102.00"]
    rest = ask("max", f"/orders?limit=3&after={first['next']}").json()
    assert [row["amount"] for row in rest["items"]] == ["103.00", "104.00"]
    assert rest["next"] is None
    assert ask("max", f"/orders/{foreign.pk}").status_code == 404
    assert ask("rita", f"/orders/{foreign.pk}").status_code == 404
    assert ask("max", "/orders?after=nowhere").json()["code"] == "after"


def test_an_order_stated_twice_is_recorded_once_and_corrected_by_the_third(ask, cast):
    his = clients.client(cast.home, owner=cast.max)
    paper = trade.product(cast.home, sku="БУМ-1")
    said = {
        "client_id": his.pk,
        "ordered_on": TODAY.isoformat(),
        "number": "17",
        "lines": [{"sku": "БУМ-1", "quantity": "3", "price": "250.50"}],
    }
    one = ask("max", "/orders/external/1С-17", "put", data=said)
    assert (one.status_code, one.json()["amount"], one.json()["left"]) == (200, "751.50", "751.50")
    told = _entries()
    assert ask("max", "/orders/external/1С-17", "put", data=said).json() == one.json()
    assert _entries() == told
    corrected = ask(
        "max",
        "/orders/external/1С-17",
        "put",
        data=said | {"lines": [{"sku": "БУМ-1", "quantity": "2", "price": "250.50"}]},
    )
    assert corrected.json()["amount"] == "501.00"
    assert Order.objects.get().pk == one.json()["id"]
    assert [line["product_id"] for line in corrected.json()["lines"]] == [paper.pk]
    assert _entries() > told


def test_orders_are_refused_with_the_field_and_the_reason(ask, cast):
    his, other = clients.client(cast.home, owner=cast.max), clients.client(cast.home, owner=cast.lena)
    said = {"client_id": his.pk, "ordered_on": TODAY.isoformat(), "amount": "10.00"}

    def refused(**more) -> tuple[int, str, str | None]:
        answer = ask("max", "/orders/external/A", "put", data=said | more)
        return answer.status_code, answer.json()["code"], answer.json().get("field")

    assert refused(lines=[{"sku": "нет", "quantity": "1", "price": "10"}]) == (422, "sku", "lines")
    assert refused(ordered_on="2999-01-01") == (422, "future", "ordered_on")
    assert refused(amount=None)[0] == 422
    assert refused(amount="-5")[:2] == (422, "fields")
    assert refused(client_id=other.pk)[0] == 404
    assert not Order.objects.exists()
    assert ask("lena", "/orders/external/A", "put", data=said | {"client_id": other.pk}).status_code == 200
    # The id is taken by an order that he cannot see: it neither changes nor shows itself.
    assert refused()[0] == 404
    assert refused(kind="return")[0] == 404
    assert Order.objects.get().client_id == other.pk
    as_return = ask("lena", "/orders/external/A", "put", data=said | {"client_id": other.pk, "kind": "return"})
    assert as_return.json()["code"] == "kind"


def test_a_telephone_exchange_reports_a_call(ask, cast):
    his = clients.client(cast.home, owner=cast.max)
    said = {"client_id": his.pk, "kind": "call", "direction": "in", "duration_seconds": 95, "result": "thinking"}
    made = ask("max", "/interactions", "post", data=said)
    assert (made.status_code, made.json()["meaningful"]) == (201, True)
    short = ask("max", "/interactions", "post", data=said | {"duration_seconds": 3, "result": ""})
    assert short.json()["meaningful"] is False
    history = ask("max", f"/interactions?client_id={his.pk}").json()
    assert [row["duration_seconds"] for row in history["items"]] == [3, 95]
    assert ask("lena", f"/interactions?client_id={his.pk}").status_code == 404
    assert ask("lena", "/interactions", "post", data=said).status_code == 404
    assert ask("max", "/interactions", "post", data=said | {"kind": "song"}).json()["field"] == "kind"
    late = said | {"happened_at": "2999-01-01T00:00:00+03:00"}
    assert ask("max", "/interactions", "post", data=late).json()["code"] == "future"
    assert Interaction.objects.count() == 2


def test_where_a_client_stands_and_why(ask, cast):
    quiet = retention.buyer(cast)
    today = timezone.localdate()
    retention.ordered(quiet, *(today - dt.timedelta(300 - 30 * n) for n in range(7)))
    retention.heard(quiet, at=timezone.now())
    listed = ask("max", "/rhythms").json()["items"]
    assert [(row["client_id"], row["orders"], row["name"]) for row in listed] == [(quiet.pk, 7, quiet.name)]
    told = ask("max", f"/rhythms/{quiet.pk}").json()
    assert told["status"] in ("slipping", "lost")
    assert told["silent_days"] == 120
    before = ask("max", f"/rhythms/{quiet.pk}?on={today - dt.timedelta(119)}").json()
    assert before["status"] == "active"
    assert before["silent_days"] == 1
    assert ask("lena", f"/rhythms/{quiet.pk}").status_code == 404
    assert ask("max", f"/rhythms?status={told['status']}").json()["items"] == listed
    assert ask("max", "/rhythms?status=gone").json()["field"] == "status"
    assert ask("max", "/rhythms?after=NaN_1").json()["code"] == "after"
    todays = ask("max", "/today").json()
    assert [(item["client_id"], item["source"]) for item in todays["items"]] == [(quiet.pk, "rhythm")]


def test_the_exchange_gives_a_client_once_and_says_who_has_him(ask, cast):
    gone = clients.client(cast.home, owner=cast.max, name="Ромашка")
    ownership.release_many(client_ids=[gone.pk], why="тишина", rule="zones.release", by=Actor(cast.home.pk), at=NOW)
    listed = ask("lena", "/exchange").json()["items"]
    assert [(row["client_id"], row["name"], row["last_owner_id"]) for row in listed] == [
        (gone.pk, "Ромашка", cast.max.pk)
    ]
    assert ask("rita", "/exchange").json().get("items", []) == []
    assert ask("rita", f"/exchange/{gone.pk}/claim", "post").status_code == 404
    taken = ask("lena", f"/exchange/{gone.pk}/claim", "post")
    assert taken.json()["employee_id"] == cast.lena.pk
    late = ask("max", f"/exchange/{gone.pk}/claim", "post")
    assert (late.status_code, late.json()["code"]) == (422, "taken")
    assert cast.lena.name in late.json()["detail"]


def _entries() -> int:
    return Entry.objects.filter(event=OrdersChanged.name).count()
