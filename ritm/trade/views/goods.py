"""Goods: the list with its tree of groups, one product, one group."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from ritm.kernel.refusal import Refusal
from ritm.kernel.stated import read_id
from ritm.shell.htmx import go_to, toast
from ritm.staff.doors import door
from ritm.staff.viewer import Viewer
from ritm.trade import queries
from ritm.trade.forms import GroupForm, ProductForm
from ritm.trade.models import Product, ProductGroup
from ritm.trade.operations import goods


@require_GET
@door("product", "see")
def listing(request: Any) -> HttpResponse:
    """Products by name, narrowed by a search and a group; the tree of groups beside them."""
    viewer: Viewer = request.viewer
    tree = queries.group_tree(viewer)
    chosen = next((branch for branch in tree if str(branch.group.pk) == request.GET.get("group")), None)
    text = request.GET.get("q", "").strip()
    withdrawn = request.GET.get("withdrawn") == "1"
    name, _tilde, last = request.GET.get("after", "").rpartition("~")
    after = None if (known := read_id(last)) is None else (name, known)
    products = queries.products_page(
        viewer,
        text=text,
        group_ids=chosen.ids if chosen else (),
        withdrawn=withdrawn,
        after=after,
    )
    more = len(products) > queries.PAGE
    products = products[: queries.PAGE]
    kept = {key: value for key, value in request.GET.items() if key != "after" and value}
    next_url = "?" + urlencode(kept | {"after": f"{products[-1].name}~{products[-1].pk}"}) if more else ""
    back = "?" + urlencode(kept) if after else ""
    return render(
        request,
        "trade/products.html",
        {
            "tree": tree,
            "chosen": chosen,
            "text": text,
            "withdrawn": withdrawn,
            "products": products,
            "may_edit": viewer.may("product", "edit"),
            "sees_cost": viewer.may("cost", "see"),
            "page": {"next": next_url, "previous": back},
        },
    )


@require_http_methods(["GET", "POST"])
@door("product", "edit")
def product(request: Any, pk: int | None = None) -> HttpResponse:
    """Create or change a product."""
    viewer: Viewer = request.viewer
    held = None if pk is None else get_object_or_404(Product.objects.visible_to(viewer), pk=pk)
    form = ProductForm(
        request.POST or None,
        instance=held or Product(organisation_id=viewer.organisation_id),
        initial={"group": request.GET.get("group")} if held is None else None,
        viewer=viewer,
    )
    if request.method == "POST" and form.is_valid():
        values, by, at = form.cleaned_data, viewer.actor(), timezone.now()
        try:
            if held is None:
                goods.create_product(values=values, by=by, at=at)
            else:
                goods.edit_product(product=held, values=values, by=by, at=at)
        except Refusal as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            return toast(go_to(request, reverse("trade:products")), _("Saved"))
    return render(
        request,
        "trade/product_form.html",
        {"form": form, "product": held},
        status=422 if form.is_bound else 200,
    )


@require_POST
@door("product", "edit")
def withdraw(request: Any, pk: int) -> HttpResponse:
    """Take a product off sale; the toast puts it back."""
    held = get_object_or_404(Product.objects.visible_to(request.viewer), pk=pk)
    goods.withdraw_product(product=held, by=request.viewer.actor(), at=timezone.now())
    return toast(
        go_to(request, reverse("trade:products")),
        _("“%(name)s” is off sale") % {"name": held.name},
        undo=reverse("trade:product_restore", args=[pk]),
    )


@require_POST
@door("product", "edit")
def restore(request: Any, pk: int) -> HttpResponse:
    """Put a product on sale again."""
    held = get_object_or_404(Product.objects.visible_to(request.viewer), pk=pk)
    goods.restore_product(product=held, by=request.viewer.actor(), at=timezone.now())
    return toast(go_to(request, reverse("trade:products")), _("“%(name)s” is on sale again") % {"name": held.name})


@require_http_methods(["GET", "POST"])
@door("product", "edit")
def group(request: Any, pk: int | None = None) -> HttpResponse:
    """Create or change a group, and say who answers for it."""
    viewer: Viewer = request.viewer
    held = None if pk is None else get_object_or_404(ProductGroup.objects.visible_to(viewer), pk=pk)
    form = GroupForm(
        request.POST or None,
        instance=held or ProductGroup(organisation_id=viewer.organisation_id),
        viewer=viewer,
    )
    if request.method == "POST" and form.is_valid():
        values, by, at = form.cleaned_data, viewer.actor(), timezone.now()
        try:
            if held is None:
                goods.create_group(values=values, by=by, at=at)
            else:
                goods.edit_group(group=held, values=values, by=by, at=at)
        except Refusal as refusal:
            form.add_error(refusal.field, str(refusal))
        else:
            return toast(go_to(request, reverse("trade:products")), _("Saved"))
    return render(request, "trade/group_form.html", {"form": form, "group": held}, status=422 if form.is_bound else 200)
