"""Who may enter the pages of conversations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ritm.clients.models import Client
from ritm.conversations import files
from ritm.conversations.models import Attachment
from tests.cast import NOW, Cast
from tests.factories.conversations import interaction


def client_of_max(cast: Cast) -> Client:
    return Client.objects.create(
        organisation=cast.home, name="Ромашка", owner=cast.max, unit=cast.north, created_at=NOW, updated_at=NOW
    )


def call_of_max(cast: Cast) -> dict[str, Any]:
    return {"pk": interaction(client_of_max(cast), cast.max).pk}


def file_of_max(cast: Cast) -> dict[str, Any]:
    row = interaction(client_of_max(cast), cast.max)
    one = Attachment.objects.create(
        organisation=cast.home, client=row.client, interaction=row, name="a.pdf", content_type="application/pdf",
        size=1, digest="0" * 64, stored="conversations/doors", created_by=cast.max, created_at=NOW,
    )  # fmt: skip
    place = files.place(one.stored)
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(b"%")
    return {"pk": one.pk}


MENDS = {"max", "vera", "nina", "adam"}

SEES_CLIENT = {"max", "vera", "nina", "adam", "dina", "oleg"}

SEES_REPORT = {"max", "lena", "vera", "nina", "adam", "dina", "rita"}

DOORS: dict[str, tuple[Callable[[Cast], dict[str, Any]], set[str]]] = {
    "conversations:record": (lambda cast: {"client_id": client_of_max(cast).pk}, MENDS | {"dina"}),
    "conversations:show": (call_of_max, SEES_CLIENT),
    "conversations:file": (file_of_max, SEES_CLIENT),
    "conversations:remove_file": (file_of_max, MENDS),
    "conversations:edit": (call_of_max, MENDS),
    "conversations:report": (lambda cast: {}, SEES_REPORT),
    "conversations:rows": (lambda cast: {}, SEES_REPORT),
    "conversations:withdraw": (call_of_max, MENDS),
}
