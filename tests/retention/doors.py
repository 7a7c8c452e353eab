"""Who may enter the retention room's pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ritm.retention.models import ZonePolicy
from tests.cast import NOW, Cast
from tests.factories.retention import buyer


def _policy(cast: Cast) -> dict[str, Any]:
    row = ZonePolicy.objects.create(
        organisation=cast.home, version=1, effective_on=NOW.date(), numbers={}, created_at=NOW
    )
    return {"version": row.version}


DOORS: dict[str, tuple[Callable[[Cast], dict[str, Any]], set[str]]] = {
    "retention:rhythm": (
        lambda cast: {"client_id": buyer(cast).pk},
        {"max", "vera", "nina", "adam", "dina", "oleg"},
    ),
    "retention:exchange": (lambda cast: {}, {"max", "lena", "vera", "nina", "adam"}),
    "retention:look": (
        lambda cast: {"client_id": buyer(cast, owner=None, released_at=NOW).pk},
        {"max", "lena", "vera", "nina", "adam"},
    ),
    "retention:claim": (
        lambda cast: {"client_id": buyer(cast, owner=None, released_at=NOW).pk},
        {"max", "lena", "vera"},
    ),
    "retention:excuse": (lambda cast: {"client_id": buyer(cast).pk}, {"max", "vera", "nina", "adam", "dina"}),
    "retention:policy": (lambda cast: {}, {"nina", "adam"}),
    "retention:take_back": (_policy, {"nina", "adam"}),
    "retention:slipping": (lambda cast: {}, {"max", "lena", "vera", "nina", "adam", "dina"}),
}
