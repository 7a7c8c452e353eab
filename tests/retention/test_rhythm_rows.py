"""Rhythm rows: what an order, a day's end and a rebuild make of them; all three must agree."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ritm.kernel.actor import Actor
from ritm.kernel.calendar import add_months
from ritm.retention import queries
from ritm.retention.models import Prior, Rhythm, Transition
from ritm.retention.operations import rhythm_clock
from ritm.retention.rules import rhythm
from ritm.trade.models import Order
from tests.cast import NOW, TODAY
from tests.factories.retention import buyer, heard, ordered

NUMBERS = [f.attname for f in Rhythm._meta.concrete_fields]


def rows() -> list[tuple[object, ...]]:
    return list(Rhythm.objects.order_by("client_id").values_list(*NUMBERS))


def at(day: dt.date) -> dt.datetime:
    """Noon in Moscow."""
    return dt.datetime(day.year, day.month, day.day, 9, tzinfo=dt.UTC)


def test_orders_make_the_row(cast):
    client = buyer(cast)
    ordered(client, 100, 70, 40, 40, 10)
    ordered(client, 5, amount="-300.50", kind="return")
    heard(client)
    row = Rhythm.objects.get(client=client)
    beat = rhythm.replay([(TODAY - dt.timedelta(days=d), Decimal(1000), 30.0) for d in (100, 70, 40, 40, 10)])
    assert (row.orders, row.weight, row.sum1, row.sum2) == (4, beat.weight, beat.log_sum, beat.log_squares)
    due = rhythm.stamps(beat)
    assert due is not None
    assert (row.expected_on, row.slipping_on, row.lost_on) == (due.expected_on, due.slipping_on, due.lost_on)
    assert (row.status, row.status_since) == ("active", TODAY - dt.timedelta(days=70))
    assert (row.bought, row.ltv, row.year_value) == (Decimal(5000), Decimal("4699.50"), Decimal("4699.50"))
    assert row.annual_worth == round(Decimal(4699.5 / 4 * 365 / rhythm.interval(beat)), 2)
    assert row.next_transition_on == due.expected_on


def test_nothing_is_known_of_the_future(cast):
    client = buyer(cast)
    ordered(client, 30)
    ordered(client, TODAY + dt.timedelta(days=3))
    heard(client)
    row = Rhythm.objects.get(client=client)
    assert (row.orders, row.next_transition_on) == (1, TODAY + dt.timedelta(days=3))
    assert rhythm_clock.tick(organisation_id=cast.home.pk, now=at(TODAY + dt.timedelta(days=3))) == 1
    row.refresh_from_db()
    assert (row.orders, row.last_on) == (2, TODAY + dt.timedelta(days=3))


def test_only_a_future_order_or_only_a_return_is_a_prospect(cast):
    future, returned, never = buyer(cast, "А"), buyer(cast, "Б"), buyer(cast, "В")
    ordered(future, TODAY + dt.timedelta(days=1))
    ordered(returned, 3, amount=-50, kind="return")
    heard(future, returned, never)
    by_client = {row.client_id: row for row in Rhythm.objects.all()}
    assert {row.status for row in by_client.values()} == {"prospect"}
    assert by_client[future.pk].next_transition_on == TODAY + dt.timedelta(days=1)
    assert by_client[returned.pk].ltv == -50
    assert by_client[never.pk].next_transition_on is None


def test_the_year_forgets_by_itself(cast):
    client = buyer(cast)
    ordered(client, 364, 200)
    heard(client)
    assert Rhythm.objects.get(client=client).year_value == 2000
    rhythm_clock.tick(organisation_id=cast.home.pk, now=at(TODAY + dt.timedelta(days=1)))
    row = Rhythm.objects.get(client=client)
    assert (row.year_value, row.ltv) == (1000, 2000)


def test_a_cancelled_history_leaves_a_prospect(cast):
    client = buyer(cast)
    ordered(client, 60, 30)
    heard(client)
    Order.objects.filter(client=client).update(cancelled_at=NOW)
    heard(client)
    row = Rhythm.objects.get(client=client)
    assert (row.status, row.orders, row.first_on, row.interval_days, row.ltv) == ("prospect", 0, None, None, 0)
    assert row.next_transition_on is None


def test_the_clock_moves_a_silent_client_through_the_classes(cast):
    client = buyer(cast)
    ordered(client, 60, 30, 0)
    heard(client)
    row = Rhythm.objects.get(client=client)
    for day, status in ((row.expected_on, "overdue"), (row.slipping_on, "slipping"), (row.lost_on, "lost")):
        rhythm_clock.tick(organisation_id=cast.home.pk, now=at(day - dt.timedelta(days=1)))
        row.refresh_from_db()
        assert row.status != status
        rhythm_clock.tick(organisation_id=cast.home.pk, now=at(day))
        row.refresh_from_db()
        assert (row.status, row.status_since) == (status, day)
    steps = Transition.objects.filter(clock="rhythm", client=client, reconstructed=False).order_by("on", "id")
    told = [(s.was, s.became, s.on) for s in steps]
    assert told == [
        ("active", "overdue", row.expected_on),
        ("overdue", "slipping", row.slipping_on),
        ("slipping", "lost", row.lost_on),
    ]
    last = steps.last()
    assert last.inputs["orders"] == 3
    assert last.owner_id == cast.max.pk
    ordered(client, row.lost_on + dt.timedelta(days=9))
    heard(client, at=at(row.lost_on + dt.timedelta(days=9)))
    row.refresh_from_db()
    assert row.status == "won_back"


def test_a_tick_repeated_or_moved_back_does_nothing(cast):
    client = buyer(cast)
    ordered(client, 90, 60, 30)
    heard(client)
    day = TODAY + dt.timedelta(days=50)
    assert rhythm_clock.tick(organisation_id=cast.home.pk, now=at(day)) == 1
    before = rows(), Transition.objects.count()
    assert rhythm_clock.tick(organisation_id=cast.home.pk, now=at(day)) == 0
    assert rhythm_clock.tick(organisation_id=cast.home.pk, now=at(TODAY)) == 0
    assert (rows(), Transition.objects.count()) == before


def test_a_long_absence_of_the_clock_is_told_step_by_step(cast):
    client = buyer(cast)
    ordered(client, 60, 30, 0)
    heard(client)
    row = Rhythm.objects.get(client=client)
    rhythm_clock.tick(organisation_id=cast.home.pk, now=at(row.lost_on + dt.timedelta(days=5)))
    told = list(Transition.objects.filter(clock="rhythm", client=client).order_by("on").values_list("became", "on"))
    assert told[-3:] == [("overdue", row.expected_on), ("slipping", row.slipping_on), ("lost", row.lost_on)]


def test_a_late_order_corrects_the_log_without_touching_it(cast):
    client = buyer(cast)
    ordered(client, 60, 30, 0)
    heard(client)
    row = Rhythm.objects.get(client=client)
    slipping = row.slipping_on
    rhythm_clock.tick(organisation_id=cast.home.pk, now=at(slipping))
    later = slipping + dt.timedelta(days=2)
    ordered(client, slipping - dt.timedelta(days=20))
    heard(client, at=at(later))
    told = list(
        Transition.objects.filter(clock="rhythm", client=client).order_by("on", "id").values_list("was", "became", "on")
    )
    assert ("overdue", "slipping", slipping) in told
    row.refresh_from_db()
    assert told[-1] == ("slipping", row.status, later)


def test_imported_history_is_told_afterwards_once(cast):
    client = buyer(cast)
    ordered(client, 500, 470, 440, 100, 70)
    heard(client)
    told = list(Transition.objects.filter(clock="rhythm", client=client).order_by("on", "id"))
    assert [step.became for step in told] == [
        "new", "active", "overdue", "slipping", "lost", "won_back", "active",
    ]  # fmt: skip
    assert all(step.reconstructed for step in told)
    ordered(client, 530)
    heard(client)
    again = list(Transition.objects.filter(clock="rhythm", client=client).order_by("on", "id"))
    assert again[0].on == TODAY - dt.timedelta(days=530)
    assert rhythm_clock.rebuild(organisation_id=cast.home.pk, now=NOW) == 0
    assert list(Transition.objects.filter(clock="rhythm", client=client).order_by("on", "id")) == again


def test_another_organisation_keeps_its_rows(cast):
    from ritm.journal import tenancy

    client = buyer(cast)
    ordered(client, 10)
    heard(client)
    with tenancy.organisation(cast.other.pk):
        assert rhythm_clock.rebuild(organisation_id=cast.other.pk, now=NOW) == 0
    assert Rhythm.objects.get(client=client).orders == 1


def test_a_wrong_row_is_put_right_by_a_rebuild(cast):
    client = buyer(cast)
    ordered(client, 60, 30, 0)
    heard(client)
    right = rows()
    Rhythm.objects.filter(client=client).update(sum1=99, status="lost")
    assert rhythm_clock.rebuild(organisation_id=cast.home.pk, now=NOW) == 1
    assert rows() == right


CHANGE = st.tuples(
    st.integers(0, 3),  # whose
    st.sampled_from(["order", "order", "order", "return", "cancel", "correct", "day"]),
    st.integers(-3, 500),  # days before today; negative is the future
    st.integers(0, 5000),
)


@pytest.mark.django_db
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(CHANGE, max_size=25))
def test_increments_in_any_order_equal_a_rebuild_and_the_rules(cast, changes):
    from django.db import transaction

    with transaction.atomic():
        clients = [buyer(cast, name) for name in "АБВГ"]
        today = TODAY
        for month in range(18):  # G0 that changes from month to month must change nothing about the equality
            Prior.objects.create(
                organisation=cast.home,
                fitted_on=add_months(TODAY.replace(day=1), -month),
                numbers={},
                clients=0,
                base_interval=20 + month * 7 % 40,
                repeat_clients=0,
                is_default=True,
            )
        for whose, what, days, amount in changes:
            client = clients[whose]
            if what == "day":
                today += dt.timedelta(days=days % 40)
                rhythm_clock.tick(organisation_id=cast.home.pk, now=at(today))
                continue
            held = Order.objects.filter(client=client, cancelled_at=None).order_by("id")
            if what == "order":
                ordered(client, today - dt.timedelta(days=days), amount=amount)
            elif what == "return":
                ordered(client, today - dt.timedelta(days=days), amount=-amount, kind="return")
            elif what == "cancel" and held.exists():
                Order.objects.filter(pk=held[amount % held.count()].pk).update(cancelled_at=NOW)
            elif what == "correct" and held.exists():
                one = held[amount % held.count()]
                Order.objects.filter(pk=one.pk).update(ordered_on=today - dt.timedelta(days=days))
            heard(client, at=at(today))
        rhythm_clock.tick(organisation_id=cast.home.pk, now=at(today))
        grown = rows()
        assert rhythm_clock.rebuild(organisation_id=cast.home.pk, now=at(today)) == 0
        Rhythm.objects.update(orders=-1, status="lost", ltv=-1, status_since=None, next_transition_on=None)
        rhythm_clock.rebuild(organisation_id=cast.home.pk, now=at(today))
        assert rows() == grown
        for client in clients:
            told = queries.explain(client.pk, cast.viewer("max"), today)
            row = Rhythm.objects.get(client=client)
            assert told is not None
            if told.explanation is None:
                assert row.status == "prospect"
                continue
            beat = told.explanation.beat
            assert queries.beat_of(row) == beat
            assert row.status == told.explanation.status
            assert (row.expected_on, row.slipping_on, row.lost_on) == (
                told.explanation.stamps.expected_on,
                told.explanation.stamps.slipping_on,
                told.explanation.stamps.lost_on,
            )
            known = list(
                Transition.objects.filter(clock="rhythm", client=client)
                .order_by("on", "id")
                .values_list("became", flat=True)
            )
            assert known[-1] == row.status
        transaction.set_rollback(True)


def test_the_months_keep_their_numbers(cast):
    clients = [buyer(cast, f"Клиент {i}") for i in range(12)]
    for i, client in enumerate(clients):
        ordered(client, *range(20, 420, 35 + i))
    heard(*clients)
    months = list(Prior.objects.order_by("fitted_on"))
    assert months[0].fitted_on <= TODAY - dt.timedelta(days=400)
    assert months[-1].fitted_on == TODAY.replace(day=1)
    assert months[0].base_interval == 30
    assert months[-1].base_interval == pytest.approx(40.5)
    assert all(month.is_default for month in months)
    before = rows()
    rhythm_clock.tick(organisation_id=cast.home.pk, now=at(TODAY + dt.timedelta(days=20)))
    assert Prior.objects.count() == len(months) + 1
    changed = [new for old, new in zip(before, rows(), strict=True) if old != new]
    assert changed
    base = NUMBERS.index("base_interval")
    assert [row[base] for row in rows()] == [row[base] for row in before]


def test_history_that_has_grown_is_fitted_anew(cast):
    first = buyer(cast, "Первый")
    ordered(first, 50, 20)
    heard(first)
    assert not rhythm_clock.consider_fit(organisation_id=cast.home.pk, now=NOW)
    clients = [buyer(cast, f"Клиент {i}") for i in range(12)]
    for client in clients:
        ordered(client, *range(20, 420, 35))
    heard(*clients)
    assert rhythm_clock.consider_fit(organisation_id=cast.home.pk, now=NOW)
    assert Rhythm.objects.get(client=clients[0]).base_interval == 35
    assert not rhythm_clock.consider_fit(organisation_id=cast.home.pk, now=NOW)


def test_two_recounts_of_one_client_wait_for_each_other(cast):
    # The lock is taken before the orders are read; here it is only proved that it is asked for.
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = buyer(cast)
    ordered(client, 10)
    with CaptureQueriesContext(connection) as seen:
        rhythm_clock.follow_orders(client_ids=(client.pk,), by=Actor(cast.home.pk), at=NOW)
    said = [q["sql"] for q in seen]
    lock = next(i for i, q in enumerate(said) if "FOR UPDATE" in q)
    read = next(i for i, q in enumerate(said) if "retention_fresh" in q)
    assert lock < read


def test_the_clock_continues_a_told_history_without_telling_it_again(cast):
    client = buyer(cast)
    ordered(client, 300, 200, 60, 30, 0)
    heard(client)
    told = list(
        Transition.objects.filter(client=client, clock="rhythm", reconstructed=True).values_list("pk", flat=True)
    )
    assert told
    due = Rhythm.objects.get(client=client).expected_on
    rhythm_clock.tick(organisation_id=cast.home.pk, now=at(due))
    steps = Transition.objects.filter(client=client, clock="rhythm")
    assert set(told) <= set(steps.values_list("pk", flat=True))
    assert [(s.was, s.became, s.on) for s in steps.filter(reconstructed=False, on=due)] == [("active", "overdue", due)]
