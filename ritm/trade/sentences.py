"""How the audit trail tells the news of the trade room."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ritm.clients.sentences import many, only_one
from ritm.journal.sentences import SUBJECTS, Payload, Subject, changes, tell
from ritm.staff.viewer import Viewer
from ritm.trade import events
from ritm.trade.models import Product, ProductGroup

_DEEDS: dict[str, Any] = {
    "created": _("added"),
    "edited": _("changed"),
    "withdrawn": _("taken off sale"),
    "restored": _("back on sale"),
}
FIELDS: dict[str, Any] = {
    "name": _("name"),
    "sku": _("SKU"),
    "unit_name": _("unit of measure"),
    "group": _("group"),
    "price": _("price"),
    "cost": _("cost"),
    "parent": _("inside the group"),
    "responsible": _("responsible"),
}


def _changed(said: Payload) -> str:
    if said["what"] == "edited":
        return changes(said, lambda field: str(FIELDS.get(field, field)))
    return str(_DEEDS.get(said["what"], said["what"]))


tell(events.OrdersChanged, _("Orders changed"), many, only_one)
tell(events.PaymentsChanged, _("Payments changed"), many, only_one)
tell(events.ProductChanged, _("Product changed"), _changed)
tell(events.GroupChanged, _("Product group changed"), _changed)


def _subject(kind: str, label: Any, model: Any, url_name: str) -> None:
    def names(viewer: Viewer, ids: Collection[int]) -> dict[int, str]:
        if not viewer.may("product", "edit"):
            return {}
        return dict(model.objects.visible_to(viewer).filter(pk__in=ids).values_list("pk", "name"))

    SUBJECTS.plug(kind)(Subject(kind, label, names, lambda pk: reverse(url_name, args=[pk])))


_subject("product", _("Product"), Product, "trade:product")
_subject("product_group", _("Product group"), ProductGroup, "trade:group")
