"""Clocks: whatever ripens with time plugs in here, and one command rings them all (docs/adr/0006-clocks-socket.md)."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from ritm.kernel.socket import Socket


@dataclass(frozen=True)
class Clock:
    """
    Something whose rows come due. `ring(organisation_id, now)` handles every row due at `now` in one organisation,
    commits in chunks, and returns how many it handled; ringing again at the same moment finds nothing to do.
    """

    key: str
    ring: Callable[[int, dt.datetime], int]


CLOCKS: Socket[Clock] = Socket("kernel.CLOCKS")
