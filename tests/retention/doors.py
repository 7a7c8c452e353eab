"""Who may enter the retention room's pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.cast import Cast
from tests.factories.retention import buyer

DOORS: dict[str, tuple[Callable[[Cast], dict[str, Any]], set[str]]] = {
    "retention:rhythm": (
        lambda cast: {"client_id": buyer(cast).pk},
        {"max", "vera", "nina", "adam", "dina", "oleg"},
    ),
    "retention:slipping": (lambda cast: {}, {"max", "lena", "vera", "nina", "adam", "dina"}),
}
