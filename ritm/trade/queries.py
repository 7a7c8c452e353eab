"""Questions to the trade room: visible rows in, dataclasses out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Case, Count, F, IntegerField, Q, QuerySet, Sum, Value, When
from django.utils.translation import gettext_lazy as _

from ritm.clients.models import Client
from ritm.kernel.reach import Reach
from ritm.kernel.stated import read_place
from ritm.staff.composed import composed
from ritm.staff.viewer import Viewer
from ritm.trade.models import Line, Order, Payment, Product, ProductGroup

PAGE = 50


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a list sorted by day, newest first: the row after or before which a page begins."""

    day: dt.date
    id: int

    def __str__(self) -> str:
        return f"{self.day.isoformat()}_{self.id}"

    @classmethod
    def parse(cls, text: str | None) -> Place | None:
        """This function will read '2026-03-14_42'; anything else is no place."""
        known = read_place(text)
        return None if known is None else cls(*known)


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """What a list of orders is narrowed to. `kind` is '', 'order', 'return' or 'cancelled'."""

    client_id: int | None = None
    since: dt.date | None = None
    until: dt.date | None = None
    least: Decimal | None = None
    kind: str = ""


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Orders, newest first, and whether there are newer and older ones."""

    orders: list[Order]
    newer: bool
    older: bool


def orders_page(
    viewer: Viewer,
    wanted: OrderFilter,
    *,
    after: Place | None = None,
    before: Place | None = None,
    limit: int = PAGE,
) -> OrderPage:
    """
    This function will give one page of the orders within reach: those `after` a place (older), or `before` it.

    Who reaches only his own or his team's clients is shown the orders of the clients they own: each client's newest
    come from his own index, so that a seller's page costs the same in any base.
    """
    reach = viewer.reach("client")
    if reach == Reach.NOBODY:
        return OrderPage([], newer=False, older=False)
    ascending = before is not None
    if wanted.client_id is None and wanted.kind != "cancelled" and reach in (Reach.OWN, Reach.TEAM):
        clients = list(
            Client.objects.filter(
                organisation_id=viewer.organisation_id, owner_id__in=viewer.people(reach)
            ).values_list("id", flat=True)
        )
        ids = _newest_of(viewer, clients, wanted, after=after, before=before, limit=limit + 1)
        rows: QuerySet[Order] = Order.objects.filter(pk__in=ids)
    else:
        rows = _narrowed(Order.objects.visible_to(viewer), wanted, after=after, before=before)
    order = ("ordered_on", "id") if ascending else ("-ordered_on", "-id")
    found = list(rows.select_related("client").order_by(*order)[: limit + 1])
    more = len(found) > limit
    found = found[:limit]
    if ascending:
        found.reverse()
    return OrderPage(found, newer=more if ascending else after is not None, older=True if ascending else more)


def _narrowed(
    rows: QuerySet[Order], wanted: OrderFilter, *, after: Place | None, before: Place | None
) -> QuerySet[Order]:
    rows = rows.filter(cancelled_at__isnull=wanted.kind != "cancelled")
    if wanted.client_id is not None:
        rows = rows.filter(client_id=wanted.client_id)
    if wanted.kind in ("order", "return"):
        rows = rows.filter(kind=wanted.kind)
    if wanted.since is not None:
        rows = rows.filter(ordered_on__gte=wanted.since)
    if wanted.until is not None:
        rows = rows.filter(ordered_on__lte=wanted.until)
    if wanted.least is not None:
        rows = rows.filter(Q(amount__gte=wanted.least) | Q(amount__lte=-wanted.least))
    if after is not None:
        rows = rows.filter(Q(ordered_on__lt=after.day) | Q(ordered_on=after.day, id__lt=after.id)).filter(
            ordered_on__lte=after.day
        )
    if before is not None:
        rows = rows.filter(Q(ordered_on__gt=before.day) | Q(ordered_on=before.day, id__gt=before.id)).filter(
            ordered_on__gte=before.day
        )
    return rows


_NEWEST = """
SELECT o.id FROM unnest(%(clients)s::bigint[]) AS c(id) CROSS JOIN LATERAL (
    SELECT o.id, o.ordered_on FROM trade_order o
    WHERE o.organisation_id = %(org)s AND o.client_id = c.id AND o.cancelled_at IS NULL {conditions}
    ORDER BY o.ordered_on {way}, o.id {way} LIMIT %(limit)s
) o ORDER BY o.ordered_on {way}, o.id {way} LIMIT %(limit)s
"""


def _newest_of(
    viewer: Viewer,
    clients: list[int],
    wanted: OrderFilter,
    *,
    after: Place | None,
    before: Place | None,
    limit: int,
) -> list[int]:
    params: dict[str, Any] = {"clients": clients, "org": viewer.organisation_id, "limit": limit}
    conditions = []
    for name, condition, value in (
        ("kind", "o.kind = %(kind)s", wanted.kind or None),
        ("since", "o.ordered_on >= %(since)s", wanted.since),
        ("until", "o.ordered_on <= %(until)s", wanted.until),
        ("least", "abs(o.amount) >= %(least)s", wanted.least),
    ):
        if value is not None:
            conditions.append(condition)
            params[name] = value
    place = before or after
    if place is not None:
        conditions.append(f"(o.ordered_on, o.id) {'>' if before else '<'} (%(day)s, %(id)s)")
        params |= {"day": place.day, "id": place.id}
    # Only constants of this file are put into the text; values go as parameters.
    sql = _NEWEST.format(
        conditions="".join(f" AND {condition}" for condition in conditions), way="ASC" if before else "DESC"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return [row[0] for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class Paid:
    """How an order stands with its money. `state` is 'paid', 'partly', 'unpaid', 'none' or 'cancelled'."""

    state: str
    paid: Decimal
    left: Decimal

    @property
    def word(self) -> Any:
        return {
            "paid": _("paid"),
            "partly": _("partly paid"),
            "unpaid": _("not paid"),
            "cancelled": _("cancelled"),
            "none": "",
        }[self.state]


def standing(order: Order, paid: Decimal) -> Paid:
    """This function will say what `paid` roubles make of an order."""
    left = max(order.amount - paid, Decimal(0))
    if order.cancelled_at is not None:
        return Paid("cancelled", paid, Decimal(0))
    if order.kind == Order.Kind.RETURN or order.amount == 0:
        return Paid("none", paid, Decimal(0))
    if left == 0:
        return Paid("paid", paid, left)
    return Paid("partly" if paid > 0 else "unpaid", paid, left)


def standings(orders: Sequence[Order]) -> dict[int, Paid]:
    """This function will say how each of these (visible) orders stands with its money, in one query."""
    sums = dict(_paid(ids=[order.pk for order in orders]))
    return {order.pk: standing(order, sums.get(order.pk, Decimal(0))) for order in orders}


@composed
def _paid(*, ids: list[int]) -> QuerySet[Any]:
    rows = Payment.objects.filter(order_id__among=ids).values("order_id")
    return rows.annotate(paid=Sum("amount")).values_list("order_id", "paid")


def lines_of(order: Order) -> list[Line]:
    """This function will list a (visible) order's lines with their products, in the order they were entered."""
    return list(Line.objects.filter(order=order).select_related("product").order_by("id"))


def last_order_with_lines(viewer: Viewer, client_id: int) -> Order | None:
    """This function will find the order that 'repeat' repeats: the newest that stands and has lines."""
    return (
        Order.objects.visible_to(viewer)
        .filter(client_id=client_id, kind=Order.Kind.ORDER, cancelled_at=None)
        .filter(pk__in=Line.objects.filter(order__client_id=client_id).values("order_id"))
        .order_by("-ordered_on", "-id")
        .first()
    )


@dataclass(frozen=True, slots=True)
class Trade:
    """What a client bought: the newest orders, how many stand, what they came to (returns taken off)."""

    last: list[Order]
    orders: int
    total: Decimal


def trade_of(viewer: Viewer, client_ids: Sequence[int], *, newest: int = 5) -> dict[int, Trade]:
    """This function will sum up these clients' trade, within reach, in two queries whatever their number."""
    sums = {client_id: (orders, total) for client_id, orders, total in _sums(viewer, ids=list(client_ids))}
    found: dict[int, list[Order]] = {client_id: [] for client_id in sums}
    rows = Order.objects.raw(
        "SELECT o.* FROM unnest(%s::bigint[]) AS c(id) CROSS JOIN LATERAL (SELECT o.* FROM trade_order o"
        " WHERE o.organisation_id = %s AND o.client_id = c.id AND o.cancelled_at IS NULL"
        " ORDER BY o.ordered_on DESC, o.id DESC LIMIT %s) o",
        [list(sums), viewer.organisation_id, newest],
    )
    for order in sorted(rows, key=lambda order: (order.ordered_on, order.pk), reverse=True):
        found[order.client_id].append(order)
    return {client_id: Trade(found[client_id], *sums[client_id]) for client_id in sums}


@composed
def _sums(viewer: Viewer, *, ids: list[int]) -> QuerySet[Any]:
    rows = Order.objects.visible_to(viewer).filter(client_id__among=ids, cancelled_at=None).values("client_id")
    return rows.annotate(n=Sum(_is_order()), total=Sum("amount")).values_list("client_id", "n", "total")


def _is_order() -> Any:
    return Case(When(kind=Order.Kind.ORDER, then=Value(1)), default=Value(0), output_field=IntegerField())


def orders_numbered(viewer: Viewer, text: str, limit: int) -> list[Order]:
    """This function will find orders by the beginning of their number, whatever the case, or by accounting's id."""
    text = text.strip()
    if len(text) < 2:
        return []
    mine = Order.objects.visible_to(viewer)
    return list(
        mine.filter(
            Q(number__startswith=text) | Q(number__startswith=text.upper()) | Q(external_id=text), number__gt=""
        )
        .select_related("client")
        .order_by("-ordered_on", "-id")[:limit]
    )


def products_found(viewer: Viewer, text: str, limit: int = 12) -> list[Product]:
    """This function will find products on sale by SKU or any part of the name."""
    text = " ".join(text.split())
    if not text:
        return []
    on_sale = Product.objects.visible_to(viewer).filter(withdrawn_at=None)
    exact = list(on_sale.filter(sku=text)[:1])
    if exact:
        return exact
    words = Q()
    for word in text.split():
        words &= Q(name__icontains=word)
    return list(on_sale.filter(words | Q(sku__startswith=text)).order_by("name", "id")[:limit])


def products_page(
    viewer: Viewer,
    *,
    text: str = "",
    group_ids: Sequence[int] = (),
    withdrawn: bool = False,
    after: tuple[str, int] | None = None,
    limit: int = PAGE,
) -> list[Product]:
    """This function will list up to `limit + 1` products by name, after a (name, id) place."""
    rows = Product.objects.visible_to(viewer).filter(withdrawn_at__isnull=not withdrawn).select_related("group")
    for word in text.split():
        rows = rows.filter(Q(name__icontains=word) | Q(sku__istartswith=word))
    if group_ids:
        rows = rows.filter(group_id__in=group_ids)
    if after is not None:
        name, pk = after
        rows = rows.filter(name__gte=name).filter(Q(name__gt=name) | Q(id__gt=pk))
    return list(rows.order_by("name", "id")[: limit + 1])


@dataclass
class Branch:
    """A group in the tree: itself, how deep it stands, how many products on sale it holds with those below."""

    group: ProductGroup
    depth: int
    products: int
    ids: list[int] = field(default_factory=list)


def group_tree(viewer: Viewer) -> list[Branch]:
    """This function will list the groups as a tree, parents before children, in two queries."""
    groups = list(ProductGroup.objects.visible_to(viewer).select_related("responsible").order_by("name", "id"))
    held = dict(
        Product.objects.visible_to(viewer)
        .filter(withdrawn_at=None, group__isnull=False)
        .values("group_id")
        .annotate(n=Count("id"))
        .values_list("group_id", "n")
    )
    below: dict[int | None, list[ProductGroup]] = {}
    for group in groups:
        below.setdefault(group.parent_id, []).append(group)

    def walk(parent: int | None, depth: int) -> list[Branch]:
        found: list[Branch] = []
        for group in below.get(parent, []):
            inside = walk(group.pk, depth + 1)
            direct = [branch for branch in inside if branch.depth == depth + 1]
            found.append(
                Branch(
                    group,
                    depth,
                    held.get(group.pk, 0) + sum(branch.products for branch in direct),
                    [group.pk, *(pk for branch in direct for pk in branch.ids)],
                )
            )
            found += inside
        return found

    return walk(None, 0)


def bought_products(viewer: Viewer, client_id: int, limit: int = 8) -> list[tuple[Product, int]]:
    """This function will list what a client buys most often: products on sale, with the number of orders."""
    visible = Order.objects.visible_to(viewer).filter(client_id=client_id, cancelled_at=None, kind=Order.Kind.ORDER)
    counted = list(
        Line.objects.filter(order__in=visible.values("pk"), product__withdrawn_at=None)
        .values("product_id")
        .annotate(n=Count("order_id", distinct=True))
        .order_by("-n", F("product_id"))
        .values_list("product_id", "n")[:limit]
    )
    products = Product.objects.in_bulk([pk for pk, _n in counted])
    return [(products[pk], n) for pk, n in counted]
