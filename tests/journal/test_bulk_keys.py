"""Keys of rows by the million, kept by triggers: what a foreign key promises, they promise."""

from __future__ import annotations

import threading

import pytest
from django.db import IntegrityError, connection, transaction

from ritm.clients.models import Client
from ritm.journal import tenancy
from ritm.staff import operations as staff
from ritm.staff.models import Unit
from ritm.trade.models import Line, Order, Product
from tests.cast import NOW, TODAY
from tests.factories import clients, trade

NOBODY = 10**12


def an_order(cast, client_id):
    return Order.objects.create(
        organisation=cast.home, client_id=client_id, ordered_on=TODAY, amount=100, created_at=NOW
    )


def test_a_reference_to_nothing_is_refused(cast):
    client = clients.client(cast.home, owner=cast.max)
    with pytest.raises(IntegrityError, match="key_trade_order_client_id"), transaction.atomic():
        an_order(cast, NOBODY)
    order = an_order(cast, client.pk)
    product = trade.product(cast.home)
    for wrong in ({"order_id": NOBODY, "product": product}, {"order": order, "product_id": NOBODY}):
        with pytest.raises(IntegrityError, match="key_trade_line"), transaction.atomic():
            Line.objects.create(organisation=cast.home, quantity=1, price=1, amount=1, **wrong)
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(client_id=NOBODY)


def test_one_bad_row_among_many_is_enough(cast):
    client = clients.client(cast.home, owner=cast.max)
    row = {"organisation": cast.home, "ordered_on": TODAY, "amount": 1, "created_at": NOW}
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.bulk_create([*(Order(client=client, **row) for _ in range(9)), Order(client_id=NOBODY, **row)])
    assert not Order.objects.exists()


def test_what_is_referred_to_stays(cast):
    client = clients.client(cast.home, owner=cast.max)
    order = an_order(cast, client.pk)
    product = trade.product(cast.home)
    Line.objects.create(organisation=cast.home, order=order, product=product, quantity=1, price=1, amount=1)
    for table, pk in (("trade_order", order.pk), ("trade_product", product.pk), ("clients_client", client.pk)):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"DELETE FROM {table} WHERE id = %s", [pk])
    with pytest.raises(IntegrityError), transaction.atomic():
        Order.objects.filter(pk=order.pk).update(id=NOBODY)
    order.delete()  # with its lines, as Django takes parts along
    assert Product.objects.filter(pk=product.pk).delete()[0] == 1


def test_another_organisations_row_is_no_row(cast):
    with tenancy.organisation(cast.other.pk):
        stranger = clients.client(cast.other, owner=cast.rita)
    with pytest.raises(IntegrityError), transaction.atomic():
        an_order(cast, stranger.pk)


def test_two_transactions_cannot_break_it_between_them(django_db_setup, django_db_blocker):
    """One deletes a client while another writes him an order: it waits, and is refused. Commits for real."""
    found: list[IntegrityError] = []
    started = threading.Event()

    def write():
        with django_db_blocker.unblock():
            try:
                with tenancy.organisation(home.pk):
                    started.set()
                    Order.objects.create(organisation=home, client_id=pk, ordered_on=TODAY, amount=1, created_at=NOW)
            except IntegrityError as error:
                found.append(error)
            finally:
                connection.close()

    with django_db_blocker.unblock():
        with transaction.atomic():
            home = staff.open_organisation(name="Ключи", at=NOW)
            unit = Unit.objects.get(organisation=home)
            seller = staff.hire(organisation=home, unit=unit, name="Макс", role="sales", at=NOW)
            pk = clients.client(home, owner=seller).pk
        with tenancy.organisation(home.pk):
            with connection.cursor() as cursor:
                for table in ("clients_tenure", "retention_rhythm", "retention_contactclock"):
                    cursor.execute(f"DELETE FROM {table} WHERE client_id = %s", [pk])
            Client.objects.filter(pk=pk)._raw_delete(using="default")
            other = threading.Thread(target=write)
            other.start()
            assert started.wait(20)
        other.join(60)
        with tenancy.organisation(home.pk):
            assert not Order.objects.exists()
        connection.close()
    assert [str(error).split('"')[1] for error in found] == ["trade_order"]
