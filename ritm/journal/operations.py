"""Verbs of the journal: publish news, and hear it once."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import transaction

from ritm.journal.models import Delivery, Entry
from ritm.kernel.actor import Actor
from ritm.kernel.event import Event
from ritm.kernel.refusal import Refusal

E = TypeVar("E", bound=Event)

# News that causes news that causes news … is a loop long before this.
MAX_DEPTH = 12

_cause: ContextVar[Entry | None] = ContextVar("ritm_cause", default=None)


@dataclass(frozen=True)
class News:
    """What a subscriber hears: the event, when it happened, who did it, and the entry that keeps it."""

    event: Any
    at: dt.datetime
    by: Actor
    entry_id: int


@dataclass(frozen=True)
class Subscriber:
    key: str
    event: type[Event]
    hear: Callable[[News], None]


_by_event: dict[str, list[Subscriber]] = defaultdict(list)
_by_key: dict[str, Subscriber] = {}


def subscribe(event: type[E], *, key: str) -> Callable[[Callable[[News], None]], Callable[[News], None]]:
    """
    This decorator will have the function called, in a job of its own, for each published event of that class.

    `key` ("retention.rhythm_of_new_orders") is unique in the installation and names the delivery. The function
    runs in one transaction inside the organisation's wall, exactly once per entry.
    """

    def register(hear: Callable[[News], None]) -> Callable[[News], None]:
        if key in _by_key:
            raise ValueError(f"subscriber '{key}' is registered twice")
        subscriber = Subscriber(key, event, hear)
        _by_key[key] = subscriber
        _by_event[event.name].append(subscriber)
        return hear

    return register


def publish(event: Event, *, by: Actor, at: dt.datetime) -> Entry:
    """
    This function will append the event to the journal and defer one job per subscriber, in the open transaction.

    That transaction is the outbox: no job after a rollback, one per subscriber after a commit. What is published
    while hearing other news carries that news as its cause.
    """
    from ritm.journal.jobs import deliver

    if not transaction.get_connection().in_atomic_block:
        raise transaction.TransactionManagementError(f"{event.name} published outside a transaction")
    cause = _cause.get()
    depth = 0 if cause is None else cause.depth + 1
    if depth > MAX_DEPTH:
        raise Refusal(f"{event.name}: news keeps causing news; stopped at depth {depth}", code="loop")
    subject = event.subject
    entry = Entry.objects.create(
        organisation_id=by.organisation_id,
        at=at,
        event=event.name,
        payload=event.payload(),
        subject_kind=subject[0] if subject else None,
        subject_id=subject[1] if subject else None,
        employee_id=by.employee_id,
        via=by.via,
        cause=cause,
        depth=depth,
    )
    for subscriber in _by_event[event.name]:
        task = deliver
        # News about one client keeps its order; batches may run side by side.
        lock = f"{by.organisation_id}:{subject[0]}:{subject[1]}" if subject else None
        task.configure(lock=lock).defer(
            organisation_id=by.organisation_id, entry_id=entry.pk, subscriber=subscriber.key
        )
    return entry


def hear(*, entry: Entry, subscriber_key: str, at: dt.datetime) -> bool:
    """
    This function will let one subscriber hear one entry, once; it returns False when he has heard it already.

    Runs inside the organisation's wall and an open transaction: the delivery and the work commit together.
    """
    subscriber = _by_key[subscriber_key]
    _, fresh = Delivery.objects.get_or_create(
        entry=entry,
        subscriber=subscriber_key,
        defaults={"organisation_id": entry.organisation_id, "at": at},
    )
    if not fresh:
        return False
    by = Actor(entry.organisation_id, entry.employee_id, entry.via)  # type: ignore[arg-type]
    news = News(subscriber.event.from_payload(entry.payload), entry.at, by, entry.pk)
    token = _cause.set(entry)
    try:
        subscriber.hear(news)
    finally:
        _cause.reset(token)
    return True
