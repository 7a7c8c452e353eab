"""The frame: only what the viewer may use, cheap, and safe headers around it."""

from __future__ import annotations

import json

import pytest
from django.http import HttpResponse, HttpResponseRedirect
from django.test import RequestFactory
from django.urls import reverse

from ritm.kernel.refusal import NotYours, Refusal
from ritm.kernel.socket import Socket
from ritm.shell import errors, frame, htmx, palette
from ritm.shell.middleware import Refusals
from ritm.shell.sockets import COMMANDS, NAV, Command, Hit, NavItem, SearchSource


@pytest.fixture
def sockets(monkeypatch):
    """Sockets of our own, so that the rooms' plugs do not matter."""
    fresh = {"NAV": Socket("nav"), "COMMANDS": Socket("commands"), "SEARCH": Socket("search")}
    monkeypatch.setattr(frame, "NAV", fresh["NAV"])
    monkeypatch.setattr(frame, "COMMANDS", fresh["COMMANDS"])
    monkeypatch.setattr(palette, "SEARCH", fresh["SEARCH"])
    fresh["NAV"].plug("ui")(NavItem("ui", "Набор", "box", "shell:gallery", on_phone=True))
    fresh["NAV"].plug("find")(NavItem("find", "Поиск", "search", "shell:palette", badge=lambda viewer: 3))
    fresh["NAV"].plug("shut")(NavItem("shut", "Чужое", "lock", "shell:robots", may=lambda viewer: False))
    fresh["COMMANDS"].plug("new")(Command("new", "Новый клиент", "plus", "shell:gallery", keys="n"))
    return fresh


def test_the_rail_holds_what_the_viewer_may_and_marks_where_he_is(sockets):
    nav = frame.nav("viewer", "/_ui/page/2/")
    links = [link for group in nav.groups for link in group.items]
    assert {link.label: link.active for link in links} == {"Набор": True, "Поиск": False}
    assert {link.label: link.badge for link in links} == {"Набор": None, "Поиск": 3}
    assert [link.label for link in nav.more] == ["Поиск"]


def test_the_palette_finds_places_commands_and_what_rooms_know(sockets):
    seen = []

    def find(viewer, text, limit):
        seen.append(text)
        return [Hit("ООО «Ромашка»", "/clients/1/")]

    sockets["SEARCH"].plug("clients")(SearchSource("clients", "Клиенты", find))
    assert [hit.title for group in palette.found("viewer", "") for hit in group.hits] == [
        "Новый клиент", "Поиск", "Набор",
    ]  # fmt: skip
    assert [hit.title for group in palette.found("viewer", "НАБ") for hit in group.hits] == ["ООО «Ромашка»", "Набор"]
    assert palette.found("viewer", "ъ") == []
    assert seen == ["НАБ"]


def test_every_place_and_command_has_an_address():
    for item in (*NAV, *COMMANDS):
        assert reverse(item.url_name)


def test_a_page_of_the_shell_asks_nothing_but_who_is_there(cast, sign_in, django_assert_max_num_queries):
    browser = sign_in("max")
    browser.get("/_ui/")
    with django_assert_max_num_queries(9):
        browser.get("/palette/")


def test_every_answer_carries_the_policy(client, db):
    for path in ("/healthz", "/no/such/page"):
        policy = client.get(path).headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "style-src 'self'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy


def test_health_and_robots_are_open(client, db):
    assert client.get("/healthz").content == b"ok"
    assert client.get("/robots.txt").content == b"User-agent: *\nDisallow: /\n"


def test_the_theme_and_the_folded_rail_come_from_the_browser(cast, sign_in):
    browser = sign_in("max")
    browser.cookies["ritm_rail"] = "folded"
    assert 'data-rail="folded"' in browser.get("/_ui/").content.decode()


@pytest.mark.parametrize("theme", ["dark", "light", "<script>"])
def test_error_pages_follow_the_browser_and_ask_no_database(theme):
    # No database fixture: pytest-django would fail a test that touches it.
    request = RequestFactory().get("/x/")
    request.COOKIES["ritm_theme"] = theme
    for page, status in (
        (errors.bad_request, 400), (errors.forbidden, 403), (errors.not_found, 404), (errors.server_error, 500),
        (errors.csrf_failure, 403),
    ):  # fmt: skip
        answer = page(request)
        text = answer.content.decode()
        assert answer.status_code == status
        assert f'data-theme="{theme if theme != "<script>" else "auto"}"' in text
        assert 'href="/"' in text


def refused(headers, exception):
    return Refusals(lambda request: HttpResponse()).process_exception(RequestFactory(**headers).post("/x/"), exception)


def test_a_refusal_is_a_toast_for_htmx(db):
    answer = refused({"HTTP_HX_REQUEST": "true"}, Refusal("Клиента уже забрала Лена"))
    assert answer.status_code == 422
    assert answer.headers["HX-Reswap"] == "none"
    assert json.loads(answer.headers["HX-Trigger"])["toast"] == {"text": "Клиента уже забрала Лена", "tone": "bad"}


def test_a_refusal_is_a_page_with_a_way_back(db):
    answer = refused({"HTTP_REFERER": "http://testserver/clients/"}, Refusal("Клиента уже забрала Лена"))
    assert "Клиента уже забрала Лена" in answer.content.decode()
    assert 'href="http://testserver/clients/"' in answer.content.decode()
    elsewhere = refused({"HTTP_REFERER": "http://evil.example/"}, Refusal("Нет"))
    assert "evil" not in elsewhere.content.decode()


def test_what_is_not_yours_does_not_exist(db):
    from django.http import Http404

    with pytest.raises(Http404):
        refused({}, NotYours("Нет"))


def test_a_toast_travels_with_the_answer_or_waits_for_the_next_page():
    answer = htmx.toast(htmx.trigger(HttpResponse(), "counted", {"n": 1}), "Готово", undo="/undo/7/")
    heard = json.loads(answer.headers["HX-Trigger"])
    assert heard == {"counted": {"n": 1}, "toast": {"text": "Готово", "tone": "", "undo": "/undo/7/"}}
    assert answer.headers["HX-Trigger"].isascii()
    away = htmx.toast(HttpResponseRedirect("/"), "Готово")
    assert htmx.TOAST_COOKIE in away.cookies
    assert "HX-Trigger" not in away.headers
    with pytest.raises(ValueError, match="path"):
        htmx.toast(HttpResponse(), "Готово", undo="https://evil.example")


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, False),
        ({"HTTP_HX_REQUEST": "true"}, True),
        ({"HTTP_HX_REQUEST": "true", "HTTP_HX_BOOSTED": "true"}, False),
        ({"HTTP_HX_REQUEST": "true", "HTTP_HX_HISTORY_RESTORE_REQUEST": "true"}, False),
    ],
)
def test_htmx_asks_for_a_fragment(headers, expected):
    assert htmx.is_htmx(RequestFactory(**headers).get("/")) is expected
