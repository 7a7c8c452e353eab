"""Verbs on goods: groups with the person who answers for them, and products."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext as _

from ritm.journal.operations import publish
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal
from ritm.trade.events import GroupChanged, ProductChanged
from ritm.trade.models import Product, ProductGroup

GROUP_FIELDS = ("name", "parent", "responsible")
PRODUCT_FIELDS = ("name", "sku", "unit_name", "group", "price", "cost")


@transaction.atomic
def create_group(*, values: Mapping[str, Any], by: Actor, at: dt.datetime) -> ProductGroup:
    """This function will add a group; `values` holds what GROUP_FIELDS names."""
    group = ProductGroup.objects.create(organisation_id=by.organisation_id, **_own(values, GROUP_FIELDS))
    publish(GroupChanged(group_id=group.pk, what="created"), by=by, at=at)
    return group


@transaction.atomic
def edit_group(*, group: ProductGroup, values: Mapping[str, Any], by: Actor, at: dt.datetime) -> ProductGroup:
    """This function will change a group. Refuses a parent from below itself. Nothing new publishes nothing."""
    group = ProductGroup.objects.select_for_update(of=("self",)).get(pk=group.pk)
    above = values.get("parent")
    while above is not None:
        if above.pk == group.pk:
            raise Refusal(_("A group cannot stand below itself."), code="circle", field="parent")
        above = above.parent
    changed = _write(group, _own(values, GROUP_FIELDS))
    if changed:
        fields, before, after = changed
        publish(GroupChanged(group_id=group.pk, what="edited", fields=fields, before=before, after=after), by=by, at=at)
    return group


@transaction.atomic
def create_product(*, values: Mapping[str, Any], by: Actor, at: dt.datetime) -> Product:
    """This function will add a product; `values` holds what PRODUCT_FIELDS names. Refuses an SKU that is taken."""
    own = _own(values, PRODUCT_FIELDS)
    _free_sku(own.get("sku", ""), None)
    product = Product.objects.create(organisation_id=by.organisation_id, created_at=at, **own)
    publish(ProductChanged(product_id=product.pk, what="created"), by=by, at=at)
    return product


@transaction.atomic
def edit_product(*, product: Product, values: Mapping[str, Any], by: Actor, at: dt.datetime) -> Product:
    """This function will change a product; orders keep the prices they were made at. Refuses an SKU that is taken."""
    product = Product.objects.select_for_update(of=("self",)).get(pk=product.pk)
    own = _own(values, PRODUCT_FIELDS)
    if "sku" in own:
        _free_sku(own["sku"], product)
    changed = _write(product, own)
    if changed:
        fields, before, after = changed
        publish(
            ProductChanged(product_id=product.pk, what="edited", fields=fields, before=before, after=after),
            by=by,
            at=at,
        )
    return product


@transaction.atomic
def withdraw_product(*, product: Product, by: Actor, at: dt.datetime) -> None:
    """This function will take a product off sale: it stays in old orders and is offered no more."""
    if Product.objects.filter(pk=product.pk, withdrawn_at=None).update(withdrawn_at=at):
        publish(ProductChanged(product_id=product.pk, what="withdrawn"), by=by, at=at)


@transaction.atomic
def restore_product(*, product: Product, by: Actor, at: dt.datetime) -> None:
    """This function will put a withdrawn product on sale again."""
    if Product.objects.filter(pk=product.pk, withdrawn_at__isnull=False).update(withdrawn_at=None):
        publish(ProductChanged(product_id=product.pk, what="restored"), by=by, at=at)


def _own(values: Mapping[str, Any], fields: tuple[str, ...]) -> dict[str, Any]:
    unknown = set(values) - set(fields)
    if unknown:
        raise ValueError(f"not a field here: {sorted(unknown)}")
    return dict(values)


def _free_sku(sku: str, own: Product | None) -> None:
    taken = Product.objects.filter(sku=sku) if sku else Product.objects.none()
    if own is not None:
        taken = taken.exclude(pk=own.pk)
    other = taken.first()
    if other is not None:
        raise Refusal(_("“%(name)s” has this SKU already.") % {"name": other.name}, code="sku", field="sku")


def _write(row: Model, values: dict[str, Any]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]] | None:
    """Save what differs; what changed, as text before and after."""
    moved = [(field, getattr(row, field), value) for field, value in values.items() if getattr(row, field) != value]
    if not moved:
        return None
    for field, _before, value in moved:
        setattr(row, field, value)
    row.save(update_fields=[field for field, _before, _after in moved])
    return (
        tuple(field for field, _before, _after in moved),
        tuple(_text(before) for _field, before, _after in moved),
        tuple(_text(after) for _field, _before, after in moved),
    )


def _text(value: Any) -> str:
    return "" if value is None else str(value)
