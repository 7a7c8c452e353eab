"""Forms of the conversations room: they check shapes and never save."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from ritm.clients.models import Client, Contact
from ritm.conversations.models import Interaction

Kind, Direction, Result = Interaction.Kind, Interaction.Direction, Interaction.Result


class ManyFiles(forms.ClearableFileInput):
    """An input of several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; what may be attached is decided by their content, when they are kept."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        given = data if isinstance(data, list | tuple) else [data] if data else []
        return [super(FilesField, self).clean(one, initial) for one in given]


class InteractionForm(forms.Form):
    """What was said with a client. A note needs its text only."""

    kind = forms.ChoiceField(
        label=_("What it was"),
        choices=[
            (Kind.NOTE, _("Note")),
            (Kind.CALL, pgettext_lazy("conversation", "Call")),
            (Kind.MEETING, _("Meeting")),
            (Kind.LETTER, _("Letter")),
            (Kind.MESSAGE, _("Message")),
        ],
        widget=forms.RadioSelect,
        initial=Kind.NOTE,
    )
    text = forms.CharField(
        label=_("Text"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 1, "placeholder": _("What there is to remember")}),
    )
    direction = forms.ChoiceField(
        label=_("Who turned to whom"),
        required=False,
        choices=[(Direction.OUT, _("we to the client")), (Direction.IN, _("the client to us"))],
        initial=Direction.OUT,
    )
    result = forms.ChoiceField(
        label=_("Result"),
        required=False,
        choices=[("", _("no result")), *Result.choices],
        widget=forms.RadioSelect,
        initial="",
    )
    minutes = forms.DecimalField(
        label=_("Lasted, minutes"), required=False, min_value=0, max_value=1440, decimal_places=2,
        widget=forms.NumberInput(attrs={"step": "any", "inputmode": "decimal"}),
    )  # fmt: skip
    contact = forms.TypedChoiceField(label=_("With whom"), required=False, empty_value=None)
    happened_at = forms.DateTimeField(
        label=_("When"),
        required=False,
        help_text=_("empty means now"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )

    attached = FilesField(label=_("Files"), required=False, allow_empty_file=True, max_length=500)

    def __init__(self, *args: Any, people: Mapping[str, Contact], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not people:
            del self.fields["contact"]
            return
        field = self.fields["contact"]
        field.choices = [("", _("not named")), *((pk, one.name) for pk, one in people.items())]  # type: ignore[attr-defined]
        field.coerce = people.__getitem__  # type: ignore[attr-defined]

    def given(self) -> dict[str, Any]:
        """This function will return the cleaned fields as `operations.record` names them."""
        fields = dict(self.cleaned_data)
        del fields["attached"]
        minutes = fields.pop("minutes")
        fields["duration_seconds"] = None if minutes is None else round(minutes * 60)
        fields["direction"] = fields["direction"] or Direction.OUT
        return fields

    @classmethod
    def of(cls, row: Interaction) -> InteractionForm:
        """This function will return a form filled with what was entered."""
        initial = {
            "kind": row.kind,
            "text": row.text,
            "direction": row.direction,
            "result": row.result,
            "minutes": None if row.duration_seconds is None else round(row.duration_seconds / 60, 2),
            "contact": row.contact_id,
            "happened_at": row.at,
        }
        return cls(initial=initial, people=people_of(row.client))


def people_of(client: Client) -> dict[str, Contact]:
    """This function will give whom one may have talked to at a client's: contacts by the value of their choice."""
    return {str(contact.pk): contact for contact in Contact.objects.filter(client=client).order_by("-is_main", "name")}
