"""
Journeys in a real browser: Chromium on a live server, a page per person, and what goes wrong is collected.

Data is committed here, so row-level security binds the test as it binds the office: set the scene inside
`tenancy.organisation(id)`, and let requests find their own scope.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from ritm.journal import tenancy
from tests import cast as the_cast

AXE = settings.NODE_MODULES / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@pytest.fixture(scope="session", autouse=True)
def _no_connection_left(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """
    The test database can be dropped only when nobody is connected. Playwright's event loop gives Django a second
    set of connections, out of reach once the browser is closed: the server ends them.
    """
    yield
    with django_db_blocker.unblock():
        with connection.cursor() as cursor:
            # On one's own server, reached as a superuser, only that superuser may end its other sessions.
            cursor.execute("RESET ROLE")
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        connection.close()
        connection.close_pool()  # type: ignore[attr-defined]


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for all journeys."""
    # Playwright keeps an event loop in this thread; Django would take our plain queries for asynchronous ones.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no Chromium: apt-get install chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
        )
        yield browser
        browser.close()


def _journal(state: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER TABLE journal_entry {state} TRIGGER never_emptied")


@pytest.fixture(scope="module", autouse=True)
def _journal_shut_again(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    yield
    with django_db_blocker.unblock():
        _journal("ENABLE")


@pytest.fixture
def cast(transactional_db: None, chromium: Any) -> Iterator[the_cast.Cast]:
    """The office, committed. The journal lets nobody empty it, so pytest-django gets leave to do it after the test."""
    _journal("ENABLE")
    with transaction.atomic():
        assembled = the_cast.assemble()
    yield assembled
    _journal("DISABLE")


@pytest.fixture
def at_home(cast: the_cast.Cast) -> Iterator[None]:
    """The home organisation's wall around the whole test, for reading back what the browser did."""
    with tenancy.organisation(cast.home.pk):
        yield


class Page:
    """
    A browser page of somebody at work. Everything of Playwright's page is here too (`page.click(…)`).

    `troubles` holds what the console said and what failed to load; `check()` asserts that there were none and that
    axe-core finds nothing.
    """

    def __init__(self, page: Any, base: str) -> None:
        self.page = page
        self.base = base
        self.troubles: list[str] = []
        page.on("console", lambda said: said.type in ("error", "warning") and self.troubles.append(said.text))
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("response", lambda r: r.status >= 400 and self.troubles.append(f"{r.status}: {r.url}"))
        page.on("requestfailed", lambda request: self.troubles.append(f"failed: {request.url}"))

    def __getattr__(self, name: str) -> Any:
        return getattr(self.page, name)

    def open(self, path: str) -> None:
        """Opens a path of the live server and waits until it is quiet."""
        answer = self.page.goto(self.base + path)
        assert answer.status < 400, f"{path}: {answer.status}"
        self.page.wait_for_load_state("networkidle")

    def settle(self) -> None:
        """Waits until htmx and the network are quiet."""
        self.page.wait_for_load_state("networkidle")
        from playwright.sync_api import expect

        # A locator, not a function: the pages' policy lets nobody evaluate a string.
        expect(self.page.locator(".htmx-request, .htmx-swapping, .htmx-settling")).to_have_count(0)

    def axe(self) -> list[str]:
        """What axe-core finds on the page, one line each."""
        self.page.evaluate(AXE.read_text())
        found = self.page.evaluate("rules => axe.run({runOnly: rules})", RULES)
        return [
            f"{fault['id']}: {fault['help']}: {node['html'][:200]}"
            for fault in found["violations"]
            for node in fault["nodes"]
        ]

    def check(self) -> None:
        """Asserts that the console is silent, that axe-core is content, and that nothing overflows the window."""
        assert self.troubles == []
        assert self.axe() == []
        assert self.page.evaluate("document.documentElement.scrollWidth <= innerWidth")

    def picture(self, path: Path) -> None:
        """A screenshot of the whole page."""
        self.page.screenshot(path=path, full_page=True)


@pytest.fixture
def browser_page(cast: the_cast.Cast, live_server: Any, chromium: Any) -> Iterator[Callable[..., Page]]:
    """browser_page("max") is Max's browser; options: phone=True, dark=True."""
    contexts = []

    def open_for(name: str | None, *, phone: bool = False, dark: bool = False) -> Page:
        context = chromium.new_context(
            viewport={"width": 390, "height": 844} if phone else {"width": 1440, "height": 900},
            color_scheme="dark" if dark else "light",
            has_touch=phone,
            locale="ru-RU",
            reduced_motion="reduce",
        )
        contexts.append(context)
        if name is not None:
            client = Client()
            with transaction.atomic():
                client.force_login(getattr(cast, name).person)
            cookie = client.cookies[settings.SESSION_COOKIE_NAME]
            context.add_cookies([{"name": cookie.key, "value": cookie.value, "url": live_server.url}])
        page = context.new_page()
        page.set_default_timeout(15_000)
        return Page(page, live_server.url)

    yield open_for
    for context in contexts:
        context.close()
