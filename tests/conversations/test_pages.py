"""Entering, mending and taking back conversations over HTTP."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from ritm.conversations.models import Interaction
from ritm.conversations.panels import lasted
from ritm.shell.sockets import PANELS, timeline
from tests.cast import NOW
from tests.factories.conversations import interaction

HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def _noon(monkeypatch):
    from django.utils import timezone

    monkeypatch.setattr(timezone, "now", lambda: NOW)


def test_a_call_is_entered_from_the_clients_page_and_undone(cast, sign_in, romashka):
    browser = sign_in("max")
    answer = browser.post(
        f"/clients/{romashka.pk}/conversations/",
        {"kind": "call", "result": "thinking", "minutes": "1.5", "text": "Ждут цены"},
        **HTMX,
    )
    assert answer.status_code == 200
    row = Interaction.objects.get()
    assert (row.kind, row.direction, row.duration_seconds, row.meaningful) == ("call", "out", 90, True)
    told = json.loads(answer.headers["HX-Trigger"])
    assert told["timeline"] is True
    assert "Ждут цены" not in answer.content.decode()
    undone = browser.post(told["toast"]["undo"], **HTMX)
    assert undone.status_code == 204
    row.refresh_from_db()
    assert row.withdrawn_at == NOW


def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(sign_in, romashka):
    answer = sign_in("max").post(
        f"/clients/{romashka.pk}/conversations/",
        {"kind": "call", "text": "Длинный рассказ", "happened_at": "2026-03-17T10:00"},
        **HTMX,
    )
    body = answer.content.decode()
    assert answer.status_code == 422
    assert "Это время ещё не наступило" in body
    assert "Длинный рассказ" in body
    assert not Interaction.objects.exists()


def test_an_entry_is_mended_by_its_author_and_his_head_only(cast, sign_in, romashka):
    row = interaction(romashka, cast.max, text="Было")
    where = f"/conversations/{row.pk}/edit/"
    page = sign_in("vera").get(where).content.decode()
    assert "Было" in page
    answer = sign_in("max").post(where, {"kind": "call", "text": "Стало", "minutes": "2"})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert (row.text, row.at) == ("Стало", NOW)
    assert sign_in("lena").get(where).status_code == 404
    assert sign_in("dina").get(where).status_code == 404
    assert sign_in("oleg").get(where).status_code == 404


def test_the_history_shows_them_newest_first_by_kind(cast, romashka):
    interaction(romashka, cast.max, at=NOW - dt.timedelta(hours=2), text="Первый")
    interaction(romashka, cast.max, kind="note", text="Заметка", duration_seconds=None)
    interaction(romashka, cast.max, kind="letter", direction="in", text="Просят счёт", at=NOW - dt.timedelta(hours=1))
    viewer = cast.viewer("max")
    assert [m.text for m in timeline(viewer, romashka.pk)] == ["Заметка", "Просят счёт", "Первый"]
    calls = timeline(viewer, romashka.pk, only="calls")
    assert [(m.text, m.by, m.icon) for m in calls] == [("Первый", "Макс", "phone-outgoing")]
    assert calls[0].context["mends"] is True
    assert timeline(cast.viewer("lena"), romashka.pk) == []


def test_the_quick_form_is_offered_to_those_who_may_enter(cast, romashka):
    panel = PANELS["conversations.quick"]
    assert set(panel.load(cast.viewer("max"), [romashka.pk], NOW)) == {romashka.pk}
    assert panel.load(cast.viewer("oleg"), [romashka.pk], NOW) == {}
    assert panel.load(cast.viewer("lena"), [romashka.pk], NOW) == {}


@pytest.mark.parametrize(
    ("seconds", "shown"), [(None, ""), (0, "0:00"), (65, "1:05"), (3599, "59:59"), (3750, "1:02:30")]
)
def test_durations_read_as_on_a_telephone(seconds, shown):
    assert lasted(seconds) == shown
