"""
The quick order: two fields (what, how many), Enter, next; or the last order once more.

Nothing is kept until the order is saved: the draft is the form itself. Each step posts it whole and is answered
with the draft as it is now, totals included, so that no price is ever worked out in the browser.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ritm.clients.models import Client
from ritm.kernel.calendar import local_date
from ritm.kernel.refusal import Refusal
from ritm.kernel.stated import read_day, read_id
from ritm.shell.htmx import go_to, is_htmx, toast
from ritm.staff.doors import door
from ritm.staff.viewer import Viewer
from ritm.trade import queries
from ritm.trade.forms import quantity_of
from ritm.trade.models import Order, Product
from ritm.trade.operations import orders as verbs
from ritm.trade.operations.orders import Wanted
from ritm.trade.views.orders import client_for_order


@dataclass
class Draft:
    """An order on its way: its lines, and what is wrong with the last thing typed."""

    lines: list[Wanted] = field(default_factory=list)
    entry: str = ""
    quantity: str = ""
    error: str = ""
    choices: list[Product] = field(default_factory=list)

    @property
    def total(self) -> Decimal:
        return sum((line.amount for line in self.lines), Decimal(0))


@require_http_methods(["GET", "POST"])
@door("order", "create")
def quick(request: Any, client_id: int) -> HttpResponse:
    """A new order for a client: GET opens it (with ?repeat=1 as the last one was), POST takes one step."""
    viewer: Viewer = request.viewer
    client = client_for_order(viewer, client_id)
    if request.method == "GET":
        draft = Draft(_as_last_time(viewer, client) if request.GET.get("repeat") else [])
        return _answer(request, client, draft)
    return _answer(request, client, _step(viewer, request.POST))


@require_POST
@door("order", "create")
def save(request: Any, client_id: int) -> HttpResponse:
    """Record the draft as an order (or a return) of the client."""
    viewer: Viewer = request.viewer
    client = client_for_order(viewer, client_id)
    draft = _step(viewer, request.POST)
    if draft.error:
        return _answer(request, client, draft)
    try:
        order = verbs.record_order(
            client=client,
            kind=Order.Kind.RETURN if request.POST.get("kind") == "return" else Order.Kind.ORDER,
            ordered_on=read_day(request.POST.get("ordered_on")) or local_date(timezone.now(), viewer.timezone),
            lines=draft.lines,
            by=viewer.actor(),
            at=timezone.now(),
        )
    except Refusal as refusal:
        draft.error = str(refusal)
        return _answer(request, client, draft)
    return toast(
        go_to(request, reverse("trade:order", args=[order.pk])),
        _("Order %(number)s is recorded") % {"number": order.number},
        undo=reverse("trade:cancel", args=[order.pk]),
    )


@require_GET
@door("product", "see")
def suggest(request: Any) -> HttpResponse:
    """What the typed piece may mean, as options of the entry field."""
    return render(
        request,
        "trade/_suggestions.html",
        {"products": queries.products_found(request.viewer, request.GET.get("entry", ""))},
    )


def _answer(request: Any, client: Client, draft: Draft) -> HttpResponse:
    viewer: Viewer = request.viewer
    context = {
        "client": client,
        "draft": draft,
        "today": local_date(timezone.now(), viewer.timezone),
        "ordered_on": read_day(request.POST.get("ordered_on")) or local_date(timezone.now(), viewer.timezone),
        "kind": request.POST.get("kind", "order"),
    }
    status = 422 if draft.error else 200
    if is_htmx(request):
        # htmx swaps only answers of 2xx: the error is part of the draft.
        return render(request, "trade/_draft.html", context)
    context["usual"] = queries.bought_products(viewer, client.pk)
    context["last"] = queries.last_order_with_lines(viewer, client.pk)
    return render(request, "trade/quick.html", context, status=status)


def _as_last_time(viewer: Viewer, client: Client) -> list[Wanted]:
    last = queries.last_order_with_lines(viewer, client.pk)
    if last is None:
        return []
    return [
        Wanted(line.product, line.quantity, line.product.price if line.product.price is not None else line.price)
        for line in queries.lines_of(last)
        if line.product.withdrawn_at is None
    ]


def _step(viewer: Viewer, posted: QueryDict) -> Draft:
    """The draft after one step: lines as they stand in the form, without the removed one, with the entered one."""
    ids, quantities = posted.getlist("product"), posted.getlist("quantity")
    known = [pk for one in ids if (pk := read_id(one))]
    products = {str(product.pk): product for product in Product.objects.visible_to(viewer).filter(pk__in=known)}
    draft = Draft(entry=posted.get("entry", "").strip(), quantity=posted.get("entry_quantity", "").strip())
    removed = posted.get("remove")
    for index, (one, typed) in enumerate(zip(ids, quantities, strict=False)):
        if one not in products or str(index) == removed:
            continue
        quantity = quantity_of(typed)
        if quantity is None:
            draft.error = _("“%(typed)s” is not a quantity.") % {"typed": typed}
            quantity = Decimal(1)
        _add(draft, products[one], quantity)
    usual = read_id(posted.get("usual"))
    if usual is not None:
        product = Product.objects.visible_to(viewer).filter(pk=usual, withdrawn_at=None).first()
        if product is not None:
            _add(draft, product, Decimal(1))
    elif draft.entry:
        _enter(viewer, draft)
    return draft


def _enter(viewer: Viewer, draft: Draft) -> None:
    # A chosen suggestion arrives as 'SKU · name'.
    text = draft.entry.split(" · ")[0] if " · " in draft.entry else draft.entry
    found = queries.products_found(viewer, text)
    exact = [
        product for product in found if draft.entry.casefold() in (product.name.casefold(), product.sku.casefold())
    ]
    if len(exact or found) != 1:
        draft.choices = found
        draft.error = (
            _("Several products are called so: choose one.") if found else _("No product on sale is called so.")
        )
        return
    quantity = quantity_of(draft.quantity or "1")
    if quantity is None:
        draft.error = _("“%(typed)s” is not a quantity.") % {"typed": draft.quantity}
        return
    _add(draft, (exact or found)[0], quantity)
    draft.entry = draft.quantity = ""


def _add(draft: Draft, product: Product, quantity: Decimal) -> None:
    """The same product twice is one line."""
    for index, line in enumerate(draft.lines):
        if line.product.pk == product.pk:
            draft.lines[index] = Wanted(product, line.quantity + quantity, line.price)
            return
    draft.lines.append(Wanted(product, quantity, product.price or Decimal(0)))
