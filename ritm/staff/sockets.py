"""
Sockets of the staff room.

LEAVERS: what a person who leaves still holds. Rooms above say what it is, how much of it there is, and where it
is handed over; the page of an employee shows it before and after he leaves (docs/adr/0020-leavers.md).
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
