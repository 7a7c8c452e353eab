"""News of the trade room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ritm.kernel.event import Event


@dataclass(frozen=True, kw_only=True)
class OrdersChanged(Event):
    """
    Orders or returns of these clients were added, changed, cancelled or withdrawn, one by one or in bulk.

    One event per chunk of at most 20,000 clients; the listener answers set-wise.
    """

    name: ClassVar[str] = "trade.orders_changed"
    client_ids: tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class PaymentsChanged(Event):
    """Payments of these clients were added, changed or withdrawn."""

    name: ClassVar[str] = "trade.payments_changed"
    client_ids: tuple[int, ...]
