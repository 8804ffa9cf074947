"""Pages in the language of the viewer."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.boards import board_name, define, live, submit


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


@pytest.mark.parametrize(
    ("locale", "first", "later"),
    [
        ("en-US", "6 296.51", "1 234 567.00"),
        ("de-DE", "6 296,51", "1 234 567,00"),
        ("fr-FR", "6 296,51", "1 234 567,00"),
        ("es-ES", "6296,51", "1 234 567,00"),
        ("en-IN", "6 296.51", "12 34 567.00"),
        ("ar-EG", "6 296.51", "1 234 567.00"),
    ],
)
def test_scores_are_written_as_the_viewer_writes_numbers(open_page, stack, request, locale, first, later):
    board = define(stack, board_name(request), decimals=2, operator="set", title="Numbers")
    submit(stack, board, ada=629_651)
    # In the language of the page, whatever that is, and in that of the browser.
    pages = [open_page(f"/b/{board}{path}", locale=locale) for path in ("?lang=de", "", "/tv?lang=ja")]

    for page in pages:
        expect(wait_until_live(page).locator("[data-player=ada] .score span")).to_have_text(first.split())
    submit(stack, board, ada=123_456_700)
    for page in pages:
        expect(page.locator("[data-player=ada] .score span")).to_have_text(later.split())


def wait_until_live(page):
    """Wait until a page is live, in any language. Returns the page."""
    expect(page.locator("#badge")).to_have_attribute("data-state", "live")
    return page


def test_the_first_html_writes_numbers_as_the_language_of_the_page_does(open_page, stack, request):
    board = define(stack, board_name(request), decimals=2, operator="set", title="Numbers")
    submit(stack, board, ada=629_651)

    page = open_page(f"/b/{board}?lang=de", java_script_enabled=False)

    expect(page.locator("[data-player=ada] .score")).to_have_text("6296,51")


def test_periods_and_clocks_are_in_order_from_right_to_left(open_page, stack, request):
    board = define(stack, board_name(request), period="weekly", title="Weekly")
    submit(stack, board, ada=1)
    # Where each word of a text is, from left to right.
    words = """node => {
      const range = document.createRange()
      const text = node.firstChild
      const found = [...text.data.matchAll(/[^\\s\u202f]+/gu)].map(({ 0: word, index }) => {
        range.setStart(text, index)
        range.setEnd(text, index + word.length)
        return [range.getBoundingClientRect().left, word]
      })
      return found.sort(([one], [other]) => one - other).map(([, word]) => word)
    }"""

    def read(path, selector, locale):
        return wait_until_live(open_page(path, locale=locale)).locator(selector).evaluate(words)

    english = read(f"/b/{board}", "#period", "en-GB")
    assert re.fullmatch(r"\d+ \w+ \N{EN DASH} \d+ \w+", " ".join(english))
    arabic = read(f"/b/{board}", "#period", "ar-EG")
    assert re.fullmatch(r"\D+ \d+ \N{EN DASH} \D+ \d+", " ".join(arabic)), "all from the right"
    assert re.fullmatch(r"\d+:\d+ [AP]M", " ".join(read(f"/b/{board}/tv?lang=ar", ".clock", "en-US")))


def test_a_period_that_begins_while_the_page_is_open_is_written_as_days_too(open_page, stack, request):
    board = define(stack, board_name(request), title="Rollover")
    submit(stack, board, ada=1)
    page, screen = (live(open_page(f"/b/{board}{path}")) for path in ("", "/tv"))

    assert stack.call("PUT", f"/v1/admin/boards/{board}", {"period": "weekly"}).status == 200
    submit(stack, board, ada=1)

    for one in (page, screen):
        expect(one.locator("#period")).to_have_text(re.compile(r"^\d+ \w+ . \d+ \w+$"))
