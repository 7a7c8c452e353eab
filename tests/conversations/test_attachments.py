"""Files that go with a conversation: judged by content, kept out of reach, streamed to whoever sees the client."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction

from ritm.clients import operations as clients_do
from ritm.clients.models import Contact
from ritm.clients.operations.erasing import person_of
from ritm.conversations import attaching, files, operations
from ritm.conversations.models import Attachment, Interaction
from ritm.kernel.actor import Actor
from ritm.kernel.refusal import Refusal
from tests.cast import NOW
from tests.factories import clients
from tests.factories.conversations import interaction

PDF = b"%PDF-1.7\n1 0 obj"
HTMX = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def _place(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture(autouse=True)
def _noon(monkeypatch):
    from django.utils import timezone

    monkeypatch.setattr(timezone, "now", lambda: NOW)


@pytest.fixture
def by_max(cast) -> Actor:
    return Actor(cast.home.pk, cast.max.pk)


def upload(name: str = "Договор.pdf", content: bytes = PDF) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def stored_files(cast) -> list[Path]:
    return files.on_disk(cast.home.pk)


def test_a_letter_is_entered_with_its_files_and_they_come_back_as_downloads(cast, sign_in, romashka):
    browser = sign_in("max")
    given = {
        "kind": "letter",
        "direction": "in",
        "attached": [upload(), upload("прайс.csv", "Товар;Цена".encode("cp1251"))],
    }
    assert browser.post(f"/clients/{romashka.pk}/conversations/", given, **HTMX).status_code == 200
    row = Interaction.objects.get()
    assert row.files == 2
    pdf, csv = Attachment.objects.order_by("pk")
    assert (pdf.name, pdf.content_type, pdf.size, csv.content_type) == (
        "Договор.pdf",
        "application/pdf",
        len(PDF),
        "text/csv",
    )
    page = browser.get(f"/conversations/{row.pk}/").content.decode()
    assert f"/conversations/files/{pdf.pk}/" in page
    answer = browser.get(f"/conversations/files/{pdf.pk}/")
    assert b"".join(answer.streaming_content) == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert oct(files.place(pdf.stored).stat().st_mode)[-3:] == "600"


def test_what_is_refused_enters_no_conversation_and_leaves_no_file(cast, sign_in, romashka):
    given = {"kind": "note", "text": "Смотри файл", "attached": [upload(), upload("счёт.pdf", b"MZ\x90\x00")]}
    answer = sign_in("max").post(f"/clients/{romashka.pk}/conversations/", given, **HTMX)
    assert answer.status_code == 422
    assert "«счёт.pdf» не приложен" in answer.content.decode()
    assert "Смотри файл" in answer.content.decode()
    assert not Interaction.objects.exists()
    assert stored_files(cast) == []


@pytest.mark.parametrize("content", [b"", b"x" * 11], ids=["empty", "large"])
def test_empty_and_large_files_are_refused(cast, romashka, by_max, monkeypatch, content):
    monkeypatch.setattr(files, "LARGEST", 10)
    row = interaction(romashka, cast.max)
    with pytest.raises(Refusal):
        attaching.attach(interaction=row, uploads=[upload("a.txt", content)], by=by_max, at=NOW)
    assert stored_files(cast) == []


def test_a_conversation_holds_so_many_files(cast, romashka, by_max, monkeypatch):
    monkeypatch.setattr(files, "MOST", 2)
    row = interaction(romashka, cast.max)
    attaching.attach(interaction=row, uploads=[upload(), upload()], by=by_max, at=NOW)
    with pytest.raises(Refusal, match="2"):
        attaching.attach(interaction=row, uploads=[upload()], by=by_max, at=NOW)


def test_a_file_is_seen_by_whoever_sees_the_client_while_the_conversation_stands(cast, sign_in, romashka, by_max):
    row = interaction(romashka, cast.max)
    (one,) = attaching.attach(interaction=row, uploads=[upload()], by=by_max, at=NOW)
    where = f"/conversations/files/{one.pk}/"
    assert [sign_in(name).get(where).status_code for name in ("max", "vera", "lena", "rita")] == [200, 200, 404, 404]
    operations.withdraw(interaction=row, by=by_max, at=NOW)
    assert sign_in("max").get(where).status_code == 404


def test_a_file_is_removed_by_who_may_mend_the_conversation(
    cast, sign_in, romashka, by_max, django_capture_on_commit_callbacks
):
    row = interaction(romashka, cast.max)
    (one,) = attaching.attach(interaction=row, uploads=[upload()], by=by_max, at=NOW)
    where = f"/conversations/files/{one.pk}/remove/"
    assert sign_in("dina").post(where).status_code == 404
    with django_capture_on_commit_callbacks(execute=True):
        assert sign_in("max").post(where).status_code == 302
    row.refresh_from_db()
    assert (row.files, stored_files(cast)) == (0, [])


def test_erasing_a_person_erases_the_files_of_his_conversations(cast, by_max, django_capture_on_commit_callbacks):
    home = clients.client(cast.home, owner=cast.max, kind="household", name="Перепёлкина Зинаида")
    row = interaction(home, cast.max)
    attaching.attach(interaction=row, uploads=[upload(), upload()], by=by_max, at=NOW)
    with django_capture_on_commit_callbacks(execute=True):
        clients_do.erase(person=person_of(home, None), by=by_max, at=NOW)
        assert len(stored_files(cast)) == 2  # a rollback would still need them
    row.refresh_from_db()
    assert (row.files, stored_files(cast), Attachment.objects.count()) == (0, [], 0)


def test_erasing_a_contact_leaves_the_files_of_his_colleagues(cast, by_max, django_capture_on_commit_callbacks):
    firm = clients.client(cast.home, owner=cast.max, name="ООО Ромашка", contact="Анна Шмелёва")
    anna = Contact.objects.get(client=firm)
    boris = clients_do.add_contact(client=firm, name="Борис", position="", by=by_max, at=NOW)
    for contact in (anna, boris):
        row = interaction(firm, cast.max, contact=contact)
        attaching.attach(interaction=row, uploads=[upload()], by=by_max, at=NOW)
    anna_s, his = Attachment.objects.order_by("pk")
    with django_capture_on_commit_callbacks(execute=True):
        clients_do.erase(person=person_of(firm, anna), by=by_max, at=NOW)
    assert Attachment.objects.get() == his
    assert not files.place(anna_s.stored).exists()
    assert files.place(his.stored).exists()


def test_the_preview_of_an_erasure_counts_the_files(cast, sign_in, by_max):
    home = clients.client(cast.home, owner=cast.max, kind="household", name="Перепёлкина Зинаида")
    attaching.attach(interaction=interaction(home, cast.max), uploads=[upload()], by=by_max, at=NOW)
    assert "файлы разговоров" in sign_in("nina").get(f"/clients/{home.pk}/erase/").content.decode()


def test_the_sweep_deletes_old_files_that_no_row_knows(cast, romashka, by_max):
    row = interaction(romashka, cast.max)
    (known,) = attaching.attach(interaction=row, uploads=[upload()], by=by_max, at=NOW)
    lost = files.keep(cast.home.pk, "потерян.pdf", [PDF])
    young = files.keep(cast.home.pk, "новый.pdf", [PDF])
    for stored in (known.stored, lost.stored):
        os.utime(files.place(stored), (0, 0))
    later = NOW + attaching.YOUNG * 400
    os.utime(files.place(young.stored), (later.timestamp(), later.timestamp()))
    assert attaching.sweep(cast.home.pk, at=later) == 1
    assert {path.name for path in stored_files(cast)} == {Path(known.stored).name, Path(young.stored).name}


@pytest.mark.parametrize(
    ("kind", "direction"),
    [("note", "out"), ("call", "none"), ("letter", "none"), ("message", "")],
)
def test_the_database_keeps_kind_and_direction_together(cast, romashka, kind, direction):
    row = interaction(romashka, cast.max)
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE conversations_interaction SET kind = %s, direction = %s, duration_seconds = NULL WHERE id = %s",
            [kind, direction, row.pk],
        )


def test_a_conversation_is_a_document_for_whoever_sees_the_client(cast, sign_in, romashka):
    row = interaction(romashka, cast.max, text="Просят отсрочку", result="thinking")
    page = sign_in("vera").get(f"/conversations/{row.pk}/").content.decode()
    assert "Просят отсрочку" in page
    assert "отсчёт контакта начался заново" in page
    assert sign_in("lena").get(f"/conversations/{row.pk}/").status_code == 404
