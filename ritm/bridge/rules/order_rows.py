"""Order rows out of any table: clients, days and amounts as arrays, and every row that was not taken with
its reason.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import islice
from operator import itemgetter

import numpy as np
import numpy.typing as npt

from ritm.bridge.rules.amounts import TOO_BIG, Mark, decimal_mark, parse_amount
from ritm.bridge.rules.dates import DayOrder, date_part, day_order, parse_date
from ritm.bridge.rules.keys import parse_key
from ritm.bridge.rules.refused import Refused
from ritm.bridge.rules.tables import Cells, Row, Table, is_total, says_total

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]

# Small enough for the rows of a chunk to stay in the processor's cache: ten times more is twice as slow.
CHUNK = 2_000
# Tidy numbers, or blanks, joined by line feeds: what float() reads as parse_amount would.
_DOTS = r"(?:-?(?:\d{1,3}(?:[ \u00a0\u202f]\d{3}){1,4}|\d{1,15})(?:\.\d+)?)?"
_MACHINE = str.maketrans({",": ".", " ": None, "\u00a0": None, "\u202f": None})
_PLAIN: dict[Mark, re.Pattern[str]] = {
    ".": re.compile(rf"{_DOTS}(?:\n{_DOTS})*+", re.ASCII),
    ",": re.compile(rf"{_DOTS}(?:\n{_DOTS})*+".replace(r"\.", ","), re.ASCII),
}


# Of these signs alone float() makes what parse_amount would, or nothing.
_BARE: dict[Mark, bytes] = {".": b"0123456789-.\n", ",": b"0123456789-,\n"}


@dataclass(frozen=True, slots=True)
class OrderRows:
    """The rows of an order history. Arrays have one entry per taken row, in the order of the file.

    `clients` are the distinct clients sorted as text, `client` positions in it, `day` proleptic ordinals,
    `amount` money (negative for a return, 0 where the file says none). `idle` are positions of clients
    named in a row without date and amount. `refused` and `totals` name the rows that were left out.
    `days_written` and `decimal` say how dates and amounts were read.
    """

    clients: list[str]
    client: Ints
    day: Ints
    amount: Floats
    idle: Ints
    without_amount: int
    refused: list[tuple[int, Refused]]
    totals: list[int]
    days_written: DayOrder
    decimal: Mark


class _Codes(dict[object, int]):
    """Numbers the distinct tidy values of a column; refused ones get -1, -2, … A raw value is tidied once."""

    def __init__(self, tidied: Callable[[object], object]) -> None:
        super().__init__()
        self.tidied = tidied
        self.values_by_code: dict[object, int] = {}
        self.refused: list[Refused] = []

    def __missing__(self, raw: object) -> int:
        value = self.tidied(raw)
        if isinstance(value, Refused):
            self.refused.append(value)
            code = -len(self.refused)
        else:
            code = self.values_by_code.setdefault(value, len(self.values_by_code))
        self[raw] = code
        return code


def read_orders(table: Table, client: int, day: int, amount: int | None) -> OrderRows:
    """This function will read all rows of a table as orders, given the positions of its columns.

    The order of day and month is decided by the whole column, the decimal mark by its first 2,000 rows. No
    row stops the reading: each is taken, or named in `refused` or `totals`.
    """
    wanted = (client, day) if amount is None else (client, day, amount)
    refused: list[tuple[int, Refused]] = []
    totals: list[int] = []
    keys, days = _Codes(parse_key), _Codes(date_part)
    dateless: list[bool] = []
    decimal: Mark | None = None
    parts: list[tuple[Ints, Ints, Ints, Floats]] = []
    rows = table.rows_meant(down=(client, day), dates=(day,))
    while chunk := list(islice(rows, CHUNK)):
        numbers, cells, columns = _columns(chunk, wanted, refused)
        if not numbers:
            continue
        row = np.array(numbers, np.int64)
        key = np.fromiter(map(keys.__getitem__, columns[0]), np.int64, len(numbers))
        when = np.fromiter(map(days.__getitem__, columns[1]), np.int64, len(numbers))
        # Without a column of amounts each of them is blank.
        written = columns[2] if amount is not None else [""] * len(numbers)
        decimal = decimal or decimal_mark(written)
        money, wrong = _amounts(written, decimal)
        dateless.extend(map(_is_no_date, islice(days.values_by_code, len(dateless), None)))
        sums = {at for at in np.flatnonzero(np.array(dateless)[when]).tolist() if is_total(cells[at])}
        totals.extend(numbers[at] for at in sums)
        refused.extend((numbers[at], reason) for at, reason in wrong.items() if at not in sums)
        kept = np.ones(len(numbers), np.bool_)
        kept[list(sums | wrong.keys())] = False
        parts.append((row[kept], key[kept], when[kept], money[kept]))
    return _assemble(parts, keys, days, decimal or ".", refused, totals)


def _columns(
    chunk: list[Row], wanted: tuple[int, ...], refused: list[tuple[int, Refused]]
) -> tuple[list[int], list[Cells], list[list[object]]]:
    """The row numbers, the rows and the wanted columns of a chunk; unreadable rows go to `refused`, short
    ones are padded.
    """
    refused.extend((number, cells) for number, cells in chunk if isinstance(cells, Refused))
    numbers = [number for number, cells in chunk if not isinstance(cells, Refused)]
    rows = [cells for _, cells in chunk if not isinstance(cells, Refused)]
    try:
        return numbers, rows, [list(map(itemgetter(at), rows)) for at in wanted]
    except IndexError:
        return numbers, rows, [[row[at] if at < len(row) else "" for row in rows] for at in wanted]


def _amounts(column: Sequence[object], decimal: Mark) -> tuple[Floats, dict[int, Refused]]:
    """The amounts of a column, NaN where it is blank, and the reasons where it is wrong, by position."""
    # A workbook's numbers are no text; they take the slow road with everything odd.
    joined = "\n".join(column) if set(map(type, column)) == {str} else "?"  # type: ignore[arg-type]
    bare = joined.isascii() and not joined.encode().translate(None, _BARE[decimal])
    if bare or _PLAIN[decimal].fullmatch(joined):
        texts = (joined if bare and decimal == "." else joined.translate(_MACHINE)).split("\n")
        try:
            amounts = np.array([float(text or "nan") for text in texts])
        except ValueError:
            # Bare does not mean right: 1-2, 1.2.3.
            amounts = np.empty(0)
        if len(amounts) == len(column) and not np.any(np.abs(amounts) >= float(TOO_BIG)):
            return amounts, {}
    amounts = np.full(len(column), np.nan)
    wrong: dict[int, Refused] = {}
    for at, value in enumerate(column):
        number = parse_amount(value, decimal)
        if isinstance(number, Decimal):
            amounts[at] = float(number)
        elif number.code != "amount_empty":
            wrong[at] = number
    return amounts, wrong


def _is_no_date(part: object) -> bool:
    return isinstance(parse_date(part, True), Refused) and isinstance(parse_date(part, False), Refused)


def _assemble(
    parts: list[tuple[Ints, Ints, Ints, Floats]],
    keys: _Codes,
    days: _Codes,
    decimal: Mark,
    refused: list[tuple[int, Refused]],
    totals: list[int],
) -> OrderRows:
    """Decide what needed the whole file: the order of day and month, and the alphabetical numbers of
    clients.
    """
    row, key, when, money = (
        (np.concatenate(column) for column in zip(*parts, strict=True))
        if parts
        else (np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0))
    )
    written = day_order(days.values_by_code)
    dates = [parse_date(value, written.day_first) for value in days.values_by_code]
    ordinal = np.array([found.toordinal() if isinstance(found, date) else 0 for found in dates], np.int64)
    empty = np.array([isinstance(found, Refused) and found.code == "date_empty" for found in dates], np.bool_)
    clients = sorted(map(str, keys.values_by_code))
    place = {name: at for at, name in enumerate(clients)}
    client_of_key = np.array([place[str(name)] for name in keys.values_by_code], np.int64)
    is_sum = np.fromiter(map(says_total, clients), np.bool_, len(clients))

    unnamed = key < 0
    client = np.full(len(key), -1)
    client[~unnamed] = client_of_key[key[~unnamed]]
    summed = ~unnamed
    summed[~unnamed] = is_sum[client[~unnamed]]
    blank = np.isnan(money)
    day = ordinal[when] if len(when) else when
    idle = ~unnamed & ~summed & (empty[when] if len(when) else unnamed) & (blank | (money == 0))
    undated = ~unnamed & ~summed & ~idle & (day == 0)
    totals.extend(row[summed].tolist())
    refused.extend((int(row[at]), keys.refused[-key[at] - 1]) for at in np.flatnonzero(unnamed))
    for at in np.flatnonzero(undated):
        reason = dates[when[at]]
        assert isinstance(reason, Refused)  # day 0 marks exactly the refused dates
        refused.append((int(row[at]), reason))
    taken = ~(unnamed | summed | idle | undated)
    return OrderRows(
        clients,
        client[taken],
        day[taken],
        np.nan_to_num(money[taken]),
        np.unique(client[idle]),
        int(np.count_nonzero(blank[taken])),
        sorted(refused, key=itemgetter(0)),
        sorted(totals),
        written,
        decimal,
    )
