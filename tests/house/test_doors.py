"""
What you may not see does not exist: every URL of the house, walked as each of the cast and as a stranger.

Each room says in tests/<room>/doors.py who may enter: DOORS[url name] = (arguments given the cast, names).
"""

from __future__ import annotations

import importlib.util
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import transaction
from django.test import Client as Browser
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests import cast as the_cast

HERE = Path(__file__).parents[1]


def _doors() -> tuple[dict[str, Any], set[str]]:
    doors: dict[str, Any] = {}
    open_to_all: set[str] = set()
    for path in sorted(HERE.glob("*/doors.py")):
        spec = importlib.util.spec_from_file_location(f"tests.{path.parent.name}.doors", path)
        assert spec is not None and spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        twice = doors.keys() & module.DOORS.keys()
        assert not twice, f"{sorted(twice)} are told by two rooms"
        doors |= module.DOORS
        open_to_all |= getattr(module, "OPEN", set())
    return doors, open_to_all


DOORS, OPEN = _doors()


def _walk(patterns: list[Any], space: str = "") -> Iterator[tuple[str, Any]]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = ":".join(part for part in (space, pattern.namespace) if part)
            yield from _walk(pattern.url_patterns, inner)
        elif isinstance(pattern, URLPattern):
            yield f"{space}:{pattern.name}" if space else str(pattern.name), pattern.callback


URLS = dict(_walk(get_resolver().url_patterns))


def test_every_url_says_who_may_enter():
    # Calls of the API have one door, the token's: tests/staff/test_api.py tries it at each of them.
    untold = {name for name in URLS if not name.startswith("api:")} - set(DOORS) - OPEN
    assert not untold, f"add to tests/<room>/doors.py: {sorted(untold)}"


def test_no_door_leads_nowhere():
    gone = (set(DOORS) | OPEN) - set(URLS)
    assert not gone, f"no such url: {sorted(gone)}"


def test_nothing_is_both_open_and_closed():
    assert not OPEN & set(DOORS)


@pytest.mark.parametrize("name", sorted(DOORS))
def test_each_of_the_cast_at_the_door(name, cast):
    make, may = DOORS[name]
    assert may <= set(the_cast.NAMES), f"nobody of the cast is called {may - set(the_cast.NAMES)}"
    arguments = make(cast)
    url = reverse(name, kwargs=arguments)
    for who in the_cast.NAMES:
        # Each walks in a world of his own: what one closes must not keep the next one out.
        mark = transaction.savepoint()
        browser = Browser()
        browser.force_login(getattr(cast, who).person)
        got = browser.get(url).status_code
        posted = browser.post(url).status_code
        transaction.savepoint_rollback(mark)
        told = f"{who} at {url}: GET {got}, POST {posted}"
        assert got < 500 and posted < 500, told
        if who in may:
            assert got in (200, 204, 302, 303) or (got == 405 and posted not in (403, 404)), told
        elif who != "rita" or arguments:
            # (A page that names no row shows Rita her own organisation's, when her role there lets her in.)
            assert got in (404, 405) and posted in (404, 405) and 404 in (got, posted), told
    _stranger(url)


def _stranger(url: str) -> None:
    answers = [answer for answer in (Browser().get(url), Browser().post(url)) if answer.status_code != 405]
    for answer in answers:
        assert answer.status_code == 302, f"a stranger at {url}: {answer.status_code}"
        assert answer.url.startswith(reverse(settings.LOGIN_URL)), answer.url
    assert answers


def test_the_walk_would_notice_an_open_door(cast):
    """The walk above proves nothing if it cannot fail: Lena at the page of roles is refused."""
    browser = Browser()
    browser.force_login(cast.lena.person)
    assert browser.get(reverse("staff:roles")).status_code == 404
    assert len(URLS) > 40
