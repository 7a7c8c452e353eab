"""Whatever an office writes is shown as written: every column of the list and the client's page escape it."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from ritm.clients import operations, own
from ritm.clients.models import Client, Phone, Tag, Tagging
from ritm.clients.sockets import COLUMNS
from ritm.kernel.actor import Actor
from ritm.staff.models import Employee
from tests.cast import NOW
from tests.factories.clients import client as make_client
from tests.factories.retention import heard, ordered

BAD = "<script>alert('\"1\"')</script>&amp;"


@pytest.fixture
def bad(cast):
    by = Actor(cast.home.pk, cast.nina.pk)
    operations.define(noun="client", kind="text", name=f"Поле {BAD}", by=by, at=NOW)
    found = make_client(
        cast.home, name=f"Имя {BAD}", owner=cast.max, contact=f"Кто {BAD}", phones=["+7 912 345-67-89"],
        source=f"Откуда {BAD}", comment=f"Что {BAD}", addresses=[("actual", f"Где {BAD}")],
    )  # fmt: skip
    known = own.all_definitions(cast.home.pk)
    operations.fill_in(client=found, values={known[0].id: f"Своё {BAD}"}, known=known, by=by, at=NOW)
    # What no form would let in may still have come by another way.
    Phone.objects.filter(client=found).update(e164="+7'\"<b>", extension="<i>")
    Client.objects.filter(pk=found.pk).update(inn="<b>'\"")
    Employee.objects.filter(pk=cast.max.pk).update(name=f"Макс {BAD}")
    tag = Tag.objects.create(organisation=cast.home, name=f"Метка {BAD}")
    Tagging.objects.create(organisation=cast.home, client=found, tag=tag, at=NOW)
    ordered(found, *range(90, 390, 30), amount=20_000)
    heard(found)
    return found


def test_every_column_escapes_what_it_shows(cast, sign_in, bad):
    known = own.all_definitions(cast.home.pk)
    columns = ",".join([*COLUMNS.keys(), *(f"own-{one.key}" for one in known)])
    page = sign_in("nina").get(reverse("clients:list"), {"columns": columns}).content.decode()
    row = page[page.index("<tbody>") : page.index("</tbody>")]
    assert "&lt;script&gt;" in row
    for said in ("Имя", "Макс", "Откуда", "Метка", "Своё"):
        assert f"{said} &lt;script&gt;" in row
    assert "<script>" not in row and "<b>" not in row and "<i>" not in row
    assert "Поле &lt;script&gt;" in page
    # No value leaves the attribute it stands in.
    assert not re.search(r"""=\"[^\"]*'\"1""", row)


def test_the_clients_page_escapes_what_it_shows(sign_in, bad):
    page = sign_in("nina").get(reverse("clients:page", args=[bad.pk])).content.decode()
    for said in ("Имя", "Кто", "Откуда", "Что", "Где", "Метка", "Своё", "Поле"):
        assert f"{said} &lt;script&gt;" in page
        assert f"{said} <script>" not in page


def test_today_escapes_what_it_shows(sign_in, bad, monkeypatch):
    from django.utils import timezone

    monkeypatch.setattr(timezone, "now", lambda: NOW)
    page = sign_in("max").get(reverse("desk:today")).content.decode()
    assert "Имя &lt;script&gt;" in page
    assert "Имя <script>" not in page
