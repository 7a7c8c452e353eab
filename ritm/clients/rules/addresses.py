"""
Russian addresses brought to one form, so that equal ones can be recognised. Equality, not geocoding.

The method and its worked table: docs/rules/addresses.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ritm.clients.rules.address_words import CITIES, COUNTRY, MARKS, SPARE

_INDEX = re.compile(r"(?<!\d)\d{6}(?!\d)")
_HOUSE = re.compile(r"(\d+)([а-я])?(?:/(\d+)([а-я])?)?(?:(к|с|стр|корп)(\d+))?(?:-(\d+))?")
# 'ул.Ленина', 'д.5', 'оф.9': a dot after a word ends an abbreviation; 'г.о.' and 'м.о.' are words themselves.
_DOT = re.compile(r"\.(?!о\b|р-н)")
_SKIP = frozenset({"-", "–", "—", ""})


@dataclass(frozen=True, slots=True)
class Form:
    """An address taken apart; what is not known is ''."""

    settlement: str = ""
    area: str = ""
    street: str = ""
    house: str = ""
    flat: str = ""

    @property
    def key(self) -> str:
        """This function will give 'уфа|ленина|5 к2|12', or '' when there is no house to speak of."""
        place = " ".join(filter(None, (self.area, self.street)))
        if (not place and not self.settlement) or not self.house:
            return ""
        return f"{self.settlement}|{place}|{self.house}|{self.flat}"[:300]

    @property
    def certain(self) -> bool:
        """This function will say whether equal keys mean one door: the city and the flat are both known."""
        return bool(self.settlement and self.house and self.flat)


def address_key(text: str) -> str:
    """This function will give the key that equal addresses share, or '' when the text names no house."""
    return parse(text).key


def parse(text: str) -> Form:
    """This function will take an address apart as people and 1C write it; never fails."""
    found: dict[str, list[str]] = {}
    loose: list[list[str]] = []  # names without a word that says what they are, in order
    for piece in _pieces(text):
        _read(piece, found, loose)
    return _compose(found, loose)


def _pieces(text: str) -> list[list[str]]:
    text = text.lower().replace("ё", "е").replace("\u00a0", " ")
    text = _INDEX.sub(",", text)
    text = re.sub(r"[\"«»'()]", " ", text)
    text = re.sub(r"\bг\.?\s?о\.?(?=[\s,])", "г.о ", text)
    text = re.sub(r"городской округ|муниципальный округ", "г.о", text)
    text = re.sub(r"муниципальный район", "район", text)
    text = re.sub(r"российская федерация", "рф", text)
    text = _DOT.sub(" ", text).replace("№", " № ")
    text = re.sub(r"\s*/\s*", "/", text)
    # 'кв5', 'дом5', 'д5к2': a mark that its number has run into.
    text = re.sub(r"\b(дом|д|кв|корп|стр|оф)(\d)", r"\1 \2", text)
    text = re.sub(r"(\d+)-?(?:я|й|ая|ый|ой|го)\b", r"\1", text)
    # '5 а' is '5а', unless the letter is a mark of its own ('71 к 7', '5 с 1').
    text = re.sub(r"\b(\d+) ([а-я])(?=\s*(?:$|,))", r"\1\2", text)
    pieces = [piece.split() for piece in re.split(r"[,;\n]+", text)]
    return [[word for word in piece if word not in _SKIP] for piece in pieces if piece]


def _what(word: str, follows: str) -> str:
    mark = MARKS.get(word, ("", ""))[0]
    if word in ("с", "к", "п", "х", "ш") and follows[:1].isdigit() and word in ("с", "к"):
        return "building"
    if word == "д" and not follows[:1].isdigit() and follows != "№":
        return "settlement"  # 'д Ивановка' is a village
    return mark


def _read(words: list[str], found: dict[str, list[str]], loose: list[list[str]]) -> None:
    """Read one piece between commas; there may be several marks in it."""
    free: list[str] = []
    i = 0
    while i < len(words):
        word, follows = words[i], words[i + 1] if i + 1 < len(words) else ""
        what = _what(word, follows)
        if word in COUNTRY and not what:
            i += 1
        elif what in ("house", "building", "flat"):
            i = _read_number(what, word, words, i + 1, found)
        elif what:
            names = [name for name in free if not name[:1].isdigit()]
            suffix = bool(names) and (not follows or follows[:1].isdigit() or _what(follows, "") != "")
            if suffix:
                _note(found, what, word, free)
                free = []
                i += 1
            else:
                if free:
                    loose.append(free)
                free = []
                i = _read_name(what, word, words, i + 1, found)
        elif word[:1].isdigit() and _HOUSE.fullmatch(word) and not _starts_a_name(words, i):
            found.setdefault("house", []).append(word)
            i += 1
        else:
            free.append(word)
            i += 1
    if free:
        loose.append(free)


def _starts_a_name(words: list[str], i: int) -> bool:
    """'1 промышленная', '8 марта': a number before a plain word belongs to the name."""
    follows = words[i + 1] if i + 1 < len(words) else ""
    return words[i].isdigit() and follows.replace("-", "").isalpha() and len(follows) > 2 and not _what(follows, "")


def _read_number(what: str, word: str, words: list[str], i: int, found: dict[str, list[str]]) -> int:
    if i < len(words) and words[i] == "№":
        i += 1
    if i < len(words) and (words[i][:1].isdigit() or (what == "building" and len(words[i]) <= 2)):
        value = words[i]
        written = MARKS[word][1] if what == "building" and word in MARKS else ""
        if word == "с":
            written = "с"
        found.setdefault(what, []).append(written + value)
        i += 1
    return i


def _read_name(what: str, word: str, words: list[str], i: int, found: dict[str, list[str]]) -> int:
    name: list[str] = []
    while i < len(words):
        follows = words[i + 1] if i + 1 < len(words) else ""
        if name and words[i][:1].isdigit() and not _starts_a_name(words, i):
            break
        if _what(words[i], follows) and name:
            break
        name.append(words[i])
        i += 1
    _note(found, what, word, name)
    return i


def _note(found: dict[str, list[str]], what: str, word: str, name: list[str]) -> None:
    written = MARKS[word][1] if word in MARKS and word != "д" else ""
    found.setdefault(what, []).append(" ".join(filter(None, (_plain(name), written))))


def _plain(name: list[str]) -> str:
    """A name without initials, ranks and first names that may be left out."""
    kept = [word for i, word in enumerate(name) if i == len(name) - 1 or len(word) > 1 or word.isdigit()]
    kept = [word for i, word in enumerate(kept) if i == len(kept) - 1 or word not in SPARE]
    return " ".join(kept)


def _compose(found: dict[str, list[str]], loose: list[list[str]]) -> Form:
    houses = found.get("house", [])
    settlement = (found.get("settlement") or [""])[-1]
    # 'ул. Нижняя Набережная' is noted in two pieces.
    street = " ".join(found.get("street", []))
    area = " ".join(found.get("area", []))
    names = [words for words in loose if words]
    if names and not settlement:
        settlement = _take_city(names)
    if names and not street and (houses or len(names) > 1 or settlement):
        street = _plain(names.pop())
    if names and not settlement:
        settlement = _plain(names.pop())
    house, flat = _house(houses, found.get("building", []))
    flats = found.get("flat", [])
    return Form(settlement, area, street, house, re.sub(r"\s", "", flats[0]) if flats else flat)


def _take_city(names: list[list[str]]) -> str:
    for words in names:
        for size in (2, 1):
            city = " ".join(words[:size])
            if city in CITIES:
                del words[:size]
                if not words:
                    names.remove(words)
                return "санкт-петербург" if city == "спб" else city
    return ""


def _house(houses: list[str], buildings: list[str]) -> tuple[str, str]:
    if not houses:
        return "", ""
    match = _HOUSE.fullmatch(houses[0])
    if match is None:
        return houses[0], ""
    number, letter, second, second_letter, kind, inner, flat = match.groups()
    house = f"{number}{letter or ''}" + (f"/{second}{second_letter or ''}" if second else "")
    parts = ([f"{kind[0]}{inner}"] if kind and inner else []) + buildings
    # '5, 12' after a street: the second number is the flat.
    if flat is None and len(houses) > 1 and houses[1].isdigit():
        flat = houses[1]
    return " ".join([house, *sorted(parts)]), flat or ""
