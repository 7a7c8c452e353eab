"""The frame that every kind of import fills: guess columns, stage rows, settle, bring in by chunks, undo."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

from ritm.bridge.rules.amounts import Mark
from ritm.bridge.rules.order_cells import RowProblem
from ritm.bridge.rules.tables import Table
from ritm.kernel.actor import Actor
from ritm.kernel.socket import Socket

Problem = RowProblem


@dataclass(frozen=True)
class Mapping:
    """
    How a file is read: `roles` are positions of columns by role code; `sheet` of a workbook.

    `day_first` and `decimal` say how dates and amounts are written; `options` are the kind's own choices.
    """

    roles: dict[str, int]
    day_first: bool = True
    decimal: Mark = "."
    sheet: str | None = None
    options: dict[str, str] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """This function will give the mapping as it is kept in the database."""
        return asdict(self)

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> Mapping:
        """This function will rebuild what `as_json` gave."""
        return cls(**kept)


@dataclass(frozen=True)
class Session:
    """One pass over a file: whose it is, what day it is there, and what has been read so far."""

    organisation_id: int
    today: dt.date
    mapping: Mapping
    columns: tuple[str, ...]
    area_code: str = ""
    batch_id: int | None = None


@dataclass(frozen=True)
class Chunk:
    """A part of the settled rows that is brought in within one transaction."""

    low: int
    high: int
    rows: int


class Kind(Protocol):
    """
    One kind of import. A pass calls `open`, `stage` per chunk of rows, `settle`, `verdict`, then `bring_in` per
    chunk when it is not dry; temporary tables live as long as the pass.
    """

    @property
    def key(self) -> str: ...

    @property
    def label(self) -> Any: ...

    # Roles that several columns may play: the second one is kept as "phone2".
    @property
    def many(self) -> tuple[str, ...]: ...

    def roles(self, organisation_id: int) -> dict[str, Any]:
        """This function will name the roles that a column may play, own fields of the organisation among them."""
        ...

    @property
    def option_labels(self) -> dict[str, dict[str, Any]]: ...

    def guess(self, table: Table, organisation_id: int) -> Mapping:
        """This function will guess how the file is read."""
        ...

    def check(self, mapping: Mapping) -> None:
        """This function will raise a Refusal when the mapping leaves out what the kind cannot do without."""
        ...

    def open(self, session: Session) -> None:
        """This function will prepare empty temporary tables."""
        ...

    def close(self) -> None:
        """This function will drop the temporary tables."""
        ...

    def stage(self, session: Session, table: Table, seen: Callable[[int, Sequence[Problem]], None]) -> dict[str, int]:
        """This function will read all rows into the temporary tables and call `seen` per chunk; returns counts."""
        ...

    def settle(self, session: Session) -> Iterator[list[Problem]]:
        """This function will match and group what was staged, and give the rows refused by that, in batches."""
        ...

    def verdict(self, session: Session) -> dict[str, int]:
        """This function will count what bringing in would do."""
        ...

    def chunks(self, session: Session) -> list[Chunk]:
        """This function will cut the settled rows into parts of one transaction each."""
        ...

    def bring_in(self, session: Session, chunk: Chunk, *, by: Actor, at: dt.datetime) -> None:
        """This function will write one part and publish its news."""
        ...

    def outcome(self, session: Session) -> dict[str, int]:
        """This function will count what the batch has done in all."""
        ...

    def undo(self, batch_id: int, *, by: Actor, at: dt.datetime) -> dict[str, Any]:
        """This function will take back what the batch brought and nobody touched since; returns what was kept."""
        ...


OWN_ROLE = "own-"


def plain_role(role: str) -> str:
    """This function will give the role of 'phone2', which is 'phone'; an own field's key may end in a digit."""
    return role if role.startswith(OWN_ROLE) else role.rstrip("0123456789")


KINDS: Socket[Kind] = Socket("bridge.KINDS")
