"""Files that are tables in disguise: HTML that Bitrix24 calls .xls, and counterparties of 1C in CommerceML."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from ritm.bridge.rules import tables
from ritm.bridge.rules.refused import Refused, UnreadableFile
from ritm.bridge.rules.tables import Row, Table

# Both are read whole: far more than any list of clients weighs.
MOST_BYTES = 100 * 1024 * 1024
_META = re.compile(rb"charset=[\"']?([\w-]+)", re.IGNORECASE)

PARTY_COLUMNS = (
    "Ид", "Наименование", "Полное наименование", "ИНН", "КПП", "ОГРН", "Юридический адрес", "Фактический адрес",
    "Адрес доставки", "Телефон", "E-mail", "Контактное лицо", "Расчетный счет", "БИК", "Банк", "Комментарий",
)  # fmt: skip


def open_document(path: Path, *, sheet: str | None = None) -> Table:
    """This function will open any table, HTML page or CommerceML file. Raises UnreadableFile with a reason."""
    if not path.is_file():
        raise UnreadableFile(Refused("file_missing", {"name": path.name}))
    with path.open("rb") as file:
        head = file.read(4096)
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(b"<"):
        if path.stat().st_size > MOST_BYTES:
            raise UnreadableFile(Refused("file_unreadable", {"detail": "XML/HTML > 100 MB"}))
        if start.startswith(b"<?xml") and b"<table" not in start and b"<html" not in start:
            return _commerceml(path)
        return _html(path, head)
    return tables.open_table(path, sheet=sheet)


# HTML


class _Rows(HTMLParser):
    """The cells of all tables of a page, row by row."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.rows: list[list[object]] = []
        self._cell: list[str] | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self.rows.append([])
        elif tag in ("td", "th"):
            self._cell = []
        elif tag == "br" and self._cell is not None:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th") and self._cell is not None:
            if not self.rows:
                self.rows.append([])
            self.rows[-1].append("".join(self._cell).strip())
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)


def _html(path: Path, head: bytes) -> Table:
    content = path.read_bytes()
    named = _META.search(head)
    encoding = named[1].decode().lower() if named else "utf-8"
    try:
        text = content.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    except (UnicodeDecodeError, LookupError):
        encoding = "cp1251"
        text = content.decode(encoding, errors="replace")
    parser = _Rows()
    parser.feed(text)
    rows = [row for row in parser.rows if row]
    if not rows:
        raise UnreadableFile(Refused("file_unreadable", {"detail": "HTML without a table"}))

    def read() -> Iterator[Row]:
        yield from enumerate(rows, start=1)

    return tables._table("html", encoding, None, None, (), read)


# CommerceML


def _commerceml(path: Path) -> Table:
    try:
        rows = list(_parties(path))
    except ET.ParseError as error:
        raise UnreadableFile(Refused("file_unreadable", {"detail": str(error)})) from error
    if not rows:
        raise UnreadableFile(Refused("xml_no_parties"))

    def read() -> Iterator[Row]:
        yield from enumerate(rows, start=1)

    samples = tuple(tuple(row) for row in rows[: tables.SAMPLE_ROWS])
    return Table("xml", "utf-8", None, None, (), None, PARTY_COLUMNS, samples, read)


def _parties(path: Path) -> Iterator[list[object]]:
    """One row per counterparty that is not marked for deletion."""
    depth_of_party = 0
    for event, element in ET.iterparse(path, events=("start", "end")):  # noqa: S314  expat expands no external entity
        if _tag(element) != "Контрагент":
            continue
        # A document repeats its parties inside; the outermost element of the name is the counterparty.
        depth_of_party += 1 if event == "start" else -1
        if event == "end" and depth_of_party == 0:
            if _text(element, "ПометкаУдаления") != "true":
                yield _party(element)
            element.clear()


def _party(element: ET.Element) -> list[object]:
    contacts = [(_text(one, "Тип"), _text(one, "Значение")) for one in _all(element, "Контакты", "Контакт")]
    people = [_text(one, "Наименование") or _text(_first(one, "Контрагент"), "Наименование")
              for one in _all(element, "Представители", "Представитель")]  # fmt: skip
    accounts = _all(element, "РасчетныеСчета", "РасчетныйСчет")
    account = accounts[0] if accounts else None
    bank = _first(account, "Банк")
    name = _text(element, "Наименование")
    return [
        _text(element, "Ид"),
        name,
        _text(element, "ПолноеНаименование") or _text(element, "ОфициальноеНаименование"),
        _text(element, "ИНН"),
        _text(element, "КПП"),
        _text(element, "ОГРН"),
        _address(_first(element, "АдресРегистрации") or _first(element, "ЮридическийАдрес")),
        _address(_first(element, "Адрес") or _first(element, "ФактическийАдрес")),
        _address(_first(element, "АдресДоставки")),
        "; ".join(value for kind, value in contacts if "телефон" in kind.lower()),
        "; ".join(value for kind, value in contacts if "почта" in kind.lower() or "mail" in kind.lower()),
        next((person for person in people if person and person != name), people[0] if people else ""),
        _text(account, "НомерСчета"),
        _text(bank, "БИК") if bank is not None else "",
        _text(bank, "Наименование"),
        _text(element, "Комментарий"),
    ]


def _address(element: ET.Element | None) -> str:
    """The address as it is shown; real bases put the whole address into single fields, so those are not trusted."""
    return _text(element, "Представление")


def _tag(element: ET.Element) -> str:
    return element.tag.rsplit("}", 1)[-1]


def _first(element: ET.Element | None, name: str) -> ET.Element | None:
    if element is None:
        return None
    return next((child for child in element if _tag(child) == name), None)


def _text(element: ET.Element | None, name: str) -> str:
    found = _first(element, name)
    return " ".join((found.text or "").split()) if found is not None else ""


def _all(element: ET.Element, outer: str, inner: str) -> list[ET.Element]:
    holder = _first(element, outer)
    return [child for child in holder if _tag(child) == inner] if holder is not None else []
