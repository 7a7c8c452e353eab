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


@dataclass(frozen=True, kw_only=True)
class ProductChanged(Event):
    """
    A product was created, edited, withdrawn or restored (`what`).

    `fields` lists what an edit changed; `before` and `after` give the values as text, in the same order.
    """

    name: ClassVar[str] = "trade.product_changed"
    product_id: int
    what: str
    fields: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    @property
    def subject(self) -> tuple[str, int]:
        return ("product", self.product_id)


@dataclass(frozen=True, kw_only=True)
class GroupChanged(Event):
    """A product group was created or edited (`what`); the tuples are as in ProductChanged."""

    name: ClassVar[str] = "trade.group_changed"
    group_id: int
    what: str
    fields: tuple[str, ...] = ()
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()

    @property
    def subject(self) -> tuple[str, int]:
        return ("product_group", self.group_id)
