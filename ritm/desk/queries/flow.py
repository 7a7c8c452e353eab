"""How clients moved between states in a period: the matrix."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

# The bar of zones; clients whom nobody has talked to yet have none. One on the exchange has no owner.
ZONES = ("green", "yellow", "red")


@dataclass(frozen=True)
class Cell:
    """So many clients passed from `was` to `became`; their yearly worth together, as it was then."""

    was: str
    became: str
    clients: int
    worth: Decimal


@dataclass(frozen=True)
class Matrix:
    """The passages of a period: `rows` by the state left, each with one cell (or None) per state in `states`."""

    clock: str
    states: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell | None, ...]], ...]
    clients: int


def matrix(passages: Iterable[Cell], *, clock: str, states: Sequence[str]) -> Matrix:
    """This function will lay a period's passages (`standing.passages`) out as a table of `states`."""
    cells = {(cell.was, cell.became): cell for cell in passages if cell.was != cell.became}
    left = [state for state in ("", *states) if any((state, other) in cells for other in states)]
    return Matrix(
        clock=clock,
        states=tuple(states),
        rows=tuple((was, tuple(cells.get((was, became)) for became in states)) for was in left),
        clients=sum(cell.clients for cell in cells.values()),
    )
