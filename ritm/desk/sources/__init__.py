"""Sources of the queue: one file each, found by themselves when the desk opens (docs/howto/queue-source.md)."""

from __future__ import annotations

import datetime as dt
import importlib
import pkgutil
from collections.abc import Callable, Sequence
from typing import Any

from ritm.desk.rules.queue import Item
from ritm.desk.sockets import QUEUE, QueueSource
from ritm.staff.viewer import Viewer

Load = Callable[[Viewer, Sequence[int], dt.date], list[Item]]


def source(key: str, *, label: Any, order: int = 100) -> Callable[[Load], Load]:
    """This decorator will let the decorated function compete for today's attention."""

    def register(load: Load) -> Load:
        QUEUE.plug(key, order=order)(QueueSource(key, label, load))
        return load

    return register


def find() -> None:
    """This function will import every source once; called when the applications are ready."""
    for module in pkgutil.iter_modules(__path__):
        importlib.import_module(f"{__name__}.{module.name}")
