"""
The words of the interface: finds every msgid in templates and sources, and tells what has no translation.

A room's words live in its own locale/<language>/LC_MESSAGES/django.po. Django looks into all rooms' catalogues,
so a word translated in one room serves the others; it must only exist somewhere.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_python
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from django.apps import apps
from django.utils.translation.template import templatize

KEYWORDS: dict[str, Any] = {
    "_": None, "lazy": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2), "ngettext_noop": (1, 2),
    "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3), "npgettext_lazy": ((1, "c"), 2, 3),
}  # fmt: skip
_HOLES = re.compile(r"%\((\w+)\)[a-z]|%[sd]|\{(\w*)\}")

Key = tuple[str | None, str]  # context and singular


@dataclass(frozen=True)
class Word:
    """A msgid as a source uses it: context, singular, plural, and where."""

    context: str | None
    one: str
    many: str | None
    place: str

    @property
    def key(self) -> Key:
        return self.context, self.one


@dataclass
class Room:
    """A Django app of ours, its folder, the words it uses and its catalogue."""

    name: str
    folder: Path
    words: dict[Key, Word] = field(default_factory=dict)
    catalogue: Catalog = field(default_factory=Catalog)

    def po(self, language: str) -> Path:
        return self.folder / "locale" / language / "LC_MESSAGES" / "django.po"


def rooms(language: str = "ru") -> list[Room]:
    """This function will read every room: the words in its files, and its catalogue."""
    found = []
    for config in apps.get_app_configs():
        if not config.name.startswith("ritm."):
            continue
        room = Room(config.label, Path(config.path))
        for word in _words_of(room.folder):
            room.words.setdefault(word.key, word)
        if room.po(language).exists():
            with room.po(language).open("rb") as file:
                room.catalogue = read_po(file, locale=language, abort_invalid=True)
        found.append(room)
    return found


def _words_of(folder: Path) -> Iterator[Word]:
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".py" and "migrations" not in path.parts:
            yield from _words_in(path.read_text(), path)
        elif path.suffix in (".html", ".txt") and "templates" in path.parts:
            # Django turns a template into something like Python that only calls gettext; indents mean nothing in it.
            code = "\n".join(line.lstrip() for line in templatize(path.read_text(), origin=str(path)).splitlines())
            yield from _words_in(code, path)


def _words_in(code: str, path: Path) -> Iterator[Word]:
    for line, function, found, _ in extract_python(BytesIO(code.encode()), KEYWORDS, [], {"encoding": "utf-8"}):
        texts: tuple[str | None, ...] = (found,) if isinstance(found, str | None) else tuple(found)
        place = f"{path}:{line}"
        spec = KEYWORDS[str(function)]
        context = texts[0] if spec and spec[0] == (1, "c") else None
        rest = texts[1:] if context is not None else texts
        if not rest or not isinstance(rest[0], str):
            continue  # a name, not a text: it was marked where it is written
        plural = spec is not None and spec[-1] in (2, 3) and str(function).startswith("n")
        yield Word(context, rest[0], rest[1] if plural and len(rest) > 1 else None, place)


def _id(message: Message) -> str:
    return str(message.id[0] if isinstance(message.id, list | tuple) else message.id)


def _texts(message: Message) -> tuple[str, ...]:
    return tuple(message.string) if isinstance(message.string, list | tuple) else (str(message.string or ""),)


def translations(all_rooms: list[Room]) -> dict[Key, list[tuple[str, Message]]]:
    """This function will collect what the catalogues say: (context, msgid) → [(room, message)]."""
    found: dict[Key, list[tuple[str, Message]]] = {}
    for room in all_rooms:
        for message in room.catalogue:
            if message.id:
                found.setdefault((message.context, _id(message)), []).append((room.name, message))
    return found


def faults(all_rooms: list[Room]) -> list[str]:
    """
    This function will list what is wrong with the translations, one line each: a word that no catalogue has, an
    empty or fuzzy entry, missing plural forms, other placeholders than the source's, two rooms that say it differently.
    """
    known = translations(all_rooms)
    found = []
    for room in all_rooms:
        for word in room.words.values():
            if word.key not in known:
                found.append(f"{room.name}: not translated: {word.one!r} ({_shown(word.place)})")
            elif word.many and not any(isinstance(message.id, list | tuple) for _, message in known[word.key]):
                found.append(f"{room.name}: translated without plural forms: {word.one!r}")
    for (_, one), said in known.items():
        for name, message in said:
            texts = _texts(message)
            plural = isinstance(message.id, list | tuple)
            if message.fuzzy:
                found.append(f"{name}: fuzzy: {one!r}")
            if not all(texts) or (plural and len(texts) < 3):
                found.append(f"{name}: empty: {one!r}")
                continue
            ids = message.id if plural else (one,)
            allowed = [set(_HOLES.findall(text)) for text in ids]
            if any(set(_HOLES.findall(text)) not in allowed for text in texts):
                found.append(f"{name}: placeholders differ: {one!r} → {texts[0]!r}")
        if len({_texts(message) for _, message in said}) > 1:
            versions = ", ".join(f"{name}: {_texts(message)[0]!r}" for name, message in said)
            found.append(f"said in two ways: {one!r} ({versions})")
    return found


def _shown(place: str) -> str:
    return place[place.rfind("ritm/") :]


def add_missing(all_rooms: list[Room], only: list[str], language: str = "ru") -> dict[str, int]:
    """
    This function will append words that no catalogue has to the catalogue of the room that uses them, with empty
    translations, and return how many each room got. What stands in the file stays as it is written.
    """
    known = set(translations(all_rooms))
    added: dict[str, int] = {}
    for room in all_rooms:
        if only and room.name not in only:
            continue
        missing = [word for word in room.words.values() if word.key not in known]
        if not missing:
            continue
        path = room.po(language)
        path.parent.mkdir(parents=True, exist_ok=True)
        text = path.read_text() if path.exists() else HEADER
        path.write_text(text.rstrip("\n") + "\n\n" + "\n".join(_entry(word) for word in missing))
        known.update(word.key for word in missing)
        added[room.name] = len(missing)
    return added


HEADER = """msgid ""
msgstr ""
"Language: ru\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || n%100>14) ? 1 : 2);\\n"
"""


def _entry(word: Word) -> str:
    lines = [f"#: {_shown(word.place).rpartition(':')[0]}"]
    holes = _HOLES.search(word.one)
    if holes and holes[0].startswith("%"):
        lines.append("#, python-format")
    if word.context is not None:
        lines.append(f"msgctxt {_quoted(word.context)}")
    lines.append(f"msgid {_quoted(word.one)}")
    if word.many:
        lines.append(f"msgid_plural {_quoted(word.many)}")
        lines += [f'msgstr[{i}] ""' for i in range(3)]
    else:
        lines.append('msgstr ""')
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    text = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    parts = text.split("\n")
    if len(parts) == 1:
        return f'"{text}"'
    return "\n".join(['""', *(f'"{part}\\n"' for part in parts[:-1]), f'"{parts[-1]}"'])


def compile_all(*, only_stale: bool = False) -> int:
    """This function will write django.mo beside every room's django.po and return how many it wrote."""
    count = 0
    for config in apps.get_app_configs():
        if not config.name.startswith("ritm."):
            continue
        for po in sorted(Path(config.path).glob("locale/*/LC_MESSAGES/django.po")):
            mo = po.with_suffix(".mo")
            if only_stale and mo.exists() and mo.stat().st_mtime >= po.stat().st_mtime:
                continue
            with po.open("rb") as file:
                catalogue = read_po(file, locale=po.parts[-3], abort_invalid=True)
            # Several processes may compile at once: each puts a whole file in place.
            with tempfile.NamedTemporaryFile(dir=mo.parent, delete=False) as made:
                write_mo(made, catalogue)
            Path(made.name).chmod(0o644)
            os.replace(made.name, mo)  # noqa: PTH105 - atomic
            count += 1
    return count
