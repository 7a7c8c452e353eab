"""What the bridge plugs into the look: a place in the rail, a command."""

from django.utils.translation import gettext_lazy as _

from ritm.shell.sockets import COMMANDS, NAV, Command, NavItem, plug

plug(
    NAV,
    NavItem("bridge.import", _("Import"), "upload", "bridge:imports", lambda v: v.may("import", "see"), group="office"),
    order=60,
)
plug(
    COMMANDS,
    Command("bridge.import", _("Import orders"), "upload", "bridge:imports", lambda v: v.may("import", "run")),
)
