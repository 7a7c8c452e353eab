"""The policy screen: whom a change hits, saved from a day on, and taken back."""

from __future__ import annotations

import datetime as dt
from types import SimpleNamespace

import pytest
from django.urls import reverse

from ritm.clients.models import Client
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal
from ritm.retention import zone_queries
from ritm.retention.models import ContactClock, ZonePolicy
from ritm.retention.operations import policy, zones
from ritm.retention.zone_queries import InForce, policy_of
from tests.cast import NOW, TODAY
from tests.factories.retention import buyer, heard, ordered

DAY = dt.timedelta(days=1)


@pytest.fixture
def silent(cast) -> list[Client]:
    """Clients whose last contact was 0, 20, 80, 170 and 400 days ago."""
    found = [buyer(cast, f"Клиент {days}", owner="max" if days < 100 else "lena") for days in (0, 20, 80, 170, 400)]
    for client, days in zip(found, (0, 20, 80, 170, 400), strict=True):
        ordered(client, days)
    heard(*found)
    return found


def zones_now(cast) -> dict[str, str]:
    rows = ContactClock.objects.select_related("client").order_by("client_id")
    return {row.client.name.split()[-1]: row.zone for row in rows}


def change(cast, **numbers: object) -> ZonePolicy:
    on = numbers.pop("on", TODAY)
    return policy.change_policy(
        numbers=InForce().numbers() | numbers, unit=None, effective_on=on, by=Actor(cast.home.pk, cast.nina.pk), at=NOW
    )


def test_the_preview_says_what_then_happens(cast, silent):
    assert zones_now(cast) == {"0": "green", "20": "green", "80": "yellow", "170": "red", "400": "red"}
    tried = policy_of({"yellow": 1, "red": 2, "releases": True}, version=0, unit_id=None, effective_on=None)
    turns = zone_queries.preview(cast.viewer("nina"), tried, TODAY)
    said = {(turn.owner_id, turn.was, turn.became): turn.clients for turn in turns}
    assert said == {(cast.max.pk, "yellow", "red"): 1, (cast.lena.pk, "red", "exchange"): 1}
    before = zones_now(cast)
    change(cast, yellow=1, red=2, releases=True)
    assert zones_now(cast) == before
    zones.tick(organisation_id=cast.home.pk, now=NOW)
    assert zones_now(cast) == before | {"80": "red", "400": "exchange"}
    assert Client.objects.get(name="Клиент 400").owner_id is None


def test_a_version_waits_for_its_day_and_can_be_taken_back(cast, silent):
    row = change(cast, red=2, on=TODAY + 5 * DAY)
    zones.tick(organisation_id=cast.home.pk, now=NOW + 4 * DAY)
    assert zones_now(cast)["80"] == "yellow"
    zones.tick(organisation_id=cast.home.pk, now=NOW + 5 * DAY)
    assert zones_now(cast)["80"] == "red"
    policy.take_back(policy=row, by=Actor(cast.home.pk, cast.nina.pk), at=NOW + 6 * DAY)
    zones.tick(organisation_id=cast.home.pk, now=NOW + 6 * DAY)
    assert zones_now(cast)["80"] == "yellow"


def test_what_is_refused(cast):
    with pytest.raises(Refusal):
        change(cast, on=TODAY - DAY)
    with pytest.raises(Refusal):
        change(cast, yellow=5, red=5)
    assert not ZonePolicy.objects.exists()


def test_what_counts_as_contact_is_the_policys(cast):
    from ritm.conversations import operations as conversations

    change(cast, call_seconds=300)
    client = buyer(cast)
    conversations.record(client=client, kind="call", duration_seconds=200, by=Actor(cast.home.pk, cast.max.pk), at=NOW)
    assert ContactClock.objects.get(client=client).zone == ""


def test_the_screen(cast, sign_in, silent, monkeypatch):
    monkeypatch.setattr("ritm.retention.views.timezone", SimpleNamespace(now=lambda: NOW))
    nina, url = sign_in("nina"), reverse("retention:policy")
    page = nina.get(url).content.decode()
    assert "Клиент становится жёлтым" in page
    typed = InForce().numbers() | {
        "warnings": "30 7 1", "releases": "on", "red": 2, "effective_on": TODAY.isoformat(), "replies": "on",
    }  # fmt: skip
    told = nina.post(url, typed, headers={"HX-Request": "true"}).content.decode()
    assert "Лена" in told and "<html" not in told
    assert not ZonePolicy.objects.exists()
    wrong = nina.post(url, typed | {"red": 1}, headers={"HX-Request": "true"})
    assert wrong.status_code == 422
    assert nina.post(url, typed | {"save": "1"}).status_code == 302
    assert ZonePolicy.objects.get().numbers["warnings"] == [30, 7, 1]
    assert nina.post(reverse("retention:take_back", args=[1])).status_code == 302
    assert ZonePolicy.objects.get().withdrawn_at is not None


def test_the_screen_says_how_far_a_policy_has_come(cast, silent, sign_in, monkeypatch):
    browser, path = sign_in("nina"), reverse("retention:policy")
    poll = {"path": path, "data": {"polls": ""}, "headers": {"HX-Request": "true"}}
    change(cast, red=2)
    said = "Политика доходит до клиентов"
    assert said in browser.get(path).content.decode()
    monkeypatch.setattr(zones, "TICK_SIZE", 2)
    settle, calls = zones.settle, []

    def stop(**words):
        calls.append(1)
        if len(calls) == 3:
            raise InterruptedError
        return settle(**words)

    monkeypatch.setattr(zones, "settle", stop)
    with pytest.raises(InterruptedError):
        zones.tick(organisation_id=cast.home.pk, now=dt.datetime.now(dt.UTC))
    # Four of five: three quarters of the way from the first id to the last.
    assert f"{said}: 75\xa0%" in browser.get(**poll).content.decode()
    zones.tick(organisation_id=cast.home.pk, now=dt.datetime.now(dt.UTC))
    assert browser.get(**poll).content == b""
    assert said not in browser.get(path).content.decode()
