"""
The code that opens an empty installation.

Until there is an organisation, whoever reaches the sign-in page could take the installation. So the page asks for a
code that only the person at the machine can read: `ritm run` prints it, and it lies in a file of his own.
"""

from __future__ import annotations

import hmac
import secrets

from django.conf import settings

_FILE = "setup_code"


def current() -> str:
    """This function will give the code, made when there is none yet ('4821-0937-5516')."""
    path = settings.HOME / _FILE
    if not path.exists():
        path.touch(mode=0o600)
        digits = "".join(str(secrets.randbelow(10)) for _ in range(12))
        path.write_text(f"{digits[:4]}-{digits[4:8]}-{digits[8:]}")
    return path.read_text().strip()


def fits(typed: str) -> bool:
    """This function will say whether this is the code, however it was typed; without a code nothing fits."""
    if not (settings.HOME / _FILE).exists():
        return False
    wanted, got = (text.replace("-", "").replace(" ", "").encode() for text in (current(), typed))
    return hmac.compare_digest(wanted, got)


def spend() -> None:
    """This function will make the code worth nothing: it opens one installation, once."""
    (settings.HOME / _FILE).unlink(missing_ok=True)
