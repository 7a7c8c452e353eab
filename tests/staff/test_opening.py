"""An empty installation is opened by whoever can read its terminal, and by nobody else."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from ritm.journal import tenancy
from ritm.staff import queries, setup_code
from ritm.staff.models import Employee, Organisation, Person, SignIn, SpecialDay
from tests.cast import NOW, PASSWORD

OPEN = reverse("staff:open_house")
WORDS = {"organisation": "Север-Опт", "name": "Ада", "email": "ada@example.com", "password": "quiet-river-9"}


@pytest.fixture(autouse=True)
def _home(settings, tmp_path):
    settings.HOME = tmp_path


@pytest.mark.django_db
def test_the_front_door_of_an_empty_house_leads_to_its_opening(client):
    assert client.get(reverse("staff:sign_in")).url == OPEN
    assert client.get(OPEN).status_code == 200
    assert client.post(OPEN, WORDS | {"code": "0000-0000-0000"}).status_code == 422
    assert not Person.objects.exists()
    code = setup_code.current()
    assert client.post(OPEN, WORDS | {"code": code, "password": "123"}).status_code == 422
    assert client.post(OPEN, WORDS | {"code": code.replace("-", " ")}).url == "/"
    [organisation_id] = queries.organisation_ids()
    with tenancy.organisation(organisation_id):
        viewer = queries.viewer_of(Employee.objects.get().pk, at=NOW)
        assert viewer is not None and viewer.role_keys == ("administrator",)
        assert SpecialDay.objects.exists()
    assert SignIn.objects.filter(person__email="ada@example.com").exists()
    assert not setup_code.fits(code)
    client.logout()
    assert client.get(OPEN).status_code == 404


@pytest.mark.django_db
def test_the_code_is_not_guessed(client):
    answers = [client.post(OPEN, WORDS | {"code": f"{i:012}"}).status_code for i in range(21)]
    assert answers[-1] == 429


def test_an_opened_house_has_no_such_page(client, cast):
    tenancy.enter()
    assert client.get(OPEN).status_code == 404
    assert client.post(OPEN, WORDS | {"code": setup_code.current()}).status_code == 404


@pytest.mark.django_db
def test_the_operator_adds_administrators_and_mends_passwords(client, capsys):
    call_command("person", "add", "Ada@example.com", name="Ада", organisation="Север", password="quiet-river-9")
    [organisation_id] = queries.organisation_ids()
    call_command("person", "add", "bob@example.com", name="Боб", password="quiet-river-9")
    with tenancy.organisation(organisation_id):
        assert {e.name for e in Employee.objects.all()} == {"Ада", "Боб"}
        assert Organisation.objects.get().name == "Север"
    with pytest.raises(CommandError):
        call_command("person", "add", "bob@example.com")
    with pytest.raises(CommandError):
        call_command("person", "password", "nobody@example.com", password=PASSWORD)
    call_command("person", "password", "bob@example.com", password="another-river-7")
    call_command("person", "off", "ada@example.com")
    tenancy.enter()
    sign_in = reverse("staff:sign_in")
    for email, password, status in (
        ("bob@example.com", "another-river-7", 302), ("ada@example.com", "quiet-river-9", 422),
    ):  # fmt: skip
        client.logout()
        assert client.post(sign_in, {"email": email, "password": password}).status_code == status
