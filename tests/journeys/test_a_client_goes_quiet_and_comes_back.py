"""
Max's client goes quiet: he is warned, the client turns yellow and red, is released by himself, is taken by the
quicker of two sellers, goes back when the claim is not kept, is taken again, and comes back to green.

Pages are read over HTTP; the clock is moved by hand and rung as the worker rings it. The claim is made in a browser.
"""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.test import Client as Browser
from django.utils import timezone

from ritm.clients import operations as clients
from ritm.clients.models import Client, Tenure
from ritm.journal import tenancy
from ritm.kernel.actor import Actor
from ritm.kernel.calendar import add_months, local_midnight
from ritm.kernel.clock import CLOCKS
from ritm.retention.models import Claim, ContactClock, ZonePolicy
from ritm.shell.writing import show_day
from tests.cast import NOW, TODAY, Cast
from tests.factories.conversations import interaction
from tests.factories.retention import buyer

pytestmark = pytest.mark.browser

DAY = dt.timedelta(days=1)
NAME = "ООО «Тихая Заводь»"
YELLOW, RED, EXCHANGE = (add_months(TODAY, months) for months in (1, 5, 6))


class Story:
    """The office on the day that the story has come to."""

    def __init__(self, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
        self.cast = cast
        self.now = NOW
        monkeypatch.setattr(timezone, "now", lambda: self.now)

    def come_to(self, day: dt.date) -> None:
        """Ten in the morning of a day: every clock of the house has rung, in its order."""
        self.now = local_midnight(day, self.cast.home.timezone) + dt.timedelta(hours=10)
        for clock in CLOCKS:
            clock.ring(self.cast.home.pk, self.now)

    def desk(self, who: str) -> Browser:
        """The browser of somebody who has just signed in."""
        browser = Browser()
        browser.force_login(getattr(self.cast, who).person)
        return browser

    def reads(self, who: str, url: str) -> str:
        """A page's text, with plain spaces."""
        answer = self.desk(who).get(url)
        assert answer.status_code == 200, f"{who} {url}: {answer.status_code}"
        return answer.content.decode().replace("\u00a0", " ")


@pytest.fixture
def story(cast, monkeypatch):
    return Story(cast, monkeypatch)


@pytest.fixture
def client(cast) -> Client:
    """Max has talked to him today, for two minutes; the office has decided that the exchange releases."""
    with tenancy.organisation(cast.home.pk):
        ZonePolicy.objects.create(
            organisation=cast.home, version=1, effective_on=dt.date(2020, 1, 1), numbers={"releases": True},
            created_at=NOW,
        )  # fmt: skip
        row = buyer(cast, NAME, owner=None)
        clients.assign(client=row, owner=cast.max, why="новый клиент", by=Actor(cast.home.pk, cast.vera.pk), at=NOW)
        interaction(row, cast.max)
    return row


def zone(cast: Cast, client: Client) -> str:
    with tenancy.organisation(cast.home.pk):
        return ContactClock.objects.get(client=client).zone


def test_a_client_goes_quiet_and_comes_back(cast, client, story, browser_page):
    page_of = f"/clients/{client.pk}/"
    record = f"{page_of}conversations/"

    # 30, 7 and 1 days before each boundary his owner is warned in Today; nobody else is.
    assert zone(cast, client) == "green"
    warned = [
        (YELLOW, (7, 1), "станет жёлтым"), (RED, (30, 7, 1), "станет красным"), (EXCHANGE, (30, 7, 1), "на биржу"),
    ]  # fmt: skip
    for boundary, days_before, words in warned:
        for days in days_before:
            story.come_to(boundary - days * DAY)
            today = story.reads("max", "/today/")
            assert NAME in today, f"{days} days before {boundary}"
            assert words in today
            assert show_day(boundary).replace("\u00a0", " ") in today
            assert NAME not in story.reads("lena", "/today/")

        # What is no conversation resets nothing: a letter sent, an empty note, three seconds on the phone.
        if boundary == YELLOW:
            max_ = story.desk("max")
            for said in (
                {"kind": "letter", "direction": "out", "text": "Прайс во вложении"},
                {"kind": "note", "text": "Надо бы позвонить"},
                {"kind": "call", "minutes": "0.05", "result": "thinking"},
            ):
                assert max_.post(record, said).status_code == 302
            assert max_.post(record, {"kind": "note", "text": ""}).status_code == 422
        story.come_to(boundary)
        assert zone(cast, client) == {YELLOW: "yellow", RED: "red", EXCHANGE: "exchange"}[boundary]

    # He is on the exchange, with his history and contacts open to every seller of the organisation; no one else's.
    assert NAME not in story.reads("max", "/today/")
    assert NAME in story.reads("lena", "/exchange/")
    assert story.desk("rita").get(page_of).status_code == 404
    opened = story.desk("lena").get(f"/exchange/{client.pk}/", follow=True).content.decode()
    assert NAME in opened
    moments = story.desk("lena").get(f"{page_of}moments/").content.decode()
    assert "Прайс во вложении" in opened + moments

    # Lena takes him by key. Vera, whose page still showed him, reads who was quicker.
    slower = story.desk("vera")
    assert NAME in slower.get("/exchange/").content.decode()
    lena = browser_page("lena")
    lena.open("/exchange/")
    lena.check()
    lena.keyboard.press("j")
    lena.keyboard.press("b")
    lena.wait_for_url(f"**{page_of}")
    refused = slower.post(f"/exchange/{client.pk}/claim/")
    assert refused.status_code == 422
    assert "Лена" in refused.content.decode()

    # The claim owes a first contact; it is not kept, and he goes back by himself.
    with tenancy.organisation(cast.home.pk):
        claim = Claim.objects.get()
    assert claim.obliged_until == EXCHANGE + 14 * DAY
    assert "Взят с биржи" in story.reads("lena", "/today/")
    story.come_to(claim.obliged_until + DAY)
    assert zone(cast, client) == "exchange"
    assert NAME in story.reads("vera", "/exchange/?rule=exchange.obligation")

    # Max and Vera press at the same moment: one gets him, the other reads who.
    story.come_to(EXCHANGE + 40 * DAY)
    at_once = Barrier(2)

    def press(who: str) -> tuple[str, int, str]:
        from django.db import connection

        try:
            desk = story.desk(who)
            at_once.wait(timeout=20)
            answer = desk.post(f"/exchange/{client.pk}/claim/")
            return who, answer.status_code, answer.content.decode()
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        (winner, won, _), (loser, lost, told) = sorted(pool.map(press, ("max", "vera")), key=lambda said: said[1])
    assert (won, lost) == (302, 422)
    assert {"max": "Макс", "vera": "Вера"}[winner] in told
    assert {winner, loser} == {"max", "vera"}

    # A real talk brings green in its own transaction, and meets the obligation.
    assert zone(cast, client) == "red"
    talk = {"kind": "call", "minutes": "4", "result": "thinking", "text": "Вернётся с заказом"}
    assert story.desk(winner).post(record, talk).status_code == 302
    assert zone(cast, client) == "green"
    with tenancy.organisation(cast.home.pk):
        assert Claim.objects.get(met_on__isnull=False).employee_id == getattr(cast, winner).pk
        ledger = Tenure.objects.filter(client=client).order_by("span").values_list("owner_id", "ended_rule")
        # The ledger tells the whole story: who had him, and why he went.
        assert list(ledger) == [
            (cast.max.pk, "zones.release"),
            (cast.lena.pk, "exchange.obligation"),
            (getattr(cast, winner).pk, ""),
        ]

    # The head sees the flow of her people.
    flow = story.reads("vera", f"/team/flow/?clock=zone&since={TODAY}&until={EXCHANGE}")
    assert "3 перехода" in flow or "4 перехода" in flow
    vera = browser_page("vera")
    vera.open("/team/flow/?clock=zone")
    vera.check()
