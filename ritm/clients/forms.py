"""Forms of the clients room: they read what was typed; operations judge it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ritm.clients.models import Address, Client
from ritm.kernel.reach import Reach
from ritm.kernel.refusal import Refusal
from ritm.staff.models import Employee
from ritm.staff.viewer import Viewer


def refuse(form: forms.Form, refusal: Refusal) -> None:
    """This function will put a refusal beside its field, or above the form when the form has no such field."""
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)


def people_to_own(viewer: Viewer, verb: str) -> Any:
    """This function will give the employees to whom the viewer may give a client."""
    people = Employee.objects.visible_to(viewer).filter(left_on=None).order_by("name")
    reach = viewer.reach("client", verb)
    return people if reach == Reach.ORGANISATION else people.filter(pk__in=viewer.people(reach))


class NewClientForm(forms.Form):
    """A client as a person types him in: the name is enough."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Client.Kind.choices, widget=forms.RadioSelect, initial="company")
    name = forms.CharField(label=_("Name"), max_length=300)
    inn = forms.CharField(label=_("INN"), required=False)
    kpp = forms.CharField(label=_("KPP"), required=False)
    contact = forms.CharField(label=_("Contact"), required=False, max_length=200)
    position = forms.CharField(label=_("Position"), required=False, max_length=150)
    phone = forms.CharField(label=_("Phone"), required=False, max_length=60)
    email = forms.CharField(label=_("E-mail"), required=False, max_length=254)
    address = forms.CharField(label=_("Address"), required=False, max_length=500)
    owner = forms.ModelChoiceField(label=_("Owner"), queryset=Employee.objects.none(), required=False)
    source = forms.CharField(label=_("Source"), required=False, max_length=100)
    comment = forms.CharField(label=_("Comment"), required=False, widget=forms.Textarea(attrs={"rows": 3}))

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.viewer = viewer
        owner = self.fields["owner"]
        owner.queryset = people_to_own(viewer, "create")  # type: ignore[attr-defined]
        owner.initial = viewer.employee_id if viewer.sells else None
        if viewer.reach("client", "create") == Reach.OWN:
            # Whoever may create only his own has no choice to make.
            del self.fields["owner"]
        self.fields["name"].widget.attrs["autofocus"] = True
        self.fields["phone"].widget.attrs |= {"inputmode": "tel", "autocomplete": "off"}
        for digits in ("inn", "kpp"):
            self.fields[digits].widget.attrs |= {"inputmode": "numeric", "autocomplete": "off"}

    def owner_chosen(self) -> Employee | None:
        """This function will give the owner: the one chosen, or the viewer himself who may create only his own."""
        if "owner" not in self.fields:
            return Employee.objects.get(pk=self.viewer.employee_id)
        owner: Employee | None = self.cleaned_data["owner"]
        return owner


class FieldForm(forms.Form):
    """One field of a client, edited in place; the input bears the field's own name."""

    def __init__(self, field: str, label: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        made: forms.Field
        if field == "kind":
            made = forms.ChoiceField(choices=Client.Kind.choices)
        elif field == "comment":
            made = forms.CharField(required=False, widget=forms.Textarea(attrs={"rows": 4}))
        else:
            made = forms.CharField(required=field == "name", max_length=500)
        made.label = label
        made.widget.attrs["autofocus"] = True
        self.fields[field] = made


class OwnerForm(forms.Form):
    """Another owner, and why."""

    owner = forms.ModelChoiceField(
        label=_("Owner"), queryset=Employee.objects.none(), required=False, empty_label=_("nobody")
    )
    why = forms.CharField(label=_("Why"), required=False, max_length=300)

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].queryset = people_to_own(viewer, "assign")  # type: ignore[attr-defined]


class ContactForm(forms.Form):
    """A person at a client's."""

    name = forms.CharField(label=_("Name"), max_length=200)
    position = forms.CharField(label=_("Position"), required=False, max_length=150)
    birthday = forms.DateField(
        label=_("Birthday"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    phone = forms.CharField(label=_("Phone"), required=False, max_length=60)
    email = forms.CharField(label=_("E-mail"), required=False, max_length=254)
    is_main = forms.BooleanField(label=_("Main contact"), required=False)

    def __init__(self, *args: Any, editing: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].widget.attrs["autofocus"] = True
        if editing:
            # Numbers and e-mails have lines of their own.
            del self.fields["phone"], self.fields["email"]


class PhoneForm(forms.Form):
    """A number as people write it."""

    phone = forms.CharField(
        label=_("Phone"), max_length=60, widget=forms.TextInput(attrs={"inputmode": "tel", "autofocus": True})
    )


class EmailForm(forms.Form):
    """An e-mail address."""

    email = forms.CharField(
        label=_("E-mail"), max_length=254, widget=forms.TextInput(attrs={"inputmode": "email", "autofocus": True})
    )


class AddressForm(forms.Form):
    """An address of a kind."""

    kind = forms.ChoiceField(label=_("Kind"), choices=Address.Kind.choices)
    address = forms.CharField(
        label=_("Address"), max_length=500, widget=forms.Textarea(attrs={"rows": 2, "autofocus": True})
    )
