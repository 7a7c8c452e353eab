"""Forms of the clients room: they read what was typed; operations judge it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ritm.clients import own
from ritm.clients.models import HEADS_VERBS, Address, Client, Consent, ConsentText, OwnField
from ritm.clients.rules.own import Definition, Kind, Value, Wrong, read
from ritm.kernel.reach import Reach
from ritm.kernel.refusal import Refusal
from ritm.shell.fields import DayField
from ritm.staff.models import Employee, Role, Unit
from ritm.staff.viewer import Viewer


def refuse(form: forms.Form, refusal: Refusal) -> None:
    """This function will put a refusal beside its field, or above the form when the form has no such field."""
    form.add_error(refusal.field if refusal.field in form.fields else None, refusal.sentence)


def people_to_own(viewer: Viewer, verb: str) -> Any:
    """This function will give the employees to whom the viewer may give a client."""
    people = Employee.objects.visible_to(viewer).filter(left_on=None).order_by("name")
    reach = viewer.reach("client", verb)
    if reach == Reach.ORGANISATION:
        return people
    return people.filter(pk__in=viewer.people(reach, standing_in=verb not in HEADS_VERBS))


def own_control(definition: Definition, value: Value = None) -> forms.Field:
    """This function will give the form field for an own field; it cleans to what the field holds."""
    made: forms.Field
    offered = [(one.id, one.name) for one in definition.options if not one.archived or _holds(value, one.id)]
    common: dict[str, Any] = {"label": definition.name, "help_text": definition.help, "required": definition.required}
    if definition.kind is Kind.YES_NO:
        words = [("", "–"), ("1", _("yes")), ("0", _("no"))]
        made = forms.TypedChoiceField(choices=words, coerce=lambda said: said == "1", empty_value=None, **common)
    elif definition.kind is Kind.CHOICE:
        made = forms.TypedChoiceField(choices=[("", "–"), *offered], coerce=int, empty_value=None, **common)
    elif definition.kind is Kind.CHOICES:
        made = forms.TypedMultipleChoiceField(
            choices=offered, coerce=int, widget=forms.CheckboxSelectMultiple, empty_value=None, **common
        )
    elif definition.kind is Kind.DATE:
        made = DayField(**common)
    else:
        made = forms.CharField(max_length=500, **common)
        if definition.column == "number":
            made.widget.attrs["inputmode"] = "decimal"
            if definition.unit:
                made.label = f"{definition.name}, {definition.unit}"
    return made


def _holds(value: Value, option_id: int) -> bool:
    return value == option_id or (isinstance(value, tuple) and option_id in value)


def own_initial(value: Value) -> Any:
    """This function will give a value as a form shows it."""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, tuple):
        return list(value)
    return f"{value.normalize():f}".replace(".", ",") if isinstance(value, Decimal) else value


def own_cleaned(form: forms.Form, definition: Definition, name: str) -> Value:
    """This function will give what was typed into an own field's control; what does not fit stands beside it."""
    typed = form.cleaned_data.get(name)
    if definition.column in ("flag", "option"):
        return typed
    if definition.column == "options":
        return tuple(sorted(typed)) if typed else None
    try:
        return read(definition, typed)
    except Wrong as wrong:
        form.add_error(name, own.sentence(wrong))
        return None


class OwnValueForm(forms.Form):
    """One own field of a client, edited in place."""

    def __init__(self, definition: Definition, value: Value, data: Any = None) -> None:
        super().__init__(data, initial={definition.key: own_initial(value)})
        self.definition = definition
        made = own_control(definition, value)
        made.widget.attrs["autofocus"] = True
        self.fields[definition.key] = made

    def clean(self) -> dict[str, Any]:
        self.value = own_cleaned(self, self.definition, self.definition.key)
        return self.cleaned_data


class ConsentTextForm(forms.Form):
    """Another version of a text."""

    purpose = forms.ChoiceField(label=_("What it is for"), choices=ConsentText.Purpose.choices)
    text = forms.CharField(label=_("Text"), widget=forms.Textarea(attrs={"rows": 8}))
    valid_from = DayField(label=_("In force from"))


class ConsentForm(forms.Form):
    """Somebody agreed."""

    given_on = DayField(label=_("Given on"))
    how = forms.ChoiceField(label=_("How"), choices=Consent.How.choices)
    proof = forms.CharField(
        label=_("Where the proof is"), required=False, max_length=300, help_text=_("A folder, a recording, a link.")
    )


class WithdrawalForm(forms.Form):
    """Somebody took his consent back."""

    on = DayField(label=_("Withdrawn on"))
    how = forms.ChoiceField(label=_("How"), choices=[one for one in Consent.How.choices if one[0] != "import"])


class OwnFieldForm(forms.Form):
    """The definition of an own field; what it holds is chosen once."""

    name = forms.CharField(label=_("Name"), max_length=80)
    kind = forms.ChoiceField(label=_("What it holds"), choices=OwnField.Type.choices)
    options = forms.CharField(
        label=_("List"),
        required=False,
        help_text=_("One option a line, in the order in which they are offered."),
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    unit = forms.CharField(
        label=_("Unit of measure"), required=False, max_length=12, help_text=_("For numbers: days, kg, pcs.")
    )
    help = forms.CharField(label=_("Hint"), required=False, max_length=200)
    required = forms.BooleanField(label=_("Must be filled in when a client is created or edited"), required=False)
    roles = forms.ModelMultipleChoiceField(
        label=_("Who sees it"),
        queryset=Role.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing marked: everybody who sees the client."),
    )
    units = forms.ModelMultipleChoiceField(
        label=_("In which units"),
        queryset=Unit.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing marked: in all. With a unit come all below it, and whoever heads it from above."),
    )

    def __init__(self, *args: Any, viewer: Viewer, editing: OwnField | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["roles"].queryset = Role.objects.visible_to(viewer).order_by("name")  # type: ignore[attr-defined]
        units = Unit.objects.visible_to(viewer).filter(closed_at=None).order_by("path")
        self.fields["units"].queryset = units  # type: ignore[attr-defined]
        if editing is not None:
            del self.fields["kind"]
            if editing.kind not in (Kind.CHOICE.value, Kind.CHOICES.value):
                del self.fields["options"]
            if editing.kind not in (Kind.WHOLE.value, Kind.DECIMAL.value):
                del self.fields["unit"]

    def said(self) -> dict[str, Any]:
        """This function will give what operations want of it."""
        typed = self.cleaned_data
        return {
            "name": typed["name"],
            "help": typed["help"],
            "unit": typed.get("unit", ""),
            "required": typed["required"],
            "options": typed.get("options", "").splitlines(),
            "roles": [role.pk for role in typed["roles"]],
            "units": [unit.pk for unit in typed["units"]],
        }


class NewClientForm(forms.Form):
    """A client as a person types him in: the name is enough, and what the office demands."""

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
        self.own = [one for one in own.definitions(viewer) if one.required]
        for definition in self.own:
            self.fields[f"own-{definition.key}"] = own_control(definition)
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

    def own_controls(self) -> list[forms.BoundField]:
        """This function will give the controls of the own fields that must be filled in."""
        return [self[f"own-{definition.key}"] for definition in self.own]

    def clean(self) -> dict[str, Any]:
        self.values = {one.id: own_cleaned(self, one, f"own-{one.key}") for one in self.own}
        return self.cleaned_data

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
    birthday = DayField(label=_("Birthday"), required=False)
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
