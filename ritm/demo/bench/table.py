"""Measurements, and the table that they are printed as."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Measured:
    """
    One row of the table.

    `seconds` are the runs; `floor` is what the same work costs at least, seconds, measured in the same run (for a
    page: PostgreSQL's own time with its queries). `limit` is the target: seconds of `judged` ('median' or 'p95'),
    or a 'ratio' to the floor, or megabytes ('value').
    """

    name: str
    seconds: tuple[float, ...]
    floor: float | None = None
    judged: str = "median"
    limit: float | None = None
    note: str = ""
    unit: str = "ms"

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)

    @property
    def p95(self) -> float:
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]

    @property
    def ratio(self) -> float | None:
        return self.median / self.floor if self.floor else None

    @property
    def holds(self) -> bool | None:
        """This property is None when there is no target."""
        if self.limit is None:
            return None
        value = {"median": self.median, "p95": self.p95, "ratio": self.ratio, "value": self.median}[self.judged]
        return value is not None and value <= self.limit

    def cells(self) -> tuple[str, ...]:
        """This function will write the row."""
        scale = {"ms": 1000, "s": 1, "MB": 1, "µs": 1e6}[self.unit]

        def shown(value: float | None) -> str:
            return "" if value is None else f"{value * scale:.1f}"

        ratio = "" if self.ratio is None else f"{self.ratio:.2f}"
        if self.limit is None:
            target = ""
        elif self.judged == "ratio":
            target = f"ratio ≤ {self.limit:g}"
        else:
            target = f"{'' if self.judged == 'value' else self.judged + ' '}≤ {self.limit * scale:g}"
        verdict = {None: "", True: "holds", False: "MISSED"}[self.holds]
        return (
            f"{self.name}, {self.unit}", shown(self.median), shown(self.p95), shown(self.floor), ratio, target, verdict,
            self.note,
        )  # fmt: skip


HEAD = ("row", "median", "p95", "floor", "ratio", "target", "verdict", "note")


def table(rows: Sequence[Measured]) -> str:
    """This function will lay the rows out in columns."""
    cells = [HEAD, *(row.cells() for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(HEAD))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if column in (0, 5, 6, 7) else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in cells
    )
