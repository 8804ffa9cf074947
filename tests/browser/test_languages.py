"""Pages in the language of the viewer."""

from __future__ import annotations

import re

from playwright.sync_api import expect


def test_a_page_is_in_the_language_of_the_browser(open_page):
    page = open_page("/docs", locale="de-AT")

    expect(page.get_by_role("heading", level=1)).to_have_text("Auf diesem Server aufbauen")
    expect(page.get_by_role("button", name="Kopieren").first).to_be_visible()


def test_arabic_is_written_from_the_right_and_code_from_the_left(open_page):
    page = open_page("/docs", locale="ar", viewport={"width": 1280, "height": 800})

    contents, article = (page.locator(one).bounding_box() for one in (".contents", ".doc > article"))
    assert contents["x"] > article["x"] + article["width"] / 2
    assert page.locator(".copy-field pre").first.evaluate("pre => getComputedStyle(pre).direction") == "ltr"


def test_numbers_are_written_as_the_viewer_writes_them(open_page):
    def size(locale, path):
        page = open_page(path, locale=locale)
        return page.locator(".frames li[data-type=hello] .size").inner_text()

    # The first event is filled up to 2 KB, for proxies that hold less back.
    assert re.fullmatch(r"2\.\d{3} Byte", size("de-DE", "/docs/events"))
    assert re.fullmatch(r"2,\d{3} Byte", size("en-GB", "/docs/events?lang=de"))


def test_a_language_that_was_chosen_stays_without_a_cookie(open_page):
    page = open_page("/problems")
    page.get_by_role("link", name="Français").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce que signifient les erreurs")

    page.goto("/docs")

    expect(page.locator("html")).to_have_attribute("lang", "fr")
    assert page.context.cookies() == []


def test_an_address_with_a_language_is_in_that_language_for_everybody(open_page):
    page = open_page("/docs?lang=ja", locale="de")
    page.evaluate("localStorage.setItem('scoreboard.language', 'ar')")

    page.reload()

    expect(page.locator("html")).to_have_attribute("lang", "ja")
