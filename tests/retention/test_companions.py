"""What goes along with clients who change hands: named in the preview, moved with them, and put back."""

from __future__ import annotations

import datetime as dt

import pytest
from django.urls import reverse

from ritm.clients import operations as clients
from ritm.clients.models import Client
from ritm.conversations import operations as conversations
from ritm.desk import operations as desk
from ritm.desk.companions import _cards as cards
from ritm.desk.companions import _put_off as put_off
from ritm.journal.models import Batch
from ritm.kernel.actor import Actor
from ritm.retention.models import Claim, ContactClock
from ritm.retention.operations import exchange, zones
from tests.cast import NOW, TODAY
from tests.factories.retention import buyer, heard, ordered
from tests.retention.test_exchange import policy, released

DAY = dt.timedelta(days=1)


@pytest.fixture
def owed(cast) -> Client:
    """A client whom Max took from the exchange today."""
    policy(cast)
    client = released(cast)
    exchange.claim(client_id=client.pk, by=Actor(cast.home.pk, cast.max.pk), at=NOW)
    client.refresh_from_db()
    return client


def give(cast, *given: Client, to: str | None = "lena", at: dt.datetime = NOW) -> Batch:
    owner = getattr(cast, to) if to else None
    by = Actor(cast.home.pk, cast.nina.pk)
    return clients.reassign(client_ids=[one.pk for one in given], owner=owner, why="уволился", by=by, at=at)


def take_back(cast, batch: Batch) -> dict[str, int]:
    return clients.undo_batch(batch=batch, by=Actor(cast.home.pk, cast.nina.pk), at=NOW + DAY)


def owes() -> int:
    return Claim.objects.get().employee_id


def test_a_claim_changes_hands_in_the_same_transaction_and_comes_back(cast, owed):
    batch = give(cast, owed)
    assert owes() == cast.lena.pk
    assert batch.counts["claims"] == 1
    assert take_back(cast, batch) == {"restored": 1, "kept": 0}
    assert owes() == cast.max.pk


def test_a_claim_stays_with_whom_a_person_gave_the_client_since(cast, owed):
    batch = give(cast, owed)
    owed.refresh_from_db()
    clients.assign(client=owed, owner=cast.vera, why="лучше Вера", by=Actor(cast.home.pk, cast.nina.pk), at=NOW + DAY)
    assert take_back(cast, batch) == {"restored": 0, "kept": 1}
    # Vera's news has not been heard yet: what the undo must not do is to give the claim to Max.
    assert owes() == cast.lena.pk


def test_nobody_owes_instead_of_who_promised(cast, owed):
    batch = give(cast, owed, to=None)
    assert owes() == cast.max.pk
    assert "claims" not in batch.counts


def test_a_claim_that_was_met_does_not_move(cast, owed):
    call = {"kind": "call", "duration_seconds": 120}
    conversations.record(client=owed, **call, by=Actor(cast.home.pk, cast.max.pk), at=NOW)
    give(cast, owed, at=NOW + DAY)
    assert owes() == cast.max.pk


def test_the_preview_says_everything_that_is_open(cast, owed, sign_in, monkeypatch):
    from types import SimpleNamespace

    monkeypatch.setattr("ritm.clients.views.bulk.timezone", SimpleNamespace(now=lambda: NOW))
    red, warned, quiet = (buyer(cast, name) for name in ("Красный", "Жёлтый", "Тихий"))
    ordered(red, 170)
    ordered(warned, 24)  # yellow on 20 March, and warned of it on the 13th
    ordered(quiet, 3)
    heard(red, warned, quiet)
    zones.tick(organisation_id=cast.home.pk, now=NOW)
    ids = [one.pk for one in (owed, red, warned, quiet)]
    assert (cards(ids, TODAY), put_off(ids, TODAY)) == (3, 0)
    desk.snooze(
        client=red, source="zones", episode=f"zones:{TODAY - 170 * DAY}:exchange", reason="отпуск",
        until=TODAY + 5 * DAY, by=Actor(cast.home.pk, cast.max.pk), at=NOW,
    )  # fmt: skip
    zones.excuse(client=warned, until=TODAY + 9 * DAY, why="отпуск", by=Actor(cast.home.pk, cast.max.pk), at=NOW)
    asked = {"client": [str(pk) for pk in ids]}
    page = sign_in("nina").post(reverse("clients:reassign"), asked).content.decode()
    said = page[page.index('id="along"') : page.index('id="from-whom"')]
    pairs = [line.split("</dt><dd>") for line in said.split("<dt>")[1:]]
    found = {label: int(rest.split("<")[0]) for label, rest in pairs}
    assert found == {
        "Обещанные бирже первые контакты": 1,
        "Объяснённое молчание": 1,
        "Поводы в списке «Сегодня»": 1,
        "Отложено до своего дня": 1,
    }
    batch = give(cast, *Client.objects.filter(pk__in=ids))
    assert {key: batch.counts[key] for key in ("claims", "excuses", "today", "put_off")} == dict.fromkeys(
        ("claims", "excuses", "today", "put_off"), 1
    )
    assert ContactClock.objects.get(client=warned).excused_until == TODAY + 9 * DAY


def test_nothing_open_is_said_too(cast, sign_in):
    client = buyer(cast)
    page = sign_in("nina").post(reverse("clients:reassign"), {"client": [str(client.pk)]}).content.decode()
    assert "Ничего открытого у них нет" in page
