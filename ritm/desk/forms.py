"""Forms of the desk: they check shapes and never save."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ritm.conversations.models import Interaction
from ritm.shell.fields import DayField


class OccasionForm(forms.Form):
    """Which occasion a verdict is about."""

    source = forms.SlugField(max_length=40, widget=forms.HiddenInput)
    episode = forms.CharField(max_length=80, widget=forms.HiddenInput)


class ResultForm(OccasionForm):
    """What came of it. Only the result must be there; everything else has a sensible meaning when it is missing."""

    kind = forms.ChoiceField(
        label=_("How"),
        required=False,
        choices=[
            (Interaction.Kind.CALL, _("call")),
            (Interaction.Kind.MEETING, _("meeting")),
            (Interaction.Kind.LETTER, _("letter")),
            (Interaction.Kind.MESSAGE, _("message")),
        ],
        initial=Interaction.Kind.CALL,
    )
    result = forms.ChoiceField(label=_("Result"), choices=Interaction.Result.choices, widget=forms.RadioSelect)
    until = DayField(label=_("Call back on"), required=False)
    text = forms.CharField(
        label=_("What was said"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 2, "autofocus": True}),
    )

    def clean_kind(self) -> str:
        return str(self.cleaned_data["kind"] or Interaction.Kind.CALL)


class SnoozeForm(OccasionForm):
    """Why it can wait, and until when."""

    reason = forms.CharField(label=_("Why it can wait"), max_length=300)
    until = DayField(label=_("Comes back on"))

    REASONS = (
        _("on holiday until then"),
        _("asked to be called later"),
        _("has stock enough"),
        _("waiting for a delivery of ours"),
        _("season has not begun"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["reason"].widget.attrs |= {"list": "snooze-reasons", "autofocus": True}
