"""The guide, as developers use it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.addresses import PAGES


def visible_figures(page, step):
    return page.locator(f"figure[data-step={step}]:visible")


def test_samples_are_shown_in_one_language_which_is_kept(open_page):
    page = open_page("/docs")
    expect(visible_figures(page, "score")).to_have_count(1)
    expect(visible_figures(page, "score")).to_contain_text("curl")

    page.locator("code-tabs").nth(1).get_by_role("tab", name="Python").click()

    for step in ("score", "read", "stream", "play"):
        expect(visible_figures(page, step)).to_have_attribute("data-language", "py")
    page.reload()
    expect(visible_figures(page, "score")).to_have_attribute("data-language", "py")


def test_arrow_keys_move_through_the_tabs_in_reading_direction(open_page):
    for language, forwards in (("en", "ArrowRight"), ("ar", "ArrowLeft")):
        page = open_page(f"/docs?lang={language}")
        tabs = page.locator("code-tabs").first.get_by_role("tab")
        tabs.nth(0).focus()

        page.keyboard.press(forwards)
        expect(tabs.nth(1)).to_be_focused()
        expect(tabs.nth(1)).to_have_attribute("aria-selected", "true")
        page.keyboard.press("End")
        expect(tabs.nth(2)).to_be_focused()
        page.keyboard.press(forwards)
        expect(tabs.nth(0)).to_be_focused()


def test_a_pressed_tab_stays_under_the_pointer(open_page):
    page = open_page("/docs")
    tab = page.locator("code-tabs").nth(3).get_by_role("tab", name="Python")
    tab.scroll_into_view_if_needed()
    before = tab.bounding_box()["y"]

    tab.click()

    assert abs(tab.bounding_box()["y"] - before) < 1


def test_a_sample_is_copied_as_it_is(open_page):
    page = open_page("/docs", permissions=["clipboard-read", "clipboard-write"])
    figure = visible_figures(page, "score")

    figure.get_by_role("button", name="Copy").click()

    expect(figure.get_by_role("button")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == figure.locator("code").inner_text()


@pytest.mark.parametrize("step", ["read", "stream", "play"])
def test_a_sample_in_javascript_runs_in_a_browser(open_page, stack, step):
    entries = [{"player": "ada", "displayName": "Ada", "score": 1}]
    stack.call("POST", "/v1/boards/main/scores", {"entries": entries})
    page = open_page("/docs")
    sample = page.locator(f"figure[data-step={step}][data-language=js] code").text_content()
    output = {"read": "Ada", "stream": "first Ada", "play": "7 "}[step]

    with page.expect_console_message(lambda message: output in message.text, timeout=20_000):
        page.route("**/sample.js", lambda route: route.fulfill(body=sample, content_type="text/javascript"))
        page.evaluate("import('/sample.js').then(() => null)")


def test_without_javascript_all_samples_are_there(open_page):
    page = open_page("/docs", java_script_enabled=False)

    assert page.locator("figure:visible").count() == 12
    expect(page.locator("figcaption").first).to_be_visible()


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_nothing_is_wider_than_a_small_phone(open_page, path, language):
    page = open_page(f"{path}?lang={language}", viewport={"width": 320, "height": 700})

    assert page.evaluate("document.documentElement.scrollWidth") <= 320
