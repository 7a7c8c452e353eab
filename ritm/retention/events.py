"""News of the retention room."""

from __future__ import annotations

import datetime as dt
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


@dataclass(frozen=True, kw_only=True)
class PriorFitted(Event):
    """The population's numbers of `months` months, the last of them `month`; `base_interval` is G0 in days."""

    name: ClassVar[str] = "retention.prior_fitted"
    month: dt.date
    months: int
    base_interval: float
