"""Forms of the staff room: they read what was typed; operations decide."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ritm.kernel.refusal import Refusal
from ritm.shell.fields import DayField
from ritm.staff.models import Employee, Person, Role, Unit

PASSWORD_HELP = _("At least 10 characters, and not one of the common ones.")


def say(form: forms.BaseForm, refusal: Refusal) -> None:
    """This function will show a refusal beside the field it belongs to, or above the form."""
    field = refusal.field if refusal.field in form.fields else None
    form.add_error(field, str(refusal))


def _password(label: Any, autocomplete: str, **more: Any) -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": autocomplete})
    return forms.CharField(label=label, widget=widget, strip=False, max_length=1000, **more)


def _code(label: Any) -> forms.CharField:
    attrs = {"autocomplete": "one-time-code", "inputmode": "text", "autocapitalize": "off", "autofocus": True}
    return forms.CharField(label=label, max_length=20, widget=forms.TextInput(attrs=attrs))


class SignInForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )
    password = _password(_("Password"), "current-password")


class CodeForm(forms.Form):
    code = _code(_("Code from the authenticator"))


class ForgotForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username", "autofocus": True})
    )


class NewPasswordForm(forms.Form):
    password = _password(_("New password"), "new-password", help_text=PASSWORD_HELP)


class AcceptForm(forms.Form):
    name = forms.CharField(label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    password = _password(_("Choose a password"), "new-password", help_text=PASSWORD_HELP)


class ProfileForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = Person
        fields = ("name", "language", "theme")


class ChangePasswordForm(forms.Form):
    current = _password(_("Current password"), "current-password")
    password = _password(_("New password"), "new-password", help_text=PASSWORD_HELP)


class SecondFactorForm(forms.Form):
    code = _code(_("Code from the app"))


class ConfirmForm(forms.Form):
    current = _password(_("Current password"), "current-password")


class OrganisationForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200)
    legal_name = forms.CharField(label=_("Full legal name"), max_length=400, required=False)
    inn = forms.CharField(
        label=_("INN"), max_length=12, required=False, widget=forms.TextInput(attrs={"inputmode": "numeric"})
    )
    timezone = forms.ChoiceField(
        label=_("Time zone"), help_text=_("Days begin and end by it: zones, deadlines, reports.")
    )
    currency = forms.ChoiceField(label=_("Currency"))
    area_code = forms.CharField(
        label=_("Area code"),
        max_length=8,
        required=False,
        help_text=_("Completes short numbers: with 351, 22-33-44 is read as +7 351 22-33-44."),
    )

    def __init__(self, *args: Any, zones: list[tuple[str, str]], currencies: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["timezone"].choices = zones  # type: ignore[attr-defined]
        self.fields["currency"].choices = [(code, code) for code in currencies]  # type: ignore[attr-defined]


class _OfOrganisation(forms.Form):
    """A form whose choices are rows that the viewer may see."""

    def __init__(self, *args: Any, units: Any = None, people: Any = None, roles: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for names, rows in ((("unit", "parent"), units), (("head", "substitute", "members"), people)):
            for name in names:
                if name in self.fields and rows is not None:
                    self.fields[name].queryset = rows  # type: ignore[attr-defined]
        for name in ("role", "roles", "like"):
            if name in self.fields and roles is not None:
                self.fields[name].queryset = roles  # type: ignore[attr-defined]


class _UnitChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Shows the depth of a unit in the tree."""

    def label_from_instance(self, obj: Unit) -> str:
        return "\u2007\u2007" * (obj.path.count("/") - 2) + str(obj.name)


class UnitForm(_OfOrganisation):
    name = forms.CharField(label=_("Name"), max_length=150)
    parent = _UnitChoice(label=_("Part of"), queryset=Unit.objects.none())
    head = forms.ModelChoiceField(
        label=pgettext_lazy("unit", "Head"),
        queryset=Employee.objects.none(),
        required=False,
        help_text=_("Sees everything that people of this unit and of units below enter."),
    )


class AddUnitForm(_OfOrganisation):
    name = forms.CharField(label=_("Name"), max_length=150)
    parent = _UnitChoice(label=_("Part of"), queryset=Unit.objects.none())


class TeamForm(_OfOrganisation):
    name = forms.CharField(label=_("Name"), max_length=150)
    members = forms.ModelMultipleChoiceField(
        label=_("Members"), queryset=Employee.objects.none(), widget=forms.CheckboxSelectMultiple
    )


class InviteForm(_OfOrganisation):
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autofocus": True}))
    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=150)
    unit = _UnitChoice(label=_("Unit"), queryset=Unit.objects.none())
    role = forms.ModelChoiceField(label=_("Role"), queryset=Role.objects.none())


class TakeOnForm(_OfOrganisation):
    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=150)
    position = forms.CharField(label=_("Position"), max_length=150, required=False)
    unit = _UnitChoice(label=_("Unit"), queryset=Unit.objects.none())
    role = forms.ModelChoiceField(label=_("Role"), queryset=Role.objects.none())


class EmployeeForm(_OfOrganisation):
    name = forms.CharField(label=pgettext_lazy("person", "Name"), max_length=150)
    position = forms.CharField(label=_("Position"), max_length=150, required=False)
    unit = _UnitChoice(label=_("Unit"), queryset=Unit.objects.none())
    roles = forms.ModelMultipleChoiceField(
        label=_("Roles"), queryset=Role.objects.none(), widget=forms.CheckboxSelectMultiple, required=False
    )
    phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False, widget=forms.TextInput(attrs={"inputmode": "tel"})
    )
    extension = forms.CharField(label=_("Extension"), max_length=10, required=False)
    capacity = forms.IntegerField(
        label=_("How many clients he can carry"),
        min_value=0,
        max_value=100_000,
        help_text=_("Shown before clients are given to him."),
    )


class AwayForm(_OfOrganisation):
    until = DayField(
        label=_("On leave until"),
        help_text=_("The last day of the leave."),
    )
    substitute = forms.ModelChoiceField(label=_("Stands in"), queryset=Employee.objects.none(), required=False)


class LeaveForm(forms.Form):
    left_on = DayField(label=_("Last working day"))


class AddRoleForm(_OfOrganisation):
    name = forms.CharField(label=_("Name"), max_length=80)
    like = forms.ModelChoiceField(
        label=_("Begin like"), queryset=Role.objects.none(), required=False, empty_label=_("nothing allowed")
    )


class DayForm(forms.Form):
    day = DayField()
    working = forms.TypedChoiceField(choices=[("1", "1"), ("0", "0")], coerce=lambda text: text == "1")
    note = forms.CharField(max_length=150, required=False)


class OpenHouseForm(forms.Form):
    code = forms.CharField(
        label=_("Code from the terminal"), max_length=20,
        help_text=_("Ritm prints it where it was started: only the owner of the machine can read it."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "autofocus": True}),
    )  # fmt: skip
    organisation = forms.CharField(label=_("Organisation"), max_length=200)
    name = forms.CharField(label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(label=_("E-mail"), widget=forms.EmailInput(attrs={"autocomplete": "username"}))
    password = _password(_("Choose a password"), "new-password", help_text=PASSWORD_HELP)
