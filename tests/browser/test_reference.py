"""The API's description, as people read and try it."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect


def unfold(page, operation):
    """An operation, unfolded."""
    block = page.locator(f"#operations-{operation}")
    block.locator(".opblock-summary-control").click()
    return block


def test_every_operation_is_shown(open_page, stack):
    page = open_page("/docs/api")
    document = stack.call("GET", "/openapi.json").json

    expect(page.locator(".opblock")).to_have_count(sum(map(len, document["paths"].values())))


def test_a_call_can_be_tried(open_page):
    page = open_page("/docs/api")

    block = unfold(page, "boards-listBoards")
    block.get_by_role("button", name="Try it out").click()
    block.get_by_role("button", name="Execute").click()

    expect(block.locator(".live-responses-table .response .response-col_status")).to_contain_text("200")
    expect(block.locator(".live-responses-table")).to_contain_text("Main board")


def test_a_score_can_be_sent_with_a_key(open_page, stack):
    page = open_page("/docs/api")
    page.get_by_role("button", name="Authorize").click()
    dialog = page.locator(".modal-ux")
    dialog.locator("input").first.fill("bootstrap-key-of-the-tests")
    dialog.get_by_role("button", name="Apply credentials").first.click()
    dialog.get_by_role("button", name="Close").first.click()

    block = unfold(page, "scores-submitScores")
    block.get_by_role("button", name="Try it out").click()
    block.get_by_role("button", name="Execute").click()

    expect(block.locator(".live-responses-table")).to_contain_text('"accepted": 1')
    rows = stack.call("GET", "/v1/boards/main/entries").json["data"]["entries"]
    assert [(row["player"]["displayName"], row["score"]) for row in rows] == [("Ada", 10)]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_on_a_phone(open_page, scheme):
    page = open_page("/docs/api", viewport={"width": 360, "height": 740}, color_scheme=scheme)
    block = unfold(page, "scores-submitScores")
    block.get_by_role("button", name="Try it out").click()

    expect(block.get_by_role("button", name="Execute")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_javascript_it_leads_to_the_description(open_page):
    page = open_page("/docs/api", java_script_enabled=False)

    expect(page.locator("#reference a")).to_have_attribute("href", "/openapi.json")
