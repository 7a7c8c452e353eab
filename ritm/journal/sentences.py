"""
How the audit trail tells of an event: a socket that each room fills with sentences for its own news.

`SUBJECTS` names the things that entries are about and links them (docs/adr/0010-audit-sentences.md). An event for
which nobody has plugged a sentence is still shown, by its name and its plain values.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from ritm.kernel.event import Event
from ritm.kernel.socket import Socket

Payload = dict[str, Any]
_LONGEST = 300


@dataclass(frozen=True)
class Sentence:
    """
    `label` is the kind of news ('Client created'); `text` says the rest of one entry, '' when the label says all.

    `about` names the (kind, id) of an entry that has no subject of its own, as a chunk of one client.
    """

    event: str
    label: Any
    text: Callable[[Payload], str]
    about: Callable[[Payload], tuple[str, int] | None]


@dataclass(frozen=True)
class Subject:
    """
    A kind of thing that news is about.

    `names(viewer, ids)` names those of the ids that the viewer may see, in one query; `url(id)` leads to its page.
    """

    kind: str
    label: Any
    names: Callable[[Any, Collection[int]], dict[int, str]]
    url: Callable[[int], str] | None = None


SENTENCES: Socket[Sentence] = Socket("journal.SENTENCES")
SUBJECTS: Socket[Subject] = Socket("journal.SUBJECTS")


def tell(
    event: type[Event],
    label: Any,
    text: Callable[[Payload], str] = lambda payload: "",
    about: Callable[[Payload], tuple[str, int] | None] = lambda payload: None,
) -> None:
    """This function will plug in the sentence for a class of events."""
    SENTENCES.plug(event.name)(Sentence(event.name, label, text, about))


def about(event: str, payload: Payload) -> tuple[str, int] | None:
    """This function will say what an entry without a subject is about after all, as (kind, id)."""
    known = SENTENCES.get(event)
    return known.about(payload) if known is not None else None


def told(event: str, payload: Payload) -> tuple[str, str]:
    """This function will give (label, text) of an entry in the current language."""
    known = SENTENCES.get(event)
    if known is None:
        return event, plainly(payload)
    return str(known.label), known.text(payload)


def changes(payload: Payload, word: Callable[[str], str] = str) -> str:
    """This function will tell an edit: 'name: was → became', field by field."""
    rows = zip(payload.get("fields", ()), payload.get("before", ()), payload.get("after", ()), strict=False)
    return "; ".join(f"{word(field)}: {before or '–'} → {after or '–'}" for field, before, after in rows)


def plainly(payload: Payload) -> str:
    """This function will tell any payload by its plain values, cut to a readable length."""
    if "fields" in payload:
        text = changes(payload)
    else:
        text = ", ".join(
            f"{key}: {len(value) if isinstance(value, list) else value}"
            for key, value in payload.items()
            if value not in (None, "", [])
        )
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
