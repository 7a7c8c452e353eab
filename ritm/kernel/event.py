"""Events: news that a room publishes; frozen, small, made of plain values only."""

from __future__ import annotations

import dataclasses
import datetime as dt
from decimal import Decimal
from typing import Any, ClassVar, get_type_hints


@dataclasses.dataclass(frozen=True, kw_only=True)
class Event:
    """
    Base of every event. A subclass names itself in `name` ("clients.client_created") and lists plain fields
    (int, str, bool, date, datetime, Decimal, tuples of these): the journal keeps them as JSON.

    `subject` is ("client", 42) for news about one thing, whose deliveries keep their order; None for batches.
    """

    name: ClassVar[str] = ""

    @property
    def subject(self) -> tuple[str, int] | None:
        return None

    def payload(self) -> dict[str, Any]:
        """This function will return the fields as JSON-ready values (dates as ISO text, Decimal as text)."""
        return {f.name: _plain(getattr(self, f.name)) for f in dataclasses.fields(self)}

    @classmethod
    def from_payload(cls, payload: dict[str, Any]) -> Event:
        """This function will rebuild the event that `payload()` described."""
        hints = get_type_hints(cls)
        return cls(**{f.name: _typed(payload[f.name], str(hints[f.name])) for f in dataclasses.fields(cls)})


def _plain(value: Any) -> Any:
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


def _typed(value: Any, hint: str) -> Any:
    if isinstance(value, list):
        return tuple(_typed(item, hint) for item in value)
    if isinstance(value, str):
        if "datetime.datetime" in hint:
            return dt.datetime.fromisoformat(value)
        if "datetime.date" in hint:
            return dt.date.fromisoformat(value)
        if "Decimal" in hint:
            return Decimal(value)
    return value
