"""Uploaded files: kept below MEDIA_ROOT under random names, weighed before they are opened."""

from __future__ import annotations

import gzip
import hashlib
import os
import secrets
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings
from django.utils.translation import gettext as _

from ritm.kernel.refusal import Refusal

FOLDER = "imports"
# A workbook is read whole; text is streamed and may be as large as UPLOAD_MAX_BYTES.
WORKBOOK_BYTES = 60 * 1024 * 1024
UNPACKED_BYTES = 1024 * 1024 * 1024
# XML of a real sheet packs 10 to 40 times; a bomb, a thousand.
UNPACKED_TIMES = 250
_PIECE = 1 << 20
_GZIP = b"\x1f\x8b"
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
    """This function will refuse what is, or would become, too large (workbooks, gzip), damaged or empty."""
    size = path.stat().st_size
    if size == 0:
        raise Refusal(_("The file is empty."), code="file_empty", field="file")
    try:
        with path.open("rb") as file:
            if file.read(2) == _GZIP:
                _weigh_gzip(file, size)
            else:
                _weigh_plain(file, size)
    except (zipfile.BadZipFile, gzip.BadGzipFile, zlib.error, EOFError, struct.error) as error:
        raise Refusal(_("The file is damaged and cannot be opened."), code="file_unreadable", field="file") from error


def _weigh_plain(file: IO[bytes], size: int) -> None:
    file.seek(0)
    head = file.read(4)
    if head not in (_ZIP, _OLE):
        return
    if size > WORKBOOK_BYTES:
        raise Refusal(
            _("A workbook this large is not read. Save the sheet as CSV and bring that in."),
            code="workbook_large",
            field="file",
        )
    if head == _ZIP:
        with zipfile.ZipFile(file) as book:
            parts = book.infolist()
        most = _most(size)
        # What a part says of its size may be a lie: it is unpacked and counted too.
        _count((part.file_size for part in parts), most)
        _count((piece for part in parts for piece in _unpacked(file, part)), most)


def _weigh_gzip(file: IO[bytes], size: int) -> None:
    """Unpacked to a file aside, for it may hold a workbook; text is only counted."""
    file.seek(0)
    most = _most(size)
    with gzip.GzipFile(fileobj=file) as packed, tempfile.TemporaryFile() as aside:
        workbook, total = False, 0
        while piece := packed.read(_PIECE):
            workbook = workbook if total else piece[:4] in (_ZIP, _OLE)
            total += len(piece)
            _count((total,), most)
            if workbook:
                aside.write(piece)
        if workbook:
            _weigh_plain(aside, total)


def _most(size: int) -> int:
    """How many bytes a packed file of `size` bytes may honestly hold."""
    return min(UNPACKED_BYTES, max(size, 4096) * UNPACKED_TIMES)


def _count(sizes: Iterable[int], most: int) -> None:
    """Adds sizes up, and stops the reading as soon as they are too much."""
    total = 0
    for size in sizes:
        total += size
        if total > most:
            raise Refusal(
                _("This file unpacks to an unbelievable size and was not opened."), code="zip_bomb", field="file"
            )


def _unpacked(file: IO[bytes], part: zipfile.ZipInfo) -> Iterator[int]:
    """The true sizes of a part's pieces; `zipfile` itself would stop where the part says that it ends."""
    file.seek(part.header_offset + 26)
    name, extra = struct.unpack("<HH", file.read(4))
    file.seek(name + extra, os.SEEK_CUR)
    left = part.compress_size
    if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise zipfile.BadZipFile("no spreadsheet packs so")
    inflater = zlib.decompressobj(-zlib.MAX_WBITS) if part.compress_type == zipfile.ZIP_DEFLATED else None
    while left > 0 and (packed := file.read(min(left, _PIECE))):
        left -= len(packed)
        if inflater is None:
            yield len(packed)
        while inflater is not None and packed and not inflater.eof:
            yield len(inflater.decompress(packed, _PIECE))
            packed = inflater.unconsumed_tail


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
