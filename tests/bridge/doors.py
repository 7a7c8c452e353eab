"""Who may enter the bridge's pages."""

from __future__ import annotations

from typing import Any

from tests.cast import Cast
from tests.factories import bridge

OFFICE = {"oleg", "nina", "adam"}


def _import(cast: Cast) -> dict[str, Any]:
    return {"pk": bridge.uploaded(cast).pk}


DOORS = {
    "bridge:imports": (lambda cast: {}, OFFICE | {"rita"}),
    "bridge:upload": (lambda cast: {}, OFFICE | {"rita"}),
    "bridge:import": (_import, OFFICE),
    "bridge:columns": (_import, OFFICE),
    "bridge:sheet": (_import, OFFICE),
    "bridge:check": (_import, OFFICE),
    "bridge:run": (_import, OFFICE),
    "bridge:report": (_import, OFFICE),
    "bridge:errors": (lambda cast: _import(cast) | {"extension": "csv"}, OFFICE),
    "bridge:undo": (_import, OFFICE),
}
