"""
Sockets of the clients room: what rooms above add to the list of clients, to a merge, to a reassignment.

Why they exist: docs/adr/0007-clients-sockets.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from django.utils.safestring import SafeString

from ritm.kernel.actor import Actor
from ritm.kernel.socket import Socket
from ritm.staff.viewer import Viewer


@dataclass(frozen=True)
class Column:
    """
    A column of the list of clients.

    `cells(viewer, ids, now)` is asked once per page and gives what the `template` shows as `cell` (beside
    `client`); an id that is left out shows an empty cell. `order_by` is a path from Client with the direction of
    its index ("-rhythm__annual_worth" for an index on (organisation, -annual_worth, client)); '' cannot be sorted
    by. `nullable` columns put unknown values last, whichever the direction.
    """

    key: str
    label: Any
    template: str
    cells: Callable[[Viewer, Sequence[int], dt.datetime], Mapping[int, Any]] = lambda viewer, ids, now: {}
    order_by: str = ""
    nullable: bool = False
    align: Literal["start", "end"] = "start"
    default: bool = True
    # Shown in the footer: an ORM path that is summed over everything that the list asks for, and how it is written.
    total: str = ""
    total_as: Literal["money", "number"] = "money"
    on_phone: bool = False
    # Instead of a template, for cells that stand in every list: `draw(client, cell, came_from)` gives safe HTML.
    draw: Callable[[Any, Any, str], SafeString] | None = None
    # Joins to the clients what `order_by` and `total` name, where a client may have no row of it.
    join: Callable[[Any], Any] | None = None


@dataclass(frozen=True, eq=False)
class Filter:
    """
    A condition of the list, said in words: label, operator, value.

    `operators` are (key, words); the first is the usual one. `apply(queryset, operator, values)` narrows the
    queryset; values come as typed and may be nonsense: raise ValueError and the condition is shown as wrong.
    `choices(viewer)` is for kind 'choice'; several values mean any of them. 'flag' takes no value.
    """

    key: str
    label: Any
    kind: Literal["choice", "number", "date", "text", "flag"]
    operators: Sequence[tuple[str, Any]]
    apply: Callable[[Any, str, Sequence[str]], Any]
    choices: Callable[[Viewer], Sequence[tuple[str, Any]]] | None = None
    unit: Any = ""
    bare: frozenset[str] = frozenset()  # operators that take no value, beside those that do
    # The same condition said of `sort_value`, for a list that is sorted by the column of this key: its index then
    # begins where the condition does.
    of_sorted: Callable[[str, Sequence[str]], Any] | None = None


@dataclass(frozen=True)
class Children:
    """
    Rows of another room that belong to a client and go with him when he is merged into another.

    `tables` are (table, column) pairs whose column holds the client's id and may simply be rewritten. What needs
    more thought (one row per client, sums) is done by `settle(client_ids, by, at)` after that, with both ids: it
    computes again what follows from the rows (and after an undo it is called again). `only` narrows a table to rows
    `t` that an SQL condition names, where `%(keep)s` is who stays; the others remain with him whom they happened to.
    """

    key: str
    tables: Sequence[tuple[str, str]]
    settle: Callable[[Sequence[int], Actor, dt.datetime], None] | None = None
    only: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Companion:
    """
    What goes along with a client when he gets another owner: open deals, tasks, promises.

    `count(client_ids, today)` is for the preview; `move(client_ids, owner_id, by, at)` moves them in the caller's
    transaction and returns rows (kind, id, before, after) that an undo needs; `put_back(rows, by, at)` undoes. Without
    `move` they hang on the client himself and follow him of their own accord: they are only counted.
    """

    key: str
    label: Any
    count: Callable[[Sequence[int], dt.date], int]
    move: Callable[..., Sequence[tuple[str, int, dict[str, Any], dict[str, Any]]]] | None = None
    put_back: Callable[..., None] | None = None


@dataclass(frozen=True)
class OwnNoun:
    """
    A noun whose fields an administrator may add to.

    `values` is its table of values, a subclass of `models.OwnValue`; `subject` names the foreign key to the noun.
    """

    key: str
    label: Any
    values: type[Any]
    subject: str


@dataclass(frozen=True)
class Leaving:
    """Who is erased: the clients whole (a person, and who was merged into him), or only these contacts of theirs."""

    organisation_id: int
    client_ids: tuple[int, ...]
    contact_ids: tuple[int, ...]
    whole: bool


@dataclass(frozen=True)
class Eraser:
    """
    What a room keeps of people outside the database, and forgets when one of them is erased.

    `count` is for the preview; `forget` runs in the erasing transaction, before the person's own rows go, and leaves
    what cannot be rolled back (a file on disk) for after its commit.
    """

    key: str
    label: Any
    count: Callable[[Leaving], int]
    forget: Callable[[Leaving], None]


Guard = Callable[[Viewer, int, dt.datetime], None]

COLUMNS: Socket[Column] = Socket("clients.COLUMNS")
FILTERS: Socket[Filter] = Socket("clients.FILTERS")
MERGES: Socket[Children] = Socket("clients.MERGES")
# Asked before the card of a client whom the viewer sees only by the exchange is opened; may refuse.
LOOKS: Socket[Guard] = Socket("clients.LOOKS")
GOES_ALONG: Socket[Companion] = Socket("clients.GOES_ALONG")
ERASERS: Socket[Eraser] = Socket("clients.ERASERS")
OWN_NOUNS: Socket[OwnNoun] = Socket("clients.OWN_NOUNS")


def plug(socket: Socket[Any], thing: Any, *, order: int = 100) -> Any:
    """This function will plug a piece in under its own key."""
    return socket.plug(thing.key, order=order)(thing)
