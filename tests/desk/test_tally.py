"""The kept counts equal a count of the truth, whatever has happened."""

from __future__ import annotations

from collections import Counter

from ritm.clients import operations as clients
from ritm.clients.models import Client
from ritm.desk import tally
from ritm.desk.models import Stale, Tally
from ritm.retention.models import Rhythm
from tests.cast import NOW, TODAY
from tests.factories.clients import many
from tests.factories.retention import buyer, heard, ordered


def kept(cast):
    rows = Tally.objects.filter(organisation=cast.home, clock="rhythm")
    return {(row.owner_id, row.state): (row.clients, row.worth) for row in rows}


def truth():
    count, worth = Counter(), Counter()
    for row in Rhythm.objects.filter(client__archived_at=None).exclude(client__owner=None).select_related("client"):
        count[row.client.owner_id, row.status] += 1
        worth[row.client.owner_id, row.status] += row.annual_worth
    return {key: (count[key], worth[key]) for key in count}


def test_counts_follow_statuses_owners_and_the_archive(cast, books):
    tally.refresh(cast.home.pk)
    assert kept(cast) == truth() != {}
    assert not Stale.objects.exists()
    assert tally.refresh(cast.home.pk) == 0

    ordered(books.slipping, TODAY, amount=20_000)
    heard(books.slipping)
    assert set(Stale.objects.values_list("owner_id", flat=True)) == {cast.max.pk}
    tally.refresh(cast.home.pk)
    assert kept(cast) == truth()

    Client.objects.filter(pk=books.late.pk).update(owner=cast.lena)
    assert set(Stale.objects.values_list("owner_id", flat=True)) == {cast.max.pk, cast.lena.pk}
    Client.objects.filter(pk=books.steady.pk).update(archived_at=NOW)
    tally.refresh(cast.home.pk)
    assert kept(cast) == truth()


def test_what_changes_nothing_marks_nobody(cast, books):
    tally.refresh(cast.home.pk)
    Client.objects.filter(pk=books.late.pk).update(name="Новое имя")
    Rhythm.objects.filter(client=books.late).update(rule_version=2)
    assert not Stale.objects.exists()


def test_a_page_counts_its_own_people_only(cast, books):
    tally.refresh(cast.home.pk)
    Client.objects.filter(pk=books.late.pk).update(owner=cast.vera)
    Client.objects.filter(pk=books.lenas.pk).update(owner=None)
    tally.refresh(cast.home.pk, [cast.max.pk, cast.vera.pk])
    assert set(Stale.objects.values_list("owner_id", flat=True)) == {cast.lena.pk}
    found = kept(cast)
    assert sum(clients for (owner, _), (clients, _) in found.items() if owner == cast.max.pk) == 2
    assert sum(clients for (owner, _), (clients, _) in found.items() if owner == cast.vera.pk) == 1


def test_many_clients_in_one_statement_are_one_mark(cast, monkeypatch):
    tally.refresh(cast.home.pk)
    many(cast.home, tally.MANY + 1, owner=cast.max)
    assert set(Stale.objects.values_list("owner_id", flat=True)) == {None}
    # A page counts its people; the mark of everybody becomes one of each of the others, and waits for the clock.
    assert tally.refresh(cast.home.pk, [cast.max.pk])
    assert kept(cast) == truth()
    marked = set(Stale.objects.values_list("owner_id", flat=True))
    assert None not in marked and cast.max.pk not in marked and cast.lena.pk in marked
    assert not tally.refresh(cast.home.pk, [cast.max.pk])
    tally.refresh(cast.home.pk)
    assert kept(cast) == truth()
    assert not Stale.objects.exists()


def test_the_exchange_of_an_owner_by_the_clients_room_is_seen(cast, books):
    tally.refresh(cast.home.pk)
    clients.assign(client=books.late, owner=cast.lena, why="Переехал", by=cast.viewer("vera").actor(), at=NOW)
    tally.refresh(cast.home.pk)
    assert kept(cast) == truth()


def test_a_stranger_organisation_counts_its_own(cast, books):
    buyer(cast, "Ещё один")
    from ritm.journal import tenancy

    with tenancy.organisation(cast.other.pk):
        assert tally.refresh(cast.other.pk) in (0, 1)
        assert not Tally.objects.exists()
    assert Stale.objects.exists()
