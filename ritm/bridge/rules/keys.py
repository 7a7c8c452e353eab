"""Client numbers and names as files carry them: the INN 7707083893 that a spreadsheet turned into
7707083893.0.
"""

from __future__ import annotations

import re

from ritm.bridge.rules.refused import Refused

# What decoding puts in place of a byte that is no letter in the file's encoding.
BROKEN = "\ufffd"
# A float holds whole numbers exactly up to here.
EXACT = 2.0**53

_WHOLE = re.compile(r"(\d+)[.,]0+")
_POWER = re.compile(r"\d(?:[.,]\d+)?E\+\d+", re.IGNORECASE)


def parse_key(value: object) -> str | Refused:
    """This function will return a client's number or name as one tidy string, or the reason why there is
    none.

    Whole floats lose their ".0"; runs of spaces, non-breaking ones too, become one space.
    """
    if value is None:
        return Refused("key_empty")
    if isinstance(value, bool):
        return Refused("key_unknown", {"value": value})
    if isinstance(value, (int, float)):
        if value != value or abs(value) > EXACT:
            return Refused("key_rounded", {"value": value})
        return str(int(value)) if value == int(value) else str(value)
    text = " ".join(str(value).split())
    if not text:
        return Refused("key_empty")
    if BROKEN in text:
        return Refused("text_broken", {"value": text})
    if not text[0].isdecimal():
        return text
    if _POWER.fullmatch(text):
        return Refused("key_rounded", {"value": text})
    found = _WHOLE.fullmatch(text)
    return found[1] if found else text
