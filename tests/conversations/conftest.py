"""A client of Max and one of Lena, both older than a year."""

from __future__ import annotations

import datetime as dt

import pytest

from ritm.clients.models import Client
from ritm.staff.models import Employee
from tests.cast import NOW, Cast


def _client(owner: Employee, name: str) -> Client:
    then = NOW - dt.timedelta(days=400)
    return Client.objects.create(
        organisation_id=owner.organisation_id,
        name=name,
        owner=owner,
        unit_id=owner.unit_id,
        created_at=then,
        updated_at=then,
    )


@pytest.fixture
def romashka(cast: Cast) -> Client:
    return _client(cast.max, "Ромашка")


@pytest.fixture
def lenas(cast: Cast) -> Client:
    return _client(cast.lena, "Южный берег")
