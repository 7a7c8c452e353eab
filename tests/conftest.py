"""Fixtures that every room's tests share."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from django.core.cache import cache
from django.test import Client as Browser
from django.test import override_settings
from django.utils import timezone

from ritm.journal import tenancy
from tests import cast as the_cast


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Packed bytes carry the second they were made in. As a test's name they would differ between the two xdist
    workers, which then refuse to run anything: bytes are named by their place, not by their content."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(scope="session", autouse=True)
def _plain_static() -> Iterator[None]:
    """Static files come straight from the source folders, under plain names. (pytest-django reads the settings
    before any conftest, so an environment variable set here would come too late.)"""
    from django.conf import settings

    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(
        STORAGES=settings.STORAGES | {"staticfiles": plain},
        WHITENOISE_USE_FINDERS=True,
        WHITENOISE_AUTOREFRESH=True,
    ):
        yield


@pytest.fixture(scope="session", autouse=True)
def _translations() -> None:
    """Russian sentences are asserted: the catalogues must be compiled, as set-up does it."""
    from django.utils.translation import trans_real

    from ritm.shell import words

    words.compile_all(only_stale=True)
    # Whatever was read while the tests were collected may be older than what has just been compiled.
    trans_real._translations.clear()
    trans_real._default = None


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


@pytest.fixture
def ask(client, cast):
    """Asks the public API in the name of one of the cast, with a token of his own."""
    from tests.factories import staff

    def asking(name: str, path: str, verb: str = "get", **more):
        with tenancy.organisation(getattr(cast, name).organisation_id):
            _token, text = staff.token(cast, name, scope="write" if verb != "get" else "read", at=timezone.now())
        headers = {"Authorization": f"Bearer {text}"}
        return getattr(client, verb)(f"/api/v1{path}", headers=headers, content_type="application/json", **more)

    cache.clear()
    return asking
