"""Changes of many clients as a job: to the end, stopped, killed between chunks, taken back with what was kept named."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ritm.clients import jobs, operations
from ritm.clients.models import Client, Tagging, Tenure
from ritm.clients.operations import batches as work
from ritm.clients.views import bulk as views
from ritm.journal.models import Batch, BatchRow, Entry
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal
from ritm.staff.models import Employee
from tests.cast import NOW, TODAY
from tests.factories import clients

MANY = 1_200
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture
def by(cast):
    return Actor(cast.home.pk, cast.nina.pk)


@pytest.fixture
def many(cast):
    return clients.many(cast.home, MANY, owner=cast.max)


def run(cast, batch: Batch) -> Batch:
    jobs.bulk(organisation_id=cast.home.pk, batch_id=batch.pk)
    batch.refresh_from_db()
    return batch


def to_lena(cast, by, **more) -> Batch:
    order = work.to_reassign(owner=cast.lena, why="уволился")
    return work.begin(order=order, chosen=Client.objects.filter(owner=cast.max, **more), by=by, at=NOW)


def page(browser, batch: Batch, **asked) -> str:
    return browser.get(reverse("clients:batch", args=[batch.pk]), asked).content.decode()


def test_all_that_match_change_hands_by_a_job_and_come_back(cast, sign_in, many):
    browser, path, query = sign_in("nina"), reverse("clients:reassign"), f"owner={cast.max.pk}"
    preview = browser.post(path, {"all": "1", "query": query}).content.decode()
    assert f'name="seen" value="{MANY}"' in preview
    assert 'name="client"' not in preview
    asked = {"all": "1", "query": query, "confirmed": "1", "owner": cast.lena.pk, "why": "уволился"}
    assert browser.post(path, asked | {"seen": "7"}).status_code == 422
    answer = browser.post(path, asked | {"seen": str(MANY)})
    batch = Batch.objects.get()
    assert answer.headers["Location"] == reverse("clients:batch", args=[batch.pk])
    assert "Сделано: 0 из 1 200 клиентов" in page(browser, batch).replace("\xa0", " ").replace("\u202f", " ")
    assert (batch.total, batch.state) == (MANY, "running")
    # The list moves under the job, the selection does not.
    newcomer = clients.client(cast.home, owner=cast.max, name="Новенький")
    run(cast, batch)
    assert (batch.state, batch.done, batch.counts) == ("done", MANY, {"client": MANY})
    assert Client.objects.filter(owner=cast.lena).count() == MANY
    newcomer.refresh_from_db()
    assert newcomer.owner == cast.max
    moved = Entry.objects.filter(event="clients.clients_assigned")
    assert sorted(len(entry.payload["client_ids"]) for entry in moved) == [200, 1000]

    other = Client.objects.get(pk=many[1100])
    operations.assign(client=other, owner=cast.vera, why="", by=Actor(cast.home.pk, cast.nina.pk), at=NOW)
    undo = browser.post(reverse("clients:undo_batch", args=[batch.pk]))
    assert undo.headers["Location"] == reverse("clients:batch", args=[batch.pk])
    run(cast, batch)
    assert (batch.state, batch.undo_report) == ("undone", {"restored": MANY - 1, "kept": 1})
    assert Client.objects.filter(owner=cast.max).count() == MANY
    told = page(browser, batch)
    assert f'href="{reverse("clients:page", args=[other.pk])}"' in told
    assert other.name in told
    assert "с тех пор передан другому" in told
    assert Entry.objects.filter(event="clients.batch_undone").count() == 1
    # The author is told how each of the two jobs ended.
    ends = Entry.objects.filter(event="clients.batch_ended").order_by("pk").values_list("payload", flat=True)
    assert [(one["state"], one["done"], one["left"]) for one in ends] == [("done", MANY, 0), ("undone", MANY - 1, 1)]
    assert {one["employee_id"] for one in ends} == {cast.nina.pk}
    assert batch.title == "Передано (Лена), клиентов: 1\N{NO-BREAK SPACE}200"


def test_each_number_of_the_report_opens_its_clients(cast, sign_in, by):
    moved, same, given = (clients.client(cast.home, owner=one, name=name) for one, name in (
        (cast.max, "Тронутый"), (cast.lena, "Прежний"), (cast.max, "Отданный")
    ))  # fmt: skip
    batch = operations.reassign(client_ids=[moved.pk, same.pk, given.pk], owner=cast.lena, why="", by=by, at=NOW)
    operations.assign(client=given, owner=cast.vera, why="", by=by, at=NOW)
    browser = sign_in("nina")

    def named(which: str) -> set[str]:
        return {one.name for one in (moved, same, given) if f">{one.name}</a>" in page(browser, batch, rows=which)}

    assert (named("changed"), named("refused")) == ({"Тронутый", "Отданный"}, {"Прежний"})
    assert '?rows=changed#rows">2</a>' in page(browser, batch)
    work.undo_batch(batch=batch, by=by, at=NOW)
    assert (named("changed"), named("restored"), named("kept")) == (
        {"Тронутый", "Отданный"},
        {"Тронутый"},
        {"Отданный"},
    )
    assert named("что угодно") == {"Отданный"}


def test_a_few_are_done_while_one_waits(cast, sign_in):
    clients.many(cast.home, 3, owner=cast.max)
    sign_in("nina").post(reverse("clients:archive_many"), {"all": "1", "query": f"owner={cast.max.pk}"})
    assert Client.objects.filter(archived_at=None).count() == 0
    assert Batch.objects.get().state == "done"


def test_killed_between_chunks_it_goes_on_without_doubling(cast, by, many):
    batch = to_lena(cast, by)
    assert work.step(batch_id=batch.pk, at=NOW)
    assert Client.objects.filter(owner=cast.lena).count() == work.CHUNK
    run(cast, batch)
    run(cast, batch)
    assert (batch.state, batch.counts) == ("done", {"client": MANY})
    assert Tenure.objects.filter(owner=cast.lena).count() == MANY
    assert BatchRow.objects.filter(batch=batch, state="done").count() == MANY


def test_killed_within_a_chunk_that_chunk_is_as_it_was(cast, by, many, monkeypatch):
    batch = to_lena(cast, by)
    tell = work._tell

    def die(rows):
        if len(rows) < work.CHUNK:
            raise RuntimeError("the plug was pulled")
        tell(rows)

    monkeypatch.setattr(work, "_tell", die)
    with pytest.raises(RuntimeError):
        run(cast, batch)
    batch.refresh_from_db()
    assert (batch.state, Client.objects.filter(owner=cast.lena).count()) == ("failed", work.CHUNK)
    assert "Продолжите" in batch.plan["failure"]
    assert Entry.objects.get(event="clients.batch_ended").payload["state"] == "failed"
    monkeypatch.setattr(work, "_tell", tell)
    work.go_on(batch=batch)
    run(cast, batch)
    assert (batch.state, batch.counts, batch.plan.get("failure")) == ("done", {"client": MANY}, None)


def test_stopped_by_hand_it_keeps_what_is_done_and_takes_that_back(cast, sign_in, by, many):
    batch = to_lena(cast, by)
    work.step(batch_id=batch.pk, at=NOW)
    browser = sign_in("nina")
    assert reverse("clients:cancel_batch", args=[batch.pk]) in page(browser, batch)
    browser.post(reverse("clients:cancel_batch", args=[batch.pk]))
    run(cast, batch)
    assert (batch.state, Client.objects.filter(owner=cast.lena).count()) == ("cancelled", work.CHUNK)
    assert "не начаты" in page(browser, batch)
    browser.post(reverse("clients:undo_batch", args=[batch.pk]))
    run(cast, batch)
    assert (batch.state, batch.undo_report) == ("undone", {"restored": work.CHUNK, "kept": 0})
    assert Client.objects.filter(owner=cast.max).count() == MANY


def test_an_undo_killed_in_the_middle_goes_on(cast, by, many):
    batch = run(cast, work.begin(order=work.to_tag("акция", organisation_id=cast.home.pk),
                                 chosen=Client.objects.filter(owner=cast.max), by=by, at=NOW))  # fmt: skip
    assert Tagging.objects.count() == MANY
    Tagging.objects.filter(client_id=many[0]).delete()
    work.begin_undo(batch=batch, by=by, at=NOW)
    work.step(batch_id=batch.pk, at=NOW)
    run(cast, batch)
    assert (batch.state, batch.undo_report) == ("undone", {"restored": MANY - 1, "kept": 1})
    assert not Tagging.objects.exists()
    with pytest.raises(Refusal):
        work.begin_undo(batch=batch, by=by, at=NOW)


def test_who_is_left_as_he_was_is_named_with_the_reason_page_by_page(cast, sign_in, many):
    vera = Actor(cast.home.pk, cast.vera.pk)
    operations.archive_many(client_ids=many[:60], by=vera, at=NOW - dt.timedelta(days=1))
    batch = work.begin(order=work.to_archive(), chosen=Client.objects.filter(pk__in=many), by=vera, at=NOW)
    # Meanwhile two go out of her reach.
    Client.objects.filter(pk__in=many[100:102]).update(owner=cast.lena, unit=cast.lena.unit)
    run(cast, batch)
    assert batch.counts == {"client": MANY - 62, "refused": 62}
    browser = sign_in("vera")
    first = page(browser, batch)
    assert first.count("уже был в архиве") == 50
    rows = list(BatchRow.objects.filter(batch=batch, state="refused").order_by("pk").values_list("pk", flat=True))
    second = page(browser, batch, after=rows[49])
    assert second.count("уже был в архиве") == 10
    assert second.count("клиент вне вашего доступа") == 2
    assert page(browser, batch, before=rows[50]).count("уже был в архиве") == 50
    assert browser.get(reverse("clients:batch", args=[batch.pk]), {"after": "x" * 30}).status_code == 200


def test_whoever_has_left_has_nothing_done_in_his_name(cast, by, many):
    batch = to_lena(cast, by)
    cast.nina.left_on = NOW.date()
    cast.nina.save()
    run(cast, batch)
    assert (batch.state, batch.done) == ("failed", 0)
    assert batch.plan["failure"].startswith("Кто это начал")


def test_one_at_a_time_for_a_person(cast, by, many):
    to_lena(cast, by)
    with pytest.raises(Refusal) as refused:
        to_lena(cast, by)
    assert refused.value.code == "busy"
    to_lena(cast, Actor(cast.home.pk, cast.vera.pk))


def test_what_was_stopped_waits_for_its_turn_too(cast, by, many):
    stopped = to_lena(cast, by)
    work.cancel(batch=stopped, at=NOW)
    running = to_lena(cast, by)
    with pytest.raises(Refusal) as caught:
        work.go_on(batch=stopped)
    assert caught.value.code == "busy"
    run(cast, running)
    work.go_on(batch=stopped)


def test_a_strangers_batch_is_not_there(cast, sign_in, by):
    clients.many(cast.home, 2, owner=cast.max)
    batch = to_lena(cast, by)
    for name in ("vera", "max", "rita"):
        browser = sign_in(name)
        assert browser.get(reverse("clients:batch", args=[batch.pk])).status_code == 404
        for verb in ("cancel_batch", "go_on_batch", "undo_batch"):
            assert browser.post(reverse(f"clients:{verb}", args=[batch.pk])).status_code == 404
        assert batch.title not in browser.get(reverse("clients:batches")).content.decode()
    assert batch.title in sign_in("adam").get(reverse("clients:batches")).content.decode()


def test_the_page_asks_again_until_it_is_over(cast, sign_in, by):
    clients.many(cast.home, 2, owner=cast.max)
    batch, browser = to_lena(cast, by), sign_in("nina")
    path = reverse("clients:batch", args=[batch.pk])
    going = browser.get(path, {"polls": ""}, **HTMX)
    assert "<html" not in going.content.decode()
    run(cast, batch)
    assert browser.get(path, {"polls": ""}, **HTMX).headers["HX-Redirect"] == path


def test_a_report_costs_the_same_for_many(cast, sign_in, by, many, django_assert_num_queries):
    batch = work.begin(order=work.to_archive(), chosen=Client.objects.filter(pk__in=many), by=by, at=NOW)
    Client.objects.filter(pk__in=many[:40]).update(archived_at=NOW - dt.timedelta(days=3))
    run(cast, batch)
    browser = sign_in("nina")
    page(browser, batch)
    with django_assert_num_queries(10):
        page(browser, batch)


def test_more_than_at_once_is_what_a_job_does(monkeypatch, cast, sign_in):
    monkeypatch.setattr(views, "AT_ONCE", 2)
    ids = clients.many(cast.home, 3, owner=cast.max)
    sign_in("nina").post(reverse("clients:tag_many"), {"client": ids, "tag": "100 %(count)s %"})
    batch = Batch.objects.get()
    assert (batch.state, batch.title) == ("running", "Метка «100 %(count)s %», клиентов: 3")
    run(cast, batch)
    assert Tagging.objects.count() == 3


def test_clients_of_many_owners_come_back_in_as_many_statements_as_of_two(cast, by):
    """Taking back costs by the clients, not by how many people they came from."""
    sellers = [cast.max, cast.vera, cast.nina, cast.oleg, cast.dina, cast.adam]
    taken = {clients.client(cast.home, owner=seller, name=seller.name).pk: seller.pk for seller in sellers}
    two, four = dict(list(taken.items())[:2]), dict(list(taken.items())[2:])

    def statements(some: dict[int, int]) -> int:
        batch = operations.reassign(client_ids=list(some), owner=cast.lena, why="отпуск", by=by, at=NOW)
        with CaptureQueriesContext(connection) as seen:
            assert work.undo_batch(batch=batch, by=by, at=NOW + dt.timedelta(hours=1)) == {
                "restored": len(some), "kept": 0
            }  # fmt: skip
        return len(seen)

    assert statements(two) == statements(four)
    assert dict(Client.objects.filter(pk__in=taken).values_list("pk", "owner_id")) == taken
    held = Tenure.objects.filter(client_id__in=taken, span__endswith=None).values_list("client_id", "owner_id")
    assert dict(held) == taken
    told = Entry.objects.filter(event="clients.clients_given_back").order_by("pk")
    assert [entry.payload["owner_ids"] for entry in told] == [list(two.values()), list(four.values())]


def test_who_has_left_meanwhile_gets_nobody_back(cast, by):
    gone, stays = clients.client(cast.home, owner=cast.max), clients.client(cast.home, owner=cast.vera)
    free = clients.client(cast.home, owner=None)
    batch = operations.reassign(client_ids=[gone.pk, stays.pk, free.pk], owner=cast.lena, why="", by=by, at=NOW)
    Employee.objects.filter(pk=cast.max.pk).update(left_on=TODAY)
    assert work.undo_batch(batch=batch, by=by, at=NOW) == {"restored": 2, "kept": 1}
    owners = dict(Client.objects.values_list("pk", "owner_id"))
    assert owners == {gone.pk: cast.lena.pk, stays.pk: cast.vera.pk, free.pk: None}
    assert BatchRow.objects.get(batch=batch, subject_id=gone.pk).why == "left"
