"""
Keyset paging: a page costs the same however deep it lies, in any order, forwards and backwards.

A page is read in segments, each of which one index (organisation, value, id) answers by itself: the rest of the
rows with the value last seen, then the values beyond it, then the unknown ones.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal, InvalidOperation
from typing import Any, Literal

from django.db.models import F, QuerySet


@dataclass(frozen=True, slots=True)
class Order:
    """
    `path` is an ORM path. `by_id_down` is the direction of ids among equals: that of the index, so that it can be
    read backwards whole. Unknown values come last in both directions when `nullable`.
    """

    path: str
    down: bool = False
    by_id_down: bool = False
    nullable: bool = False

    @classmethod
    def along(cls, index_path: str, *, reverse: bool = False, nullable: bool = False) -> Order:
        """This function will give the order of an index path ('-worth'), or its reverse."""
        down = index_path.startswith("-")
        return cls(index_path.lstrip("-"), down != reverse, reverse, nullable)

    def backwards(self) -> Order:
        return replace(self, down=not self.down, by_id_down=not self.by_id_down)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place between rows: just beside the row with this value and id."""

    value: Any
    pk: int

    def write(self) -> str:
        """This function will write the mark as a short piece of a URL."""
        kind, text = _write(self.value)
        return base64.urlsafe_b64encode(json.dumps([kind, text, self.pk]).encode()).decode().rstrip("=")

    @classmethod
    def read(cls, text: str) -> Mark:
        """This function will read what `write` wrote; raises ValueError for anything else."""
        try:
            kind, value, pk = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
            return cls(_READ[kind](value), int(pk))
        except (binascii.Error, ValueError, TypeError, KeyError, InvalidOperation) as wrong:
            raise ValueError(f"not a mark: {text!r}") from wrong


def _write(value: Any) -> tuple[str, str]:
    if value is None:
        return "0", ""
    if isinstance(value, dt.datetime):
        return "t", value.isoformat()
    if isinstance(value, dt.date):
        return "d", value.isoformat()
    if isinstance(value, Decimal):
        return "n", str(value)
    if isinstance(value, float):
        return "f", repr(value)
    if isinstance(value, int):
        return "i", str(value)
    return "s", str(value)


_READ: dict[str, Any] = {
    "0": lambda text: None,
    "t": dt.datetime.fromisoformat,
    "d": dt.date.fromisoformat,
    "n": Decimal,
    "f": float,
    "i": int,
    "s": str,
}


@dataclass(frozen=True, slots=True)
class Page:
    """Rows in the order asked for, and marks of the pages beside it (None where there is none)."""

    rows: list[Any]
    before: Mark | None
    after: Mark | None


Stretch = Literal["same", "beyond", "known", "unknown"]
# Reads a stretch: (which, order, limit, value, pk), the last two being the mark's where the stretch begins at it.
Read = Callable[[Stretch, Order, int, Any, int | None], Sequence[Any]]


def stretch(rows: QuerySet[Any], which: Stretch, order: Order, value: Any = None, pk: int | None = None) -> Any:
    """
    This function will give a stretch of the list, which one index answers: the rest with the 'same' value as the mark,
    the values 'beyond' it, all 'known' ones, the 'unknown' ones (with `pk`, those beyond it).

    Each row carries `sort_value`: the value it was sorted by.
    """
    by_id = "-pk" if order.by_id_down else "pk"
    sign = "-" if order.down else ""
    # Conditions name the annotation: by its path a joined value would be joined once more for each of them.
    rows = rows.annotate(sort_value=F(order.path))
    if pk is not None:
        rows = rows.filter(**{"pk__lt" if order.by_id_down else "pk__gt": pk})
    if which == "unknown":
        return rows.filter(sort_value__isnull=True).order_by(by_id)
    if which == "same":
        return rows.filter(sort_value=value).order_by(by_id)
    if order.nullable:
        rows = rows.filter(sort_value__isnull=False)
    if which == "beyond":
        rows = rows.filter(**{f"sort_value__{'lt' if order.down else 'gt'}": value})
    return rows.order_by(f"{sign}sort_value", by_id)


def reading(rows: QuerySet[Any]) -> Read:
    """This function will give the reading of a queryset, for `read_page`."""
    return lambda which, order, limit, value, pk: stretch(rows, which, order, value, pk)[:limit]


def read_page(read: Read, order: Order, *, size: int, after: Mark | None = None, before: Mark | None = None) -> Page:
    """This function will read at most `size` rows beyond a mark, at most three queries."""
    if before is not None:
        found = _walk(read, order.backwards(), before, size + 1, nulls_first=True)
        more = len(found) > size
        found = found[:size][::-1]
        return Page(found, _mark(found[0]) if more and found else None, _mark(found[-1]) if found else None)
    found = _walk(read, order, after, size + 1, nulls_first=False)
    more = len(found) > size
    found = found[:size]
    return Page(
        found,
        _mark(found[0]) if after is not None and found else None,
        _mark(found[-1]) if more else None,
    )


def _mark(row: Any) -> Mark:
    return Mark(row.sort_value, row.pk)


def _walk(read: Read, order: Order, mark: Mark | None, limit: int, *, nulls_first: bool) -> list[Any]:
    found: list[Any] = []
    for which, value, pk in _stretches(order, mark, nulls_first=nulls_first):
        if len(found) < limit:
            found += read(which, order, limit, value, pk)
    return found[:limit]


def _stretches(order: Order, mark: Mark | None, *, nulls_first: bool) -> list[tuple[Stretch, Any, int | None]]:
    """Where a list goes on from a mark: stretches, with what of the mark each begins at."""
    if mark is None:
        return [("known", None, None), ("unknown", None, None)] if order.nullable else [("known", None, None)]
    if mark.value is None:
        return [("unknown", None, mark.pk), ("known", None, None)] if nulls_first else [("unknown", None, mark.pk)]
    found: list[tuple[Stretch, Any, int | None]] = [("same", mark.value, mark.pk), ("beyond", mark.value, None)]
    return [*found, ("unknown", None, None)] if order.nullable and not nulls_first else found
