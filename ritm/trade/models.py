"""Nouns of the trade room: products, orders, lines, returns, payments, as accounting states them."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ritm.clients.models import Client, OfClientQuerySet
from ritm.staff.models import Employee, Owned, OwnedInBulk


class ProductGroup(Owned):
    """A branch of the catalogue, with the person who answers for its goods."""

    parent = models.ForeignKey("self", null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=200)
    responsible = models.ForeignKey(
        Employee, null=True, blank=True, on_delete=models.PROTECT, related_name="+", verbose_name=_("responsible")
    )
    external_id = models.CharField(max_length=100, null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "external_id"],
                name="productgroup_external_once",
                condition=Q(external_id__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Product(Owned):
    """Something that is sold."""

    group = models.ForeignKey(ProductGroup, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(_("name"), max_length=400)
    sku = models.CharField(_("SKU"), max_length=100, blank=True)
    unit_name = models.CharField(_("unit of measure"), max_length=20, blank=True)
    price = models.DecimalField(_("price"), max_digits=14, decimal_places=2, null=True, blank=True)
    cost = models.DecimalField(_("cost"), max_digits=14, decimal_places=2, null=True, blank=True)
    external_id = models.CharField(max_length=100, null=True, blank=True)
    created_at = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "external_id"],
                name="product_external_once",
                condition=Q(external_id__isnull=False),
            )
        ]
        indexes = [
            models.Index(fields=["organisation", "name", "id"], name="product_by_name"),
            models.Index(fields=["organisation", "sku"], name="product_by_sku", condition=~Q(sku="")),
            GinIndex(fields=["organisation", "name"], name="product_search", opclasses=["int8_ops", "gin_trgm_ops"]),
        ]

    def __str__(self) -> str:
        return self.name


class Order(OwnedInBulk):
    """
    An order, or a return (`kind`), with its total.

    `amount` of a return is negative, so that sums need no case. `number` is what people call it; the pair
    (organisation, external_id) is what an import recognises it by.
    """

    class Kind(models.TextChoices):
        ORDER = "order", _("order")
        RETURN = "return", _("return")

    # The database keeps this key, and those of lines, by triggers: journal.bulk_keys.
    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+", db_index=False, db_constraint=False)
    kind = models.CharField(max_length=6, choices=Kind, default=Kind.ORDER)
    number = models.CharField(_("number"), max_length=50, blank=True)
    ordered_on = models.DateField(_("date"))
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    external_id = models.CharField(max_length=120, null=True, blank=True)
    cancelled_at = models.DateTimeField(null=True)
    batch_id = models.BigIntegerField(null=True)  # the import that brought it
    created_at = models.DateTimeField()

    objects: ClassVar = OfClientQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "external_id"],
                name="order_external_once",
                condition=Q(external_id__isnull=False),
            ),
            models.CheckConstraint(
                condition=Q(kind="order", amount__gte=0) | Q(kind="return", amount__lte=0), name="order_sign"
            ),
        ]
        indexes = [
            # Rhythm and LTV read a client's history from this index alone.
            models.Index(
                fields=["organisation", "client", "ordered_on"],
                name="order_history",
                include=["kind", "amount"],
                condition=Q(cancelled_at=None),
            ),
            models.Index(fields=["organisation", "ordered_on", "id"], name="order_by_day"),
            models.Index(
                fields=["organisation", "ordered_on", "id"],
                name="order_cancelled",
                condition=Q(cancelled_at__isnull=False),
            ),
            models.Index(fields=["organisation", "number"], name="order_by_number", condition=~Q(number="")),
            # What the database itself looks into when a client is withdrawn: cancelled orders included.
            models.Index(fields=["client"], name="order_by_client"),
            models.Index(fields=["batch_id"], name="order_by_batch", condition=Q(batch_id__isnull=False)),
        ]

    def __str__(self) -> str:
        return self.number or str(self.pk)


class Line(OwnedInBulk):
    """One product of an order; quantity and amount are negative in a return."""

    order = models.ForeignKey(Order, on_delete=models.CASCADE, related_name="+", db_constraint=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", db_constraint=False)
    quantity = models.DecimalField(_("quantity"), max_digits=14, decimal_places=3)
    price = models.DecimalField(_("price"), max_digits=14, decimal_places=2)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)

    def __str__(self) -> str:
        return f"{self.product_id} × {self.quantity}"


class Payment(OwnedInBulk):
    """Money that came in (or went back, when negative)."""

    client = models.ForeignKey(Client, on_delete=models.PROTECT, related_name="+", db_index=False)
    order = models.ForeignKey(Order, null=True, on_delete=models.PROTECT, related_name="+")
    paid_on = models.DateField(_("date"))
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    number = models.CharField(_("number"), max_length=50, blank=True)
    external_id = models.CharField(max_length=120, null=True, blank=True)
    created_at = models.DateTimeField()

    objects: ClassVar = OfClientQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "external_id"],
                name="payment_external_once",
                condition=Q(external_id__isnull=False),
            )
        ]
        indexes = [models.Index(fields=["organisation", "client", "paid_on"], name="payment_history")]

    def __str__(self) -> str:
        return self.number or str(self.pk)
