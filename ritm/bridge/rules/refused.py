"""Why a value, a row or a file was not taken: a code with parameters, and a sentence for people."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Lang = Literal["ru", "en"]

_SENTENCES: dict[str, dict[Lang, str]] = {
    "file_missing": {"ru": "файла «{name}» нет", "en": "there is no file {name}"},
    "file_empty": {"ru": "файл пустой", "en": "the file is empty"},
    "file_unreadable": {
        "ru": "файл не читается: это не таблица или он повреждён ({detail})",
        "en": "the file cannot be read: it is not a table or is damaged ({detail})",
    },
    "file_locked": {"ru": "файл закрыт паролем", "en": "the file is locked with a password"},
    "file_no_rows": {
        "ru": "в файле есть заголовок, но нет строк с данными",
        "en": "the file has a header but no rows of data",
    },
    "sheet_missing": {
        "ru": "листа «{name}» нет; есть: {names}",
        "en": "there is no sheet {name}; there are: {names}",
    },
    "sheet_of_text": {
        "ru": "в текстовом файле нет листов, лист «{name}» не найден",
        "en": "a text file has no sheets, so no sheet {name}",
    },
    "row_unreadable": {"ru": "строка не читается ({detail})", "en": "the row cannot be read ({detail})"},
    "text_broken": {
        "ru": "в тексте «{value}» испорчена кодировка",
        "en": "the encoding of the text {value!r} is broken",
    },
    "date_empty": {"ru": "нет даты", "en": "there is no date"},
    "date_unknown": {"ru": "«{value}» – не дата", "en": "{value!r} is not a date"},
    "date_impossible": {"ru": "даты «{value}» не бывает", "en": "there is no such date as {value!r}"},
    "date_other_order": {
        "ru": "в дате «{value}» день и месяц стоят не так, как в остальном столбце",
        "en": "the day and the month of {value!r} stand the other way round than in the rest of the column",
    },
    "date_out_of_range": {
        "ru": "дата «{value}» вне {first}–{last} годов",
        "en": "the date {value!r} is outside the years {first}–{last}",
    },
    "amount_empty": {"ru": "нет суммы", "en": "there is no amount"},
    "amount_unknown": {"ru": "«{value}» – не сумма", "en": "{value!r} is not an amount"},
    "amount_too_big": {"ru": "сумма «{value}» слишком велика", "en": "the amount {value!r} is too big"},
    "key_empty": {"ru": "не указан клиент", "en": "no client is named"},
    "key_rounded": {
        "ru": "номер «{value}» округлён программой таблиц, исходный не восстановить",
        "en": "the number {value!r} was rounded by a spreadsheet and cannot be restored",
    },
    "key_unknown": {"ru": "«{value}» – не клиент", "en": "{value!r} is not a client"},
    "text_long": {
        "ru": "слишком длинно: {length} знаков, помещается {most}",
        "en": "too long: {length} characters, {most} fit",
    },
    "date_future": {"ru": "дата {value} ещё не наступила", "en": "the date {value} has not come yet"},
    "quantity_unknown": {"ru": "«{value}» – не количество", "en": "{value!r} is not a quantity"},
    "number_repeats": {
        "ru": "заказ {number} этого клиента уже есть в строке {row}",
        "en": "order {number} of this client stands in row {row} already",
    },
    "number_other_date": {
        "ru": "у заказа {number} здесь дата {here}, а в строке {row} – {there}",
        "en": "order {number} is dated {here} here but {there} in row {row}",
    },
    "client_many": {
        "ru": "клиентов, похожих на «{value}», несколько: {names}; укажите ИНН или код",
        "en": "several clients look like {value!r}: {names}; give an INN or a code",
    },
    "inn_padded": {
        "ru": "в ИНН «{value}» потерян ноль в начале, взят {taken}",
        "en": "the INN {value!r} has lost its leading zero; {taken} was taken",
    },
    "inn_wrong": {
        "ru": "ИНН «{value}» не проходит проверку контрольных цифр",
        "en": "the INN {value!r} does not pass its check digits",
    },
    "inn_unknown": {"ru": "«{value}» – не ИНН", "en": "{value!r} is not an INN"},
    "name_empty": {"ru": "нет названия клиента", "en": "the client has no name"},
    "kpp_unknown": {"ru": "«{value}» – не КПП", "en": "{value!r} is not a KPP"},
    "account_wrong": {"ru": "счёт {value} не сходится с БИК", "en": "the account {value} does not agree with its BIK"},
    "phone_unknown": {
        "ru": "«{value}» – не телефон; оставлено в комментарии",
        "en": "{value!r} is no phone; kept as comment",
    },
    "email_unknown": {"ru": "«{value}» – не адрес почты", "en": "{value!r} is not an e-mail address"},
    "owner_unknown": {
        "ru": "сотрудника «{value}» нет; клиент останется без ответственного",
        "en": "there is no employee {value!r}; the client will have no owner",
    },
    "client_repeats": {
        "ru": "это клиент из строки {row} («{name}»): контакты, телефоны и адреса добавлены ему",
        "en": "this is the client of row {row} ({name}): contacts, phones and addresses are added to them",
    },
    "inn_repeats": {
        "ru": "ИНН {inn} уже стоит в строке {row} («{name}»): контакты, телефоны и адреса добавлены тому же клиенту",
        "en": "the INN {inn} stands in row {row} ({name}) already: what is new here is added to the same client",
    },
    "client_duplicate": {
        "ru": "возможный дубль: тот же телефон у клиента «{names}»",
        "en": "a possible duplicate: {names} has the same phone",
    },
    "xml_no_parties": {
        "ru": "в XML нет контрагентов: нужен файл обмена 1С с разделом «Контрагенты»",
        "en": "there are no counterparties in the XML: an exchange file of 1C with them is needed",
    },
    "own_long": {
        "ru": "«{value}» длиннее {most} знаков; оставлено незаполненным",
        "en": "{value!r} is longer than {most} characters; left empty",
    },
    "own_number": {"ru": "«{value}» – не число; оставлено незаполненным", "en": "{value!r} is no number; left empty"},
    "own_large": {
        "ru": "число «{value}» слишком велико; оставлено незаполненным",
        "en": "the number {value!r} is too large; left empty",
    },
    "own_whole": {
        "ru": "«{value}» – не целое число; оставлено незаполненным",
        "en": "{value!r} is no whole number; left empty",
    },
    "own_places": {
        "ru": "в числе «{value}» больше {places} знаков после запятой; оставлено незаполненным",
        "en": "{value!r} has more than {places} decimals; left empty",
    },
    "own_date": {"ru": "«{value}» – не дата; оставлено незаполненным", "en": "{value!r} is no date; left empty"},
    "own_yes_no": {
        "ru": "«{value}» – ни да, ни нет; оставлено незаполненным",
        "en": "{value!r} is neither yes nor no; left empty",
    },
    "own_one_only": {
        "ru": "в «{value}» несколько значений, а поле держит одно; оставлено незаполненным",
        "en": "{value!r} names several, the field holds one; left empty",
    },
    "own_option": {
        "ru": "«{value}» нет в списке поля ({names}); оставлено незаполненным",
        "en": "{value!r} is not in the field's list ({names}); left empty",
    },
    "returns_exceed": {
        "ru": "возвратов у клиента больше, чем заказов: {amount}",
        "en": "the client's returns exceed the orders: {amount}",
    },
}


@dataclass(frozen=True, slots=True)
class Refused:
    """A reason. `code` is stable and meant for programs; `params` fill the sentence."""

    code: str
    params: dict[str, object] = field(default_factory=dict)

    def say(self, lang: Lang) -> str:
        """This function will return the reason as a sentence without a full stop, in Russian or English."""
        return _SENTENCES[self.code][lang].format(**self.params)


class UnreadableFile(ValueError):
    """A whole file that cannot be read as a table; `reason` says why."""

    def __init__(self, reason: Refused) -> None:
        super().__init__(reason.say("en"))
        self.reason = reason
