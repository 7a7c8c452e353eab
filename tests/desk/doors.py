"""Who may enter the desk's pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ritm.clients.models import Client
from ritm.desk.models import Verdict
from tests.cast import NOW, TODAY, Cast

EVERYBODY = {"vera", "max", "lena", "oleg", "nina", "adam", "dina", "rita"}
REPORTERS = {"vera", "max", "lena", "nina", "adam", "dina", "rita"}
WITH_A_DAY = {"vera", "max", "lena", "nina", "dina", "rita"}
AT_MAXS_CLIENT = {"vera", "max", "nina", "adam", "dina"}


def client_of_max(cast: Cast) -> dict[str, Any]:
    row = Client.objects.create(
        organisation=cast.home, name="Ромашка", owner=cast.max, unit=cast.north, created_at=NOW, updated_at=NOW
    )
    return {"client_id": row.pk}


def verdict_of_max(cast: Cast) -> dict[str, Any]:
    row = Verdict.objects.create(
        organisation=cast.home, client_id=client_of_max(cast)["client_id"], employee=cast.max, source="rhythm",
        episode="rhythm:2026-01-01", result="thinking", at=NOW, day=TODAY,
    )  # fmt: skip
    return {"pk": row.pk}


DOORS: dict[str, tuple[Callable[[Cast], dict[str, Any]], set[str]]] = {
    "desk:home": (lambda cast: {}, EVERYBODY),
    "desk:today": (lambda cast: {}, WITH_A_DAY),
    "desk:result": (client_of_max, AT_MAXS_CLIENT),
    "desk:snooze": (client_of_max, AT_MAXS_CLIENT),
    "desk:flow": (lambda cast: {}, {"vera", "nina", "rita"}),
    "desk:flow_rows": (lambda cast: {}, {"vera", "nina", "rita"}),
    "desk:pace": (lambda cast: {}, {"nina", "adam", "rita"}),
    "desk:handover": (lambda cast: {"employee_id": cast.max.pk}, {"vera", "nina"}),
    "desk:resets": (lambda cast: {}, REPORTERS),
    "desk:reset_rows": (lambda cast: {}, REPORTERS),
    "desk:excused": (lambda cast: {}, WITH_A_DAY),
    "desk:excused_rows": (lambda cast: {}, WITH_A_DAY),
    "desk:notices": (lambda cast: {}, EVERYBODY),
    "desk:bell": (lambda cast: {}, EVERYBODY),
    "desk:read_notices": (lambda cast: {}, EVERYBODY),
    "desk:notice_wishes": (lambda cast: {}, EVERYBODY),
    "desk:undo": (verdict_of_max, {"max"}),
}
