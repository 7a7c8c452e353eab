"""Own fields: how a value is read, kept, written down and shown. Pure: no Django, no clock, no database."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any

Value = str | Decimal | dt.date | bool | int | tuple[int, ...] | None

LONGEST = 500
# numeric(18, 4) holds it.
LARGEST = Decimal("99999999999999")
_YES = frozenset(("да", "yes", "true", "1", "+", "есть", "истина", "y", "v", "✓"))
_NO = frozenset(("нет", "no", "false", "0", "-", "–", "ложь", "n"))
_SEPARATORS = re.compile(r"\s*[;,\n|]\s*")


class Kind(Enum):
    """What a field holds."""

    TEXT = "text"
    WHOLE = "whole"
    DECIMAL = "decimal"
    MONEY = "money"
    DATE = "date"
    YES_NO = "yes_no"
    CHOICE = "choice"
    CHOICES = "choices"


# The typed column in which values of a kind stand.
COLUMN = {
    Kind.TEXT: "text",
    Kind.WHOLE: "number",
    Kind.DECIMAL: "number",
    Kind.MONEY: "number",
    Kind.DATE: "date",
    Kind.YES_NO: "flag",
    Kind.CHOICE: "option",
    Kind.CHOICES: "options",
}
PLACES = {Kind.WHOLE: 0, Kind.MONEY: 2, Kind.DECIMAL: 4}


@dataclass(frozen=True, slots=True)
class Option:
    """One of a list; one that was put away is still shown where it stands, and no longer offered."""

    id: int
    name: str
    archived: bool = False


@dataclass(frozen=True, slots=True)
class Definition:
    """A field as everything but its own screen needs it."""

    id: int
    key: str
    kind: Kind
    name: str
    help: str = ""
    unit: str = ""
    required: bool = False
    options: tuple[Option, ...] = ()

    @property
    def column(self) -> str:
        """This property is the typed column in which its values stand."""
        return COLUMN[self.kind]

    @property
    def token(self) -> str:
        """This property is the field's name in the journal, in batches and in merges."""
        return f"own:{self.id}"

    def words(self, ids: Sequence[int]) -> list[str]:
        """This function will name options, in the order of the list."""
        return [option.name for option in self.options if option.id in ids]


class Wrong(ValueError):
    """A value does not fit its field; `code` says why, `detail` names what is offered instead."""

    def __init__(self, code: str, **detail: Any) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


def read(definition: Definition, raw: object, *, day_first: bool = True, decimal: str = ",") -> Value:
    """
    This function will read a value as people, files and programs write it; '' and None are nothing (None).

    `decimal` is the mark of kopecks in texts where both marks occur. Raises Wrong.
    """
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return None
    kind = definition.kind
    if kind is Kind.TEXT:
        text = " ".join(_plain(raw).replace("\0", "").split())
        if len(text) > LONGEST:
            raise Wrong("long", most=LONGEST)
        return text or None
    if kind in PLACES:
        return _number(raw, PLACES[kind], decimal)
    if kind is Kind.DATE:
        return _date(raw, day_first)
    if kind is Kind.YES_NO:
        return _yes_no(raw)
    pieces = [str(one) for one in raw] if isinstance(raw, list | tuple) else None
    if kind is Kind.CHOICE:
        found = _options(definition, pieces or [_plain(raw)])
        if len(found) != 1:
            raise Wrong("one_only")
        return found[0]
    text = _plain(raw)
    # A name may hold a comma itself: the whole text is tried first.
    if pieces is None:
        pieces = [text] if _known(definition, text) is not None else [p for p in _SEPARATORS.split(text) if p]
    return _options(definition, pieces) or None


def _plain(raw: object) -> str:
    if isinstance(raw, float) and raw.is_integer():
        return str(int(raw))
    return str(raw).strip()


def _number(raw: object, places: int, mark: str) -> Decimal:
    if isinstance(raw, bool):
        raise Wrong("number", value=raw)
    text = str(raw) if not isinstance(raw, str) else re.sub(r"[\s\u00a0\u202f₽]|руб\.?$", "", raw.strip())
    text = text.replace("−", "-")
    if isinstance(raw, str):
        if "," in text and "." in text:
            text = text.replace("." if mark == "," else ",", "")
        text = text.replace(",", ".")
    try:
        number = Decimal(text)
    except InvalidOperation as wrong:
        raise Wrong("number", value=raw) from wrong
    if not number.is_finite() or abs(number) > LARGEST:
        raise Wrong("large", most=LARGEST)
    rounded = round(number, places)
    if rounded != number and not isinstance(raw, float):
        raise Wrong("whole" if places == 0 else "places", places=places)
    if isinstance(raw, float) and abs(rounded - number) > Decimal("1e-6"):
        raise Wrong("whole" if places == 0 else "places", places=places)
    return rounded


def _date(raw: object, day_first: bool) -> dt.date:
    if isinstance(raw, dt.datetime):
        return raw.date()
    if isinstance(raw, dt.date):
        return raw
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        # A spreadsheet's own date: days since the last day of 1899.
        if not 1 <= raw < 2_958_466:
            raise Wrong("date", value=raw)
        return dt.date(1899, 12, 30) + dt.timedelta(days=int(raw))
    text = str(raw).strip()
    parts = re.fullmatch(r"(\d{1,4})[./\-](\d{1,2})[./\-](\d{1,4})(?:[ T].*)?", text)
    if parts is None:
        raise Wrong("date", value=text)
    one, two, three = (int(part) for part in parts.groups())
    if len(parts[1]) == 4:
        year, month, day = one, two, three
    else:
        day, month = (one, two) if day_first else (two, one)
        year = three if len(parts[3]) > 2 else 2000 + three
    try:
        found = dt.date(year, month, day)
    except ValueError as wrong:
        raise Wrong("date", value=text) from wrong
    if not 1900 <= found.year <= 2200:
        raise Wrong("date", value=text)
    return found


def _yes_no(raw: object) -> bool:
    if isinstance(raw, bool):
        return raw
    text = _plain(raw).lower()
    if text in _YES:
        return True
    if text in _NO:
        return False
    raise Wrong("yes_no", value=raw)


def _known(definition: Definition, text: str) -> Option | None:
    wanted = _key(text)
    return next((one for one in definition.options if _key(one.name) == wanted), None)


def _key(text: str) -> str:
    return " ".join(text.lower().replace("ё", "е").split())


def _options(definition: Definition, pieces: Sequence[str]) -> tuple[int, ...]:
    found: set[int] = set()
    for piece in pieces:
        known = _known(definition, piece)
        if known is None:
            raise Wrong(
                "option", value=piece, names=", ".join(one.name for one in definition.options if not one.archived)
            )
        found.add(known.id)
    return tuple(sorted(found))


def written(definition: Definition, value: Value) -> Any:
    """This function will give a value as the journal, batches and the API keep it: plain JSON, '' for nothing."""
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return value


def unwritten(definition: Definition, kept: Any) -> Value:
    """This function will give back what `written` was given."""
    if kept == "" or kept is None:
        return None
    column = definition.column
    if column == "number":
        return Decimal(kept)
    if column == "date":
        return dt.date.fromisoformat(kept)
    if column == "options":
        return tuple(kept)
    return kept  # type: ignore[no-any-return]
