"""What people type into the policy: numbers within sense."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ritm.retention.zone_queries import InForce
from ritm.shell.fields import DayField
from ritm.staff.models import Unit
from ritm.staff.viewer import Viewer


class PolicyForm(forms.Form):
    """The sentences of a policy; `clean` refuses boundaries that do not ascend."""

    unit = forms.ModelChoiceField(
        Unit.objects.none(), required=False, label=_("Where it holds"), empty_label=_("the whole organisation")
    )
    yellow = forms.IntegerField(label=_("Months until yellow"), min_value=1, max_value=60)
    red = forms.IntegerField(label=_("Months until red"), min_value=2, max_value=61)
    release = forms.IntegerField(label=_("Months until the exchange"), min_value=3, max_value=62)
    releases = forms.BooleanField(required=False)
    warnings = forms.CharField(label=_("Days of warning"), max_length=40)
    claims_per_day = forms.IntegerField(label=_("Claims a day"), min_value=0, max_value=1000)
    views_per_day = forms.IntegerField(label=_("Views a day"), min_value=0, max_value=10_000)
    cooldown_days = forms.IntegerField(label=_("Days before a former owner may come back"), min_value=0, max_value=366)
    obligation_days = forms.IntegerField(label=_("Days for the first contact"), min_value=1, max_value=366)
    call_seconds = forms.IntegerField(label=_("Seconds of a call that counts"), min_value=1, max_value=3600)
    replies = forms.BooleanField(required=False)
    masked = forms.BooleanField(required=False)
    drives = forms.ChoiceField(
        label=_("What drives the day's work"),
        choices=(
            ("both", _("both clocks, by money at stake")),
            ("rhythm", _("the rhythm of purchases")),
            ("zone", _("the contact zone")),
        ),
    )
    effective_on = DayField(label=_("In force from"))

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit: Any = self.fields["unit"]
        # The controls stand inside sentences: the label is for those who hear the page.
        for field in self.fields.values():
            if not isinstance(field, forms.BooleanField):
                field.widget.attrs["aria-label"] = field.label
        unit.queryset = Unit.objects.visible_to(viewer).filter(closed_at=None).order_by("path")

    @staticmethod
    def initial_of(policy: InForce) -> dict[str, Any]:
        """This function will give the form's values for a policy in force."""
        return policy.numbers() | {"warnings": ", ".join(str(days) for days in policy.zones.warnings)}

    def clean_warnings(self) -> list[int]:
        """Days before a boundary, as '30, 7, 1'."""
        try:
            days = sorted({int(part) for part in self.cleaned_data["warnings"].replace(",", " ").split()}, reverse=True)
        except ValueError:
            raise forms.ValidationError(_("Write days, such as 30, 7, 1.")) from None
        if not days or days[-1] < 1 or days[0] > 365 or len(days) > 5:
            raise forms.ValidationError(_("Up to five warnings, from 1 to 365 days ahead."))
        return days

    def clean(self) -> dict[str, Any]:
        """Zones must not overlap."""
        data: dict[str, Any] = super().clean() or {}
        yellow, red, release = (data.get(name) for name in ("yellow", "red", "release"))
        if yellow and red and red <= yellow:
            self.add_error("red", _("Red begins after yellow."))
        elif red and release and release <= red:
            self.add_error("release", _("The exchange comes after red."))
        return data

    def numbers(self) -> dict[str, Any]:
        """This function will give what `operations.policy.change_policy` keeps."""
        return {name: value for name, value in self.cleaned_data.items() if name not in ("unit", "effective_on")}


class PeriodForm(forms.Form):
    """Of which days a back-test asks, and of which unit's clients."""

    since = DayField(label=_("From"))
    until = DayField(label=_("To"))
    unit = forms.ModelChoiceField(
        Unit.objects.none(), required=False, label=_("Whose clients"), empty_label=_("the whole organisation")
    )
    flag = forms.ChoiceField(
        label=_("The zone calls for work when it turns"), choices=(("red", _("red")), ("yellow", _("yellow")))
    )

    def __init__(self, *args: Any, viewer: Viewer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        unit: Any = self.fields["unit"]
        unit.queryset = Unit.objects.visible_to(viewer).filter(closed_at=None).order_by("path")


class RhythmRuleForm(forms.Form):
    """The constants of the rhythm rule, inside a sentence; `change_rule` refuses what contradicts itself."""

    slipping_after = forms.FloatField(label=_("Times the interval until slipping"), min_value=1, max_value=10)
    grace = forms.FloatField(label=_("Days of grace until slipping"), min_value=0, max_value=365)
    lost_after = forms.FloatField(label=_("Times the interval until lost"), min_value=1, max_value=20)
    lost_grace = forms.FloatField(label=_("Days of grace until lost"), min_value=0, max_value=730)
    effective_on = DayField(label=_("In force from"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs["aria-label"] = field.label
            if isinstance(field, forms.FloatField):
                field.widget.attrs["step"] = "any"

    def clean(self) -> dict[str, Any]:
        """Losing comes after slipping."""
        data: dict[str, Any] = super().clean() or {}
        names = ("slipping_after", "lost_after", "grace", "lost_grace")
        if any(data.get(name) is None for name in names):
            return data
        if data["lost_after"] <= data["slipping_after"] or data["lost_grace"] < data["grace"]:
            self.add_error("lost_after", _("A client slips before he is lost."))
        return data

    def numbers(self) -> dict[str, float]:
        """This function will give what `operations.rhythm_rule.change_rule` keeps."""
        return {name: value for name, value in self.cleaned_data.items() if name != "effective_on"}
