"""The page that shows what the server can be asked."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect


@pytest.mark.parametrize("width", [1200, 360])
def test_every_call_is_shown_without_asking_another_host(open_page, width):
    page = open_page("/docs", viewport={"width": width, "height": 800})

    expect(page.locator("#operations-actions-completeAction")).to_be_visible()
    expect(page.get_by_role("heading", name="Scoreboard")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_call_can_be_tried_on_the_page(open_page):
    page = open_page("/docs")

    page.locator("#operations-ops-healthz").get_by_role("button").first.click()
    page.locator("#operations-ops-healthz").get_by_role("button", name="Execute").click()

    expect(page.locator("#operations-ops-healthz .live-responses-table")).to_contain_text('"status": "ok"')
