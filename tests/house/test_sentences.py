"""The audit trail speaks: every event of the house has its sentence, in words of the reader's language."""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterator
from typing import Any, get_type_hints

import pytest
from django.utils import translation

from ritm.journal.sentences import SENTENCES, SUBJECTS, about, told
from ritm.kernel.event import Event

DAY = dt.date(2026, 3, 16)


def _events(base: type[Event] = Event) -> Iterator[type[Event]]:
    for event in base.__subclasses__():
        if event.name and event.__module__.startswith("ritm."):
            yield event
        yield from _events(event)


EVENTS = sorted(set(_events()), key=lambda event: event.name)


def _value(hint: str) -> Any:
    """A value of a field by its annotation; those of tuples have one length."""
    inner = hint.removeprefix("tuple[").removesuffix(", ...]").split(" | ")[0].removeprefix("datetime.")
    plain = {"int": 1, "str": "name", "bool": True, "float": 14.5, "date": DAY}
    value = plain.get(inner) or dt.datetime(2026, 3, 16, 9, tzinfo=dt.UTC)
    return (value,) if hint.startswith("tuple") else value


def sample(event: type[Event]) -> Event:
    hints = get_type_hints(event)
    known = {"what": "created", "before": "free", "after": "working"}
    values = {}
    for field in dataclasses.fields(event):
        hint = hints[field.name]
        text = hint.__name__ if isinstance(hint, type) and not hasattr(hint, "__args__") else str(hint)
        values[field.name] = known[field.name] if text == "str" and field.name in known else _value(text)
    return event(**values)


@pytest.mark.parametrize("event", EVENTS, ids=[event.name for event in EVENTS])
def test_every_event_is_told_in_words(cast, event):
    assert SENTENCES.get(event.name) is not None
    news = sample(event)
    for language in ("ru", "en"):
        with translation.override(language):
            label, text = told(event.name, news.payload())
            assert label and event.name not in label and event.name not in text
            if language == "ru":
                assert any("а" <= letter <= "я" for letter in label.lower()), label
    subject = news.subject or about(event.name, news.payload())
    if subject is not None:
        assert SUBJECTS.get(subject[0]) is not None
