"""What an edit changed, as the journal keeps it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models

from ritm.kernel.reach import Reach


@dataclass(frozen=True)
class Changes:
    """Names of changed fields with their texts before and after; false when nothing changed."""

    fields: tuple[str, ...]
    before: tuple[str, ...]
    after: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.fields)

    def words(self) -> dict[str, tuple[str, ...]]:
        """This function will give the three tuples as keyword arguments of an event."""
        return {"fields": self.fields, "before": self.before, "after": self.after}


def between(before: Mapping[str, Any], after: Mapping[str, Any]) -> Changes:
    """This function will compare two mappings with the same keys."""
    changed = [key for key in after if before[key] != after[key]]
    return Changes(
        tuple(changed), tuple(_text(before[key]) for key in changed), tuple(_text(after[key]) for key in changed)
    )


def put(row: models.Model, **values: Any) -> Changes:
    """This function will set fields of a row, save the ones that changed, and say which they were."""
    changes = between({name: getattr(row, name) for name in values}, values)
    for name in changes.fields:
        setattr(row, name, values[name])
    if changes:
        row.save(update_fields=list(changes.fields))
    return changes


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Reach):
        return value.name.lower()
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
