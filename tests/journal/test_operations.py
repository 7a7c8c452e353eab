"""The journal is the outbox: no job after a rollback, one per subscriber after a commit, each heard once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import pytest
from django.db import DatabaseError, connection, transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from ritm.journal import operations
from ritm.journal.jobs import deliver
from ritm.journal.models import Delivery, Entry
from ritm.kernel.actor import Actor
from ritm.kernel.event import Event
from ritm.kernel.refusal import Refusal
from tests.cast import NOW


@dataclass(frozen=True, kw_only=True)
class Rang(Event):
    name: ClassVar[str] = "test.rang"
    client_id: int

    @property
    def subject(self) -> tuple[str, int]:
        return ("client", self.client_id)


@dataclass(frozen=True, kw_only=True)
class Echoed(Event):
    name: ClassVar[str] = "test.echoed"
    times: int


heard: list[operations.News] = []


@operations.subscribe(Rang, key="test.first_ear")
def first_ear(news: operations.News) -> None:
    heard.append(news)
    operations.publish(Echoed(times=1), by=news.by, at=news.at)


@operations.subscribe(Rang, key="test.second_ear")
def second_ear(news: operations.News) -> None:
    if news.event.client_id == 13:
        raise RuntimeError("a bug in one subscriber")


@operations.subscribe(Echoed, key="test.echo")
def echo(news: operations.News) -> None:
    operations.publish(Echoed(times=news.event.times + 1), by=news.by, at=news.at)


@pytest.fixture(autouse=True)
def _nothing_heard():
    heard.clear()


@pytest.fixture
def max_(cast) -> Actor:
    return cast.viewer("max").actor()


def jobs() -> list[dict]:
    return [job.args for job in ProcrastinateJob.objects.filter(task_name="journal.deliver").order_by("id")]


def test_a_rolled_back_publication_leaves_nothing(cast, max_):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        operations.publish(Rang(client_id=7), by=max_, at=NOW)
        raise ZeroDivisionError
    assert not Entry.objects.filter(event="test.rang").exists()
    assert jobs() == []


def test_a_publication_defers_one_job_per_subscriber(cast, max_):
    entry = operations.publish(Rang(client_id=7), by=max_, at=NOW)
    assert [(job["entry_id"], job["subscriber"]) for job in jobs()] == [
        (entry.pk, "test.first_ear"),
        (entry.pk, "test.second_ear"),
    ]
    lock = ProcrastinateJob.objects.values_list("lock", flat=True).distinct().get()
    assert lock == f"{cast.home.pk}:client:7"


def test_news_is_heard_once_and_keeps_its_cause(cast, max_):
    entry = operations.publish(Rang(client_id=7), by=max_, at=NOW)
    for _ in range(3):
        deliver(organisation_id=cast.home.pk, entry_id=entry.pk, subscriber="test.first_ear")
    assert [news.event for news in heard] == [Rang(client_id=7)]
    assert heard[0].by == max_
    assert Delivery.objects.filter(entry=entry).count() == 1
    caused = Entry.objects.get(event="test.echoed")
    assert (caused.cause_id, caused.depth) == (entry.pk, 1)


def test_a_failing_subscriber_hears_again_and_harms_nobody(cast, max_):
    entry = operations.publish(Rang(client_id=13), by=max_, at=NOW)
    with pytest.raises(RuntimeError):
        deliver(organisation_id=cast.home.pk, entry_id=entry.pk, subscriber="test.second_ear")
    assert not Delivery.objects.filter(entry=entry).exists()
    deliver(organisation_id=cast.home.pk, entry_id=entry.pk, subscriber="test.first_ear")
    assert len(heard) == 1


def test_news_cannot_chase_its_tail(cast, max_):
    entry = operations.publish(Echoed(times=1), by=max_, at=NOW)
    for _ in range(operations.MAX_DEPTH):
        deliver(organisation_id=cast.home.pk, entry_id=entry.pk, subscriber="test.echo")
        entry = Entry.objects.get(cause=entry)
    with pytest.raises(Refusal, match="depth"):
        deliver(organisation_id=cast.home.pk, entry_id=entry.pk, subscriber="test.echo")


@pytest.mark.parametrize("statement", ["UPDATE journal_entry SET via = 'x'", "DELETE FROM journal_entry"])
def test_nobody_edits_the_journal(cast, max_, statement):
    operations.publish(Rang(client_id=7), by=max_, at=NOW)
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
        connection.cursor().execute(statement)


def test_another_organisation_hears_nothing(cast, max_):
    entry = operations.publish(Rang(client_id=7), by=max_, at=NOW)
    with pytest.raises(Entry.DoesNotExist):
        deliver(organisation_id=cast.other.pk, entry_id=entry.pk, subscriber="test.first_ear")
    assert heard == []
