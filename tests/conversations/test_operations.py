"""Recording, editing and withdrawing conversations."""

from __future__ import annotations

import datetime as dt

import pytest

from ritm.clients.models import Contact
from ritm.conversations import operations, queries, sockets
from ritm.conversations.models import Interaction
from ritm.conversations.rules.meaning import Rule
from ritm.journal.models import Entry
from ritm.kernel.refusal import Refusal
from tests.cast import NOW
from tests.factories.conversations import interaction

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def max_acts(cast):
    return cast.viewer("max").actor()


@pytest.fixture
def heard(monkeypatch):
    """What a contact clock was told."""
    told: list[list[int]] = []
    fresh = type(sockets.CLOCKS)("conversations.CLOCKS")
    fresh.plug("test")(lambda ids, by, at: told.append(list(ids)))
    monkeypatch.setattr(sockets, "CLOCKS", fresh)
    return told


def test_a_call_is_recorded_judged_and_published(cast, romashka, max_acts, heard):
    row = operations.record(
        client=romashka,
        kind="call",
        direction="out",
        result="thinking",
        duration_seconds=95,
        happened_at=NOW - HOUR,
        text="  Просит новый прайс  ",
        by=max_acts,
        at=NOW,
    )
    row.refresh_from_db()
    assert (row.meaningful, row.rule_version, row.employee_id, row.text) == (
        True,
        1,
        cast.max.pk,
        "Просит новый прайс",
    )
    entry = Entry.objects.get(event="conversations.interaction_recorded")
    assert (entry.subject_id, entry.payload["meaningful"]) == (romashka.pk, True)
    assert heard == [[romashka.pk]]
    assert queries.last_meaningful([romashka.pk]) == {romashka.pk: NOW - HOUR}


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "letter", "direction": "out", "text": "Наш прайс"},
        {"kind": "note", "text": "Переезжают"},
        {"kind": "call", "duration_seconds": 3, "result": "thinking"},
    ],
    ids=["letter sent", "note", "3-second call"],
)
def test_what_resets_nothing_wakes_no_clock(romashka, max_acts, heard, fields):
    assert operations.record(client=romashka, by=max_acts, at=NOW, **fields).meaningful is False
    assert heard == []
    assert queries.last_meaningful([romashka.pk]) == {}


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        ({"kind": "call", "happened_at": NOW + HOUR}, "future", "happened_at"),
        ({"kind": "call", "happened_at": NOW - 500 * DAY}, "before_client", "happened_at"),
        ({"kind": "note", "text": "  "}, "empty", "text"),
        ({"kind": "fax"}, "refused", "kind"),
        ({"kind": "call", "direction": "none"}, "refused", "direction"),
        ({"kind": "call", "result": "maybe"}, "refused", "result"),
        ({"kind": "note", "text": "x" * 20_001}, "refused", "text"),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(romashka, max_acts, fields, code, field):
    with pytest.raises(Refusal) as refused:
        operations.record(client=romashka, by=max_acts, at=NOW, **fields)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert not Interaction.objects.exists()


def test_a_person_of_another_client_is_refused(romashka, lenas, max_acts):
    stranger = Contact.objects.create(organisation_id=lenas.organisation_id, client=lenas, name="Пётр", created_at=NOW)
    with pytest.raises(Refusal) as refused:
        operations.record(client=romashka, kind="call", contact=stranger, by=max_acts, at=NOW)
    assert refused.value.code == "foreign_contact"


def test_an_edit_judges_again_and_says_what_changed(cast, romashka, max_acts, heard):
    row = interaction(romashka, cast.max, duration_seconds=20)
    assert heard == []
    row = operations.edit(interaction=row, result="thinking", text="Перезвонил сам", by=max_acts, at=NOW + HOUR)
    assert (row.meaningful, row.edited_at) == (True, NOW + HOUR)
    assert heard == [[romashka.pk]]
    payload = Entry.objects.get(event="conversations.interaction_edited").payload
    assert payload["fields"] == ["result", "text"]
    assert (payload["before"], payload["after"]) == (["", ""], ["thinking", "Перезвонил сам"])


def test_an_edit_of_nothing_publishes_nothing(cast, romashka, max_acts):
    row = interaction(romashka, cast.max, text="Как было")
    operations.edit(interaction=row, text="Как было ", by=max_acts, at=NOW + HOUR)
    assert not Entry.objects.filter(event="conversations.interaction_edited").exists()


def test_after_a_day_the_history_is_no_draft(cast, romashka, max_acts):
    row = interaction(romashka, cast.max)
    late = NOW + DAY + dt.timedelta(seconds=1)
    for verb in (
        lambda: operations.edit(interaction=row, text="Иначе", by=max_acts, at=late),
        lambda: operations.withdraw(interaction=row, by=max_acts, at=late),
    ):
        with pytest.raises(Refusal) as refused:
            verb()
        assert refused.value.code == "too_late"


def test_a_withdrawn_call_counts_for_nothing(cast, romashka, max_acts, heard):
    first = interaction(romashka, cast.max, at=NOW - DAY)
    row = interaction(romashka, cast.max)
    operations.withdraw(interaction=row, by=max_acts, at=NOW)
    operations.withdraw(interaction=row, by=max_acts, at=NOW)
    assert heard == [[romashka.pk]] * 3
    assert queries.last_meaningful([romashka.pk]) == {romashka.pk: NOW - DAY}
    assert queries.history(cast.viewer("max"), romashka.pk) == [first]
    assert Entry.objects.filter(event="conversations.interaction_withdrawn").count() == 1
    with pytest.raises(Refusal):
        operations.edit(interaction=row, text="Снова", by=max_acts, at=NOW)


def test_the_offices_own_rule_decides(cast, romashka, max_acts, monkeypatch):
    own = type(sockets.RULES)("conversations.RULES")
    own.plug("test")(lambda organisation_id, at: Rule(version=7, call_seconds=300))
    monkeypatch.setattr(sockets, "RULES", own)
    row = interaction(romashka, cast.max, duration_seconds=120)
    assert (row.meaningful, row.rule_version) == (False, 7)


def test_history_is_seen_by_whoever_sees_the_client(cast, romashka):
    row = interaction(romashka, cast.max)
    interaction(romashka, cast.max, kind="note", text="Только заметка")
    for name in ("max", "vera", "nina", "oleg"):
        assert row in queries.history(cast.viewer(name), romashka.pk)
    assert queries.history(cast.viewer("lena"), romashka.pk) == []
    assert queries.history(cast.viewer("max"), romashka.pk, kinds=["call"]) == [row]


def test_one_mends_his_own_and_a_head_her_peoples(cast, romashka):
    row = interaction(romashka, cast.max)
    mending = {
        name for name in ("max", "vera", "lena", "nina", "oleg", "dina") if queries.may_mend(cast.viewer(name), row)
    }
    assert mending == {"max", "vera", "nina"}
