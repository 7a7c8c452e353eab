"""
Which files may be attached, told by their content: a name and a browser's word for it prove nothing. Pure.

Every kind on the list is one that people send one another about an order; what a browser could run (pages, scripts,
drawings with scripts) is none of them.
"""

from __future__ import annotations

import re
import unicodedata

# How many bytes of a file must be shown to `recognise`.
HEAD = 4096
LONGEST_NAME = 150

_OFFICE = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "odt": "application/vnd.oasis.opendocument.text",
    "ods": "application/vnd.oasis.opendocument.spreadsheet",
    "zip": "application/zip",
}
_OLD_OFFICE = {"doc": "application/msword", "xls": "application/vnd.ms-excel", "msg": "application/vnd.ms-outlook"}
_TEXT = {"txt": "text/plain", "csv": "text/csv", "eml": "message/rfc822"}
# The first bytes, the endings they go with, the type.
_SIGNED: tuple[tuple[bytes, dict[str, str]], ...] = (
    (b"%PDF-", {"pdf": "application/pdf"}),
    (b"\x89PNG\r\n\x1a\n", {"png": "image/png"}),
    (b"\xff\xd8\xff", {"jpg": "image/jpeg", "jpeg": "image/jpeg"}),
    (b"GIF8", {"gif": "image/gif"}),
    (b"PK\x03\x04", _OFFICE),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OLD_OFFICE),
    (b"ID3", {"mp3": "audio/mpeg"}),
    (b"\xff\xfb", {"mp3": "audio/mpeg"}),
    (b"\xff\xf3", {"mp3": "audio/mpeg"}),
    (b"OggS", {"ogg": "audio/ogg", "opus": "audio/ogg"}),
    (b"{\\rtf", {"rtf": "application/rtf"}),
)
# Files whose mark stands behind a length or a size: where it stands, the mark, the endings.
_MARKED: tuple[tuple[int, bytes, dict[str, str]], ...] = (
    (8, b"WEBP", {"webp": "image/webp"}),
    (8, b"WAVE", {"wav": "audio/wav"}),
    (4, b"ftyp", {"m4a": "audio/mp4", "mp4": "video/mp4", "heic": "image/heic"}),
)
ENDINGS = tuple(
    dict.fromkeys(
        ending for known in (*(one for _, one in _SIGNED), *(one for _, _, one in _MARKED), _TEXT) for ending in known
    )
)
_SIGNS_OF_A_PAGE = re.compile(rb"<\s*(?:!doctype|html|script|svg|\?xml)", re.IGNORECASE)


def recognise(head: bytes, name: str) -> str | None:
    """
    This function will tell the media type of a file from its first HEAD bytes; None for what may not be attached.

    The content decides; the name's ending must agree with it.
    """
    ending = name.rpartition(".")[2].lower()
    for sign, known in _SIGNED:
        if head.startswith(sign):
            return known.get(ending)
    for place, mark, known in _MARKED:
        if head[place : place + len(mark)] == mark:
            return known.get(ending)
    return _TEXT.get(ending) if _is_text(head) else None


def _is_text(head: bytes) -> bool:
    """Text of any encoding that offices use has no control bytes but line ends and tabs; a page is not plain text."""
    return bool(head) and not re.search(rb"[\x00-\x08\x0e-\x1f]", head) and not _SIGNS_OF_A_PAGE.search(head)


def tidy_name(name: str) -> str:
    """This function will give a name that is safe to show and to save: no folder, no control character, short."""
    last = name.replace("\\", "/").rpartition("/")[2]
    plain = "".join(char for char in unicodedata.normalize("NFC", last) if unicodedata.category(char)[0] != "C").strip()
    stem, dot, ending = plain.rpartition(".")
    if not dot:
        return plain[:LONGEST_NAME] or "file"
    return f"{stem[: LONGEST_NAME - len(ending) - 1] or 'file'}.{ending}"
