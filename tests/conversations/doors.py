"""Who may enter the pages of conversations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ritm.clients.models import Client
from tests.cast import NOW, Cast
from tests.factories.conversations import interaction


def client_of_max(cast: Cast) -> Client:
    return Client.objects.create(
        organisation=cast.home, name="Ромашка", owner=cast.max, unit=cast.north, created_at=NOW, updated_at=NOW
    )


def call_of_max(cast: Cast) -> dict[str, Any]:
    return {"pk": interaction(client_of_max(cast), cast.max).pk}


MENDS = {"max", "vera", "nina", "adam"}

SEES_REPORT = {"max", "lena", "vera", "nina", "adam", "dina", "rita"}

DOORS: dict[str, tuple[Callable[[Cast], dict[str, Any]], set[str]]] = {
    "conversations:record": (lambda cast: {"client_id": client_of_max(cast).pk}, MENDS | {"dina"}),
    "conversations:edit": (call_of_max, MENDS),
    "conversations:report": (lambda cast: {}, SEES_REPORT),
    "conversations:rows": (lambda cast: {}, SEES_REPORT),
    "conversations:withdraw": (call_of_max, MENDS),
}
