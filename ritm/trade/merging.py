"""Orders and payments go with a client who is merged into another; the news lets his rhythm be counted again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from ritm.clients.sockets import MERGES, Children, plug
from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.trade.events import OrdersChanged, PaymentsChanged


def settle(client_ids: Sequence[int], by: Actor, at: dt.datetime) -> None:
    """This function will tell the rooms above that both clients' orders and payments are others now."""
    publish(OrdersChanged(client_ids=tuple(client_ids)), by=by, at=at)
    publish(PaymentsChanged(client_ids=tuple(client_ids)), by=by, at=at)


plug(MERGES, Children("trade", (("trade_order", "client_id"), ("trade_payment", "client_id")), settle), order=50)
