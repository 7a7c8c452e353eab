"""Who may enter the trade room's pages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.cast import Cast
from tests.factories import clients, trade

EVERYBODY = {"vera", "max", "lena", "oleg", "nina", "adam", "dina"}
OF_MAX = {"vera", "max", "oleg", "nina", "adam", "dina"}  # whoever sees a client of his
TAKES_ORDERS = {"vera", "max", "nina", "adam", "dina"}


def _order(cast: Cast) -> dict[str, Any]:
    return {"pk": trade.order(clients.client(cast.home, owner=cast.max)).pk}


def _payment(cast: Cast) -> dict[str, Any]:
    return {"pk": trade.payment(trade.order(clients.client(cast.home, owner=cast.max)), 10).pk}


def _client(cast: Cast) -> dict[str, Any]:
    return {"client_id": clients.client(cast.home, owner=cast.max).pk}


def _product(cast: Cast) -> dict[str, Any]:
    return {"pk": trade.product(cast.home).pk}


def _group(cast: Cast) -> dict[str, Any]:
    return {"pk": trade.group(cast.home).pk}


def _nothing(cast: Cast) -> dict[str, Any]:
    return {}


DOORS: dict[str, tuple[Callable[[Cast], dict[str, Any]], set[str]]] = {
    "trade:orders": (_nothing, {*EVERYBODY, "rita"}),
    "trade:order": (_order, OF_MAX),
    "trade:pay": (_order, {"oleg", "nina", "adam"}),
    "trade:unpay": (_payment, {"oleg", "nina", "adam"}),
    "trade:cancel": (_order, TAKES_ORDERS),
    "trade:restore": (_order, TAKES_ORDERS),
    "trade:months": (_client, OF_MAX),
    "trade:quick": (_client, TAKES_ORDERS),
    "trade:quick_save": (_client, TAKES_ORDERS),
    "trade:products": (_nothing, {*EVERYBODY, "rita"}),
    "trade:suggest": (_nothing, {*EVERYBODY, "rita"}),
    "trade:product_new": (_nothing, {"nina", "adam", "rita"}),
    "trade:product": (_product, {"nina", "adam"}),
    "trade:product_withdraw": (_product, {"nina", "adam"}),
    "trade:product_restore": (_product, {"nina", "adam"}),
    "trade:group_new": (_nothing, {"nina", "adam", "rita"}),
    "trade:group": (_group, {"nina", "adam"}),
}
