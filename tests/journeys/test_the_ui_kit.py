"""The UI kit in a real browser: silent console, content axe, keys, menus, dialogs, toasts, selection."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("phone", "dark"), [(False, False), (False, True), (True, False), (True, True)])
def test_every_component_passes_axe_and_fits(browser_page, phone, dark):
    page = browser_page("max", phone=phone, dark=dark)
    page.open("/_ui/")
    page.check()


def test_keys_menus_dialogs_toasts(browser_page):
    page = browser_page("max")
    page.open("/_ui/")

    page.keyboard.press("Control+k")
    page.wait_for_selector("#palette[open] [role=option]")
    page.keyboard.press("Escape")
    assert not page.is_visible("#palette")

    # J walks and X marks, on the Russian layout too: the key is known by its place, not by its letter.
    page.locator("#tables").scroll_into_view_if_needed()
    page.click("#g-table tbody tr:nth-child(1) td:nth-child(4)")
    page.focus("#g-table tbody tr:nth-child(1) a")
    page.evaluate("""document.activeElement.dispatchEvent(
        new KeyboardEvent("keydown", {key: "о", code: "KeyJ", bubbles: true, cancelable: true}))""")
    assert page.evaluate("document.activeElement.matches('#g-table tbody tr:nth-child(2)')")
    page.keyboard.press("x")
    assert page.inner_text("[data-selection-count]") == "1"
    page.click("[data-select-all]")
    assert page.inner_text("[data-selection-count]") == "4"
    page.click("[data-selection-clear]")
    assert page.is_hidden("[data-selection-bar]")

    page.click("text=Открыть окно")
    page.wait_for_selector("#gallery-dialog[open] textarea:focus")
    page.keyboard.press("Escape")
    assert page.is_hidden("#gallery-dialog")

    page.click(".menu--me summary")
    page.click("[data-theme-choice=dark]")
    assert page.get_attribute("html", "data-theme") == "dark"
    page.keyboard.press("Escape")

    page.click("[data-fold-rail]")
    page.open("/_ui/")
    assert page.get_attribute("html", "data-rail") == "folded"

    page.click("[data-gallery-toast]")
    page.wait_for_selector(".toast >> text=Отменить")
    page.click(".toast >> text=Закрыть")
    assert page.locator(".toast").count() == 0
    assert page.troubles == []


def test_a_page_works_before_its_script_has_loaded(browser_page):
    page = browser_page("max")
    page.route("**/*.js", lambda route: route.abort())
    page.open("/_ui/")
    page.click("#buttons .menu >> nth=0")
    assert page.is_visible("#buttons .menu__item >> nth=0")
    page.click("#fields form >> nth=0 >> button[type=submit]")
    assert "/_ui/" in page.url


def test_a_chart_is_drawn_from_its_table_and_each_bar_opens_its_rows(browser_page):
    page = browser_page("max")
    page.open("/_ui/")
    assert page.evaluate("performance.getEntriesByType('resource').some(r => r.name.includes('echarts'))") is False
    page.locator("#g-years").scroll_into_view_if_needed()
    canvas = page.locator("#g-years .chart__canvas[data-drawn]")
    canvas.wait_for()
    box = canvas.bounding_box()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.5)
    tip = page.locator("#g-years .chart__tip:visible")
    assert "За этот год" in tip.inner_text()
    assert page.troubles == []


def test_the_bar_under_the_pointer_opens_its_rows(browser_page):
    page = browser_page("max")
    page.open("/_ui/")
    page.locator("#g-share").scroll_into_view_if_needed()
    canvas = page.locator("#g-share .chart__canvas[data-drawn]")
    canvas.wait_for()
    box = canvas.bounding_box()
    page.mouse.click(box["x"] + box["width"] * 0.7, box["y"] + box["height"] * 0.4)
    page.wait_for_url("**/_ui/#charts")
    assert page.troubles == []
