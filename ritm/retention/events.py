"""News of the retention room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ritm.kernel.event import Event


@dataclass(frozen=True, kw_only=True)
class StatusesChanged(Event):
    """A chunk of clients passed to other statuses; the three tuples have one length."""

    name: ClassVar[str] = "retention.statuses_changed"
    client_ids: tuple[int, ...]
    was: tuple[str, ...]
    became: tuple[str, ...]
