"""Any table that an office keeps, opened without questions: CSV, TSV, XLSX, XLS, ODS, gzipped or not.

Format, encoding, delimiter, sheet and header row are found from the content; names of files are not trusted.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from itertools import chain, compress, dropwhile, islice, pairwise, zip_longest
from pathlib import Path
from typing import BinaryIO

import python_calamine as calamine

from ritm.bridge.rules.amounts import parse_amount
from ritm.bridge.rules.client_columns import ROLES as CLIENT_ROLES
from ritm.bridge.rules.dates import parse_date
from ritm.bridge.rules.refused import Refused, UnreadableFile
from ritm.bridge.rules.roles import ROLES, tidy

Cells = Sequence[object]
Row = tuple[int, Cells | Refused]

# How far down a header may stand, and how many rows below it are shown as samples.
HEAD_ROWS = 60
SAMPLE_ROWS = 500
DELIMITERS = ";\t,|"

# A workbook made on an old Mac counts days from 1904.
DAYS_TO_1904 = 1462
_SINCE_1904 = re.compile(rb"""\bdate1904\s*=\s*["'](?:1|true)["']""")
_CHUNK = 1 << 20
# Lines read at once: few enough to stay in the processor's cache.
RUN = 1_000
_GZIP = b"\x1f\x8b"
_WORKBOOKS = {b"PK\x03\x04": "xlsx", b"\xd0\xcf\x11\xe0": "xls"}
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_TOTAL = re.compile(
    r"(?:общий\s+итог|итого?|всего|(?:grand\s+|sub\s*-?\s*)?totals?)\s*(?:[:.]|$)"
    r"|(?:итого|всего)\s+(?:по|за|на)\b|(?:sub\s*-?\s*)?totals?\s+(?:for|by|per)\b",
    re.IGNORECASE,
)


# A look at the first letter saves the search in nearly all names; the long s is an s to IGNORECASE.
_TOTAL_INITIALS = frozenset("ИиОоВвGgSsTt\u017f")


@dataclass(frozen=True, slots=True)
class Merged:
    """A cell that reaches down over rows `top` to `bottom` (from 1) of a column (from 0)."""

    top: int
    bottom: int
    column: int


@dataclass(frozen=True, slots=True)
class Table:
    """What was understood of a file, and its rows.

    `format` is csv, xlsx, xls or ods; `encoding` and `delimiter` are None for workbooks, `sheet` and
    `sheets` for text. `header_row` is the 1-based row of the (last) header line, None when the first row is
    data already; `columns` are unique names; `samples` the first rows of data.
    """

    format: str
    encoding: str | None
    delimiter: str | None
    sheet: str | None
    sheets: tuple[str, ...]
    header_row: int | None
    columns: tuple[str, ...]
    samples: tuple[tuple[object, ...], ...]
    _read: Callable[[], Iterator[Row]] = field(repr=False)
    merged: tuple[Merged, ...] = ()
    since_1904: bool = False

    def rows_meant(self, *, down: Collection[int], dates: Collection[int]) -> Iterator[Row]:
        """This function will yield `rows` as the workbook means them, given positions of columns.

        In the columns `down` a cell merged over several rows stands in each of them (sums are not repeated, so
        say which columns name things). In the columns `dates` the bare day numbers of a workbook that counts
        from 1904 become those that all others use.
        """
        return self._meant(down, dates) if self.merged or self.since_1904 else self.rows()

    def _meant(self, down: Collection[int], dates: Collection[int]) -> Iterator[Row]:
        begins: dict[int, list[Merged]] = {}
        for merged in self.merged:
            if merged.column in down:
                begins.setdefault(merged.top, []).append(merged)
        held: dict[int, tuple[int, object]] = {}
        for number, cells in self.rows():
            if isinstance(cells, Refused):
                yield number, cells
                continue
            row = list(cells)
            for merged in begins.get(number, ()):
                held[merged.column] = merged.bottom, row[merged.column]
            for column, (bottom, value) in held.items():
                if number <= bottom and row[column] == "":
                    row[column] = value
            for column in dates if self.since_1904 else ():
                value = row[column] if column < len(row) else ""
                if isinstance(value, int | float) and not isinstance(value, bool):
                    row[column] = value + DAYS_TO_1904
            yield number, row

    def rows(self) -> Iterator[Row]:
        """This function will yield (row number in the file, cells) for each row of data that is not blank.

        Rows are numbered from 1 as an editor or a spreadsheet numbers them. A row that cannot be read comes
        as (number, Refused). Cells of text files are strings; those of workbooks are what the workbook
        holds. Rows may be shorter or longer than `columns`.
        """
        header = self.header_row or 0
        return dropwhile(lambda row: row[0] <= header, self._read())


def open_table(source: Path | bytes, *, sheet: str | None = None) -> Table:
    """This function will open a file (or its bytes) as a table; `sheet` names the sheet of a workbook.

    Without `sheet` the one is taken whose header says most, then the longest. Raises UnreadableFile with a
    reason.
    """
    if isinstance(source, Path) and not source.is_file():
        raise UnreadableFile(Refused("file_missing", {"name": source.name}))
    try:
        opened = _opener(source)
        with opened() as stream:
            head = stream.read(4096)
        if not head.strip():
            raise UnreadableFile(Refused("file_empty"))
        if head[:4] in _WORKBOOKS:
            return _open_workbook(opened, _WORKBOOKS[head[:4]], sheet)
        return _open_text(opened, head, sheet)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFile(Refused("file_unreadable", {"detail": str(error)})) from error


def is_total(cells: Iterable[object]) -> bool:
    """This function will tell whether a row sums up others: its first words are «Итого», «Всего по…»,
    "Total:"…
    """
    first = next((cell for cell in cells if isinstance(cell, str) and cell.strip()), "")
    return isinstance(first, str) and says_total(first.strip())


def says_total(text: str) -> bool:
    """This function will tell whether a text without spaces around it begins as a row of totals does."""
    return text[:1] in _TOTAL_INITIALS and _TOTAL.match(text) is not None


def _opener(source: Path | bytes) -> Callable[[], BinaryIO]:
    """How to read the (unpacked) bytes from the start, as often as needed."""

    def plain() -> BinaryIO:
        return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")

    with plain() as stream:
        packed = stream.read(2) == _GZIP
    return (lambda: _unpack(plain())) if packed else plain


def _unpack(stream: BinaryIO) -> BinaryIO:
    return io.BufferedReader(gzip.GzipFile(fileobj=stream))


# Text


def _open_text(opened: Callable[[], BinaryIO], head: bytes, sheet: str | None) -> Table:
    if sheet is not None:
        raise UnreadableFile(Refused("sheet_of_text", {"name": sheet}))
    encoding = _encoding(opened, head)

    def lines() -> Iterator[str]:
        with io.TextIOWrapper(opened(), encoding, errors="replace", newline="") as text:
            yield from text

    top = [line for line, _ in zip(lines(), range(2 * HEAD_ROWS), strict=False)]
    if not "".join(top).strip():
        raise UnreadableFile(Refused("file_empty"))
    delimiter = max(DELIMITERS, key=lambda mark: _delimiter_score(top, mark))
    return _table("csv", encoding, delimiter, None, (), lambda: _records(lines(), delimiter))


def _encoding(opened: Callable[[], BinaryIO], head: bytes) -> str:
    """The encoding by mark, by zero bytes, by strict UTF-8, else CP1251; a mostly valid UTF-8 stays UTF-8."""
    for mark, name in _BOMS:
        if head.startswith(mark):
            return name
    even, odd = head[::2].count(0), head[1::2].count(0)
    if max(even, odd) > len(head) // 8 and min(even, odd) <= len(head) // 64:
        return "utf-16-le" if odd > even else "utf-16-be"
    if _BINARY.search(head):
        raise UnreadableFile(Refused("file_unreadable", {"detail": "binary"}))
    good = broken = 0
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    with opened() as stream:
        while chunk := stream.read(_CHUNK):
            if chunk.isascii():
                continue
            text = decoder.decode(chunk)
            wrong = text.count("\ufffd")
            broken += wrong
            good += len(text) - len(text.encode("ascii", "ignore")) - wrong
    return "utf-8" if good >= broken else "cp1251"


def _delimiter_score(lines: list[str], delimiter: str) -> tuple[int, float, int]:
    rows = [cells for _, cells in _records(iter(lines), delimiter) if not isinstance(cells, Refused) and cells]
    widths = Counter(len(cells) for cells in rows if len(cells) > 1)
    if not widths:
        return 0, 0.0, 0
    width, times = widths.most_common(1)[0]
    said = max(_roles_said([str(cell) for cell in cells]) for cells in rows[:HEAD_ROWS])
    return said, times / len(rows), width


def _records(lines: Iterator[str], delimiter: str) -> Iterator[Row]:
    """Rows of a text file that are not blank, numbered from 1."""
    return chain.from_iterable(_runs(lines, delimiter))


def _runs(lines: Iterator[str], delimiter: str) -> Iterator[Iterable[Row]]:
    """The rows of a text file run by run. Where each line is one record, the whole run is read at once."""
    number, width = 1, 0
    while run := list(islice(lines, RUN)):
        if (records := _one_a_line(run, delimiter)) is None:
            number, width = yield from _careful_run(chain(run, lines), delimiter, number, width, number + len(run))
            continue
        yield compress(enumerate(records, number), map(any, records))
        number += len(run)
        width = next((len(cells) for cells in reversed(records) if cells), width)


def _one_a_line(lines: list[str], delimiter: str) -> list[list[str]] | None:
    """The records of the lines if each line is one, else None."""
    try:
        # The blank line at the end would be swallowed by a quote left open.
        records = list(csv.reader([*lines, "\n"], delimiter=delimiter))
    except csv.Error:
        return None
    return records[:-1] if len(records) == len(lines) + 1 and not records[-1] else None


def _careful_run(
    lines: Iterator[str], delimiter: str, number: int, width: int, end: int
) -> Generator[list[Row], None, tuple[int, int]]:
    """A run with odd quotes, up to line `end` at least; returns the next line's number and the width of rows.

    A quote that is opened and never closed must not swallow the rows below it: a record of several lines is taken
    only if it is as wide as the rows before it; otherwise its lines are read one by one.
    """
    taken: list[str] = []

    def noted() -> Iterator[str]:
        for line in lines:
            taken.append(line)
            yield line

    reader = csv.reader(noted(), delimiter=delimiter)
    while number < end:
        failure: csv.Error | None = None
        cells: list[str] = []
        try:
            cells = next(reader)
        except csv.Error as error:
            failure = error
        if failure is None and (len(taken) == 1 or len(cells) == width):
            width = len(cells) or width
            if any(cells):
                yield [(number, cells)]
        elif len(taken) == 1:
            yield [(number, Refused("row_unreadable", {"detail": str(failure)}))]
        else:
            yield [
                (number + offset, [cell.strip('"') for cell in line.rstrip("\r\n").split(delimiter)])
                for offset, line in enumerate(taken)
                if line.strip()
            ]
        number += len(taken)
        taken.clear()
    return number, width


# Workbooks


def _open_workbook(opened: Callable[[], BinaryIO], kind: str, sheet: str | None) -> Table:
    with opened() as stream:
        content = stream.read()
    try:
        book = calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
    except calamine.PasswordError as error:
        raise UnreadableFile(Refused("file_locked")) from error
    except calamine.CalamineError as error:
        raise UnreadableFile(Refused("file_unreadable", {"detail": str(error)})) from error
    if kind == "xlsx" and b"opendocument.spreadsheet" in content[:200]:
        kind = "ods"
    shown = [
        data.name
        for data in book.sheets_metadata
        if data.visible == calamine.SheetVisibleEnum.Visible and data.typ == calamine.SheetTypeEnum.WorkSheet
    ]
    if sheet is not None and sheet not in book.sheet_names:
        raise UnreadableFile(Refused("sheet_missing", {"name": sheet, "names": ", ".join(book.sheet_names)}))
    candidates = [book.get_sheet_by_name(name) for name in ([sheet] if sheet else shown)]
    filled = [one for one in candidates if one.height]
    if not filled:
        raise UnreadableFile(Refused("file_empty"))
    best = max(filled, key=_sheet_score)
    found = _table(kind, None, None, best.name, tuple(shown), lambda: _sheet_rows(best))
    return replace(found, merged=_merged(best), since_1904=kind == "xlsx" and _counts_from_1904(content))


def _merged(sheet: calamine.CalamineSheet) -> tuple[Merged, ...]:
    """Cells merged downwards. The library counts columns from the first filled one, but ranges from the very first."""
    skipped = sheet.start[1] if sheet.start else 0
    return tuple(
        Merged(top + 1, bottom + 1, left - skipped)
        for (top, left), (bottom, _right) in sheet.merged_cell_ranges or ()
        if bottom > top and left >= skipped
    )


def _counts_from_1904(content: bytes) -> bool:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed, packed.open("xl/workbook.xml") as inner:
            return _SINCE_1904.search(inner.read(65_536)) is not None
    except (KeyError, zipfile.BadZipFile):
        return False


def _sheet_rows(sheet: calamine.CalamineSheet) -> Iterator[Row]:
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        if any(cell != "" for cell in cells):
            yield number, cells


def _sheet_score(sheet: calamine.CalamineSheet) -> tuple[int, int]:
    top = [
        [str(cell) for cell in cells]
        for (_, cells), _ in zip(_sheet_rows(sheet), range(HEAD_ROWS), strict=False)
        if not isinstance(cells, Refused)
    ]
    return max(map(_roles_said, top), default=0), sheet.height


# Header


def _table(
    format_: str,
    encoding: str | None,
    delimiter: str | None,
    sheet: str | None,
    sheets: tuple[str, ...],
    read: Callable[[], Iterator[Row]],
) -> Table:
    top = [
        (number, cells)
        for (number, cells), _ in zip(read(), range(HEAD_ROWS), strict=False)
        if not isinstance(cells, Refused)
    ]
    header_row, names = _header(top)
    draft = Table(format_, encoding, delimiter, sheet, sheets, header_row, (), (), read)
    samples = tuple(
        tuple(cells)
        for (_, cells), _ in zip(draft.rows(), range(SAMPLE_ROWS), strict=False)
        if not isinstance(cells, Refused)
    )
    if not samples:
        raise UnreadableFile(Refused("file_no_rows"))
    width = Counter(map(len, samples)).most_common(1)[0][0]
    columns = _unique([*names, *[""] * (width - len(names))])
    return Table(format_, encoding, delimiter, sheet, sheets, header_row, columns, samples, read)


def _header(top: list[tuple[int, Cells]]) -> tuple[int | None, list[str]]:
    """The row of the header and its names: the row that says most roles, or two rows under merged cells
    read as one.

    If no row says a role: the first row of words as wide as the rows below it. None if the table starts
    with data.
    """
    most, header = 0, None
    lines = [(number, _names(cells) if _is_words(cells) else []) for number, cells in top]
    for (number, names), (next_number, lower) in pairwise([*lines, (0, [])]):
        if (said := _roles_said(names)) > most:
            most, header = said, (number, names)
        # Merged cells leave gaps in the upper line; under one without gaps stand data, whatever words they are.
        gaps = any(below and not above for above, below in zip_longest(names, lower, fillvalue=""))
        if names and gaps and (said := _roles_said([*names, *lower])) > max(most, _roles_said(lower)):
            most, header = said, (next_number, _merge(names, lower))
    if header is not None:
        return header
    width = Counter(_filled(cells) for _, cells in top if _filled(cells)).most_common(1)[0][0] if top else 0
    for (number, cells), (_, below) in pairwise(top):
        if _is_words(cells) and _filled(cells) >= width and not _is_words(below):
            return number, _names(cells)
    return None, []


def _names(cells: Sequence[object]) -> list[str]:
    return [" ".join(str(cell).split()) for cell in cells]


def _merge(upper: list[str], lower: list[str]) -> list[str]:
    """Two header lines as one: a name spread over several columns stands before equal names."""
    width = max(len(upper), len(lower))
    upper, lower = upper + [""] * (width - len(upper)), lower + [""] * (width - len(lower))
    repeated = Counter(lower)
    merged: list[str] = []
    spread = ""
    for above, below in zip(upper, lower, strict=True):
        spread = above or spread
        merged.append(f"{spread} {below}" if below and repeated[below] > 1 else below or above)
    return merged


def _is_words(cells: Sequence[object]) -> bool:
    """Whether a row could be a header: at least two cells, none of them a number or a date."""
    filled = [cell for cell in cells if cell != ""]
    return len(filled) > 1 and all(
        isinstance(cell, str) and not isinstance(parse_date(cell), date) and not isinstance(parse_amount(cell), Decimal)
        for cell in filled
    )


def _filled(cells: Sequence[object]) -> int:
    return sum(cell != "" for cell in cells)


def _roles_said(names: Sequence[str]) -> int:
    """How many roles, of orders or of clients, the cells of a row name (wholly or as their first words)."""
    said: set[str] = set()
    for name in names:
        words = tidy(name).split(" ")
        said |= _ROLES_BY_NAME.get("".join(words), frozenset())
        for count in range(1, len(words) + 1):
            said |= _ROLES_BY_NAME.get(" ".join(words[:count]), frozenset())
    return len(said)


def _by_name() -> dict[str, frozenset[str]]:
    """Every name that says a role, also written as one word."""
    found: dict[str, frozenset[str]] = {}
    for role in (*ROLES, *CLIENT_ROLES):
        for name in {word for known in role.names for word in (known, known.replace(" ", ""))}:
            found[name] = found.get(name, frozenset()) | {role.code}
    return found


_ROLES_BY_NAME = _by_name()


def _unique(names: list[str]) -> tuple[str, ...]:
    seen: Counter[str] = Counter()
    unique: list[str] = []
    for place, name in enumerate(names, start=1):
        name = name or f"column {place}"
        seen[name] += 1
        unique.append(name if seen[name] == 1 else f"{name} ({seen[name]})")
    return tuple(unique)
