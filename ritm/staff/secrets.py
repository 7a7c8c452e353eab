"""
Secrets at rest and links that prove themselves.

Every use has its own key, derived from SECRET_KEY by HKDF-SHA256 (RFC 5869) with the use as its label, so that
no ciphertext or link of one use is worth anything in another.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings

# No 0/O, 1/I/L: a recovery code is copied from paper.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"


def _key(use: str) -> bytes:
    # The secret is long and random already, so no salt is needed (RFC 5869, 3.1).
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=f"ritm {use}".encode()).derive(
        settings.SECRET_KEY.encode()
    )


def seal(text: str, *, use: str) -> str:
    """This function will encrypt a short text for the database."""
    return Fernet(base64.urlsafe_b64encode(_key(use))).encrypt(text.encode()).decode()


def unseal(text: str, *, use: str) -> str | None:
    """This function will decrypt what `seal` gave, or return None when SECRET_KEY is another one now."""
    try:
        return Fernet(base64.urlsafe_b64encode(_key(use))).decrypt(text.encode()).decode()
    except InvalidToken:
        return None


def sign(text: str, *, use: str) -> str:
    """This function will give a URL-safe proof (256 bits) that we ourselves wrote `text` for this use."""
    digest = hmac.new(_key(use), text.encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def hash_token(token: str) -> str:
    """This function will give what the database keeps of a random token (256 bits need no slow hash)."""
    return hashlib.sha256(token.encode()).hexdigest()


def new_recovery_codes(count: int = 10) -> list[str]:
    """This function will make codes like 'K7QM4-9XWTC' (49 bits each)."""

    def five() -> str:
        return "".join(secrets.choice(_ALPHABET) for _ in range(5))

    return [f"{five()}-{five()}" for _ in range(count)]


def hash_recovery_code(code: str, *, person_id: int) -> str:
    """This function will hash a recovery code, however it was typed, with a key that the database does not hold."""
    plain = "".join(letter for letter in code.upper() if letter.isalnum())
    return sign(f"{person_id}:{plain}", use="recovery code")
