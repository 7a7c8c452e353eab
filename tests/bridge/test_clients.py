# ruff: noqa: E501 (rows of files as they are)
"""Clients out of a sales team's own file and out of the exports of Bitrix24, amoCRM and 1C."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from ritm.bridge.models import Import, Problem
from ritm.clients import operations as clients
from ritm.clients import own
from ritm.clients.models import (
    Address,
    Client,
    ClientValue,
    Contact,
    Email,
    OwnOption,
    Phone,
    Requisites,
    Tenure,
)
from ritm.kernel.refusal import Refusal
from tests.bridge.test_bad_input import book
from tests.cast import NOW
from tests.factories.bridge import uploaded
from tests.factories.clients import client as make_client

pytestmark = pytest.mark.django_db

SAMPLES = Path(__file__).parents[2].parent / "shared" / "samples" / "commerceml"
HEADER = "Наименование;ИНН;КПП;Телефон;Адрес;Контактное лицо;Менеджер\n"


@pytest.fixture
def bring_clients(bring):
    def bring_(content, **asked):
        return bring(content, kind="clients", **asked)

    return bring_


def policy(name: str) -> dict[str, dict[str, str]]:
    return {"options": {"duplicates": name}}


def test_a_sales_teams_own_workbook(bring_clients, cast):
    rows = [
        ["Клиентская база отдела", None, None, None],
        [],
        ["Клиент", "ИНН", "Телефоны", "Адрес доставки", "Комментарий", "Менеджер"],
        [
            "ООО Ромашка (закрылись)",
            7707083893.0,
            "8 (917) 123-45-67, 8-917-765-43-21 доб. 12",
            "г. Уфа, ул. Ленина, 5",
            "любит скидки",
            "Макс",
        ],
        ["ИП Петров", 274062111, "нет", "", "", "Кто-то"],
        ["Иванова Мария Петровна", None, "89171234500 Маша", "Уфа Ленина 7-12", "", "Лена"],
        ["Итого", None, None, None, None, None],
    ]
    found = bring_clients(book(("Клиенты", rows), ("Лист2", [["черновик"]])), filename="база.xlsx")
    assert found.report.state == Import.State.DONE, found.report.failure
    rose = Client.objects.get(inn="7707083893")
    assert (rose.name, rose.owner_id, rose.kind) == ("ООО Ромашка", cast.max.pk, "company")
    assert "закрылись" in rose.comment
    assert "любит скидки" in rose.comment
    assert list(Phone.objects.filter(client=rose).order_by("id").values_list("e164", "extension")) == [
        ("+79171234567", ""), ("+79177654321", "12"),
    ]  # fmt: skip
    assert Address.objects.get(client=rose).key
    assert Requisites.objects.get(client=rose).inn == "7707083893"
    assert Tenure.objects.get(client=rose).owner_id == cast.max.pk
    assert "917" in rose.search
    petrov = Client.objects.get(name="ИП Петров")
    assert (petrov.inn, petrov.kind, petrov.owner_id) == ("0274062111", "sole_trader", None)
    assert Client.objects.get(name="Иванова Мария Петровна").kind == "household"
    assert found.counts["totals"] == 1
    codes = [code for _, code, _ in found.problems]
    assert codes.count("owner_unknown") == 1
    assert "phone_unknown" in codes
    assert not found.refused


def test_again_changes_nothing_and_a_fuller_file_completes(bring_clients):
    body = HEADER + "ООО Ромашка;7707083893;;89171234567;Уфа, Ленина 5;Иванов Иван;\n"
    bring_clients(body)
    again = bring_clients(body)
    assert (again.counts["clients_same"], again.counts["clients_new"], again.counts["clients_changed"]) == (1, 0, 0)
    more = bring_clients(
        HEADER + "Ромашка ООО;7707083893;770701001;89171234567, 89170000001;г Уфа ул Ленина д 5;Иванов Иван;\n"
    )
    assert more.counts["clients_changed"] == 1
    one = Client.objects.get()
    assert (one.name, one.kpp) == ("ООО Ромашка", "770701001")
    assert Phone.objects.count() == 2
    assert Contact.objects.count() == Address.objects.count() == 1


def test_policies_on_who_is_here_already(bring_clients, cast):
    make_client(cast.home, name="Ромашка", legal={"inn": "7707083893"})
    row = HEADER + "ООО Ромашка;7707083893;;89171234567;;;\n"
    bring_clients(row, **policy("skip"))
    assert (Client.objects.get().name, Phone.objects.count()) == ("Ромашка", 0)
    bring_clients(row, **policy("fill"))
    assert (Client.objects.get().name, Phone.objects.count()) == ("Ромашка", 1)
    bring_clients(row, **policy("replace"))
    assert Client.objects.get().name == "ООО Ромашка"
    bring_clients(row, **policy("create"))
    assert Client.objects.count() == 2


def test_a_phone_that_somebody_has_is_a_possible_duplicate(bring_clients, cast):
    known = make_client(cast.home, name="Лютик")
    clients.add_phone(client=known, text="+7 917 123-45-67", by=cast.viewer("oleg").actor(), at=NOW)
    found = bring_clients(HEADER + "Ромашка;;;89171234567;;;\n")
    assert found.counts["duplicates"] == 1
    assert found.refused == [(2, "client_duplicate")]
    assert "«Лютик»" in Problem.objects.get(source=found.source, refused=True).sentence
    assert Client.objects.count() == 1
    bring_clients(HEADER + "Ромашка;;;89171234567;;;\n", **policy("create"))
    assert Client.objects.count() == 2


def test_one_inn_on_fifty_rows(bring_clients):
    rows = [f"Ромашка {i};7707083893;;8917000{i:04};Уфа, Ленина {i};Иванов {i};" for i in range(50)]
    found = bring_clients(HEADER + "\n".join(rows) + "\n")
    one = Client.objects.get()
    assert Phone.objects.filter(client=one).count() == 50
    assert Contact.objects.filter(client=one).count() == 50
    assert Address.objects.filter(client=one).count() == 50
    said = Problem.objects.filter(source=found.source, code="inn_repeats")
    assert said.count() == 49
    assert "ИНН 7707083893 уже стоит в строке 2 («Ромашка 0»)" in said.first().sentence
    assert all(f"Ромашка {i}" in one.comment for i in range(1, 50))


def test_bitrix_companies_in_cp1251(bring_clients):
    header = "ID;Название компании;Тип компании;Рабочий телефон;Мобильный телефон;Рабочий e-mail;Юридический адрес;Комментарий;Ответственный;Реквизит: ИНН;Реквизит: КПП\n"
    row = "15;ООО Ромашка;Клиент;84951234567;89171234567;INFO@romashka.ru;Москва, Тверская 1;звонить утром;Макс;7707083893;770701001\n"
    found = bring_clients((header + row).encode("cp1251"))
    one = Client.objects.get()
    assert (one.external_id, one.inn, one.kpp, one.owner.name) == ("bitrix:15", "7707083893", "770701001", "Макс")
    assert Phone.objects.count() == 2
    assert Email.objects.get().address == "info@romashka.ru"
    assert Address.objects.get().kind == "registered"
    assert not found.refused


def test_bitrix_contacts_in_html_called_xls(bring_clients):
    head = "<th>ID</th><th>Имя</th><th>Отчество</th><th>Фамилия</th><th>Рабочий телефон</th><th>Компания</th><th>Должность</th><th>Ответственный</th>"
    cells = ("<td>1</td><td>Иван</td><td>Иванович</td><td>Иванов</td><td>89171234567</td><td>ООО Ромашка</td><td>директор</td><td>Макс</td>",
             "<td>2</td><td>Пётр</td><td></td><td>Петров</td><td>89171234568</td><td>ООО Ромашка</td><td></td><td>Макс</td>",
             "<td>3</td><td>Анна</td><td></td><td>Алая</td><td>89171234569</td><td></td><td></td><td></td>")  # fmt: skip
    page = f'<html><head><meta charset="utf-8"></head><body><table><tr>{head}</tr>{"".join(f"<tr>{c}</tr>" for c in cells)}</table></body></html>'
    found = bring_clients(page, filename="contacts.xls")
    assert found.report.understood["format"] == "html"
    assert set(Client.objects.values_list("name", "kind")) == {("ООО Ромашка", "company"), ("Алая Анна", "household")}
    director = Contact.objects.get(position="директор")
    assert director.name == "Иванов Иван Иванович"
    assert Phone.objects.get(e164="+79171234567").contact_id == director.pk
    assert Contact.objects.filter(client__name="ООО Ромашка").count() == 2


def test_amocrm(bring_clients):
    header = "Тип (контакт/компания),Наименование,Компания,Дата создания,Теги,Ответственный,Должность,Рабочий телефон,Мобильный телефон,Рабочий email,Адрес,Web,Примечание 1,Примечание 2\n"
    rows = (
        "компания,ООО Ромашка,,01.02.2025,опт,Макс,,84951234567,,,Москва,romashka.ru,первая заметка,вторая\n"
        "контакт,Иванов Иван,ООО Ромашка,01.02.2025,,Макс,закупщик,,89171234567,ii@romashka.ru,,,,\n"
    )
    bring_clients(header + rows)
    one = Client.objects.get()
    assert Contact.objects.get().name == "Иванов Иван"
    assert {"первая заметка", "romashka.ru"} <= {
        w for line in one.comment.splitlines() for w in (line, line.split(": ")[-1])
    }
    assert Phone.objects.filter(client=one).count() == 2


@pytest.mark.skipif(not SAMPLES.exists(), reason="the shared samples are not on this machine")
def test_contragents_of_1c(bring_clients):
    body = (SAMPLES / "ut11-cml31" / "contragents.xml").read_bytes()
    found = bring_clients(body, filename="contragents.xml")
    assert found.report.understood["format"] == "xml"
    assert found.counts["clients_new"] == Client.objects.count() == 18
    one = Client.objects.get(external_id="c0dd88e1-3896-11e6-811f-00155d87f90d")
    assert (one.name, one.inn, one.kind) == ("Михайлова Елена Ивановна", "267603435706", "sole_trader")
    assert Requisites.objects.get(client=one).account == "40802810423001436070"
    assert bring_clients(body).counts["clients_same"] == 18


def test_xml_that_is_something_else(cast):
    with pytest.raises(Refusal) as caught:
        uploaded(cast, "<?xml version='1.0'?><Каталог/>", kind="clients")
    assert caught.value.code == "xml_no_parties"


def test_undo_takes_back_the_import_and_keeps_what_people_did(bring_clients, cast):
    oleg = cast.viewer("oleg").actor()
    known = make_client(cast.home, name="Ромашка", legal={"inn": "7707083893"})
    found = bring_clients(
        HEADER
        + "ООО Ромашка;7707083893;770701001;89171234567;Уфа, Ленина 5;Иванов;\nЛютик;;;89170000000;;;\nВасилёк;;;;;;\n",
        **policy("replace"),
    )
    assert Client.objects.get(pk=known.pk).name == "ООО Ромашка"
    # A person renames the client, and works with one of the new ones.
    clients.edit(client=Client.objects.get(pk=known.pk), changes={"name": "Ромашка и Ко"}, by=oleg, at=NOW)
    clients.add_contact(client=Client.objects.get(name="Лютик"), name="Пётр", by=oleg, at=NOW)
    found.undo()
    rose = Client.objects.get(pk=known.pk)
    assert (rose.name, rose.kpp) == ("Ромашка и Ко", "")
    assert not Phone.objects.filter(client=rose).exists()
    assert not Contact.objects.filter(client=rose).exists()
    assert set(Client.objects.values_list("name", flat=True)) == {"Ромашка и Ко", "Лютик"}
    report = found.report.batch.undo_report
    assert (report["fields_kept"], report["clients_kept"], report["clients_removed"]) == (1, 1, 1)
    assert report["parts_removed"] == 3


def test_what_only_refused_a_client_or_was_taken_back_has_not_touched_him(bring_clients, cast):
    nina = cast.viewer("nina").actor()
    found = bring_clients("Название;Ответственный\nЛютик;Макс\nВасилёк;Макс\nАстра;Макс\n")
    ids = dict(Client.objects.values_list("name", "pk"))
    # His own owner already: refused. Given away and back again: as he was. Archived: touched.
    clients.reassign(client_ids=[ids["Лютик"]], owner=cast.max, why="", by=nina, at=NOW)
    batch = clients.reassign(client_ids=[ids["Василёк"]], owner=cast.lena, why="", by=nina, at=NOW)
    clients.undo_batch(batch=batch, by=nina, at=NOW)
    clients.archive_many(client_ids=[ids["Астра"]], by=nina, at=NOW)
    found.undo()
    assert set(Client.objects.values_list("name", flat=True)) == {"Астра"}


def test_rows_without_a_name_are_refused_and_the_rest_comes_in(bring_clients):
    found = bring_clients(HEADER + ";7707083893;;;;;\nРомашка;;;;;;\n" + "Я" * 400 + ";;;;;;\n")
    assert found.refused == [(2, "name_empty"), (4, "text_long")]
    assert Client.objects.get().name == "Ромашка"


@pytest.fixture
def shelves(cast):
    """Own fields of the office: a number and a list."""
    by = cast.viewer("adam").actor()
    number = clients.define(noun="client", kind="whole", name="Полок", by=by, at=NOW)
    price = clients.define(noun="client", kind="choices", name="Прайсы", options=["опт", "розница"], by=by, at=NOW)
    return number, price


def _said(client: str) -> list[object]:
    rows = ClientValue.objects.filter(client__name=client).order_by("field__position")
    return [row.number if row.number is not None else row.options for row in rows]


def test_own_fields_come_with_the_file(bring_clients, shelves):
    opt, retail = OwnOption.objects.order_by("pk").values_list("pk", flat=True)
    found = bring_clients("Наименование;Полок;Прайсы\nРомашка;12;опт, Розница\nЛютик;много;опт\nВасилёк;;\n")
    assert found.problems == [(3, "own_number", False)]
    assert _said("Ромашка") == [12, [opt, retail]]
    assert _said("Лютик") == [[opt]]
    assert _said("Василёк") == []
    assert found.report.mapping["roles"] == {"name": 0, "own-polok": 1, "own-praysy": 2}


def test_own_fields_are_completed_or_replaced_and_taken_back(bring_clients, shelves, cast):
    number, _price = shelves
    known = make_client(cast.home, name="Ромашка", own={number.pk: Decimal(5)})
    empty = make_client(cast.home, name="Лютик")
    content = "Наименование;Полок\nРомашка;12\nЛютик;3\n"
    filled = bring_clients(content, **policy("fill"))
    assert (_said("Ромашка"), _said("Лютик")) == ([5], [3])
    filled.undo()
    assert (_said("Ромашка"), _said("Лютик")) == ([5], [])
    replaced = bring_clients(content.replace("12", "13"), **policy("replace"))
    assert replaced.counts["clients_changed"] == 2
    assert (_said("Ромашка"), _said("Лютик")) == ([13], [3])
    # A person knows better: his number stays.
    clients.fill_in(
        client=empty, values={number.pk: Decimal(4)}, known=own.all_definitions(cast.home.pk),
        by=cast.viewer("max").actor(), at=NOW,
    )  # fmt: skip
    replaced.undo()
    assert (_said("Ромашка"), _said("Лютик")) == ([5], [4])
    assert replaced.report.batch.undo_report["fields_kept"] == 1
    assert known.pk


def test_a_field_put_away_is_forgotten_by_the_mapping(bring_clients, shelves, cast):
    content = "Наименование;Полок\nРомашка;12\n"
    bring_clients(content)
    clients.put_away(field=shelves[0], by=cast.viewer("adam").actor(), at=NOW)
    again = bring_clients(content.replace("Ромашка", "Лютик"))
    assert again.report.mapping["roles"] == {"name": 0}
    assert again.report.state == Import.State.DONE
