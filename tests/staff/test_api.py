"""The public API: a token is its employee, and nobody more."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.cache import cache
from django.utils import timezone

from ritm.config.api import api
from ritm.journal import tenancy
from ritm.staff.models import Employee, Token
from ritm.staff.operations import tokens
from ritm.staff.token_door import PER_MINUTE
from tests.factories import staff


@pytest.fixture
def ask(client, cast):
    def asking(name: str, path: str, *, scope: str = "read", verb: str = "get"):
        with tenancy.organisation(getattr(cast, name).organisation_id):
            _token, text = staff.token(cast, name, scope=scope, at=timezone.now())
        return getattr(client, verb)(f"/api/v1{path}", headers={"Authorization": f"Bearer {text}"})

    cache.clear()
    return asking


def test_a_token_is_its_employee(ask, cast):
    told = ask("max", "/me").json()
    assert (told["name"], told["scope"], told["organisation"]["name"]) == ("Макс", "read", "Север-Опт")
    assert Token.objects.get().used_at is not None


def test_a_token_sees_its_own_organisation_only(ask, cast):
    assert [e["name"] for e in ask("rita", "/employees").json()["items"]] == ["Рита"]
    page = ask("max", "/employees?limit=3").json()
    assert len(page["items"]) == 3 and page["next"] == page["items"][-1]["id"]
    rest = ask("max", f"/employees?after={page['next']}").json()
    assert rest["next"] is None and "Рита" not in {e["name"] for e in rest["items"]}


@pytest.mark.parametrize(
    "header", ["", "Bearer", "Bearer x", "Bearer ritm_1_x", "Basic eDp5", "Bearer ritm_1_" + "a" * 43]
)
def test_without_a_token_there_is_nothing(client, cast, header):
    answer = client.get("/api/v1/me", headers={"Authorization": header} if header else {})
    assert (answer.status_code, answer.headers["Content-Type"]) == (401, "application/problem+json")
    assert answer.json()["code"] == "token"


def test_a_session_is_no_token(sign_in):
    assert sign_in("max").get("/api/v1/me").status_code == 401


def test_a_token_of_one_organisation_is_not_believed_for_another(client, cast):
    _token, text = staff.token(cast, "max", at=timezone.now())
    forged = text.replace(f"ritm_{cast.home.pk}_", f"ritm_{cast.other.pk}_")
    assert client.get("/api/v1/me", headers={"Authorization": f"Bearer {forged}"}).status_code == 401


def test_a_revoked_an_old_and_a_leavers_token_are_dead(client, cast):
    def status(text: str) -> int:
        return client.get("/api/v1/me", headers={"Authorization": f"Bearer {text}"}).status_code

    now = timezone.now()
    token, text = staff.token(cast, "max", at=now)
    assert status(text) == 200
    tokens.revoke(token=token, by=cast.viewer("max").actor(), at=now)
    assert status(text) == 401
    _old, text = staff.token(cast, "max", at=now - dt.timedelta(days=31))
    assert status(text) == 401
    _token, text = staff.token(cast, "lena", at=now)
    Employee.objects.filter(pk=cast.lena.pk).update(left_on=now.date())
    assert status(text) == 401
    _token, text = staff.token(cast, "dina", at=now)
    cast.dina.person.is_active = False
    cast.dina.person.save()
    assert status(text) == 401


def test_a_reading_token_writes_nothing(ask):
    assert ask("max", "/me", verb="post").status_code in (403, 405)


def test_a_token_in_a_hurry_is_slowed_down(ask, monkeypatch):
    monkeypatch.setattr("ritm.staff.token_door.PER_MINUTE", 0)
    answer = ask("max", "/me")
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    assert PER_MINUTE > 0


def test_bad_parameters_are_told_field_by_field(ask):
    answer = ask("max", "/employees?limit=0")
    assert (answer.status_code, answer.json()["code"]) == (422, "fields")
    assert answer.json()["fields"][0]["where"] == "query.limit"


def test_every_call_of_every_room_wants_a_token(client, cast):
    paths = api.get_openapi_schema()["paths"]
    assert "/api/v1/me" in paths
    for path, verbs in paths.items():
        for verb in verbs:
            url = path.replace("{", "").replace("}", "")
            numbered = "/".join("1" if part.endswith("id") or part == "pk" else part for part in url.split("/"))
            assert getattr(client, verb)(numbered).status_code == 401, (verb, path)


def test_the_documentation_is_for_people_at_work(client, sign_in):
    assert client.get("/api/docs/").status_code == 302
    page = sign_in("max").get("/api/docs/")
    assert "/api/v1/employees" in page.content.decode()
    assert 'src="http' not in page.content.decode()
    assert sign_in("max").get("/api/openapi.json").json()["paths"]
