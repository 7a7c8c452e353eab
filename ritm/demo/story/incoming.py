"""Files that came: the accounting's counterparties, an exhibition with bad rows, two that still wait."""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Iterable, Sequence

from django.db.models import Count

from ritm.bridge import operations as bridge
from ritm.bridge import runs
from ritm.bridge.kinds import Mapping
from ritm.bridge.models import Import
from ritm.clients.models import Client, Phone
from ritm.demo.story.cards import FORMATS, GOODS
from ritm.demo.story.scene import Scene, chance
from ritm.journal import tenancy
from ritm.kernel.requisites import inn_is_valid
from ritm.trade.models import Product

MOST_COUNTERPARTIES = 1_200
_ROADS = ("", "", "", "Въезд со двора, приёмка до 15:00", "Пропуск заказать накануне", "Звонить за час, шлагбаум")


def accounting(scene: Scene) -> None:
    """This act brings in the accounting's list of counterparties: codes, terms, own fields of those who buy."""
    head = (
        "Код", "Наименование", "ИНН", "КПП", "Договор до", "Отсрочка", "Кредитный лимит", "Документы по ЭДО",
        "Формат магазина", "Что берёт", "Как проехать",
    )  # fmt: skip
    with tenancy.organisation(scene.organisation_id):
        known = scene.clients().exclude(inn="").values_list("name", "inn", "kpp")[:MOST_COUNTERPARTIES]
        rows = [
            (f"ЦБ-{number:06d}", name, inn, kpp, *_terms(scene, inn))
            for number, (name, inn, kpp) in enumerate(known, 1)
        ]
    _bring_in(scene, "Контрагенты из 1С.csv", _csv(head, rows, "cp1251"), who="accountant", days=24)


def _terms(scene: Scene, inn: str) -> Iterable[str]:
    lot = chance("terms", inn)
    days = (0, 0, 7, 14, 14, 21, 30)[int(lot * 7)]
    goods = [one for one in GOODS if chance(one, inn) < 0.4]
    return (
        scene.day(round(-40 + chance("until", inn) * 520)).strftime("%d.%m.%Y"),
        str(days) if days else "",
        f"{10_000 * round(3 + chance('limit', inn) ** 2 * 60)},00" if days else "",
        "да" if chance("edo", inn) < 0.55 else "нет",
        FORMATS[int(chance("format", inn) * len(FORMATS))],
        "; ".join(goods),
        _ROADS[int(chance("road", inn) * len(_ROADS))],
    )


def exhibition(scene: Scene) -> None:
    """This act brings in visiting cards from an exhibition: newcomers, two known ones, and rows that were refused."""
    head = (
        "Компания", "ИНН", "Контактное лицо", "Должность", "Телефон", "E-mail", "Адрес", "Менеджер",
        "Формат магазина", "Комментарий",
    )  # fmt: skip
    inns = (inn for n in itertools.count(781_590_411, 7_919) for d in "0123456789" if inn_is_valid(inn := f"{n}{d}"))
    newcomers = (
        ("ООО «Пенал и К»", "Ирина Лобова", "Закупки", "8 (948) 110-24-18", "lobova@penal-i-k.example", "Псков, ул. Советская, 14", "Соловьёв М.", "Сеть"),
        ("ООО «Канцмир Плюс»", "Глеб Юрьев", "Директор", "8-948-112-40-07 доб. 12", "yuriev@kancmir.example", "Великий Новгород, пр. Мира, 3", "Соловьёв М.", "Супермаркет"),
        ("ИП Дорофеева Анна Ильинична", "Анна Дорофеева", "", "+7 948 113-55-90", "", "Гатчина, ул. Соборная, 8", "Белякова А.", "Магазин у дома"),
        ("ООО «Уютный дом»", "Роман Цветков", "Категорийный менеджер", "9481146677", "tsvetkov@uyut.example", "Петрозаводск, ул. Ленина, 21", "Белякова А.", "Сеть"),
        ("ООО «Чистый берег»", "Ольга Сычёва", "Закупки", "8 948 115 10 20, 8 948 115 10 21", "zakaz@chistybereg.example", "Мурманск, ул. Книповича, 40", "Ремизов П.", "Супермаркет"),
        ("ООО «Белый лист»", "Пётр Гущин", "Офис-менеджер", "8 948 116-31-31", "office@belylist.example", "Санкт-Петербург, Лиговский пр., 50", "Ремизов П.", "Офис"),
        ("ООО «Переменка»", "Юлия Ветрова", "Товаровед", "8 948 117-08-45", "vetrova@peremenka.example", "Выборг, ул. Крепостная, 5", "Соловьёв М.", "Магазин у дома"),
    )  # fmt: skip
    rows: list[Sequence[str]] = [
        (name, next(inns), person, position, phone, email, address, owner, shape, "Взяли каталог и образцы")
        for name, person, position, phone, email, address, owner, shape in newcomers
    ]
    rows.append(("ООО «Северный склад»", "7815904118", "Ирина Мухина", "", "уточнить у секретаря", "нет", "", "Петренко", "Склад", ""))  # fmt: skip
    with tenancy.organisation(scene.organisation_id):
        mine = list(scene.clients("seller").filter(kind="company")[2:6])
        rows += [(one.name, one.inn, "Вадим Ларин", "Новый закупщик", "", "", "", "", "", "Просил звонить ему") for one in mine[:2]]  # fmt: skip
        for one in mine[2:]:
            number = Phone.objects.filter(client=one).order_by("pk").first()
            if number is not None:
                rows.append(
                    (f"Магазин «{_bare(one.name)}»", "", "", "", number.e164, "", "", "", "", "Визитка без ИНН")
                )
        twins = Client.objects.filter(organisation_id=scene.organisation_id, archived_at=None).values("name")
        name = twins.annotate(times=Count("pk")).filter(times__gt=1).order_by("name").values_list("name", flat=True)
        rows += [(one, "", "", "", "", "", "", "", "", "Обещали прислать заявку") for one in name[:2]]
    rows.append(("", "", "", "", "8 948 119-77-01", "", "", "", "", "Фирму не разобрать, есть только номер"))
    rows.append(("ООО «Кан\ufffd\ufffd\ufffd\ufffd\ufffdы»", "", "Игорь", "", "8 948 119-77-02", "", "", "", "", ""))
    _bring_in(scene, "Выставка «Скрепка» – визитки.csv", _csv(head, rows, "utf-8-sig"), who="director", days=9)


def waiting(scene: Scene) -> None:
    """This act leaves two files on their way: one tried dry, one whose columns nobody has agreed on."""
    head = ("Название компании", "Тип компании", "Рабочий телефон", "Рабочий e-mail", "Ответственный", "Комментарий")
    rows = [
        (
            f"ООО «{name}»",
            "Клиент",
            f"+7 948 22{n}-{10 + n}-05",
            f"info@b24-{n}.example",
            "Игорь Панков",
            "Из Битрикс24",
        )
        for n, name in enumerate(
            ("Альтаир", "Бумеранг", "Вереск", "Глобус-Юг", "Дельта", "Ёлочка", "Жемчуг", "Затея"), 1
        )
    ]
    rows += [("", "Клиент", "+7 948 229-99-05", "", "Игорь Панков", "Без названия"), rows[0]]
    with tenancy.organisation(scene.organisation_id):
        source = _take(scene, "clients", "company_export_b24.csv", _csv(head, rows, "utf-8-sig"), "director", 2)
        bridge.agree_on_columns(
            source=source, mapping=Mapping.from_json(source.mapping), by=scene.by("director"), at=scene.ago(2)
        )
    runs.check(organisation_id=scene.organisation_id, import_id=source.pk, at=scene.ago(2))
    with tenancy.organisation(scene.organisation_id):
        products = list(Product.objects.order_by("pk").exclude(price=None).values_list("name", "price")[:12])
        buyers = list(scene.clients("seller8", "seller9").exclude(inn="").values_list("name", "inn")[:6])
        lines = [
            (f"УТ-{n:05d}", scene.day(-1 - n % 3).strftime("%d.%m.%Y"), *buyers[n % len(buyers)], good, "2", str(2 * (price or 0)).replace(".", ","))
            for n, (good, price) in enumerate(products)
            if buyers
        ]  # fmt: skip
        columns = ("Номер", "Дата", "Контрагент", "ИНН", "Номенклатура", "Количество", "Сумма")
        if lines:
            _take(scene, "orders", "Отгрузки за неделю.csv", _csv(columns, lines, "cp1251"), "accountant", 1)


def _bring_in(scene: Scene, filename: str, content: bytes, *, who: str, days: int) -> None:
    """Every step that a person would make in the browser, the passes included."""
    by, at = scene.by(who), scene.ago(days)
    with tenancy.organisation(scene.organisation_id):
        source = _take(scene, "clients", filename, content, who, days)
        bridge.agree_on_columns(source=source, mapping=Mapping.from_json(source.mapping), by=by, at=at)
    runs.check(organisation_id=scene.organisation_id, import_id=source.pk, at=at)
    with tenancy.organisation(scene.organisation_id):
        source = Import.objects.get(pk=source.pk)
        if source.counts.get("taken"):
            bridge.begin(source=source, by=by, at=at)
    runs.run(organisation_id=scene.organisation_id, import_id=source.pk, at=at)


def _take(scene: Scene, kind: str, filename: str, content: bytes, who: str, days: int) -> Import:
    return bridge.take_file(kind=kind, filename=filename, pieces=[content], by=scene.by(who), at=scene.ago(days, 8))


def _csv(head: Sequence[str], rows: Iterable[Sequence[str]], encoding: str) -> bytes:
    """The table as Russian spreadsheets save it: semicolons, lines ended the Windows way."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows(rows)
    return text.getvalue().encode(encoding, "replace")


def _bare(name: str) -> str:
    return name.split("«")[-1].strip("»")
