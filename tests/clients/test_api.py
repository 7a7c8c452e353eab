"""The clients of the public API: within the token's reach, with the same refusals as the pages."""

from __future__ import annotations

from ritm.clients import operations
from ritm.clients.models import Client
from ritm.kernel.actor import Actor
from tests.cast import NOW
from tests.factories import clients


def test_a_token_sees_its_employees_clients(ask, cast):
    mine = clients.client(cast.home, owner=cast.max, name="Ромашка", phones=["+79123456789"], contact="Анна")
    clients.client(cast.home, owner=cast.lena, name="Чужая")
    assert [one["name"] for one in ask("max", "/clients").json()["items"]] == ["Ромашка"]
    card = ask("max", f"/clients/{mine.pk}").json()
    assert card["contacts"][0]["phones"] == ["+79123456789"]
    assert ask("lena", f"/clients/{mine.pk}").status_code == 404


def test_own_fields_are_read_and_written(ask, cast):
    by = Actor(cast.home.pk, cast.adam.pk)
    operations.define(noun="client", kind="whole", name="Полок", required=True, by=by, at=NOW)
    operations.define(noun="client", kind="choices", name="Прайсы", options=["опт", "розница"], by=by, at=NOW)
    fields = ask("max", "/clients/own-fields").json()
    assert [(one["key"], one["options"]) for one in fields] == [("polok", []), ("praysy", ["опт", "розница"])]
    assert ask("max", "/clients", "post", data={"name": "Новый"}).json()["field"] == "polok"
    made = ask("max", "/clients", "post", data={"name": "Новый", "own": {"polok": 12, "praysy": ["розница", "опт"]}})
    assert made.json()["own"] == {"polok": 12, "praysy": ["опт", "розница"]}
    path = f"/clients/{made.json()['id']}"
    changed = ask("max", path, "patch", data={"own": {"polok": "13", "praysy": None}})
    assert changed.json()["own"] == {"polok": 13, "praysy": None}
    for wrong in ({"polok": "много"}, {"polok": [1, 2]}, {"polok": None}, {"praysy": ["склад"]}, {"нет": 1}):
        answer = ask("max", path, "patch", data={"own": wrong})
        assert (answer.status_code, answer.json()["field"]) == (422, next(iter(wrong)))


def test_a_field_of_another_unit_is_not_there(ask, cast):
    by = Actor(cast.home.pk, cast.adam.pk)
    operations.define(noun="client", kind="text", name="Наценка", units=[cast.south.pk], by=by, at=NOW)
    mine = clients.client(cast.home, owner=cast.max)
    assert [one["key"] for one in ask("lena", "/clients/own-fields").json()] == ["natsenka"]
    assert ask("max", "/clients/own-fields").json() == []
    assert ask("max", f"/clients/{mine.pk}").json()["own"] == {}
    assert ask("max", f"/clients/{mine.pk}", "patch", data={"own": {"natsenka": "5"}}).status_code == 422


def test_create_and_change_with_the_same_refusals(ask, cast):
    made = ask("max", "/clients", "post", data={"name": "Новый", "owner_id": cast.lena.pk})
    assert made.status_code == 201
    assert Client.objects.get().owner == cast.max
    wrong = ask("max", "/clients", "post", data={"name": "Плохой", "requisites": {"inn": "123"}})
    assert (wrong.status_code, wrong.json()["field"]) == (422, "inn")
    path = f"/clients/{made.json()['id']}"
    assert ask("max", path, "patch", data={"changes": {"name": "Иной"}}).json()["name"] == "Иной"
    assert ask("max", path, "patch", data={"changes": {"owner_id": "1"}}).status_code == 422
    assert ask("oleg", path, "patch", data={"changes": {"name": "Чей"}}).status_code == 404
