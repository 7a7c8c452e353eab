"""Words and shapes of classes and zones: never a colour alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Chip:
    """A tone (a CSS suffix), its word, and a path in a 10 × 10 box that says the same without colour."""

    tone: str
    word: Any
    shape: str
    hollow: bool = False
    hint: Any = ""


_DISC = "M5 1a4 4 0 1 1 0 8a4 4 0 1 1 0-8z"

STATUSES: dict[str, Chip] = {
    chip.tone: chip
    for chip in (
        Chip(
            "prospect",
            _("prospect"),
            "M5 1.6a3.4 3.4 0 1 1 0 6.8a3.4 3.4 0 1 1 0-6.8z",
            True,
            _("has never bought"),
        ),
        Chip("new", _("new"), "M5 .6L9.4 5L5 9.4L.6 5z", False, _("has bought once")),
        Chip("active", _("active"), _DISC, False, _("buys in his rhythm")),
        Chip(
            "overdue",
            _("overdue"),
            "M5 1a4 4 0 0 1 0 8z M5 1.6a3.4 3.4 0 0 0 0 6.8",
            False,
            _("the expected day has passed"),
        ),
        Chip("slipping", _("slipping"), "M.8 1.8h8.4L5 9z", False, _("silent longer than his rhythm allows")),
        Chip("lost", _("lost"), "M1.8 1.8l6.4 6.4M8.2 1.8L1.8 8.2", True, _("has stopped buying")),
        Chip("won_back", _("won back"), "M.8 8.2h8.4L5 1z", False, _("returned after a silence")),
    )
}

ZONES: dict[str, Chip] = {
    chip.tone: chip
    for chip in (
        Chip("green", _("green zone"), _DISC),
        Chip("yellow", _("yellow zone"), "M5 .8L9.6 9H.4z"),
        Chip("red", _("red zone"), "M1.2 1.2h7.6v7.6H1.2z"),
        Chip("exchange", _("on the exchange"), "M.8 3.4h7M6 1.2l2.4 2.2M9.2 6.6h-7M4 8.8L1.6 6.6", True),
    )
}
