"""Zones before the clock ran: told from imported contacts, told anew while nothing was witnessed, never after."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ritm.conversations import operations as conversations
from ritm.conversations.models import Interaction
from ritm.desk.queries import standing
from ritm.kernel.actor import Actor
from ritm.kernel.calendar import add_months
from ritm.retention.models import ContactClock, Transition, ZonePolicy
from ritm.retention.operations import zones
from ritm.retention.rules.zones import passages
from tests.cast import NOW, TODAY
from tests.factories import clients
from tests.factories.retention import buyer, heard, ordered
from tests.retention.rules.test_zones import table

DAY = dt.timedelta(days=1)
SINCE = add_months(TODAY, -24)


def at(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, 9, tzinfo=dt.UTC)


def talked(cast, client, *days: dt.date) -> None:
    """Conversations that were brought in: nobody's clock ran when they were held."""
    Interaction.objects.bulk_create(
        Interaction(
            organisation=cast.home, client=client, kind="call", direction="out", duration_seconds=120, meaningful=True,
            at=at(day), employee=cast.max, created_at=NOW,
        )
        for day in days
    )  # fmt: skip


def told(client) -> list[tuple[str, str, dt.date, bool]]:
    rows = Transition.objects.filter(client=client, clock="zone").order_by("on", "id")
    return [(row.was, row.became, row.on, row.reconstructed) for row in rows]


def meant(*contacts: dt.date) -> list[tuple[str, str, dt.date, bool]]:
    return [(str(one.was), str(one.became), one.on, one.on < TODAY) for one in passages(contacts, SINCE, TODAY)]


@pytest.mark.parametrize("row", table("passages"), ids=lambda row: row["contacts"].replace(" ", "-"))
def test_the_table_whether_talked_to_or_sold_to(cast, row):
    days = [dt.date.fromisoformat(one) for one in row["contacts"].split()]
    bought, spoken = buyer(cast, "Покупал"), buyer(cast, "Беседовал")
    ordered(bought, *days)
    heard(bought)
    talked(cast, spoken, *days)
    zones.settle(clients_where=zones.of_clients([spoken.pk]), by=Actor(cast.home.pk), at=NOW)
    for client in (bought, spoken):
        assert ", ".join(f"{became} {on}" for _was, became, on, _told in told(client)) == row["passages"]
        assert told(client)[-1][1] == ContactClock.objects.get(client=client).zone
        assert Transition.objects.filter(client=client, clock="zone", worth__isnull=False).count() == 0


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    orders=st.sets(st.integers(1, 1200), max_size=6),
    talks=st.sets(st.integers(1, 1200), max_size=4),
    later=st.sets(st.integers(1, 1200), max_size=3),
)
def test_the_statement_tells_what_the_rule_tells(cast, orders, talks, later):
    client = buyer(cast)
    talked(cast, client, *(TODAY - ago * DAY for ago in talks))
    ordered(client, *orders)
    heard(client)
    assert told(client) == meant(*(TODAY - ago * DAY for ago in orders | talks))
    if told(client) and not told(client)[-1][-1]:
        return  # a boundary of this very day: it was witnessed
    # A second file brings older and newer days: it is told anew, not twice.
    ordered(client, *later)
    heard(client)
    assert told(client) == meant(*(TODAY - ago * DAY for ago in orders | talks | later))


def test_what_was_witnessed_is_never_told_again(cast):
    client = buyer(cast)
    ordered(client, 40, 20)
    heard(client)
    by = Actor(cast.home.pk, cast.max.pk)
    before = told(client)
    assert [row[1] for row in before] == ["green"]
    zones.tick(organisation_id=cast.home.pk, now=NOW + 15 * DAY)
    assert told(client)[1:] == [("green", "yellow", dt.date(2026, 3, 24), False)]
    conversations.record(client=client, kind="call", duration_seconds=90, by=by, at=NOW + 20 * DAY)
    seen = told(client)
    ordered(client, 300, 200)
    heard(client, at=NOW + 21 * DAY)
    assert told(client) == seen


def test_who_is_on_the_exchange_from_the_first_night_was_red_before(cast):
    ZonePolicy.objects.create(
        organisation=cast.home, version=1, effective_on=dt.date(2020, 1, 1), numbers={"releases": True}, created_at=NOW
    )
    client = buyer(cast)
    ordered(client, dt.date(2025, 6, 1))
    heard(client)
    assert [(row[1], row[2], row[3]) for row in told(client)] == [
        ("green", dt.date(2025, 6, 1), True),
        ("yellow", dt.date(2025, 7, 1), True),
        ("red", dt.date(2025, 11, 1), True),
        ("exchange", TODAY, False),
    ]


def test_a_contact_of_today_is_witnessed(cast):
    client = buyer(cast)
    ordered(client, 0)
    heard(client)
    assert told(client) == [("", "green", TODAY, False)]


def test_flow_and_portfolio_know_the_time_before(cast):
    nina = cast.viewer("nina")
    for ago in (170, 80, 10):
        client = clients.client(cast.home, owner=cast.max, at=NOW - 400 * DAY)
        ordered(client, ago)
        heard(client)
    then = TODAY - 60 * DAY
    stood = standing.together(nina, None, [then, TODAY], clock="zone")
    assert {state: count for state, count in stood[then].items() if count and state} == {"yellow": 1, "green": 1}
    assert {state: count for state, count in stood[TODAY].items() if count} == {"red": 1, "yellow": 1, "green": 1}
    passed = standing.passages(nina, None, TODAY - 59 * DAY, TODAY, clock="zone")
    flowed = {(one.was, one.became): one.clients for one in passed if one.clients}
    assert flowed == {("green", "yellow"): 1, ("yellow", "red"): 1, ("", "green"): 1}


def test_a_stranger_is_told_of_by_his_own_contacts_only(cast, django_assert_max_num_queries):
    some = [buyer(cast, f"Клиент {ago}") for ago in range(1, 60)]
    for ago, client in enumerate(some, 1):
        ordered(client, ago, ago + 200)
    ids = [client.pk for client in some]
    heard(*some)
    for ago, client in enumerate(some, 1):
        assert told(client) == meant(TODAY - ago * DAY, TODAY - (ago + 200) * DAY)
    with django_assert_max_num_queries(14):
        zones.settle(clients_where=zones.of_clients(ids), by=Actor(cast.home.pk), at=NOW, grown=True)
