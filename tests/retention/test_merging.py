"""Two clients become one: what is owed, what was said, and what they lived (docs/rules/exchange.md)."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from ritm.clients import operations as clients
from ritm.clients.models import Client
from ritm.conversations import operations as conversations
from ritm.desk import notices
from ritm.journal.models import Entry
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal
from ritm.retention import zone_queries
from ritm.retention.models import Claim, ContactClock, Transition, ZonePolicy, ZoneWarning
from ritm.retention.operations import exchange, zones
from ritm.trade.models import Order, Payment
from tests.cast import NOW, TODAY, Cast
from tests.factories.retention import buyer, heard, ordered

DAY = dt.timedelta(days=1)


@pytest.fixture
def office(cast: Cast) -> Actor:
    ZonePolicy.objects.create(
        organisation=cast.home, version=1, effective_on=dt.date(2020, 1, 1), created_at=NOW,
        numbers={"releases": True},
    )  # fmt: skip
    return Actor(cast.home.pk, cast.nina.pk)


def owned(cast: Cast, name: str, owner: str = "max", silent: int | None = None) -> Client:
    client = buyer(cast, name, owner=owner)
    if silent is not None:
        ordered(client, silent)
        heard(client)
    return client


def claimed(cast: Cast, name: str, by: str = "max", at: dt.datetime = NOW) -> Client:
    client = buyer(cast, name, owner=None)
    clock = Actor(cast.home.pk, None, "clock")
    clients.assign(client=client, owner=cast.vera, why="новый", by=clock, at=NOW - 200 * DAY)
    clients.release_many(client_ids=[client.pk], why="тишина", rule="zones.release", by=clock, at=NOW - DAY)
    zones.settle(clients_where=zones.of_clients([client.pk]), by=clock, at=NOW - DAY)
    exchange.claim(client_id=client.pk, by=Actor(cast.home.pk, getattr(cast, by).pk), at=at)
    client.refresh_from_db()
    return client


def owed(client: Client) -> dt.date | None:
    return ContactClock.objects.values_list("obliged_until", flat=True).get(client=client)


def listed(cast: Cast, who: str) -> list[str]:
    return [claim.client.name for claim in zone_queries.obligations(cast.viewer("nina"), [getattr(cast, who).pk])]


@pytest.mark.parametrize("silent", [None, 170], ids=["never talked to", "red"])
def test_an_open_claim_moves_and_an_undo_brings_it_back(cast, office, silent):
    keep, gone = owned(cast, "Остался", silent=silent), claimed(cast, "Ушёл")
    batch = clients.merge(keep=keep, gone=gone, by=office, at=NOW)
    assert Claim.objects.get().client == keep
    assert (owed(keep), owed(gone), listed(cast, "max")) == (TODAY + 14 * DAY, None, ["Остался"])
    clients.unmerge(batch=batch, by=office, at=NOW)
    assert Claim.objects.get().client == gone
    assert (owed(keep), owed(gone), listed(cast, "max")) == (None, TODAY + 14 * DAY, ["Ушёл"])


def test_the_kept_clients_own_claim_wins(cast, office):
    keep, gone = claimed(cast, "Остался"), claimed(cast, "Ушёл", at=NOW + 2 * DAY)
    batch = clients.merge(keep=keep, gone=gone, by=office, at=NOW + 2 * DAY)
    assert (owed(keep), listed(cast, "max")) == (TODAY + 14 * DAY, ["Остался"])
    clients.unmerge(batch=batch, by=office, at=NOW + 2 * DAY)
    assert sorted(listed(cast, "max")) == ["Остался", "Ушёл"]
    assert owed(gone) == TODAY + 16 * DAY


def test_nobody_loses_a_client_by_anothers_promise(cast, office):
    keep, gone = owned(cast, "Остался", owner="lena", silent=155), claimed(cast, "Ушёл")
    batch = clients.merge(keep=keep, gone=gone, by=office, at=NOW)
    assert (Claim.objects.get().client, owed(keep), listed(cast, "max")) == (gone, None, [])
    assert notices.tell_of_obligations(organisation_id=cast.home.pk, at=NOW + 14 * DAY) == 0
    # The last day passes: it takes nobody from anybody.
    zones.tick(organisation_id=cast.home.pk, now=NOW + 15 * DAY)
    assert Claim.objects.get().returned_on is None
    keep.refresh_from_db()
    assert keep.owner_id == cast.lena.pk
    clients.unmerge(batch=batch, by=office, at=NOW)
    assert listed(cast, "max") == ["Ушёл"]


def test_nothing_is_owed_to_whom_one_talked_lately(cast, office):
    keep, gone = owned(cast, "Остался", silent=10), claimed(cast, "Ушёл")
    clients.merge(keep=keep, gone=gone, by=office, at=NOW)
    assert (owed(keep), listed(cast, "max")) == (None, [])
    assert ContactClock.objects.get(client=keep).zone == "green"


def test_a_claim_met_while_they_were_one_stays_met(cast, office):
    keep, gone = owned(cast, "Остался"), claimed(cast, "Ушёл")
    batch = clients.merge(keep=keep, gone=gone, by=office, at=NOW)
    conversations.record(
        client=Client.objects.get(pk=keep.pk), kind="call", duration_seconds=120,
        by=Actor(cast.home.pk, cast.max.pk), at=NOW + DAY,
    )  # fmt: skip
    clients.unmerge(batch=batch, by=office, at=NOW + 2 * DAY)
    claim = Claim.objects.get()
    assert (claim.client, claim.met_on, owed(gone), listed(cast, "max")) == (gone, TODAY + DAY, None, [])


def test_one_boundary_is_not_told_twice(cast, office):
    # Both go to the exchange on the same day; the owner was told of the one only.
    keep, gone = owned(cast, "Остался", silent=176), owned(cast, "Ушёл", silent=176)
    ZoneWarning.objects.filter(client=keep).delete()
    said = ZoneWarning.objects.filter(client=gone).values_list("boundary", "boundary_on", "days")
    before = list(said)
    assert before
    batch = clients.merge(keep=keep, gone=gone, by=office, at=NOW)
    assert list(ZoneWarning.objects.filter(client=keep).values_list("boundary", "boundary_on", "days")) == before
    told = Entry.objects.filter(event="retention.zone_warnings_given").count()
    zones.settle(clients_where=zones.of_clients([keep.pk]), by=office, at=NOW)
    assert Entry.objects.filter(event="retention.zone_warnings_given").count() == told
    clients.unmerge(batch=batch, by=office, at=NOW)
    assert before[0] in list(ZoneWarning.objects.filter(client=gone).values_list("boundary", "boundary_on", "days"))


def test_the_log_stays_with_who_lived_it_and_is_shown_on_whom_he_became(cast, office, sign_in):
    first, gone, keep = owned(cast, "Первый", "lena", 170), owned(cast, "Ушёл", "lena", 40), owned(cast, "Остался")
    logged = list(Transition.objects.filter(client__in=(first, gone)).order_by("pk").values())
    assert logged
    clients.merge(keep=gone, gone=first, by=office, at=NOW)
    batch = clients.merge(keep=keep, gone=gone, by=office, at=NOW)
    assert list(Transition.objects.filter(pk__in=[row["id"] for row in logged]).order_by("pk").values()) == logged
    last = Transition.objects.filter(client=gone, clock="zone").latest("pk")
    assert (last.became, last.on) == ("", TODAY)
    # Lena's clients once; Max reads it now, for they are his client.
    shown = sign_in("max").get(reverse("retention:rhythm", args=[keep.pk])).context["merged"]
    assert {step.client.name for step in shown} == {"Первый", "Ушёл"}
    clients.unmerge(batch=batch, by=office, at=NOW)
    assert not sign_in("max").get(reverse("retention:rhythm", args=[keep.pk])).context["merged"]


def test_debts_of_both_are_one_debt(cast, office):
    keep, gone = owned(cast, "Остался"), owned(cast, "Ушёл")
    ordered(keep, 10, amount=1000)
    ordered(gone, 20, 30, amount=500)
    Payment.objects.create(organisation=cast.home, client=gone, paid_on=TODAY, amount=200, created_at=NOW)

    def debt(client):
        sums = Order.objects.filter(client=client).values_list("amount", flat=True)
        return sum(sums) - sum(Payment.objects.filter(client=client).values_list("amount", flat=True))

    assert (debt(keep), debt(gone)) == (1000, 800)
    batch = clients.merge(keep=keep, gone=gone, by=office, at=NOW)
    assert (debt(keep), debt(gone)) == (1800, 0)
    # An order that came later belongs to whom it was stated for.
    ordered(keep, 1, amount=70)
    clients.unmerge(batch=batch, by=office, at=NOW)
    assert (debt(keep), debt(gone)) == (1070, 800)


def test_an_undo_keeps_what_people_did_later_and_says_so(cast, office):
    keep, gone = owned(cast, "Остался"), owned(cast, "Ушёл")
    clients.edit(client=gone, changes={"comment": "важный", "inn": "7707083893"}, by=office, at=NOW)
    batch = clients.merge(keep=keep, gone=Client.objects.get(pk=gone.pk), take={"comment", "inn"}, by=office, at=NOW)
    clients.edit(client=Client.objects.get(pk=keep.pk), changes={"comment": "поправили"}, by=office, at=NOW)
    assert clients.unmerge(batch=batch, by=office, at=NOW) == {"restored": 1, "kept": 1}
    keep.refresh_from_db()
    assert (keep.comment, keep.inn) == ("поправили", "")
    with pytest.raises(Refusal) as refused:
        clients.unmerge(batch=batch, by=office, at=NOW)
    assert refused.value.code == "not_undoable"


def test_nobody_is_merged_with_himself(cast, office):
    keep = claimed(cast, "Один")
    with pytest.raises(Refusal) as refused:
        clients.merge(keep=keep, gone=keep, by=office, at=NOW)
    assert refused.value.sentence == "Клиента нельзя объединить с самим собой."
    assert (Claim.objects.get().client, owed(keep)) == (keep, TODAY + 14 * DAY)
