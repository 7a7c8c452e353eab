"""News of the bridge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ritm.kernel.event import Event


@dataclass(frozen=True, kw_only=True)
class ImportFinished(Event):
    """A file has been brought in: `created` and `changed` count its orders or clients."""

    name: ClassVar[str] = "bridge.import_finished"
    import_id: int
    kind: str
    filename: str
    created: int
    changed: int
    refused: int

    @property
    def subject(self) -> tuple[str, int]:
        return ("import", self.import_id)


@dataclass(frozen=True, kw_only=True)
class ImportUndone(Event):
    """What a file brought has been taken back, but for `kept` rows that somebody touched since."""

    name: ClassVar[str] = "bridge.import_undone"
    import_id: int
    kind: str
    filename: str
    kept: int

    @property
    def subject(self) -> tuple[str, int]:
        return ("import", self.import_id)
