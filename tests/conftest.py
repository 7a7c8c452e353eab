"""Fixtures that every room's tests share."""

from __future__ import annotations

import os

# Before Django reads its settings: plain static names, and quick password hashes.
os.environ.setdefault("RITM_PLAIN_STATIC", "1")

from collections.abc import Callable  # noqa: E402

import pytest  # noqa: E402
from django.test import Client as Browser  # noqa: E402

from tests import cast as the_cast  # noqa: E402


@pytest.fixture(autouse=True)
def _quick_hashes(settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def cast(db) -> the_cast.Cast:
    """The office, with the home organisation's wall set for the test's transaction."""
    return the_cast.assemble()


@pytest.fixture
def sign_in(cast) -> Callable[[str], Browser]:
    """sign_in("max") gives a test client that is Max at his desk."""

    def as_(name: str) -> Browser:
        browser = Browser()
        browser.force_login(getattr(cast, name).person)
        return browser

    return as_
