"""News of the desk."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import ClassVar

from ritm.kernel.event import Event


@dataclass(frozen=True, kw_only=True)
class VerdictGiven(Event):
    """Somebody dealt with an item of today's queue, or put it off; `until` is None when the occasion is finished."""

    name: ClassVar[str] = "desk.verdict_given"
    client_id: int
    verdict_id: int
    source: str
    episode: str
    result: str
    until: dt.date | None

    @property
    def subject(self) -> tuple[str, int]:
        return ("client", self.client_id)


@dataclass(frozen=True, kw_only=True)
class VerdictUndone(Event):
    name: ClassVar[str] = "desk.verdict_undone"
    client_id: int
    verdict_id: int

    @property
    def subject(self) -> tuple[str, int]:
        return ("client", self.client_id)


@dataclass(frozen=True, kw_only=True)
class PaceSet(Event):
    """From `effective_on` a day holds `per_day` items."""

    name: ClassVar[str] = "desk.pace_set"
    per_day: int
    effective_on: dt.date
