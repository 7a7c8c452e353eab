"""Which column is which: by its name, Russian or English, and by what its cells hold."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from ritm.bridge.rules.amounts import parse_amount
from ritm.bridge.rules.dates import day_order, parse_date

Kind = Literal["text", "date", "amount"]

_FIVE_DIGITS = re.compile(r"\d{5}(?:[.,]\d+)?$")
# Of the filled cells of a sample, this share must hold what the role needs.
ENOUGH = 0.6


@dataclass(frozen=True, slots=True)
class Role:
    """What a column may be. `names` are tidy column names, the most telling first; `kind` is what its cells
    must hold.
    """

    code: str
    kind: Kind
    names: tuple[str, ...]


CLIENT = Role(
    "client",
    "text",
    (
        "client id", "customer id", "id клиента", "код клиента", "код контрагента", "клиент id", "client",
        "клиент", "контрагент", "customer", "покупатель", "заказчик", "получатель", "партнер",
        "грузополучатель", "инн клиента", "инн контрагента", "инн покупателя", "инн", "customer no",
        "customer number", "customer code", "client code", "cust id", "customerid", "clientid", "account",
        "company", "компания", "организация покупатель", "household", "household key", "household id",
        "user id", "user", "buyer", "наименование клиента", "наименование контрагента", "client name",
        "customer name", "inn",
    ),
)  # fmt: skip
DATE = Role(
    "date",
    "date",
    (
        "order date", "дата заказа", "date", "дата", "дата документа", "дата продажи", "дата отгрузки",
        "дата реализации", "дата покупки", "дата операции", "invoice date", "invoicedate", "sale date",
        "purchase date", "day", "день", "ordered at", "ordered on", "order day", "created at",
        "transaction date", "transaction timestamp", "timestamp", "datetime", "дата и время",
        "дата создания", "период", "period",
    ),
)  # fmt: skip
AMOUNT = Role(
    "amount",
    "amount",
    (
        "amount", "сумма", "сумма заказа", "сумма документа", "сумма продажи", "сумма с ндс", "total",
        "order total", "order amount", "стоимость", "выручка", "revenue", "sales", "sales value", "sum",
        "total amount", "value", "итого", "всего", "оборот", "sales amount", "gross", "net", "price",
        "цена", "руб",
    ),
)  # fmt: skip
NUMBER = Role(
    "number",
    "text",
    (
        "order number",
        "номер заказа",
        "номер",
        "number",
        "no",
        "заказ",
        "документ",
        "invoice",
        "order id",
        "order",
        "document",
    ),
)
INN = Role("inn", "text", ("инн", "inn", "инн клиента", "инн контрагента", "tax id", "tin"))
NAME = Role(
    "name",
    "text",
    (
        "наименование", "название", "name", "client name", "customer name", "клиент", "контрагент",
        "компания", "company", "организация", "покупатель", "наименование контрагента",
        "наименование клиента",
    ),
)  # fmt: skip
PHONE = Role("phone", "text", ("телефон", "phone", "тел", "мобильный", "mobile", "контактный телефон", "telephone"))
EMAIL = Role("email", "text", ("email", "e mail", "почта", "электронная почта", "эл почта", "mail", "имейл"))
ROLES = (CLIENT, DATE, AMOUNT, NUMBER, INN, NAME, PHONE, EMAIL)
ORDER_ROLES = (CLIENT, DATE, AMOUNT)


def tidy(name: str) -> str:
    """This function will bring a column name to lower case, words only: "Сумма, руб." and "сумма_руб" are
    one.
    """
    apart = re.sub(r"(?<=[a-zа-я])(?=[A-ZА-Я][a-zа-я])", " ", name)
    return " ".join(re.sub(r"[\W_]+", " ", apart.casefold().replace("ё", "е")).split())


def name_fit(name: str, role: Role) -> float:
    """This function will tell how well a column name says a role: 0 not at all, up to 3 for a name of the
    list.

    Among equals the names earlier in the list win.
    """
    words = tidy(name)
    best = 0.0
    for place, known in enumerate(role.names):
        first = 1 - place / (2 * len(role.names))
        if words == known or words.replace(" ", "") == known.replace(" ", ""):
            best = max(best, 2 + first)
        elif words.startswith(known + " "):
            best = max(best, 1 + first)
        elif f" {known} " in f" {words} ":
            best = max(best, first)
    return best


def kind_share(values: Sequence[object], kind: Kind) -> float:
    """This function will return the share of the filled cells that can be read as a kind, 0 when none is
    filled.
    """
    filled = [value for value in values if value is not None and value != ""]
    if not filled:
        return 0.0
    if kind == "text":
        return 1.0
    if kind == "date":
        first = day_order(filled).day_first
        return sum(isinstance(parse_date(value, first), date) for value in filled) / len(filled)
    return sum(isinstance(parse_amount(value), Decimal) for value in filled) / len(filled)


def guess_roles(columns: Sequence[str], samples: Sequence[Sequence[object]], wanted: Sequence[Role]) -> dict[str, int]:
    """This function will return the index of the column for each wanted role that it can find, by role
    code.

    `samples` are rows of the table. The name decides and the cells must agree; a role that no name says is
    taken from the cells when only one free column can hold it. A column plays one role.
    """
    cells = [[row[i] if i < len(row) else None for row in samples] for i in range(len(columns))]
    fits = sorted(
        (
            (-name_fit(name, role), order, i)
            for order, role in enumerate(wanted)
            for i, name in enumerate(columns)
            if name_fit(name, role) and _may_hold(cells[i], role)
        ),
    )
    found: dict[str, int] = {}
    for _, order, i in fits:
        if wanted[order].code not in found and i not in found.values():
            found[wanted[order].code] = i
    # Dates first: a day number is an amount too, and everything is a text.
    for kind in ("date", "amount", "text"):
        for role in wanted:
            if role.kind == kind and role.code not in found:
                free = [i for i in range(len(columns)) if i not in found.values() and _must_be(cells[i], role)]
                if kind == "amount" and len(free) > 1:
                    free = [i for i in free if any(_has_kopecks(value) for value in cells[i])]
                if len(free) == 1:
                    found[role.code] = free[0]
    return found


def _may_hold(values: Sequence[object], role: Role) -> bool:
    """An empty column may still be what its name says."""
    return all(value in (None, "") for value in values) or kind_share(values, role.kind) >= ENOUGH


def _must_be(values: Sequence[object], role: Role) -> bool:
    """Without a name the cells alone must be convincing: a number of five digits may be a day, a client or
    money.
    """
    if role.kind == "date":
        values = [
            value for value in values if not isinstance(value, (int, float)) and not _FIVE_DIGITS.match(str(value))
        ]
    return kind_share(values, role.kind) >= ENOUGH


def _has_kopecks(value: object) -> bool:
    """Among several columns of numbers money is the one with fractions; codes and quantities have none."""
    amount = parse_amount(value)
    return isinstance(amount, Decimal) and amount != int(amount)
