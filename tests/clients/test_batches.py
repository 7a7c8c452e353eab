"""Many at once, merges, pairs, views, files: done set-wise, seen within one's reach, taken back."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.urls import reverse

from ritm.clients import duplicates, export, operations
from ritm.clients.models import Client, Contact, Pair, Phone, SavedView, Tagging, Tenure
from ritm.journal.models import Batch, Entry
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal
from tests.cast import NOW
from tests.factories import clients

LATER = NOW + dt.timedelta(days=2)


@pytest.fixture
def by(cast):
    return Actor(cast.home.pk, cast.nina.pk)


def test_four_hundred_clients_of_who_left_find_another_owner_and_come_back(cast, by):
    ids = clients.many(cast.home, 400, owner=cast.max)
    batch = operations.reassign(client_ids=ids, owner=cast.lena, why="уволился", by=by, at=LATER)
    assert batch.counts["client"] == 400
    assert Client.objects.filter(owner=cast.lena).count() == 400
    operations.assign(client=Client.objects.get(pk=ids[7]), owner=cast.vera, why="", by=by, at=LATER)
    report = operations.undo_batch(batch=batch, by=by, at=LATER + dt.timedelta(hours=1))
    assert report == {"restored": 399, "kept": 1}
    assert Client.objects.filter(owner=cast.max).count() == 399
    assert Client.objects.get(pk=ids[7]).owner == cast.vera
    assert Tenure.objects.filter(client_id=ids[0]).count() == 3
    with pytest.raises(Refusal):
        operations.undo_batch(batch=batch, by=by, at=LATER)


def test_nobody_gets_back_who_has_left(cast, by):
    ids = clients.many(cast.home, 2, owner=cast.max)
    batch = operations.reassign(client_ids=ids, owner=cast.lena, why="", by=by, at=LATER)
    cast.max.left_on = NOW.date()
    cast.max.save()
    assert operations.undo_batch(batch=batch, by=by, at=LATER) == {"restored": 0, "kept": 2}


def test_a_reassignment_costs_the_same_for_many(cast, by, django_assert_max_num_queries):
    ids = clients.many(cast.home, 500, owner=cast.max)
    with django_assert_max_num_queries(20):
        operations.reassign(client_ids=ids, owner=cast.lena, why="", by=by, at=LATER)


def test_the_archive_and_tags_of_many_come_back(cast, by):
    ids = clients.many(cast.home, 3, owner=cast.max)
    archived = operations.archive_many(client_ids=ids, by=by, at=LATER)
    assert operations.undo_batch(batch=archived, by=by, at=LATER) == {"restored": 3, "kept": 0}
    operations.tag_many(client_ids=ids[:1], name="ВИП", by=by, at=NOW)
    tagged = operations.tag_many(client_ids=ids, name="вип", by=by, at=LATER)
    assert tagged.done == 2
    assert Tagging.objects.count() == 3
    operations.undo_batch(batch=tagged, by=by, at=LATER)
    assert list(Tagging.objects.values_list("client_id", flat=True)) == ids[:1]


def test_a_head_moves_only_his_own(cast, sign_in):
    mine, theirs = clients.client(cast.home, owner=cast.max), clients.client(cast.home, owner=cast.lena)
    browser = sign_in("vera")
    path = reverse("clients:reassign")
    preview = browser.post(path, {"client": [mine.pk, theirs.pk]}).content.decode()
    assert f'value="{mine.pk}"' in preview
    assert f'name="client" value="{theirs.pk}"' not in preview
    browser.post(path, {"client": [mine.pk, theirs.pk], "owner": cast.vera.pk, "confirmed": "1"})
    mine.refresh_from_db()
    theirs.refresh_from_db()
    assert (mine.owner, theirs.owner) == (cast.vera, cast.lena)
    refused = browser.post(path, {"client": [mine.pk], "owner": cast.lena.pk, "confirmed": "1"})
    assert refused.status_code == 422


def test_a_merge_moves_everything_and_comes_back(cast, by):
    keep = clients.client(cast.home, owner=cast.max, name="Ромашка", contact="Анна")
    gone = clients.client(
        cast.home,
        owner=cast.lena,
        name="ООО Ромашка",
        contact="Борис",
        phones=["89123456789"],
        external_id="Б-1",
        legal={"inn": "7707083893"},
        comment="важный",
    )
    batch = operations.merge(keep=keep, gone=gone, take={"inn", "comment"}, by=by, at=LATER)
    keep.refresh_from_db()
    gone.refresh_from_db()
    assert (keep.inn, keep.comment, keep.name) == ("7707083893", "важный", "Ромашка")
    assert set(Contact.objects.filter(client=keep).values_list("name", flat=True)) == {"Анна", "Борис"}
    assert "борис" in keep.search
    assert gone.archived_at
    # A file that still knows him by his old id finds whom he became.
    (placed,) = operations.bring_in(newcomers=[operations.Newcomer(name="Б", external_id="Б-1")], by=by, at=LATER)
    assert placed.client_id == keep.pk

    operations.edit(client=keep, changes={"comment": "поправили"}, by=by, at=LATER)
    report = operations.unmerge(batch=batch, by=by, at=LATER)
    keep.refresh_from_db()
    gone.refresh_from_db()
    assert report == {"restored": 1, "kept": 1}
    assert (keep.inn, keep.comment) == ("", "поправили")
    assert gone.archived_at is None
    assert gone.merged_into_id is None
    assert Contact.objects.get(client=gone).name == "Борис"
    assert Phone.objects.get().client == gone
    assert "борис" in gone.search
    assert "борис" not in keep.search


def test_nobody_is_merged_with_himself_or_twice(cast, by):
    one, other = clients.client(cast.home), clients.client(cast.home)
    with pytest.raises(Refusal):
        operations.merge(keep=one, gone=one, by=by, at=NOW)
    operations.merge(keep=one, gone=other, by=by, at=NOW)
    with pytest.raises(Refusal):
        operations.merge(keep=other, gone=one, by=by, at=NOW)


def test_every_table_that_points_at_a_client_has_been_thought_of():
    """A room that hangs rows on clients says what becomes of them in a merge."""
    from ritm.clients.sockets import MERGES

    moved = {table for children in MERGES for table, _column in children.tables}
    stay = {
        "clients_client",
        "clients_requisites",
        "clients_tenure",
        "clients_tagging",
        "clients_pair",
        "retention_rhythm",  # one row per client, counted again from the orders
        "retention_transition",  # append-only history of the one it happened to
        "retention_contactclock",  # one row per client, settled again from the conversations
        "retention_exchangeview",
        "clients_clientvalue",  # own fields are chosen between, one by one
        "retention_backtestcase",  # what was tried out of the past of the one it happened to
        "desk_notice",  # what somebody was told of that client
    }
    pointing = {
        relation.related_model._meta.db_table
        for relation in Client._meta.get_fields(include_hidden=True)
        if relation.auto_created and not relation.concrete
    }
    assert pointing - moved - stay == set()


def test_merging_over_http_shows_first_and_takes_what_was_chosen(cast, sign_in):
    keep = clients.client(cast.home, owner=cast.max, name="Ромашка")
    gone = clients.client(cast.home, owner=cast.max, name="Ромашка-2", source="выставка")
    foreign = clients.client(cast.home, owner=cast.lena, name="Чужая")
    browser, path = sign_in("max"), reverse("clients:merge", args=[keep.pk])
    assert browser.get(path, {"with": foreign.pk}).status_code == 404
    assert browser.get(path, {"with": keep.pk}).status_code == 422
    assert "Ромашка-2" in browser.get(path, {"with": gone.pk}).content.decode()
    browser.post(path, {"with": gone.pk, "name": "gone", "source": "keep"})
    keep.refresh_from_db()
    assert (keep.name, keep.source) == ("Ромашка-2", "")
    undo = reverse("clients:undo_batch", args=[Batch.objects.get().pk])
    assert sign_in("lena").post(undo).status_code == 404
    browser.post(undo)
    keep.refresh_from_db()
    assert keep.name == "Ромашка"


@pytest.mark.parametrize(
    "typed, found",
    [
        ({"inn": "7707083893"}, True),
        ({"phone": "8 (912) 345-67-89"}, True),
        ({"email": "ANNA@elka.ru"}, True),
        ({"name": "ёлка плюс"}, True),
        ({"name": "Елка-Плюс ООО"}, True),
        ({"name": "ООО Елка Плус"}, True),
        ({"name": "Берёза"}, False),
        ({"name": "ООО"}, False),
    ],
)
def test_warned_while_typing(cast, typed, found):
    clients.client(
        cast.home,
        owner=cast.max,
        name="ООО «Ёлка Плюс»",
        legal={"inn": "7707083893"},
        phones=["+79123456789"],
        emails=["anna@elka.ru"],
    )
    assert bool(duplicates.similar(cast.viewer("max"), **typed)) is found
    assert duplicates.similar(cast.viewer("lena"), **typed) == []


def test_pairs_are_found_by_what_came_and_stay_dismissed(cast, by):
    one = clients.client(cast.home, owner=cast.max, phones=["+79123456789"])
    other = clients.client(cast.home, owner=cast.max, phones=["+79123456789"])
    families = [
        clients.client(cast.home, owner=cast.max, kind="household", addresses=[("actual", text)])
        for text in ("Уфа, Ленина 5-12", "г.Уфа, ул.Ленина, д.5, кв.12")
    ]
    [clients.client(cast.home, addresses=[("actual", "Уфа, Ленина 5-12")]) for _ in range(2)]
    assert operations.look_for_pairs(client_ids=[other.pk, *(f.pk for f in families)], by=by, at=NOW) == 2
    assert {pair.reason for pair in duplicates.pairs(cast.viewer("max"))} == {"phone", "address"}
    assert duplicates.pairs(cast.viewer("lena")) == []
    operations.dismiss(pair=Pair.objects.get(reason="phone"), by=by, at=NOW)
    operations.look_for_pairs(client_ids=[one.pk], by=by, at=NOW)
    assert [pair.reason for pair in duplicates.pairs(cast.viewer("max"))] == ["address"]


def test_a_number_that_a_crowd_shares_pairs_nobody(cast, by):
    made = [clients.client(cast.home, phones=["+78000000000"]) for _ in range(13)]
    assert operations.look_for_pairs(client_ids=[one.pk for one in made], by=by, at=NOW) == 0


def test_saved_views_are_tabs_for_whom_they_are_meant(cast, sign_in):
    sign_in("vera").post(reverse("clients:save_view"), {"name": "Северные", "query": "kind=company", "scope": "unit"})
    sign_in("max").post(reverse("clients:save_view"), {"name": "Тайный", "query": "q=а&after=x", "scope": "all"})
    assert SavedView.objects.get(name="Тайный").scope == "private"
    assert SavedView.objects.get(name="Тайный").query == "q=%D0%B0"
    page = sign_in("max").get(reverse("clients:list")).content.decode()
    assert "Северные" in page
    assert "Тайный" in page
    assert "Северные" not in sign_in("lena").get(reverse("clients:list")).content.decode()


@pytest.mark.parametrize(
    "text, written",
    [
        ("=1+1", "'=1+1"),
        ("+cmd|' /C calc'!A0", "'+cmd|' /C calc'!A0"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("-2+3+cmd", "'-2+3+cmd"),
        ("\tx", "'\tx"),
        ("+7 912 345-67-89", "+7 912 345-67-89"),
        ("-100,5", "-100,5"),
        ("ООО", "ООО"),
    ],
)
def test_nothing_exported_runs_as_a_formula(text, written):
    assert export.harmless(text) == written


@pytest.mark.django_db(transaction=False)
def test_export_is_within_reach_and_journalled(cast, sign_in, monkeypatch):
    monkeypatch.setattr(export, "CHUNK", 2)
    for name in ("=cmd", "Бета", "Вега"):
        clients.client(cast.home, owner=cast.max, name=name, phones=["+79123456789"])
    clients.client(cast.home, owner=cast.lena, name="Чужой")
    answer = sign_in("vera").get(reverse("clients:export"), {"kind": "company"})
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    lines = text.strip().splitlines()
    assert len(lines) == 4
    assert "'=cmd" in lines[1]
    assert "Чужой" not in text
    entry = Entry.objects.get(event="clients.exported")
    assert entry.payload == {"query": "kind=company", "format": "csv", "rows": 3}

    from python_calamine import CalamineWorkbook

    book = b"".join(sign_in("vera").get(reverse("clients:export"), {"format": "xlsx"}).streaming_content)
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert [row[1] for row in sheet[1:]] == ["'=cmd", "Бета", "Вега"]
