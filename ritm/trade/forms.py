"""Forms of the trade room: they validate dictionaries and never save."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ritm.shell.fields import DayField
from ritm.staff.models import Employee
from ritm.staff.viewer import Viewer
from ritm.trade.models import Product, ProductGroup
from ritm.trade.queries import OrderFilter


class AmountField(forms.DecimalField):
    """An amount as people type it: '1 250,50' is as good as '1250.50'."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}))
        super().__init__(max_digits=14, decimal_places=2, **kwargs)

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str):
            value = value.replace("\u00a0", "").replace("\u202f", "").replace(" ", "").replace(",", ".").rstrip("₽")
        return super().to_python(value)


class OrderFilterForm(forms.Form):
    """What the list of orders is narrowed to; a value that makes no sense narrows nothing."""

    since = DayField(label=pgettext_lazy("period", "From"), required=False)
    until = DayField(label=pgettext_lazy("period", "To"), required=False)
    least = AmountField(label=_("Amount from"), required=False)
    kind = forms.ChoiceField(
        label=_("Kind"),
        required=False,
        choices=[
            ("", _("orders and returns")),
            ("order", _("orders")),
            ("return", _("returns")),
            ("cancelled", _("cancelled ones")),
        ],
    )
    client = forms.IntegerField(required=False, widget=forms.HiddenInput())

    def wanted(self) -> OrderFilter:
        """This function will give the filter that the form states."""
        self.is_valid()
        held = self.cleaned_data
        return OrderFilter(
            client_id=held.get("client"),
            since=held.get("since"),
            until=held.get("until"),
            least=held.get("least"),
            kind=held.get("kind", ""),
        )


class PaymentForm(forms.Form):
    """Money that came in for an order."""

    amount = AmountField(label=_("Amount, ₽"))
    paid_on = DayField(label=_("Date"))
    number = forms.CharField(label=_("Document number"), max_length=50, required=False)


class GroupForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = ProductGroup
        fields = ("name", "parent", "responsible")
        labels = {"parent": _("Inside the group")}

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = ProductGroup.objects.visible_to(viewer).order_by("name")
        self.fields["parent"].queryset = groups.exclude(pk=self.instance.pk)  # type: ignore[attr-defined]
        people = Employee.objects.visible_to(viewer).filter(left_on=None).order_by("name")
        self.fields["responsible"].queryset = people  # type: ignore[attr-defined]


class ProductForm(forms.ModelForm):  # type: ignore[type-arg]
    price = AmountField(label=_("Price, ₽"), required=False, min_value=0)
    cost = AmountField(label=_("Cost, ₽"), required=False, min_value=0)

    class Meta:
        model = Product
        fields = ("name", "sku", "unit_name", "group", "price", "cost")
        labels = {"group": _("Group")}

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["group"].queryset = ProductGroup.objects.visible_to(viewer).order_by("name")  # type: ignore[attr-defined]


def quantity_of(text: str) -> Decimal | None:
    """This function will read a quantity as typed ('2', '1,5'); None when it is not one above zero."""
    try:
        value = Decimal(text.replace("\u00a0", "").replace(" ", "").replace(",", ".")).quantize(Decimal("0.001"))
    except InvalidOperation:
        return None
    return value if 0 < value < 10**8 else None
