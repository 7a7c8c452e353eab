"""Clients for tests: fixed values, anything may be named otherwise."""

from __future__ import annotations

import datetime as dt
from itertools import count
from typing import Any

from ritm.clients import operations
from ritm.clients.models import Client
from ritm.kernel.actor import Actor
from ritm.staff.models import Employee, Organisation
from tests.cast import NOW

_numbers = count(1)


def client(
    organisation: Organisation,
    *,
    owner: Employee | None = None,
    at: dt.datetime = NOW,
    by: Actor | None = None,
    **more: Any,
) -> Client:
    """This function will create a client inside the open wall; see `operations.create` for what may be named."""
    more.setdefault("name", f"Клиент {next(_numbers)}")
    return operations.create(owner=owner, by=by or Actor(organisation.pk), at=at, **more)


def many(organisation: Organisation, number: int, *, owner: Employee | None = None, at: dt.datetime = NOW) -> list[int]:
    """This function will create `number` clients set-wise and return their ids."""
    rows = (operations.Newcomer(name=f"Клиент {i:06}", owner_id=owner.pk if owner else None) for i in range(number))
    placed = operations.bring_in(newcomers=rows, by=Actor(organisation.pk), at=at)
    return [one.client_id for one in placed if one.client_id is not None]
