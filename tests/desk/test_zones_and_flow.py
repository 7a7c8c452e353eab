"""Zones compete for today; the head sees who passed from where to where, and what was on any day."""

from __future__ import annotations

import datetime as dt

import pytest

from ritm.clients import operations as clients
from ritm.conversations import operations as conversations
from ritm.desk import operations
from ritm.desk.queries import standing, team, today
from ritm.kernel.actor import Actor
from ritm.retention.models import ContactClock, Transition, ZoneWarning
from tests.cast import NOW, TODAY

DAY = dt.timedelta(days=1)


@pytest.fixture
def red(books):
    """The steady client buys in rhythm, but nobody has talked to him for five months and a half."""
    ContactClock.objects.filter(client=books.steady).update(
        zone="red", contact_on=TODAY - 165 * DAY, release_on=TODAY + 14 * DAY
    )
    return books.steady


def cards(cast, who="max"):
    return today.today(cast.viewer(who), [getattr(cast, who).pk], TODAY).cards


def test_a_red_client_who_buys_in_rhythm_is_on_the_list_for_his_contact(cast, red):
    card = next(card for card in cards(cast) if card.client == red)
    assert (card.item.source, card.item.deadline) == ("zones", TODAY + 14 * DAY)
    assert card.item.why.startswith("Нет контакта с")
    assert "уйдёт на биржу" in card.item.why
    assert all(card.client != red for card in cards(cast, "lena"))


def test_a_meaningful_call_ends_the_occasion_by_itself(cast, red):
    conversations.record(client=red, kind="call", duration_seconds=90, by=Actor(cast.home.pk, cast.max.pk), at=NOW)
    assert all(card.client != red for card in cards(cast))


def test_a_letter_sent_does_not(cast, red):
    conversations.record(client=red, kind="letter", text="Наш прайс", by=Actor(cast.home.pk, cast.max.pk), at=NOW)
    assert any(card.client == red for card in cards(cast))


def test_whoever_is_warned_of_a_boundary_is_on_the_list(cast, books):
    clock = ContactClock.objects.get(client=books.steady)
    ZoneWarning.objects.create(
        organisation=cast.home, client=books.steady, owner_id=cast.max.pk, boundary="yellow",
        boundary_on=clock.yellow_on, days=30, given_on=TODAY,
    )  # fmt: skip
    card = next(card for card in cards(cast) if card.client == books.steady)
    assert "станет жёлтым" in card.item.why
    assert card.item.episode == f"zones:{clock.contact_on}:yellow"


def test_a_client_with_two_reasons_is_one_item_and_rests_once_dealt_with(cast, books):
    ContactClock.objects.filter(client=books.slipping).update(zone="red", release_on=TODAY + DAY)
    card = next(card for card in cards(cast) if card.client == books.slipping)
    assert len(card.beside) == 1
    operations.finish(
        client=books.slipping, source=card.item.source, episode=card.item.episode, result="no_answer",
        by=cast.viewer("max").actor(), at=NOW,
    )  # fmt: skip
    assert all(card.client != books.slipping for card in cards(cast))
    tomorrow = today.today(cast.viewer("max"), [cast.max.pk], TODAY + DAY)
    assert any(card.client == books.slipping for card in tomorrow.cards)


def passage(cast, client, was, became, on, owner, worth=1000):
    Transition.objects.create(
        organisation=cast.home, client=client, clock="rhythm", was=was, became=became, on=on, recorded_at=NOW,
        owner_id=owner.pk, worth=worth,
    )  # fmt: skip


def figures(viewer):
    board = team.board(viewer, [], team.seats(team.sellers_of(viewer)), TODAY)
    return {row.employee.pk: row.figures for row in board.sellers}


def test_saved_and_lost_are_events_of_whoever_had_the_client_then(cast, books):
    Transition.objects.all().delete()
    passage(cast, books.slipping, "slipping", "lost", TODAY - 10 * DAY, cast.max)
    passage(cast, books.slipping, "lost", "won_back", TODAY - DAY, cast.max, worth=7000)
    passage(cast, books.lenas, "slipping", "lost", TODAY, cast.lena)
    passage(cast, books.late, "slipping", "lost", TODAY - 40 * DAY, cast.max)
    nina = cast.viewer("nina")
    found = figures(nina)
    month = found[cast.max.pk].month
    assert (month.saved, month.saved_worth, month.lost) == (1, 7000, 1)
    assert found[cast.lena.pk].month.lost == 1
    vera = cast.viewer("vera")
    assert cast.lena.pk not in figures(vera)


def test_the_portfolio_of_a_past_day_follows_the_ledger(cast, books):
    Transition.objects.all().delete()
    passage(cast, books.slipping, "prospect", "active", TODAY - 200 * DAY, cast.max)
    row = clients.create(name="Переданный", owner=cast.max, by=Actor(cast.home.pk), at=NOW - 100 * DAY)
    passage(cast, row, "prospect", "slipping", TODAY - 60 * DAY, cast.max)
    passage(cast, row, "slipping", "lost", TODAY - 5 * DAY, cast.lena)
    clients.assign(client=row, owner=cast.lena, why="Переехал", by=Actor(cast.home.pk), at=NOW - 20 * DAY)
    nina = cast.viewer("nina")

    def on(days):
        return standing.on(nina, [cast.max.pk, cast.lena.pk], [TODAY - days * DAY], clock="rhythm")[TODAY - days * DAY]

    assert on(150) == {}
    assert on(80) == {cast.max.pk: {"prospect": 1}}
    assert on(30) == {cast.max.pk: {"slipping": 1}}
    assert on(10) == {cast.lena.pk: {"slipping": 1}}
    assert on(0) == {cast.lena.pk: {"lost": 1}}


def test_the_page_of_the_flow(cast, sign_in, books):
    Transition.objects.all().delete()
    today_ = dt.datetime.now(dt.UTC).date()
    passage(cast, books.slipping, "slipping", "lost", today_, cast.max)
    passage(cast, books.lenas, "slipping", "lost", today_, cast.lena)
    url = f"/team/flow/?since={today_ - 3 * DAY}&until={today_}"
    nina = sign_in("nina").get(url)
    assert "2 перехода" in nina.content.decode()
    vera = sign_in("vera").get(url).content.decode()
    assert "1 переход" in vera
    assert "Лена" not in vera
    assert sign_in("max").get(url).status_code == 404
    assert sign_in("vera").get(f"{url}&unit={cast.south.pk}").status_code == 404
    assert sign_in("nina").get("/team/flow/?since=nonsense").status_code == 200
