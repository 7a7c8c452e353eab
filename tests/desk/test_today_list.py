"""The list of the day: who is on it, in which order, and how verdicts change it."""

from __future__ import annotations

import datetime as dt

import pytest

from ritm.conversations.models import Interaction
from ritm.desk import operations
from ritm.desk.models import Verdict
from ritm.desk.queries import today as queries
from ritm.journal.models import Entry
from ritm.kernel.refusal import Refusal
from tests.cast import NOW, TODAY
from tests.factories.retention import heard, ordered

DAY = dt.timedelta(days=1)
SILENT_SINCE = f"rhythm:{TODAY - 90 * DAY}"


def names(cast, who="max", of=None, day=TODAY):
    found = queries.today(cast.viewer(who), [(of or getattr(cast, who)).pk], day)
    return [card.client.name for card in found.cards]


def finish(cast, client, result, *, at=NOW, **more):
    return operations.finish(
        client=client, source="rhythm", episode=SILENT_SINCE, result=result,
        by=cast.viewer("max").actor(), at=at, **more,
    )  # fmt: skip


def test_who_slips_away_comes_before_who_is_merely_late(cast, books):
    assert names(cast) == ["Ромашка", "Василёк"]
    assert names(cast, "lena") == ["Южный берег"]


def test_an_item_says_why_in_one_sentence_and_what_is_at_stake(cast, books):
    card = queries.today(cast.viewer("max"), [cast.max.pk], TODAY).cards[0]
    nbsp = "\u00a0"
    assert card.item.why.startswith(f"Заказывает раз в{nbsp}30{nbsp}дней; тишина 90{nbsp}дней, дольше ")
    assert card.item.stake == pytest.approx(20_000 * 365 / 30, rel=0.01)
    assert (card.item.episode, card.item.deadline) == (SILENT_SINCE, TODAY + 90 * DAY)
    assert card.strip is not None
    assert card.strip.tone == "slipping"


def test_a_head_sees_her_sellers_list_and_lena_sees_none_of_it(cast, books):
    assert names(cast, "vera", of=cast.max) == ["Ромашка", "Василёк"]
    assert names(cast, "lena", of=cast.max) == []


def test_a_result_enters_the_conversation_and_ends_the_occasion(cast, books):
    verdict = finish(cast, books.slipping, "refused", text="Купили у других")
    assert names(cast) == ["Василёк"]
    call = Interaction.objects.get(pk=verdict.interaction_id)
    assert (call.kind, call.result, call.text, call.meaningful) == ("call", "refused", "Купили у других", True)
    assert (verdict.until, verdict.day) == (None, TODAY)
    assert Entry.objects.filter(event="desk.verdict_given", subject_id=books.slipping.pk).count() == 1
    later = queries.today(cast.viewer("max"), [cast.max.pk], TODAY + 60 * DAY)
    assert "Ромашка" not in [card.client.name for card in later.cards]


def test_the_next_order_opens_another_occasion(cast, books):
    finish(cast, books.slipping, "refused")
    ordered(books.slipping, TODAY - DAY, amount=20_000)
    heard(books.slipping)
    assert names(cast) == ["Василёк"]
    # Nobody has to tick anything off: the order has made him active, and a new silence is a new occasion.
    last = queries.today(cast.viewer("max"), [cast.max.pk], TODAY)
    assert books.slipping.pk not in {card.client.pk for card in last.cards}


def test_call_back_brings_it_back_on_its_day(cast, books):
    finish(cast, books.slipping, "call_back", until=TODAY + 3 * DAY, text="после планёрки")
    assert "Ромашка" not in names(cast, day=TODAY + 2 * DAY)
    back = queries.today(cast.viewer("max"), [cast.max.pk], TODAY + 3 * DAY).cards[0]
    assert back.client == books.slipping
    assert back.returned is not None
    assert (back.returned.result, back.returned.reason) == ("call_back", "после планёрки")


def test_one_occasion_is_finished_once(cast, books):
    finish(cast, books.slipping, "ordered")
    with pytest.raises(Refusal) as refused:
        finish(cast, books.slipping, "thinking")
    assert refused.value.code == "dealt_with"
    assert "Макс" in str(refused.value)
    assert Interaction.objects.count() == 1


def test_undo_puts_it_back_and_withdraws_the_call(cast, books):
    verdict = finish(cast, books.slipping, "thinking")
    operations.undo(verdict=verdict, by=cast.viewer("max").actor(), at=NOW)
    operations.undo(verdict=verdict, by=cast.viewer("max").actor(), at=NOW)
    assert names(cast) == ["Ромашка", "Василёк"]
    assert Interaction.objects.get().withdrawn_at == NOW
    assert Entry.objects.filter(event="desk.verdict_undone").count() == 1
    finish(cast, books.slipping, "ordered")


def test_a_snooze_needs_a_reason_and_a_day_ahead(cast, books):
    by = cast.viewer("max").actor()

    def put_off(reason, until):
        return operations.snooze(
            client=books.slipping, source="rhythm", episode=SILENT_SINCE, reason=reason, until=until, by=by, at=NOW
        )

    for reason, until, code in (
        (" ", TODAY + DAY, "no_reason"), ("отпуск", TODAY, "not_ahead"), ("отпуск", TODAY + 400 * DAY, "too_far"),
    ):  # fmt: skip
        with pytest.raises(Refusal) as refused:
            put_off(reason, until)
        assert refused.value.code == code
    put_off("отпуск", TODAY + 7 * DAY)
    assert names(cast) == ["Василёк"]
    assert not Interaction.objects.exists()
    found = queries.today(cast.viewer("max"), [cast.max.pk], TODAY)
    assert (found.done, found.put_off) == (0, 1)
    assert names(cast, day=TODAY + 7 * DAY)[0] == "Ромашка"


def test_the_day_holds_what_a_person_can_do(cast, books):
    by = cast.viewer("nina").actor()
    operations.set_pace(per_day=1, effective_on=TODAY, by=by, at=NOW)
    found = queries.today(cast.viewer("max"), [cast.max.pk], TODAY)
    assert [card.client.name for card in found.cards] == ["Ромашка"]
    assert (found.waiting, found.per_day) == (1, 1)
    finish(cast, books.slipping, "thinking")
    found = queries.today(cast.viewer("max"), [cast.max.pk], TODAY)
    assert (found.cards, found.waiting, found.done) == ((), 1, 1)
    assert queries.today(cast.viewer("max"), [cast.max.pk], TODAY + DAY).waiting == 0
    assert queries.pace(cast.home.pk, TODAY - DAY) == queries.DEFAULT_PER_DAY
    with pytest.raises(Refusal):
        operations.set_pace(per_day=0, effective_on=TODAY, by=by, at=NOW)


def test_an_unknown_item_is_refused(cast, books):
    for source, episode in (("fairies", "fairies:1"), ("rhythm", "debts:1")):
        with pytest.raises(Refusal) as refused:
            operations.finish(
                client=books.slipping, source=source, episode=episode, result="ordered",
                by=cast.viewer("max").actor(), at=NOW,
            )  # fmt: skip
        assert refused.value.code == "no_such_item"
    assert not Verdict.objects.exists()


def test_the_list_costs_the_same_for_any_number_of_clients(cast, books, django_assert_num_queries):
    viewer = cast.viewer("max")
    with django_assert_num_queries(15):
        queries.today(viewer, [cast.max.pk], TODAY)
