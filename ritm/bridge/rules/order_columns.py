"""Which column of an order file is which: clients, orders, and the lines of orders where the file has them."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from ritm.bridge.rules.roles import AMOUNT, DATE, ENOUGH, INN, Role, guess_roles, kind_share, name_fit

CLIENT = Role(
    "client",
    "text",
    (
        "client id", "customer id", "id клиента", "код клиента", "код контрагента", "клиент id", "client", "customer",
        "customer no", "customer number", "customer code", "client code", "client no", "cust id", "customerid",
        "clientid", "account", "household", "household key", "household id", "user id", "user", "buyer", "buyer id",
        "внешний код клиента", "код партнера", "код покупателя", "id контрагента",
    ),
)  # fmt: skip
NAME = Role(
    "name",
    "text",
    (
        "клиент", "контрагент", "покупатель", "заказчик", "партнер", "наименование клиента", "наименование контрагента",
        "клиент наименование", "контрагент наименование", "название клиента", "client name", "customer name", "name",
        "компания", "company", "организация покупатель", "получатель", "грузополучатель", "организация",
    ),
)  # fmt: skip
KPP = Role("kpp", "text", ("кпп", "kpp", "кпп клиента", "кпп контрагента"))
PHONE = Role("phone", "text", ("телефон", "phone", "телефон клиента", "контактный телефон", "мобильный", "тел"))
NUMBER = Role(
    "number",
    "text",
    (
        "номер заказа", "order number", "номер документа", "order id", "order no", "invoice no", "invoice number",
        "invoiceno", "номер накладной", "номер счета", "номер реализации", "номер", "number", "заказа", "документа",
        "накладной", "no", "order", "invoice", "заказ", "документ", "накладная", "реализация", "чек", "receipt",
    ),
)  # fmt: skip
MONEY = Role("amount", "amount", tuple(name for name in AMOUNT.names if name not in ("price", "цена")))
KIND = Role(
    "kind",
    "text",
    ("вид операции", "тип операции", "операция", "вид документа", "тип документа", "kind", "type", "тип", "возврат"),
)
SKU = Role(
    "sku",
    "text",
    (
        "артикул", "sku", "код товара", "код номенклатуры", "номенклатура код", "номенклатура артикул", "stock code",
        "stockcode", "item code", "product code", "product id", "код",
    ),
)  # fmt: skip
PRODUCT = Role(
    "product",
    "text",
    (
        "номенклатура", "товар", "наименование товара", "название товара", "товар наименование", "product",
        "product name", "item", "item name", "description", "продукция", "материал",
    ),
)  # fmt: skip
QUANTITY = Role("quantity", "amount", ("количество", "кол во", "quantity", "qty", "колич", "кол", "шт"))
PRICE = Role("price", "amount", ("цена", "price", "unit price", "цена за единицу", "цена за шт", "цена с ндс"))
LINE_AMOUNT = Role(
    "line_amount",
    "amount",
    ("сумма строки", "сумма по строке", "сумма позиции", "line amount", "line total", "стоимость позиции"),
)

ORDER_IMPORT_ROLES = (
    CLIENT, NAME, INN, KPP, PHONE, NUMBER, DATE, MONEY, KIND, SKU, PRODUCT, QUANTITY, PRICE, LINE_AMOUNT,
)  # fmt: skip
ROLE_CODES = tuple(role.code for role in ORDER_IMPORT_ROLES)

# What several rows with one number are.
LINES, ORDERS = "lines", "orders"

_CODE = re.compile(r"[\w./-]*\d[\w./-]*")
# A column that bears exactly the role's name may hold this little of what the role needs: its bad cells are refused.
NAMED = 0.2
# Of the rows of a sample, this share must repeat a number before rows without goods are taken for lines.
REPEATED = 0.2


def guess_order_columns(columns: Sequence[str], samples: Sequence[Sequence[object]]) -> dict[str, int]:
    """
    This function will return the position of the column for each role that can be found, by role code.

    Names decide and cells must agree; without telling names, the client, the date and the amount are found by their
    cells. A column plays one role.
    """
    cells = [[row[i] if i < len(row) else None for row in samples] for i in range(len(columns))]
    fits = sorted(
        (-name_fit(name, role), order, i)
        for order, role in enumerate(ORDER_IMPORT_ROLES)
        for i, name in enumerate(columns)
        if (fit := name_fit(name, role)) > 1 and _may_hold(cells[i], role, NAMED if fit > 2 else ENOUGH)
    )
    found: dict[str, int] = {}
    for _, order, i in fits:
        code = ORDER_IMPORT_ROLES[order].code
        if code not in found and i not in found.values():
            found[code] = i
    _codes_or_names(found, cells)
    missing = [role for role in (DATE, MONEY) if role.code not in found]
    if not found.keys() & {"client", "name", "inn"}:
        missing.append(CLIENT)
    free = [i for i in range(len(columns)) if i not in found.values()]
    if missing and free:
        more = guess_roles([columns[i] for i in free], [[c[i] for i in free] for c in _rows(cells)], missing)
        found |= {code: free[i] for code, i in more.items()}
        _codes_or_names(found, cells)
    return found


def rows_are(roles: Mapping[str, int], samples: Sequence[Sequence[object]]) -> str:
    """This function will guess what several rows with one order number are: lines of it, or mistakes."""
    if "number" not in roles or roles.keys() & {"sku", "product", "quantity", "line_amount"}:
        return LINES
    at = roles["number"]
    numbers = [row[at] for row in samples if at < len(row) and row[at] not in ("", None)]
    return LINES if numbers and 1 - len(set(map(str, numbers))) / len(numbers) > REPEATED else ORDERS


def _codes_or_names(found: dict[str, int], cells: Sequence[Sequence[object]]) -> None:
    """A column called «Клиент» may hold codes, and one called "customer" may hold names: the cells say which."""
    if "client" not in found and "name" in found and _code_share(cells[found["name"]]) > ENOUGH:
        found["client"] = found.pop("name")
    elif "name" not in found and "client" in found and _code_share(cells[found["client"]]) < 1 - ENOUGH:
        found["name"] = found.pop("client")


def _code_share(values: Sequence[object]) -> float:
    filled = [str(value).strip() for value in values if value not in ("", None)]
    return sum(_CODE.fullmatch(value) is not None for value in filled) / len(filled) if filled else 0.0


def _may_hold(values: Sequence[object], role: Role, share: float) -> bool:
    return all(value in (None, "") for value in values) or kind_share(values, role.kind) >= share


def _rows(cells: Sequence[Sequence[object]]) -> list[tuple[object, ...]]:
    return list(zip(*cells, strict=True))
