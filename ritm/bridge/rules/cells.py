"""Columns of cells made ready for the database: each distinct value is judged once, clean columns are taken whole."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from decimal import Decimal

from ritm.bridge.rules.amounts import Mark, parse_amount
from ritm.bridge.rules.keys import BROKEN, parse_key
from ritm.bridge.rules.refused import Refused
from ritm.kernel.phone import split_phones

# How PostgreSQL's COPY writes 'no value'.
NULL = "\\N"
# Distinct values remembered per column: a file may be longer than memory.
REMEMBERED = 200_000
LARGEST = Decimal(10) ** 12

_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\0": ""})
_SPECIAL = re.compile(r"[\\\t\n\r\0]")
# A column of codes that need no tidying, joined by line feeds.
_CODE = r"[^\W_][\w/-]{0,48}"
_CODES = re.compile(rf"{_CODE}(?:\n{_CODE})*+")
_MONEY = r"-?\d{1,11}(?:\.\d{1,6})?"
_DOTS = re.compile(rf"{_MONEY}(?:\n{_MONEY})*+", re.ASCII)
_COMMAS = re.compile(rf"{_MONEY}(?:\n{_MONEY})*+".replace(r"\.", ","), re.ASCII)


def escaped(text: str) -> str:
    """This function will write a text as a field of COPY's text format."""
    return text.translate(_ESCAPES) if _SPECIAL.search(text) else text


class Judged(dict[object, object]):
    """
    The values of one column by what the file wrote: a COPY field, or the reason why there is none.

    `judge` returns the field's text, None for no value, or a Refused. `refused` counts distinct refused values, so
    that a clean column need not be searched for them.
    """

    def __init__(self, judge: Callable[[object], str | Refused | None]) -> None:
        super().__init__()
        self.judge = judge
        self.refused = 0

    def __missing__(self, raw: object) -> object:
        if len(self) >= REMEMBERED:
            self.clear()
        found = self.judge(raw)
        if isinstance(found, Refused):
            self.refused += 1
            value: object = found
        else:
            value = NULL if found is None else escaped(found)
        self[raw] = value
        return value

    def column(self, cells: Sequence[object]) -> list[object]:
        """This function will judge a column; cells that cannot be keys of a dictionary do not occur in tables."""
        return list(map(self.__getitem__, cells))


def code_column(cells: Sequence[object], judged: Judged) -> list[object]:
    """This function will judge a column of codes; one that is clean throughout is returned as it is."""
    if _all_text(cells) and _CODES.fullmatch("\n".join(cells)):  # type: ignore[arg-type]
        return list(cells)
    return judged.column(cells)


def amount_column(cells: Sequence[object], judged: Judged, decimal: Mark) -> list[object]:
    """This function will judge a column of amounts; one that a program wrote is returned as it is, with points."""
    if _all_text(cells):
        joined = "\n".join(cells)  # type: ignore[arg-type]
        if decimal == "." and _DOTS.fullmatch(joined):
            return list(cells)
        if decimal == "," and _COMMAS.fullmatch(joined):
            return list(joined.replace(",", ".").split("\n"))
    return judged.column(cells)


def _all_text(cells: Sequence[object]) -> bool:
    return set(map(type, cells)) == {str}


def judge_text(most: int) -> Callable[[object], str | Refused | None]:
    """This function will make a judge of texts of at most `most` characters; blanks are no value."""

    def judge(raw: object) -> str | Refused | None:
        if raw is None or raw == "":
            return None
        if isinstance(raw, float) and raw == int(raw):
            raw = int(raw)
        text = " ".join(str(raw).split()).replace("\0", "")
        if not text:
            return None
        if BROKEN in text:
            return Refused("text_broken", {"value": text[:200]})
        if len(text) > most:
            return Refused("text_long", {"length": len(text), "most": most})
        return text

    return judge


def judge_code(most: int) -> Callable[[object], str | Refused | None]:
    """This function will make a judge of ids and numbers: «123.0» is 123, a rounded number is refused."""

    def judge(raw: object) -> str | Refused | None:
        found = parse_key(raw)
        if isinstance(found, Refused):
            return None if found.code == "key_empty" else found
        found = found.replace("\0", "")
        if len(found) > most:
            return Refused("text_long", {"length": len(found), "most": most})
        return found

    return judge


def judge_phones(area_code: str) -> Callable[[object], str | Refused | None]:
    """This function will make a judge of cells with numbers: an array of PostgreSQL, '+79123456789x12' each."""

    def judge(raw: object) -> str | Refused | None:
        text = parse_key(raw)
        if isinstance(text, Refused):
            return None
        found, _ = split_phones(text, area_code=area_code)
        numbers = (f"{one.e164}x{one.extension}" if one.extension else one.e164 for one in found)
        return "{" + ",".join(numbers) + "}" if found else None

    return judge


def judge_amount(
    decimal: Mark, *, unknown: str = "amount_unknown", most: Decimal = LARGEST
) -> Callable[[object], str | Refused | None]:
    """This function will make a judge of amounts below `most`; blanks are no value."""

    def judge(raw: object) -> str | Refused | None:
        found = parse_amount(raw, decimal)
        if isinstance(found, Refused):
            if found.code == "amount_empty":
                return None
            return Refused(unknown, {"value": raw}) if found.code == "amount_unknown" else found
        if abs(found) >= most:
            return Refused("amount_too_big", {"value": raw})
        return f"{found:f}"

    return judge
