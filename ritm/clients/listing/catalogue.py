"""What somebody's list of clients may show and ask: the sockets' columns and conditions, and the own fields he sees."""

from __future__ import annotations

from dataclasses import dataclass, field

from ritm.clients import own
from ritm.clients.listing import own_columns
from ritm.clients.rules.own import Definition
from ritm.clients.sockets import COLUMNS, FILTERS, Column, Filter
from ritm.staff.viewer import Viewer


@dataclass(frozen=True)
class Catalogue:
    """Columns and conditions by key, in order; `own` are the definitions among them."""

    columns: dict[str, Column] = field(default_factory=dict)
    filters: dict[str, Filter] = field(default_factory=dict)
    own: tuple[Definition, ...] = ()


def catalogue(viewer: Viewer) -> Catalogue:
    """This function will gather what the viewer's list may show: one query, two when own lists are among it."""
    known = own.definitions(viewer)
    columns = [*COLUMNS, *(own_columns.column(one, known, viewer) for one in known)]
    filters = [*FILTERS, *(own_columns.condition(one, viewer) for one in known)]
    return Catalogue({one.key: one for one in columns}, {one.key: one for one in filters}, known)
