"""Files on their way in, for tests."""

from __future__ import annotations

from ritm.bridge import operations
from ritm.bridge.models import Import
from ritm.kernel.actor import Actor
from tests.cast import NOW, Cast

DAYS = "client_id,date,amount\nA1,2026-01-10,100.50\nA2,2026-01-11,20\nA1,2026-02-10,30\n"


def uploaded(cast: Cast, content: bytes | str = DAYS, *, kind: str = "orders", filename: str = "orders.csv") -> Import:
    """This function will upload a file as Oleg, inside the open wall."""
    body = content.encode() if isinstance(content, str) else content
    actor = Actor(cast.home.pk, cast.oleg.pk, "import")
    return operations.take_file(kind=kind, filename=filename, pieces=[body], by=actor, at=NOW)
