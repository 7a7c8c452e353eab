"""What the command palette finds: places, commands, and what the rooms' searches know."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from ritm.shell import frame
from ritm.shell.sockets import SEARCH, Hit, Viewer

SHORTEST = 2  # letters; a single one would find half of the base


@dataclass(frozen=True)
class Found:
    """Hits of one kind."""

    label: Any
    hits: tuple[Hit, ...]


def found(viewer: Viewer, text: str, *, limit: int = 7) -> list[Found]:
    """This function will list what the text finds; without a text, where the viewer may go and what he may do."""
    wanted = text.casefold()
    places = [link for group in frame.nav(viewer, "").groups for link in group.items]
    groups = [
        Found(source.label, tuple(source.find(viewer, text, limit))) for source in SEARCH if len(text) >= SHORTEST
    ]
    groups += [
        Found(
            _("Do"),
            tuple(
                Hit(str(doing.label), doing.url, doing.keys, doing.icon)
                for doing in frame.commands(viewer)
                if wanted in str(doing.label).casefold()
            ),
        ),
        Found(
            _("Go to"),
            tuple(
                Hit(str(link.label), link.url, "", link.icon) for link in places if wanted in str(link.label).casefold()
            ),
        ),
    ]
    return [group for group in groups if group.hits]
