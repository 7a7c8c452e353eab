"""
The socket of the desk: what competes for today's attention (docs/adr/0008-desk-queue.md, docs/howto/queue-source.md).

A source is one file that knows one kind of occasion. It is asked once per page, for everybody whose list is shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ritm.desk.rules.queue import Item
from ritm.kernel.socket import Socket
from ritm.staff.viewer import Viewer


@dataclass(frozen=True)
class QueueSource:
    """
    One kind of occasion to act.

    `load(viewer, employee_ids, today)` returns the occasions of clients owned by these employees, within the
    viewer's reach, finished ones included (verdicts are the desk's business). A constant number of queries.
    """

    key: str
    label: Any
    load: Callable[[Viewer, Sequence[int], dt.date], list[Item]]


QUEUE: Socket[QueueSource] = Socket("desk.QUEUE")
