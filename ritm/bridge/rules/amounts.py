"""Amounts of money as people and programs write them: «-999 999 999,9», 1.234,56, 1,234.56, (1 200.00), 15 000 ₽."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

from ritm.bridge.rules.refused import Refused

Mark = Literal[".", ","]

_CURRENCY = re.compile(r"(?:руб(?:лей|ля|ль)?\.?|р\.|rub|rur|usd|eur|kzt|byn|[₽$€£₸])", re.IGNORECASE)
# Spaces of every width and apostrophes divide thousands.
_GAPS = re.compile(r"[\s\u00a0\u2007\u2009\u202f'’]")
_MINUS = str.maketrans("\u2212\u2013\u2012\u2010\u2011", "-----")
_DIGITS = re.compile(r"\d+(?:[.,]\d+)*|[.,]\d+|\d+[.,]")
_POWER = re.compile(r"-?\d+(?:[.,]\d+)?[eE][+-]?\d{1,2}")
_THREES = re.compile(r"\d{1,3}(?:[.,]\d{3})+")
_SPACED = re.compile(r"\d{1,3}(?:[\s\u00a0\u2007\u2009\u202f'’]\d{3})+(?!\d)")


def decimal_mark(values: Iterable[object]) -> Mark:
    """This function will find a column's decimal mark from its values; "." when nothing shows it.

    Shown by: both marks in one value (the last one is decimal), digits after it other than three, a mark that repeats
    (it divides thousands). A column where every comma is followed by three digits counts thousands with them.
    """
    votes = {".": 0, ",": 0}
    for value in values:
        if not isinstance(value, str):
            continue
        marks = [sign for sign in value if sign in ".,"]
        last = _bare(value)
        if not marks or last is None:
            continue
        mark = max(".,", key=last[1].rfind)
        other = "," if mark == "." else "."
        if other in last[1]:
            votes[mark] += 1
        elif last[1].count(mark) > 1:
            votes[other] += 1
        elif len(last[1]) - last[1].rfind(mark) != 4:
            votes[mark] += 1
    return "," if votes[","] > votes["."] else "."


def parse_amount(value: object, decimal: Mark = ".") -> Decimal | Refused:
    """This function will return the amount in a cell, or the reason why there is none.

    `decimal` (see `decimal_mark`) matters only for values like 1,234 that can be read two ways. A minus may be a sign before or after,
    or brackets.
    """
    if isinstance(value, Decimal):
        return value if value.is_finite() else Refused("amount_unknown", {"value": value})
    if isinstance(value, bool):
        return Refused("amount_unknown", {"value": value})
    if isinstance(value, (int, float)):
        number = Decimal(str(value))
        return number if number.is_finite() else Refused("amount_unknown", {"value": value})
    if value is None or (isinstance(value, str) and not value.strip()):
        return Refused("amount_empty")
    if not isinstance(value, str):
        return Refused("amount_unknown", {"value": value})
    bare = _bare(value)
    if bare is None:
        return Refused("amount_unknown", {"value": value})
    negative, digits = bare
    if "e" in digits or "E" in digits:
        number = Decimal(digits.replace(",", "."))
    else:
        plain = _plain(digits, decimal)
        if plain is None:
            return Refused("amount_unknown", {"value": value})
        number = Decimal(plain)
    return -number if negative else number
