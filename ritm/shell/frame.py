"""What stands around a page: navigation and commands that the viewer may use, and the theme."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.http import HttpRequest

from ritm.shell.addresses import address
from ritm.shell.sockets import COMMANDS, NAV, TOP, Command, NavItem, TopPiece, Viewer

THEMES = ("auto", "light", "dark")
THEME_COOKIE = "ritm_theme"


@dataclass(frozen=True)
class Link:
    """A place in the rail, ready to show."""

    label: str
    icon: str
    url: str
    active: bool
    on_phone: bool
    badge: int | None


@dataclass(frozen=True)
class Group:
    """A part of the rail."""

    key: str
    items: tuple[Link, ...]


@dataclass(frozen=True)
class Nav:
    """The rail; `more` is what a phone keeps behind its last button."""

    groups: tuple[Group, ...]

    @property
    def more(self) -> tuple[Link, ...]:
        return tuple(link for group in self.groups for link in group.items if not link.on_phone)


@dataclass(frozen=True)
class Doing:
    """A command, ready to show."""

    label: str
    icon: str
    url: str
    keys: str


def theme(request: HttpRequest) -> str:
    """This function will name the theme: what staff's middleware found, else the one this browser had last."""
    return str(getattr(request, "theme", "")) or theme_of_browser(request)


def theme_of_browser(request: HttpRequest) -> str:
    """This function will name the theme that this browser had last; asks nothing of the database."""
    kept = request.COOKIES.get(THEME_COOKIE, "auto")
    return kept if kept in THEMES else "auto"


def nav(viewer: Viewer, path: str) -> Nav:
    """
    This function will give the places that the viewer may go to.

    The active one is the one whose address is the longest beginning of `path`.
    """
    items: list[tuple[NavItem, str]] = [(item, address(item.url_name)) for item in NAV if item.may(viewer)]
    here = max(
        (url for _, url in items if path == url or (url != "/" and path.startswith(url))),
        key=len,
        default=None,
    )
    links: dict[str, list[Link]] = {"main": [], "office": []}
    for item, url in items:
        links.setdefault(item.group, []).append(
            Link(str(item.label), item.icon, url, url == here, item.on_phone, _badge(item.badge, viewer))
        )
    return Nav(tuple(Group(key, tuple(found)) for key, found in links.items() if found))


def _badge(badge: Callable[[Viewer], int | None] | None, viewer: Viewer) -> int | None:
    return badge(viewer) if badge is not None else None


def commands(viewer: Viewer) -> tuple[Doing, ...]:
    """This function will give the commands that the viewer may use."""
    found: list[Command] = [command for command in COMMANDS if command.may(viewer)]
    return tuple(Doing(str(command.label), command.icon, address(command.url_name), command.keys) for command in found)


def top(viewer: Viewer) -> tuple[TopPiece, ...]:
    """This function will give the pieces of the top line that the viewer may use."""
    return tuple(piece for piece in TOP if piece.may(viewer))
