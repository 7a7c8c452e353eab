"""Where the desk stands in the rail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ritm.kernel.reach import Reach
from ritm.shell.sockets import NAV, NavItem, plug


def _has_a_day(viewer: object) -> bool:
    return viewer is not None and viewer.may("queue", "see")  # type: ignore[attr-defined]


def _leads(viewer: object) -> bool:
    return viewer is not None and viewer.reach("queue", "see") >= Reach.UNIT  # type: ignore[attr-defined]


def _keeps_the_office(viewer: object) -> bool:
    return viewer is not None and not _leads(viewer) and not viewer.sells  # type: ignore[attr-defined]


plug(NAV, NavItem("today", _("Today"), "sun", "desk:today", may=_has_a_day, on_phone=True), order=10)
plug(NAV, NavItem("team", _("Team"), "users-round", "desk:home", may=_leads, on_phone=True), order=20)
plug(NAV, NavItem("start", _("Start"), "house", "desk:home", may=_keeps_the_office, on_phone=True), order=5)
