"""Builders of the conversations room."""

from __future__ import annotations

import datetime as dt
from typing import Any

from ritm.clients.models import Client
from ritm.conversations import operations
from ritm.conversations.models import Interaction
from ritm.kernel.actor import Actor
from ritm.staff.models import Employee
from tests.cast import NOW


def interaction(client: Client, by: Employee, *, at: dt.datetime = NOW, **fields: Any) -> Interaction:
    """A conversation that `by` had with the client at that moment: by default a call of two minutes."""
    fields = {"kind": "call", "duration_seconds": 120} | fields
    actor = Actor(client.organisation_id, by.pk)
    return operations.record(client=client, by=actor, at=at, **fields)
