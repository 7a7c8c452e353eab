"""Attached files on disk: below MEDIA_ROOT, under random names that say nothing, out of the web server's reach."""

from __future__ import annotations

import hashlib
import os
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from ritm.conversations.rules.attachments import ENDINGS, HEAD, recognise, tidy_name
from ritm.kernel.refusal import Refusal

FOLDER = "conversations"
LARGEST = 20 * 1024 * 1024  # bytes
MOST = 10  # files of one conversation


@dataclass(frozen=True)
class Kept:
    """A file in its place: name for people, type by content, path below MEDIA_ROOT, size in bytes, SHA-256."""

    name: str
    content_type: str
    stored: str
    size: int
    digest: str


def place(stored: str) -> Path:
    """This function will give the absolute path of a stored file."""
    return Path(settings.MEDIA_ROOT) / stored


def keep(organisation_id: int, name: str, pieces: Iterable[bytes]) -> Kept:
    """
    This function will write a file to disk under a random name, readable by the server alone.

    Refuses an empty one, one above LARGEST, and one whose content is not of a kind that may be attached.
    """
    shown = tidy_name(name)
    stored = f"{FOLDER}/{organisation_id}/{secrets.token_hex(16)}"
    target = place(stored)
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    digest, size, head = hashlib.sha256(), 0, b""
    try:
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            for piece in pieces:
                size += len(piece)
                if size > LARGEST:
                    raise Refusal(
                        _("“%(name)s” is larger than %(most)d MB. Send a link to it, or a smaller copy.")
                        % {"name": shown, "most": LARGEST // 1024 // 1024},
                        code="attachment_large",
                        field="attached",
                    )
                head = head or piece[:HEAD]
                digest.update(piece)
                file.write(piece)
        if not size:
            raise Refusal(_("“%(name)s” is empty.") % {"name": shown}, code="attachment_empty", field="attached")
        content_type = recognise(head, shown)
        if content_type is None:
            raise Refusal(
                _("“%(name)s” is not attached: its content is not what its name says, or not one of %(kinds)s.")
                % {"name": shown, "kinds": ", ".join(ENDINGS)},
                code="attachment_kind",
                field="attached",
            )
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    return Kept(shown, content_type, stored, size, digest.hexdigest())


def forget(stored: str) -> None:
    """This function will delete a stored file; one that is gone already is no trouble."""
    place(stored).unlink(missing_ok=True)


def on_disk(organisation_id: int) -> list[Path]:
    """This function will list an organisation's stored files."""
    folder = place(f"{FOLDER}/{organisation_id}")
    return [path for path in folder.iterdir() if path.is_file()] if folder.is_dir() else []
