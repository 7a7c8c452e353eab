"""The demo: the same seed gives the same company; a reset touches nobody else."""

from __future__ import annotations

import datetime as dt

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from ritm.bridge.models import Import
from ritm.clients.models import Client, ClientValue, Consent, OwnField, Pair, Requisites
from ritm.conversations.models import Attachment
from ritm.demo import operations
from ritm.demo.operations import Order
from ritm.journal import tenancy
from ritm.journal.models import Batch
from ritm.kernel.requisites import account_is_valid, inn_is_valid, kpp_is_valid, ogrn_is_valid
from ritm.retention.models import Backtest, Claim, ContactClock, FeedHealth
from ritm.staff import queries
from ritm.staff.models import Employee, Organisation, Person
from ritm.trade.models import Line
from ritm.trade.models import Order as Sale
from tests.cast import NOW

DAY = dt.date(2026, 3, 16)

# What a company is, without the ids that a sequence happened to give.
DIGEST = """
SELECT md5(string_agg(row, E'\n' ORDER BY row)) FROM (
    SELECT concat_ws('|', c.name, c.inn, c.kind, c.search, c.created_at, e.name) AS row
    FROM clients_client c LEFT JOIN staff_employee e ON e.id = c.owner_id
    UNION ALL SELECT concat_ws('|', o.number, o.kind, o.ordered_on, o.amount, o.cancelled_at, o.created_at, c.inn)
    FROM trade_order o JOIN clients_client c ON c.id = o.client_id
    UNION ALL SELECT concat_ws('|', o.number, p.sku, l.quantity, l.price, l.amount)
    FROM trade_line l JOIN trade_order o ON o.id = l.order_id JOIN trade_product p ON p.id = l.product_id
    UNION ALL SELECT concat_ws('|', number, paid_on, amount) FROM trade_payment
    UNION ALL SELECT concat_ws('|', kind, at, result, text) FROM conversations_interaction
    UNION ALL SELECT concat_ws('|', ogrn, account, bik) FROM clients_requisites
    UNION ALL SELECT concat_ws('|', text, kind) FROM clients_address
) rows
"""


def load(*, clients: int = 60, seed: int = 7) -> list[int]:
    return operations.load(
        Order(clients=clients, orders_per_client=12, seed=seed, as_of=DAY), at=NOW, say=lambda _: None
    )


def digest(organisation_id: int) -> str:
    with tenancy.organisation(organisation_id), connection.cursor() as cursor:
        cursor.execute(DIGEST)
        return cursor.fetchone()[0]


@pytest.mark.django_db
def test_the_same_seed_gives_the_same_companies_and_another_gives_others():
    first = [digest(pk) for pk in load()]
    operations.remove([company.organisation_id for company in operations.companies()])
    second = [digest(pk) for pk in load()]
    operations.remove([company.organisation_id for company in operations.companies()])
    third = [digest(pk) for pk in load(seed=8)]
    assert first == second
    assert first[0] != third[0]


@pytest.mark.django_db
def test_amounts_are_the_sums_of_lines_and_requisites_have_true_check_digits():
    made = load(clients=120)
    with tenancy.organisation(made[0]):
        totals: dict[int, object] = {}
        for order_id, amount in Line.objects.values_list("order_id", "amount"):
            totals[order_id] = totals.get(order_id, 0) + amount
        assert totals == dict(Sale.objects.values_list("id", "amount"))
        assert len(totals) == pytest.approx(120 * 12, rel=0.1)
        for held in Requisites.objects.select_related("client"):
            assert inn_is_valid(held.inn), held.inn
            assert ogrn_is_valid(held.ogrn), held.ogrn
            assert account_is_valid(held.account, held.bik), held.account
            assert not held.kpp or kpp_is_valid(held.kpp)
        assert not Sale.objects.filter(ordered_on__gt=DAY).exists()
        inns = list(Client.objects.exclude(inn="").values_list("inn", flat=True))
        assert len(inns) == len(set(inns))


@pytest.mark.django_db
def test_both_companies_keep_the_holidays_of_three_years():
    for organisation_id in load():
        with tenancy.organisation(organisation_id):
            days = queries.special_days(organisation_id)
        assert {day.year for day in days} == {2025, 2026, 2027}
        assert days[dt.date(2026, 1, 1)] is False
        assert days[dt.date(2025, 11, 1)] is True


@pytest.mark.django_db
def test_one_person_works_in_both_companies():
    made = load()
    places = []
    for organisation_id in made:
        with tenancy.organisation(organisation_id):
            places.append(set(Employee.objects.values_list("person__email", flat=True)))
    assert len(places[0]) == 24
    assert places[0] & places[1] == {"director@demo.ritm"}


def test_removal_leaves_nothing_of_the_demo_and_everything_of_others(cast):
    load()
    operations.remove([company.organisation_id for company in operations.companies()])
    with tenancy.installation():
        assert set(Organisation.objects.values_list("name", flat=True)) == {"Север-Опт", "Правовой советник"}
    with tenancy.organisation(cast.home.pk):
        assert Employee.objects.count() == 7
    assert not Person.objects.filter(email__endswith="@demo.ritm").exists()
    assert Person.objects.count() == 8


def test_removal_refuses_a_company_that_the_demo_did_not_make(cast):
    with pytest.raises(ValueError, match="not made by the demo"):
        operations.remove([cast.home.pk])


@pytest.mark.django_db
def test_the_command_loads_once_and_says_how_to_sign_in(capsys):
    call_command("demo", clients=30, orders_per_client=5, as_of=DAY)
    first = capsys.readouterr().out
    call_command("demo", clients=30, orders_per_client=5, as_of=DAY)
    assert "director@demo.ritm" in first
    assert "Уже загружено" in capsys.readouterr().out
    assert len(operations.companies()) == 2


@pytest.mark.django_db
def test_a_large_demo_lays_indexes_aside_and_puts_them_back(monkeypatch):
    monkeypatch.setattr(operations, "LINES_UP_TO", 50)
    before = _shape()
    made = load(clients=80)
    assert _shape() == before
    with tenancy.organisation(made[0]):
        assert not Line.objects.exists()
        assert Sale.objects.count() == pytest.approx(80 * 12, rel=0.15)
    operations.remove(made)
    assert _shape() == before


def _shape() -> list[tuple[str, str]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
            " UNION ALL SELECT conname, pg_get_constraintdef(oid) || convalidated FROM pg_constraint"
            " WHERE conrelid <> 0"
            " UNION ALL SELECT tgname, tgrelid::regclass || tgenabled::text FROM pg_trigger WHERE NOT tgisinternal"
            " ORDER BY 1, 2"
        )
        return cursor.fetchall()


def test_every_talk_is_one_that_a_client_page_can_tell():
    from ritm.conversations.panels import TITLES
    from ritm.demo.words import TALKS

    assert {(talk[0], talk[1]) for talk in TALKS} <= set(TITLES)


def test_a_base_without_tables_is_a_sentence_and_no_traceback(db):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'desk'")
    with pytest.raises(CommandError, match="сначала выполните ritm migrate"):
        call_command("demo", clients=30, orders_per_client=5, as_of=DAY)


@pytest.mark.django_db
def test_the_last_weeks_show_what_each_page_is_for(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    call_command("demo", clients=1500, orders_per_client=4, as_of=DAY)
    home = operations.companies()[0].organisation_id
    with tenancy.organisation(home):
        imports = {one.filename: one for one in Import.objects.order_by("pk")}
        assert [one.state for one in imports.values()] == ["done", "done", "checked", "uploaded"]
        cards = imports["Выставка «Скрепка» – визитки.csv"]
        assert (cards.counts["clients_new"], cards.counts["clients_changed"]) == (8, 2)
        assert cards.counts["duplicates"] >= 2
        assert Client.objects.filter(name="ООО «Переменка»", owner__name="Максим Соловьёв").exists()
        assert imports["company_export_b24.csv"].counts["clients_new"] == 8
        assert ClientValue.objects.values("field").distinct().count() == OwnField.objects.count() == 7
        assert Consent.objects.filter(withdrawn_on=None).exists()
        assert set(Pair.objects.values_list("reason", flat=True)) == {"inn", "phone", "email", "address"}
        states = set(Batch.objects.exclude(kind__startswith="import").values_list("kind", "state"))
        assert {("clients.reassign", "cancelled"), ("clients.tag", "undone"), ("clients.merge", "done")} <= states
        claims = Claim.objects.all()
        assert {(one.met_on is not None, one.returned_on is not None) for one in claims} == {
            (False, False), (True, False), (False, True),
        }  # fmt: skip
        assert Backtest.objects.get().result["rules"][0]["total"]["flags"] > 0
        assert FeedHealth.objects.holding().get().feed == "letters"
        assert Attachment.objects.count() == 2
        assert ContactClock.objects.exclude(excuse="").count() == 3
        assert Employee.objects.get(name="Павел Ремизов").substitute.name == "Максим Соловьёв"


@pytest.mark.django_db
def test_removal_takes_the_files_from_the_disk(settings, tmp_path, django_capture_on_commit_callbacks):
    settings.MEDIA_ROOT = tmp_path
    call_command("demo", clients=60, orders_per_client=5, as_of=DAY)
    assert sum(one.is_file() for one in tmp_path.rglob("*")) == 6
    with django_capture_on_commit_callbacks(execute=True):
        operations.remove([company.organisation_id for company in operations.companies()])
    assert not [one for one in tmp_path.rglob("*") if one.is_file()]
