"""Who is at the desk: three queries, within the walls, and a stranger as soon as he should be one."""

from __future__ import annotations

import datetime as dt

import pytest
from django.contrib.auth import SESSION_KEY
from django.db import connection
from django.http import HttpResponse
from django.test.utils import CaptureQueriesContext
from django.urls import path

from ritm.journal import tenancy
from ritm.staff.doors import door
from ritm.staff.models import Employee, Organisation, SignIn
from ritm.staff.sessions import SessionStore, hash_of
from tests.cast import TODAY


@door()
def whoami(request):
    places = ",".join(name for _, name in request.places)
    return HttpResponse(f"{request.viewer.name}|{request.viewer.organisation}|{places}|{request.LANGUAGE_CODE}")


urlpatterns = [path("whoami/", whoami)]

pytestmark = pytest.mark.urls(__name__)


@pytest.fixture(autouse=True)
def _sign_in_url(settings):
    settings.LOGIN_URL = "/sign-in/"


def test_session_person_and_viewer_cost_three_queries(sign_in):
    browser = sign_in("max")
    browser.get("/whoami/")  # chooses the place, once
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = browser.get("/whoami/")
    assert answer.content.decode() == "Макс|Север-Опт|Север-Опт|ru"
    ours = [q["sql"] for q in queries if "SAVEPOINT" not in q["sql"]]
    assert len(ours) == 3, ours


def test_a_stranger_costs_nothing_and_is_asked_to_sign_in(client, cast):
    with CaptureQueriesContext(connection) as queries:
        answer = client.get("/whoami/?a=1")
    assert answer.status_code == 302
    assert answer.url == "/sign-in/?next=/whoami/%3Fa%3D1"
    assert [q["sql"] for q in queries if "SAVEPOINT" not in q["sql"]] == []


def test_an_htmx_stranger_is_sent_to_sign_in_and_back_to_his_page(client, cast):
    answer = client.get(
        "/whoami/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/clients/?zone=red"}
    )
    assert answer.headers["HX-Redirect"] == "/sign-in/?next=/clients/%3Fzone%3Dred"


def test_who_has_left_is_a_stranger_at_his_next_request(sign_in, cast):
    browser = sign_in("max")
    assert browser.get("/whoami/").status_code == 200
    Employee.objects.filter(pk=cast.max.pk).update(left_on=TODAY)
    assert browser.get("/whoami/").status_code == 302


def test_a_person_switched_off_is_signed_out(sign_in, cast):
    browser = sign_in("max")
    assert browser.get("/whoami/").status_code == 200
    cast.max.person.is_active = False
    cast.max.person.save()
    assert browser.get("/whoami/").status_code == 302
    assert not SignIn.objects.filter(person=cast.max.person).exists()


def test_a_session_ended_elsewhere_is_over(sign_in, cast):
    browser = sign_in("max")
    SignIn.objects.filter(person=cast.max.person).delete()
    assert browser.get("/whoami/").status_code == 302


def test_a_session_that_has_run_out_is_over(sign_in, cast):
    browser = sign_in("max")
    SignIn.objects.update(expires_at=dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
    assert browser.get("/whoami/").status_code == 302


def test_a_session_in_use_is_prolonged_once_a_day_and_seen_every_five_minutes(sign_in, cast):
    browser = sign_in("max")
    browser.get("/whoami/")
    row = SignIn.objects.get(person=cast.max.person)
    SignIn.objects.update(seen_at=row.seen_at - dt.timedelta(minutes=6))
    browser.get("/whoami/")
    assert SignIn.objects.get().seen_at >= row.seen_at
    SignIn.objects.update(expires_at=row.expires_at - dt.timedelta(days=2))
    answer = browser.get("/whoami/")
    assert SignIn.objects.get().expires_at >= row.expires_at
    assert "ritm_session" in answer.cookies


def test_a_place_that_is_not_the_persons_own_is_not_believed(sign_in, cast):
    """A session cannot be talked into another's place, even by whoever could write into it."""
    browser = sign_in("max")
    session = browser.session
    session["place"] = [cast.rita.pk, cast.other.pk]
    session.save()
    assert browser.get("/whoami/").content.decode().startswith("Макс|Север-Опт")
    session["place"] = [cast.nina.pk, cast.home.pk]
    session.save()
    assert browser.get("/whoami/").content.decode().startswith("Макс|Север-Опт")


def test_the_table_of_sessions_opens_nothing_when_stolen(sign_in, cast):
    browser = sign_in("max")
    key = browser.cookies["ritm_session"].value
    row = SignIn.objects.get(person=cast.max.person)
    assert row.key_hash == hash_of(key) != key
    assert key not in row.data
    assert SessionStore(row.key_hash).get(SESSION_KEY) is None


def test_after_the_request_the_wall_is_that_of_its_organisation_only(sign_in, cast):
    sign_in("rita").get("/whoami/")
    assert list(Organisation.objects.values_list("pk", flat=True)) == [cast.other.pk]
    tenancy.enter()
    assert not Employee.objects.exists()
