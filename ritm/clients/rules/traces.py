"""
What to look for when a person is erased: patterns that find his names, numbers and addresses however they are written.

Pure: regular expressions as PostgreSQL reads them (case-insensitive).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

# A name of one word, or a short text, means many people: it is looked for in the person's own rows alone.
_TELLING = 10


def of_number(e164: str) -> str:
    """This function will find a number however it is punctuated, with or without its +7 or 8."""
    digits = re.sub(r"\D", "", e164)
    if len(digits) == 11 and digits[0] == "7":
        digits = digits[1:]
    return r"\+?(?:[78][\s()-]*)?" + r"[\s().-]*".join(digits) if len(digits) >= 6 else ""


def of_text(text: str) -> str:
    """This function will find a text in any case, whatever its spaces, quotes and ё."""
    words = text.split()
    return r"\s+".join(_word(word) for word in words)


def of_words(name: str) -> list[str]:
    """This function will find each word of a name in any of its cases: 'Иванова' finds 'Ивановой'."""
    found = []
    for word in re.findall(r"[^\W\d_]{3,}", name):
        stem = word[:-1] if len(word) >= 5 else word
        found.append(rf"\m{_word(stem)}\w{{0,3}}")
    return found


def _word(word: str) -> str:
    made = re.sub(r"[её]", "[её]", re.escape(word.lower()))
    # Inside JSON a quote has a backslash before it.
    return made.replace('"', r"\\*" + '"')


def everywhere(names: Iterable[str], numbers: Iterable[str], texts: Iterable[str]) -> list[str]:
    """This function will give the patterns that mean this person wherever they stand; the longest first."""
    whole = [of_text(name) for name in names if len(name.split()) >= 2]
    whole += [of_text(text) for text in texts if "@" in text or text.isdecimal() or len(text) >= _TELLING]
    whole += [of_number(number) for number in numbers]
    return sorted({one for one in whole if one}, key=lambda one: (-len(one), one))


def at_home(names: Iterable[str], numbers: Iterable[str], texts: Iterable[str]) -> list[str]:
    """This function will give the patterns for the person's own rows: his names word by word as well."""
    names, texts = list(names), list(texts)
    more = [of_text(text) for text in (*names, *texts) if len(text) >= 3]
    more += [word for name in names for word in of_words(name)]
    wide = everywhere(names, numbers, texts)
    return sorted({*wide, *(one for one in more if one)}, key=lambda one: (-len(one), one))
