"""Which column of a client list is which: a sales team's own Excel, or an export of Bitrix24, amoCRM or 1C."""

from __future__ import annotations

from collections.abc import Sequence

from ritm.bridge.rules.roles import Role, name_fit, tidy

# Several columns may hold numbers, letters or notes: these roles are given to as many as say them.
MANY = ("phone", "email", "comment")

ROLES = (
    Role("external_id", "text", (
        "ид", "id", "код", "внешний код", "код клиента", "код контрагента", "id клиента", "client id",
    )),
    Role("name", "text", (
        "название компании", "наименование", "название", "клиент", "контрагент", "компания", "организация", "name",
        "company", "client", "customer", "наименование контрагента", "наименование клиента", "фирма", "покупатель",
    )),
    Role("full_name", "text", (
        "полное наименование", "реквизит полное наименование организации", "юридическое наименование", "full name",
        "полное название", "реквизит полное наименование",
    )),
    Role("row_kind", "text", ("тип контакт компания", "тип контакта компании")),
    Role("company", "text", ("компания", "company")),
    Role("last_name", "text", ("фамилия", "last name")),
    Role("first_name", "text", ("имя", "first name")),
    Role("middle_name", "text", ("отчество", "middle name")),
    Role("contact", "text", (
        "контактное лицо", "контакт", "лпр", "фио контактного лица", "фио", "contact", "contact person",
        "представитель",
    )),
    Role("position", "text", ("должность", "position", "должность контактного лица")),
    Role("inn", "text", ("инн", "реквизит инн", "инн клиента", "инн контрагента", "inn")),
    Role("kpp", "text", ("кпп", "реквизит кпп", "kpp")),
    Role("ogrn", "text", ("огрн", "реквизит огрн", "огрнип", "реквизит огрнип", "ogrn")),
    Role("account", "text", (
        "расчетный счет", "банковские реквизиты расчетный счет", "р с", "рс", "счет", "номер счета",
    )),
    Role("bik", "text", ("бик", "банковские реквизиты бик", "bik")),
    Role("bank", "text", ("банк", "наименование банка", "банковские реквизиты наименование банка")),
    Role("phone", "text", (
        "телефон", "рабочий телефон", "мобильный телефон", "домашний телефон", "другой телефон", "мобильный", "тел",
        "контактный телефон", "телефоны", "рабочий прямой телефон", "phone", "mobile", "сотовый", "телефон рабочий",
        "телефон мобильный", "телефон раб", "телефон моб", "телефон 1", "телефон 2",
    )),
    Role("email", "text", (
        "e mail", "email", "рабочий e mail", "частный e mail", "почта", "эл почта", "электронная почта", "mail",
        "другой e mail", "рабочий email", "личный email", "email рабочий",
    )),
    Role("address", "text", (
        "фактический адрес", "адрес", "адрес фактический", "address", "реквизит фактический адрес", "почтовый адрес",
    )),
    Role("registered", "text", (
        "юридический адрес", "адрес юридический", "юр адрес", "реквизит юридический адрес", "адрес регистрации",
        "реквизит адрес регистрации",
    )),
    Role("delivery", "text", ("адрес доставки", "доставка", "адрес склада", "адрес отгрузки", "delivery address")),
    Role("owner", "text", (
        "ответственный", "менеджер", "основной менеджер", "manager", "owner", "ответственный менеджер",
    )),
    Role("source", "text", ("источник", "source", "источник обращения")),
    Role("comment", "text", (
        "комментарий", "примечание", "заметки", "комментарии", "примечания", "comment", "notes",
        "дополнительно об источнике",
        "примечание 1", "примечание 2", "примечание 3", "примечание 4", "примечание 5", "теги", "тип клиента",
        "сфера деятельности", "сайт", "web", "доп информация",
    )),
)  # fmt: skip

PROFILES = {
    "bitrix_contacts": {"фамилия", "имя", "рабочий телефон", "ответственный"},
    "bitrix_companies": {"название компании", "тип компании", "ответственный"},
    "amocrm": {"тип контакт компания", "наименование", "ответственный"},
    "1c": {"наименование", "инн", "кпп"},
}


def profile(columns: Sequence[str]) -> str:
    """This function will name the program that a list comes from, by its columns; '' when it is nobody's."""
    names = {tidy(column) for column in columns}
    return next((key for key, marks in PROFILES.items() if marks <= names), "")


def guess_client_columns(columns: Sequence[str]) -> dict[str, int]:
    """
    This function will return the position of the column for each role, by role code; the second and later columns of
    numbers, letters and notes are 'phone2', 'phone3', …
    """
    known = profile(columns)
    fits = sorted(
        (-fit, order, i)
        for order, role in enumerate(ROLES)
        for i, name in enumerate(columns)
        if (fit := name_fit(name, role)) > (1 if role.code in MANY else 1.4)
    )
    found: dict[str, int] = {}
    for _, order, i in fits:
        code = ROLES[order].code
        if known == "bitrix_contacts" and code == "external_id":
            continue  # the id of a person there, not of the client
        if i in found.values() or (code == "company" and known not in ("bitrix_contacts", "amocrm")):
            continue
        if known in ("bitrix_contacts", "amocrm") and code == "name" and tidy(columns[i]) == "компания":
            code = "company"
        if code in found and code in MANY:
            code = next(f"{code}{n}" for n in range(2, 30) if f"{code}{n}" not in found)
        if code not in found:
            found[code] = i
    return found
