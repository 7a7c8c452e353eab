"""What may be attached is told by content; names are made safe."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ritm.conversations.rules.attachments import LONGEST_NAME, recognise, tidy_name

ZIP, OLE = b"PK\x03\x04....", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("head", "name", "found"),
    [
        (b"%PDF-1.4", "счёт.PDF", "application/pdf"),
        (b"%PDF-1.4", "счёт.docx", None),
        (b"\x89PNG\r\n\x1a\n", "фото.png", "image/png"),
        (b"\xff\xd8\xff\xe0", "фото.jpeg", "image/jpeg"),
        (ZIP, "договор.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        (ZIP, "макрос.jar", None),
        (OLE, "акт.xls", "application/vnd.ms-excel"),
        (b"RIFF\x00\x00\x00\x00WAVE", "звонок.wav", "audio/wav"),
        (b"\x00\x00\x00\x20ftypM4A ", "звонок.m4a", "audio/mp4"),
        ("Привет".encode("cp1251"), "a.txt", "text/plain"),
        ("Привет".encode(), "a.eml", "message/rfc822"),
        (b"  <!DOCTYPE html><script>", "a.txt", None),
        (b"<svg xmlns=", "a.csv", None),
        (b"MZ\x90\x00", "a.exe", None),
        (b"MZ\x90\x00", "a.txt", None),
        (b"#!/bin/sh\nrm", "a.sh", None),
        (b"plain", "no_ending", None),
        (b"", "a.txt", None),
    ],
    ids=lambda value: None if isinstance(value, bytes) else str(value),
)
def test_the_content_decides_and_the_name_agrees(head, name, found):
    assert recognise(head, name) == found


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\Users\\Вера\\Договор.pdf", "Договор.pdf"),
        ("a\r\nb\u202egpj.pdf", "abgpj.pdf"),
        ("", "file"),
        (".pdf", "file.pdf"),
    ],
)
def test_names_are_made_safe(name, shown):
    assert tidy_name(name) == shown


@given(st.text(max_size=400))
def test_a_tidy_name_is_short_and_has_no_folder(name):
    shown = tidy_name(name)
    assert shown
    assert "/" not in shown
    assert "\\" not in shown
    assert not any(ord(char) < 32 for char in shown)
    if "." not in shown[LONGEST_NAME:]:
        assert len(shown.rpartition(".")[0]) <= LONGEST_NAME
