"""What the room plugs into the frame: its place in the rail, its command, its part of the global search."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from ritm.clients import queries
from ritm.clients.models import ClientValue
from ritm.clients.sockets import OWN_NOUNS, OwnNoun
from ritm.clients.sockets import plug as plug_in
from ritm.shell.sockets import COMMANDS, NAV, SEARCH, Command, Hit, NavItem, SearchSource, plug
from ritm.staff.viewer import Viewer

plug(
    NAV,
    NavItem(
        "clients",
        _("Clients"),
        "users",
        "clients:list",
        may=lambda viewer: viewer is not None and viewer.may("client", "see"),
        on_phone=True,
    ),
    order=20,
)
plug(
    NAV,
    NavItem(
        "clients.own_fields",
        _("Own fields"),
        "text-cursor-input",
        "clients:own_fields",
        may=lambda viewer: viewer is not None and viewer.may("own_field", "edit"),
        group="office",
    ),
    order=36,
)
plug(
    NAV,
    NavItem(
        "clients.consents",
        _("Consents"),
        "file-check",
        "clients:consent_texts",
        may=lambda viewer: viewer is not None and viewer.may("consent_text", "edit"),
        group="office",
    ),
    order=37,
)
plug_in(OWN_NOUNS, OwnNoun("client", _("Clients"), ClientValue, "client"), order=10)
plug(
    COMMANDS,
    Command(
        "new_client",
        _("New client"),
        "user-plus",
        "clients:new",
        may=lambda viewer: viewer is not None and viewer.may("client", "create"),
    ),
    order=20,
)
plug(
    COMMANDS,
    Command(
        "bulk_changes",
        _("Bulk changes of clients"),
        "history",
        "clients:batches",
        may=lambda viewer: viewer is not None and viewer.may("client", "edit"),
    ),
    order=21,
)


def find(viewer: Viewer, text: str, limit: int) -> list[Hit]:
    """This function will find clients within the viewer's reach by any part of what identifies them."""
    return [
        Hit(client.name, reverse("clients:page", args=[client.pk]), note=client.inn, icon="users")
        for client in queries.find(viewer, text, limit)
    ]


plug(SEARCH, SearchSource("clients", _("Clients"), find), order=10)
