"""Form fields of the whole house."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from ritm.kernel.stated import FIRST_DAY, LAST_DAY


class DayInput(forms.DateInput):
    """The browser's own calendar, which speaks ISO."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DayField(forms.DateField):
    """A day within the years that an office reckons with."""

    widget = DayInput

    def validate(self, value: Any) -> None:
        """This function will refuse a day outside FIRST_DAY and LAST_DAY."""
        super().validate(value)
        if value is not None and not FIRST_DAY <= value <= LAST_DAY:
            raise ValidationError(
                _("Choose a day between %(first)s and %(last)s.") % {"first": FIRST_DAY.year, "last": LAST_DAY.year}
            )
