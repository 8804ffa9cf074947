"""The API's description, as people read and try it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import expect_accessible


def unfold(page, operation):
    """An operation, unfolded, with the form to try it."""
    call = page.locator(f"#{operation}")
    call.locator("summary").click()
    expect(call.locator("form")).to_be_visible()
    return call


def test_every_operation_is_shown(open_page, stack):
    page = open_page("/docs/api")
    document = stack.call("GET", "/openapi.json").json

    expect(page.locator(".call")).to_have_count(sum(map(len, document["paths"].values())))


def test_a_call_can_be_tried(open_page):
    page = open_page("/docs/api")

    call = unfold(page, "listBoards")
    call.get_by_role("button", name="Send").click()

    expect(call.locator(".status")).to_contain_text("200 OK")
    expect(call.locator(".answer")).to_contain_text("Main board")


def test_a_score_can_be_sent_with_a_key(open_page, stack):
    page = open_page("/docs/api")
    page.get_by_label("Server key").fill("bootstrap-key-of-the-tests")

    call = unfold(page, "submitScores")
    call.get_by_role("button", name="Send").click()

    expect(call.locator(".answer")).to_contain_text('"accepted": 1')
    rows = stack.call("GET", "/v1/boards/main/entries").json["data"]["entries"]
    assert [(row["player"]["displayName"], row["score"]) for row in rows] == [("Ada", 10)]
    assert page.evaluate("JSON.stringify([{ ...localStorage }, { ...sessionStorage }])") == "[{},{}]"


def test_a_refusal_is_shown_as_well(open_page):
    page = open_page("/docs/api", expected=("401",))

    call = unfold(page, "submitScores")
    call.get_by_role("button", name="Send").click()

    expect(call.locator(".status")).to_contain_text("401")
    expect(call.locator(".answer")).to_contain_text('"code": "unauthenticated"')


def test_calls_are_found_by_words(open_page):
    page = open_page("/docs/api")

    page.get_by_label("Find a call").fill("submit SCORES")

    expect(page.locator(".call:visible")).to_have_count(1)
    expect(page.locator(".calls:visible h2")).to_have_text("scores")
    page.get_by_label("Find a call").fill("nonsense words")
    expect(page.locator("#nothing-found")).to_have_text("No call contains these words.")


def test_a_link_opens_the_call_and_the_shape_that_it_names(open_page):
    page = open_page("/docs/api#submitScores")

    expect(page.locator("#submitScores")).to_have_attribute("open", "")
    page.locator("#submitScores .call-body a", has_text="Batch").click()
    expect(page.locator("#shape-Batch ul")).to_contain_text("entries")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_it_fits_on_a_phone(open_page, scheme, language):
    address = f"/docs/api?lang={language}"
    page = open_page(address, viewport={"width": 320, "height": 740}, color_scheme=scheme)
    call = unfold(page, "submitScores")

    expect(call.locator("form .primary")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("language", ["en", "ar"])
def test_everybody_can_use_it(open_page, language):
    page = open_page(f"/docs/api?lang={language}", expected=("401",))
    call = unfold(page, "submitScores")
    call.locator("form .primary").click()
    expect(call.locator(".answer")).to_be_visible()

    expect_accessible(page)


def test_without_javascript_it_can_be_read(open_page):
    page = open_page("/docs/api", java_script_enabled=False)

    expect(page.get_by_role("link", name="openapi.json")).to_have_attribute("href", "/openapi.json")
    page.locator("#submitScores summary").click()
    expect(page.locator("#submitScores .answers")).to_contain_text("board_not_found")
    expect(page.get_by_label("Find a call")).not_to_be_visible()
    shown = page.locator("#submitScores .parameters code").all_inner_texts()
    assert [name for name in shown if re.match(r"board|Idempotency", name)] == ["board", "Idempotency-Key"]
