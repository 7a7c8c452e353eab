"""Amounts of money as people and programs write them: «-999 999 999,9», 1.234,56, 1,234.56, (1 200.00), 15
000 ₽.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Literal

from ritm.bridge.rules.refused import Refused

Mark = Literal[".", ","]

# No order is worth a quadrillion; a number like that is an account number in the wrong column.
TOO_BIG = Decimal(10) ** 15

# Before or after the number, never inside it.
_SIGN = r"(?:руб(?:лей|ля|ль)?\.?|р\.?|rub|rur|usd|eur|kzt|byn|[₽$€£₸])"
_CURRENCY = re.compile(rf"(?<!\d){_SIGN}|{_SIGN}(?!\s*\d)", re.IGNORECASE)
# Spaces of every width and apostrophes divide thousands.
_GAP = r"[\s'’]"
_GAPS = re.compile(_GAP)
_GROUPED = re.compile(rf"\d{{1,3}}(?:{_GAP}\d{{3}})+(?:[.,]\d*)?")
_MINUS = str.maketrans("\u2212\u2013\u2012\u2010\u2011", "-----")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*[.,]?|[.,]\d+")
_POWER = re.compile(r"(\d+(?:[.,]\d+)?)[eE]([+-]?\d{1,2})")
_THREES = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*")


def decimal_mark(values: Iterable[object]) -> Mark:
    """This function will find a column's decimal mark from its values; "." when nothing shows it.

    Shown by: both marks in one value (the last one is decimal), a number of digits after it other than
    three, a mark that repeats (it divides thousands). So a column where every comma is followed by three
    digits counts thousands with them.
    """
    votes: dict[str, int] = {".": 0, ",": 0}
    for value in values:
        number = _bare(value)[1] if isinstance(value, str) else None
        if number is None or not _NUMBER.fullmatch(number):
            continue
        whole, mark, fraction = _split(number)
        if not mark:
            continue
        other = "," if mark == "." else "."
        if mark in whole:
            votes[other] += 1
        elif other in whole or len(fraction) != 3 or not _could_be_thousands(whole):
            votes[mark] += 1
    return "," if votes[","] > votes["."] else "."


def parse_amount(value: object, decimal: Mark = ".") -> Decimal | Refused:
    """This function will return the amount in a cell, or the reason why there is none.

    `decimal` (see `decimal_mark`) matters only for values like 1,234 that can be read two ways. Currency
    signs are dropped; a minus may stand before or after the number, or be said by brackets.
    """
    if value is None or (isinstance(value, str) and not value.strip()):
        return Refused("amount_empty")
    number: Decimal | None = None
    if isinstance(value, Decimal):
        number = value
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        number = Decimal(str(value))
    elif isinstance(value, str):
        negative, digits = _bare(value)
        number = None if digits is None else _decimal(digits, decimal)
        if number is not None and negative:
            number = -number
    if number is None or not number.is_finite():
        return Refused("amount_unknown", {"value": value})
    if abs(number) >= TOO_BIG:
        return Refused("amount_too_big", {"value": value})
    return number


def _bare(text: str) -> tuple[bool, str | None]:
    """Whether the amount is negative, and its digits and marks alone; None if anything else is left."""
    text = _CURRENCY.sub("", text.translate(_MINUS)).strip()
    negative = False
    if text.startswith("(") and text.endswith(")"):
        negative, text = True, text[1:-1].strip()
    if text.startswith(("-", "+")):
        negative, text = negative or text[0] == "-", text[1:].strip()
    elif text.endswith("-"):
        negative, text = True, text[:-1].strip()
    if _GAPS.search(text):
        if not _GROUPED.fullmatch(text):
            return negative, None
        text = _GAPS.sub("", text)
    return negative, text


def _decimal(digits: str, decimal: Mark) -> Decimal | None:
    if found := _POWER.fullmatch(digits):
        return Decimal(f"{found[1].replace(',', '.')}e{found[2]}")
    if not _NUMBER.fullmatch(digits):
        return None
    whole, mark, fraction = _split(digits)
    if mark and mark in whole:
        return Decimal(_joined(digits)) if _THREES.fullmatch(digits) else None
    if "," in whole or "." in whole:
        return Decimal(f"{_joined(whole)}.{fraction}") if _THREES.fullmatch(whole) else None
    if mark and mark != decimal and len(fraction) == 3 and _could_be_thousands(whole):
        return Decimal(whole + fraction)
    return Decimal(f"{whole or 0}.{fraction}" if fraction else whole)


def _split(number: str) -> tuple[str, str, str]:
    """The digits before the last mark, the mark, the digits after it."""
    at = max(number.rfind("."), number.rfind(","))
    return (number, "", "") if at < 0 else (number[:at], number[at], number[at + 1 :])


def _could_be_thousands(whole: str) -> bool:
    return 1 <= len(whole) <= 3 and not whole.startswith("0")


def _joined(digits: str) -> str:
    return digits.replace(",", "").replace(".", "")
