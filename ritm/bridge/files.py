"""Uploaded files: kept below MEDIA_ROOT under random names, weighed before they are opened."""

from __future__ import annotations

import hashlib
import os
import secrets
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from ritm.kernel.refusal import Refusal

FOLDER = "imports"
# A workbook is read whole; text is streamed and may be as large as UPLOAD_MAX_BYTES.
WORKBOOK_BYTES = 60 * 1024 * 1024
UNPACKED_BYTES = 1024 * 1024 * 1024
# XML of a real sheet packs 10 to 40 times; a bomb, a thousand.
UNPACKED_TIMES = 250
_ZIP = b"PK\x03\x04"
_OLE = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class Stored:
    """A file in its place: its path below MEDIA_ROOT, size in bytes and SHA-256."""

    path: str
    size: int
    digest: str


def place(stored: str) -> Path:
    """This function will give the absolute path of a stored file."""
    return Path(settings.MEDIA_ROOT) / stored


def keep(pieces: Iterable[bytes]) -> Stored:
    """
    This function will write the pieces of a file to disk under a random name and look at what it is.

    Refuses what is larger than the installation allows, empty, or a workbook that would not fit into memory.
    """
    path = f"{FOLDER}/{secrets.token_hex(16)}"
    target = place(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    digest, size = hashlib.sha256(), 0
    try:
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for piece in pieces:
                size += len(piece)
                if size > settings.UPLOAD_MAX_BYTES:
                    raise too_large()
                digest.update(piece)
                file.write(piece)
        weigh(target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return Stored(path, size, digest.hexdigest())


def pieces_of(path: Path) -> Iterable[bytes]:
    """This function will read a file piece by piece."""
    with path.open("rb") as file:
        while piece := file.read(1 << 20):
            yield piece


def weigh(path: Path) -> None:
    """This function will refuse a workbook that is, or would become, too large, and a file that is empty."""
    size = path.stat().st_size
    if size == 0:
        raise Refusal(_("The file is empty."), code="file_empty", field="file")
    with path.open("rb") as file:
        head = file.read(4)
    if head not in (_ZIP, _OLE):
        return
    if size > WORKBOOK_BYTES:
        raise Refusal(
            _("A workbook this large is not read. Save the sheet as CSV and bring that in."),
            code="workbook_large",
            field="file",
        )
    if head == _OLE:
        return
    try:
        with zipfile.ZipFile(path) as book:
            unpacked = sum(part.file_size for part in book.infolist())
    except zipfile.BadZipFile as error:
        raise Refusal(_("The file is damaged and cannot be opened."), code="file_unreadable", field="file") from error
    if unpacked > UNPACKED_BYTES or unpacked > max(size, 4096) * UNPACKED_TIMES:
        raise Refusal(
            _("This workbook unpacks to an unbelievable size and was not opened."), code="zip_bomb", field="file"
        )


def too_large() -> Refusal:
    """This function will give the refusal of a file that is larger than the installation allows."""
    return Refusal(
        _("The file is larger than %(most)s MB. Split it, or ask the administrator to raise the limit.")
        % {"most": settings.UPLOAD_MAX_BYTES // (1024 * 1024)},
        code="file_large",
        field="file",
    )


def forget(stored: str) -> None:
    """This function will delete a stored file, if it is still there."""
    place(stored).unlink(missing_ok=True)
