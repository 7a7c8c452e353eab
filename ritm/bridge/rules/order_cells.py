"""Rows of an order file made ready for the database, chunk by chunk; each row is taken, skipped or refused."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ritm.bridge.rules.amounts import Mark
from ritm.bridge.rules.cells import (
    LARGEST,
    NULL,
    Judged,
    amount_column,
    code_column,
    judge_amount,
    judge_code,
    judge_phones,
    judge_text,
)
from ritm.bridge.rules.dates import parse_date
from ritm.bridge.rules.keys import parse_key
from ritm.bridge.rules.refused import Refused
from ritm.bridge.rules.tables import Row, is_total
from ritm.kernel.requisites import digits_of, inn_is_valid

# What a staged row may have, in the order of COPY; a file brings the fields its columns give.
_STAGED = (
    "row", "given_key", "external_id", "name", "inn", "kpp", "phone", "number", "day", "amount", "kind", "sku",
    "product", "quantity", "price", "line_amount",
)  # fmt: skip
_MONEY = ("amount", "quantity", "price", "line_amount")
_TEXTS = {"name": 300, "kpp": 9, "product": 400}
_CODES = {"client": 100, "number": 50, "sku": 100}
_RETURNS = ("возврат", "return", "refund", "credit", "сторно", "корректировка возврата")


@dataclass(frozen=True, slots=True)
class RowProblem:
    """What is wrong with a row: refused, or taken with a warning. `column` is its name in the file."""

    row: int
    column: str
    value: str
    reason: Refused
    refused: bool = True
    cells: tuple[object, ...] = ()


@dataclass(frozen=True, slots=True)
class Taken:
    """A chunk of rows: `block` for COPY (fields of the reader), how many rows, and what became of the others."""

    block: str
    rows: int
    totals: int
    problems: list[RowProblem]


def name_key(name: str) -> str:
    """This function will bring a client's name to the form that equal names share: one case, ё as е."""
    return name.lower().replace("ё", "е")


def client_key(inn: str, kpp: str, name: str) -> str:
    """This function will give what a file recognises a client without an id by: INN (and KPP), else his name."""
    if inn:
        return f"#inn:{inn}/{kpp}" if kpp else f"#inn:{inn}"
    return f"#name:{name_key(name)}" if name else ""


@dataclass
class OrderReader:
    """
    Reads rows by a mapping of roles to columns.

    `today` is the organisation's date: later orders are refused. `day_first` and `decimal` say how dates and amounts
    are written in this file. `fields` are those of a staged row that this file has, in the order of COPY.
    """

    columns: Sequence[str]
    roles: Mapping[str, int]
    day_first: bool
    decimal: Mark
    today: dt.date
    area_code: str = ""
    fields: tuple[str, ...] = field(init=False)
    _judged: dict[str, Judged] = field(init=False)
    _warned: set[tuple[str, object]] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        has = {"row", "given_key", "external_id", "day", *self.roles}
        if not self.roles.keys() & {"amount", "line_amount", "price"}:
            has.add("amount")
        self.fields = tuple(name for name in _STAGED if name in has)
        self._judged = {role: Judged(judge_text(most)) for role, most in _TEXTS.items()}
        self._judged |= {role: Judged(judge_code(most)) for role, most in _CODES.items()}
        self._judged |= {role: Judged(judge_amount(self.decimal)) for role in ("amount", "price", "line_amount")}
        self._judged["quantity"] = Judged(judge_amount(self.decimal, unknown="quantity_unknown", most=LARGEST / 10))
        self._judged["date"] = Judged(self._judge_date)
        self._judged["inn"] = Judged(_judge_inn)
        self._judged["phone"] = Judged(judge_phones(self.area_code))
        self._judged["kind"] = Judged(_judge_kind)

    def take(self, chunk: Sequence[Row]) -> Taken:
        """This function will judge a chunk of rows."""
        problems: list[RowProblem] = []
        numbers, rows = self._even(chunk, problems)
        if not numbers:
            return Taken("", 0, 0, problems)
        raw = list(zip(*rows, strict=True))
        fields = {role: self._column(role, raw[at]) for role, at in self.roles.items() if role in self._judged}
        bad = self._refusals(fields, numbers, rows, problems)
        totals = bad.pop(-1, 0)
        self._warn(fields, raw, numbers, problems)
        staged = zip(*self._staged(fields, numbers), strict=True)
        kept = (row for at, row in enumerate(staged) if at not in bad) if bad else staged
        lines = list(map("\t".join, kept))
        problems.sort(key=lambda problem: problem.row)
        return Taken("\n".join([*lines, ""]), len(lines), totals, problems)

    def _even(
        self, chunk: Sequence[Row], problems: list[RowProblem]
    ) -> tuple[Sequence[int], Sequence[Sequence[object]]]:
        """Row numbers and rows of one width; what could not be read at all becomes a problem."""
        width = max(self.roles.values()) + 1
        numbers, rows = zip(*chunk, strict=True)
        if Refused not in set(map(type, rows)):
            widths = set(map(len, rows))
            if len(widths) == 1 and min(widths) >= width:
                return numbers, rows
        whole: list[tuple[int, Sequence[object]]] = []
        for number, row in chunk:
            if isinstance(row, Refused):
                problems.append(RowProblem(number, "", "", row))
            else:
                whole.append((number, row))
        most = max([width, *(len(row) for _, row in whole)])
        return [n for n, _ in whole], [[*row, *[""] * (most - len(row))] for _, row in whole]

    def _column(self, role: str, cells: Sequence[object]) -> list[object]:
        judged = self._judged[role]
        if role in _MONEY:
            return amount_column(cells, judged, self.decimal)
        if role in _CODES:
            return code_column(cells, judged)
        return judged.column(cells)

    def _refusals(
        self,
        fields: dict[str, list[object]],
        numbers: Sequence[int],
        rows: Sequence[Sequence[object]],
        problems: list[RowProblem],
    ) -> dict[int, int]:
        """Positions of rows that are not taken; under -1, how many of them are totals of other rows."""
        bad: dict[int, int] = {}
        found: list[tuple[int, str, Refused]] = []
        for role, column in fields.items():
            if self._judged[role].refused:
                found.extend((at, role, cell) for at, cell in enumerate(column) if isinstance(cell, Refused))
        found.extend(self._empty(fields, len(numbers)))
        totals = 0
        for at, role, reason in found:
            if at in bad:
                continue
            bad[at] = 1
            if is_total(rows[at]) and reason.code in ("date_empty", "date_unknown", "key_empty"):
                totals += 1
                continue
            place = self.roles.get(role)
            value = "" if place is None else str(rows[at][place])[:500]
            column_name = "" if place is None else self.columns[place]
            problems.append(RowProblem(numbers[at], column_name, value, reason, True, tuple(rows[at])))
        bad[-1] = totals
        return bad

    def _empty(self, fields: dict[str, list[object]], count: int) -> list[tuple[int, str, Refused]]:
        """Rows without a client, without a date (unless they only name a client), or without an amount."""
        found: list[tuple[int, str, Refused]] = []
        who = [role for role in ("client", "inn", "name") if role in fields]
        if all(NULL in fields[role] for role in who):
            found.extend(
                (at, who[0], Refused("key_empty"))
                for at in range(count)
                if all(fields[role][at] == NULL for role in who)
            )
        money = [role for role in ("amount", "line_amount") if role in fields]
        priced = "quantity" in fields and "price" in fields
        blank: list[int] = []
        if money and all(NULL in fields[role] for role in money):
            blank = [at for at in range(count) if all(fields[role][at] == NULL for role in money)]
        dates = fields["date"]
        if NULL in dates:
            # A client who never bought stands in the file without date and amount: he is taken, without an order.
            idle = set(blank)
            found.extend(
                (at, "date", Refused("date_empty")) for at, day in enumerate(dates) if day == NULL and at not in idle
            )
        found.extend(
            (at, money[0], Refused("amount_empty"))
            for at in blank
            if dates[at] != NULL and not (priced and NULL not in (fields["quantity"][at], fields["price"][at]))
        )
        return found

    def _warn(
        self,
        fields: dict[str, list[object]],
        raw: Sequence[Sequence[object]],
        numbers: Sequence[int],
        problems: list[RowProblem],
    ) -> None:
        """Once per value, on the first row that has it."""
        if "inn" not in self.roles:
            return
        at_column = self.roles["inn"]
        for at, cell in enumerate(raw[at_column]):
            if ("inn", cell) in self._warned:
                continue
            if len(self._warned) < 100_000:
                self._warned.add(("inn", cell))
            reason = _inn_warning(cell)
            if reason is not None and not isinstance(fields["inn"][at], Refused):
                problems.append(RowProblem(numbers[at], self.columns[at_column], str(cell)[:500], reason, False))

    def _staged(self, fields: dict[str, list[object]], numbers: Sequence[int]) -> list[Sequence[Any]]:
        """The columns of `fields`."""
        count = len(numbers)
        none = [NULL] * count
        client = fields.get("client", none)
        keys: Sequence[object] = none
        if NULL in client:
            inns, kpps, names = (fields.get(role, none) for role in ("inn", "kpp", "name"))
            keys = [
                NULL if c != NULL else client_key(_or_empty(i), _or_empty(k), _or_empty(n))
                for c, i, k, n in zip(client, inns, kpps, names, strict=True)
            ]
        found: dict[str, Sequence[object]] = {
            "row": list(map(str, numbers)),
            "given_key": keys,
            "external_id": client,
            "day": fields["date"],
        }
        money = fields.get("amount")
        if money is None and not self.roles.keys() & {"line_amount", "price"}:
            found["amount"] = ["0"] * count
        return [found[name] if name in found else fields[name] for name in self.fields]

    def _judge_date(self, raw: object) -> str | Refused | None:
        found = parse_date(raw, self.day_first)
        if isinstance(found, Refused):
            return None if found.code == "date_empty" else found
        if found > self.today:
            return Refused("date_future", {"value": found.strftime("%d.%m.%Y")})
        return found.isoformat()


def _or_empty(cell: object) -> str:
    return cell if isinstance(cell, str) and cell != NULL else ""


def _inn_digits(raw: object) -> str | Refused | None:
    found = parse_key(raw)
    if isinstance(found, Refused):
        return None if found.code == "key_empty" else found
    return digits_of(found)


def _judge_inn(raw: object) -> str | Refused | None:
    """An INN that lost its zero in a spreadsheet gets it back; text that is no INN at all is left out."""
    digits = _inn_digits(raw)
    if digits is None or isinstance(digits, Refused):
        return digits
    padded = digits.zfill(10 if len(digits) == 9 else 12) if len(digits) in (9, 11) else digits
    return padded if len(padded) in (10, 12) else None


def _inn_warning(raw: object) -> Refused | None:
    digits = _inn_digits(raw)
    if not isinstance(digits, str):
        return None
    taken = _judge_inn(raw)
    if taken is None:
        return Refused("inn_unknown", {"value": raw})
    if taken != digits:
        return Refused("inn_padded", {"value": raw, "taken": taken})
    if not inn_is_valid(digits):
        return Refused("inn_wrong", {"value": raw})
    return None


def _judge_kind(raw: object) -> str | Refused | None:
    words = str(raw or "").strip().lower()
    return "return" if words.startswith(_RETURNS) else "order"
