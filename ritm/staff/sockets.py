"""
Sockets of the staff room.

ROUTERS: each room's part of the public API, under its own prefix; `config/api.py` assembles them behind the token
door (docs/adr/0012-public-api.md).

LEAVERS: what a person who leaves still holds. Rooms above say what it is, how much of it there is, and where it
is handed over; the page of an employee shows it before and after he leaves (docs/adr/0011-leavers-socket.md).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ritm.kernel.socket import Socket
from ritm.staff.viewer import Viewer


@dataclass(frozen=True)
class Holding:
    """
    A kind of thing that an employee holds: 'clients', 'open deals'.

    `count(viewer, employee_id)` counts what the viewer may see of it; `url(employee_id)` leads to the rows.
    """

    key: str
    label: Any
    count: Callable[[Viewer, int], int]
    url: Callable[[int], str]


LEAVERS: Socket[Holding] = Socket("staff.LEAVERS")

# Key: the prefix ('/clients'); plug: a ninja.Router. A room plugs in its own from its api.py.
ROUTERS: Socket[Any] = Socket("staff.ROUTERS")
