"""Every page is accessible: in light and dark, left to right and right to left, by keyboard."""

from __future__ import annotations

from itertools import pairwise

import pytest
from playwright.sync_api import expect

from tests.browser.addresses import PAGES
from tests.browser.axe import expect_accessible


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_accessible(open_page, path, language):
    page = open_page(f"{path}?lang={language}")
    if path == "/docs/events":
        expect(page.locator(".frames li[data-type=snapshot]")).to_be_visible()
        page.locator(".frames li[data-type=snapshot] summary").click()

    expect_accessible(page)


@pytest.mark.parametrize("path", PAGES)
def test_the_first_tab_stop_skips_the_header(open_page, path):
    page = open_page(path)

    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport()
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()


@pytest.mark.parametrize("path", PAGES)
def test_headings_are_in_order(open_page, path):
    levels = (
        open_page(path).locator("h1, h2, h3").evaluate_all("all => all.map(one => Number(one.tagName[1]))")
    )

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(level <= before + 1 for before, level in pairwise(levels))


def test_choices_can_be_seen_in_forced_colours(open_page):
    page = open_page("/docs", forced_colors="active")

    chosen = page.get_by_role("tab", selected=True).first
    assert chosen.evaluate("tab => getComputedStyle(tab).outlineStyle") == "solid"


@pytest.mark.parametrize("path", ["/docs", "/play", "/b/main"])
def test_colours_can_be_chosen_on_every_page_and_stay(open_page, path):
    page = open_page(path, color_scheme="light")

    page.locator(".theme").click()
    page.locator(".theme").click()
    expect(page.locator(".theme")).to_have_accessible_name("Colours: dark")
    page.goto("/problems")

    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
