"""Phone numbers: kept as E.164, shown as people write them."""

from __future__ import annotations

import re
from dataclasses import dataclass

import phonenumbers

_SPLIT = re.compile(r"[;,/\n\r]+|\s{2,}")

_USUAL = re.compile(r"\+7[349]\d{9}")


@dataclass(frozen=True, slots=True)
class Phone:
    """A parsed number: `e164` like '+79123456789' and an extension ('' when there is none)."""

    e164: str
    extension: str = ""


def parse_phone(text: str, *, region: str = "RU", area_code: str = "") -> Phone | None:
    """
    This function will parse one number as people type it, or return None when it is not one.

    A number short of its area code ('22-33-44') is completed with `area_code` when that is given.
    """
    for candidate in (text, area_code + text if area_code else None):
        if not candidate or not candidate.strip():
            continue
        try:
            number = phonenumbers.parse(candidate, region)
        except phonenumbers.NumberParseException:
            continue
        if phonenumbers.is_possible_number_with_reason(number) == phonenumbers.ValidationResult.IS_POSSIBLE:
            e164 = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
            return Phone(e164, number.extension or "")
    return None


def split_phones(text: str, *, region: str = "RU", area_code: str = "") -> tuple[list[Phone], list[str]]:
    """
    This function will take a cell that may hold several numbers apart: (numbers, pieces that are not numbers).

    Repeats are dropped; the order is kept.
    """
    whole = parse_phone(text, region=region, area_code=area_code)
    pieces = [text] if whole else [piece for piece in _SPLIT.split(text) if piece.strip()]
    found: list[Phone] = []
    left: list[str] = []
    for piece in pieces:
        phone = parse_phone(piece, region=region, area_code=area_code)
        if phone is None:
            left.append(piece.strip())
        elif phone not in found:
            found.append(phone)
    return found, left


def show_phone(e164: str, extension: str = "", *, lang: str = "ru") -> str:
    """This function will write a number for people: '+7 912 345-67-89', 'доб. 12' after it in Russian."""
    if _USUAL.fullmatch(e164):
        # Nearly every number of a list: written as the library writes it, at a hundredth of its cost.
        text = f"+7 {e164[2:5]} {e164[5:8]}-{e164[8:10]}-{e164[10:]}"
        return _joined(text, extension, lang)
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        text = e164
    else:
        text = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)
    return _joined(text, extension, lang)


def _joined(text: str, extension: str, lang: str) -> str:
    text = text.replace(" ", "\u00a0").replace("-", "\u2011")
    if extension:
        text += f"\u00a0{'доб.' if lang == 'ru' else 'ext.'}\u00a0{extension}"
    return text


_NUMBERS = re.compile(r"\+?\d(?:[\s()\-\u00a0\u2010-\u2015.]{0,3}\d){6,}")
_ADDRESSES = re.compile(r"[\w.+\-]+@[\w\-]+(?:\.[\w\-]+)+")
HIDDEN = "•••"


def without_contacts(text: str) -> str:
    """This function will put ••• in place of phone numbers (seven digits and more) and e-mail addresses in a text."""
    return _NUMBERS.sub(HIDDEN, _ADDRESSES.sub(HIDDEN, text))


def search_digits(text: str) -> str:
    """This function will reduce what somebody types into a search box to comparable digits ('8 (912)…' → '912…')."""
    digits = re.sub(r"\D", "", text)
    if len(digits) >= 10 and digits[0] in "78":
        digits = digits[1:]
    return digits
