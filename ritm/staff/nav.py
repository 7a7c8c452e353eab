"""Places of the staff room in the left rail, and its commands."""

from django.utils.translation import gettext_lazy as _

from ritm.shell.sockets import COMMANDS, NAV, Command, NavItem, plug
from ritm.staff.viewer import Viewer


def _may(noun: str, verb: str):  # type: ignore[no-untyped-def]
    def may(viewer: Viewer | None) -> bool:
        return viewer is not None and viewer.may(noun, verb)

    return may


plug(
    NAV,
    NavItem("staff.employees", _("Employees"), "users", "staff:employees", _may("employee", "see"), group="office"),
    order=10,
)
plug(
    NAV,
    NavItem("staff.units", _("Units"), "network", "staff:units", _may("employee", "edit"), group="office"),
    order=20,
)
plug(
    NAV,
    NavItem("staff.roles", _("Roles"), "shield-check", "staff:roles", _may("role", "edit"), group="office"),
    order=30,
)
plug(
    NAV,
    NavItem(
        "staff.calendar",
        _("Working calendar"),
        "calendar-days",
        "staff:calendar",
        _may("organisation", "edit"),
        group="office",
    ),
    order=40,
)
plug(
    NAV,
    NavItem(
        "staff.organisation",
        _("Organisation"),
        "building-2",
        "staff:organisation",
        _may("organisation", "edit"),
        group="office",
    ),
    order=50,
)
plug(
    NAV,
    NavItem("staff.audit", _("Audit trail"), "scroll-text", "staff:audit", _may("audit", "see"), group="office"),
    order=60,
)

plug(
    COMMANDS,
    Command("staff.invite", _("Invite a colleague"), "user-plus", "staff:invite", _may("employee", "edit")),
    order=80,
)
