"""Who may enter the retention room's pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.cast import NOW, Cast
from tests.factories.retention import buyer

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
    "retention:slipping": (lambda cast: {}, {"max", "lena", "vera", "nina", "adam", "dina"}),
}
