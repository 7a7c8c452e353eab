"""
Sockets of the look: places on a page into which rooms above plug their pieces.

A viewer is passed through as it comes (the shell knows no staff); every plug narrows what it shows to him.
A plug that serves lists is asked once per page with all ids: sockets never cost a query per row.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from ritm.kernel.socket import Socket

Viewer = Any  # staff.viewer.Viewer; the shell stands below that room


@dataclass(frozen=True)
class NavItem:
    """A place in the left rail and in the command palette. `label` may be a lazy translation."""

    key: str
    label: Any
    icon: str  # a lucide name
    url_name: str
    may: Callable[[Viewer], bool] = lambda viewer: viewer is not None
    badge: Callable[[Viewer], int | None] | None = None
    group: str = "main"  # 'main' or 'office' (settings, staff, audit)
    on_phone: bool = False  # one of the few in the bottom bar


@dataclass(frozen=True)
class Command:
    """Something the palette can do: opens `url_name`, or a dialog when the page answers htmx with one."""

    key: str
    label: Any
    icon: str
    url_name: str
    may: Callable[[Viewer], bool] = lambda viewer: viewer is not None
    keys: str = ""


@dataclass(frozen=True)
class TopPiece:
    """Something small in the top line of every page; its template asks no database (docs/adr/0014-top-line.md)."""

    key: str
    template: str
    may: Callable[[Viewer], bool] = lambda viewer: viewer is not None


@dataclass(frozen=True)
class Panel:
    """
    A card on another room's page.

    `load(viewer, ids, now)` returns a context per id (an id that is left out shows nothing); `template` renders
    one of them. `noun` says on whose page ('client'); `place` is 'right' or 'main'.
    """

    key: str
    noun: str
    title: Any
    template: str
    load: Callable[[Viewer, Sequence[int], dt.datetime], dict[int, dict[str, Any]]]
    place: str = "right"


@dataclass(frozen=True)
class Moment:
    """One line of a timeline."""

    at: dt.datetime
    key: str  # unique in its stream; breaks ties of `at`
    icon: str
    title: Any
    text: str = ""
    by: str = ""
    url: str = ""
    tone: str = ""  # '', 'good', 'bad', 'quiet'
    template: str = ""  # a richer body, rendered with `context`
    context: dict[str, Any] = field(default_factory=dict)
    all_day: bool = False  # only the date is known


@dataclass(frozen=True)
class Stream:
    """
    One room's part of a client's history, newest first.

    `load(viewer, client_id, before, limit)` returns at most `limit` moments with `at` < `before` (all when None).
    Streams that are parts of one table name the same `whole`, which reads them all at once in the same way.
    """

    key: str
    label: Any
    icon: str
    load: Callable[[Viewer, int, dt.datetime | None, int], list[Moment]]
    whole: Callable[[Viewer, int, dt.datetime | None, int], list[Moment]] | None = None


@dataclass(frozen=True)
class Hit:
    """One thing that a global search found."""

    title: str
    url: str
    note: str = ""
    icon: str = "search"


@dataclass(frozen=True)
class SearchSource:
    """Where a global search looks: `find(viewer, text, limit)`."""

    key: str
    label: Any
    find: Callable[[Viewer, str, int], list[Hit]]


NAV: Socket[NavItem] = Socket("shell.NAV")
COMMANDS: Socket[Command] = Socket("shell.COMMANDS")
TOP: Socket[TopPiece] = Socket("shell.TOP")
PANELS: Socket[Panel] = Socket("shell.PANELS")
TIMELINE: Socket[Stream] = Socket("shell.TIMELINE")
SEARCH: Socket[SearchSource] = Socket("shell.SEARCH")


def plug(socket: Socket[Any], thing: Any, *, order: int = 100) -> Any:
    """This function will plug a piece in under its own key."""
    return socket.plug(thing.key, order=order)(thing)


def timeline(
    viewer: Viewer,
    client_id: int,
    *,
    before: dt.datetime | None = None,
    limit: int = 30,
    only: str | None = None,
) -> list[Moment]:
    """
    This function will merge the streams into one page of history, newest first, at most `limit` moments.

    Every stream is asked for one page, those of one table together; `only` names a single stream.
    """
    if only is None:
        loads = list(dict.fromkeys(stream.whole or stream.load for stream in TIMELINE))
    else:
        loads = [stream.load for stream in TIMELINE if stream.key == only]
    moments = [moment for load in loads for moment in load(viewer, client_id, before, limit)]
    moments.sort(key=lambda m: (m.at, m.key), reverse=True)
    return moments[:limit]
