"""The accessibility check finds violations."""

from __future__ import annotations

import pytest

from tests.browser.axe import expect_accessible


def test_an_ordinary_board_is_accessible(open_page):
    expect_accessible(open_page("/"))


def test_unreadable_text_is_found_in_the_scheme_that_has_it(open_page):
    page = open_page("/")
    page.locator("h1").evaluate("heading => (heading.style.color = '#dddad2')")

    with pytest.raises(AssertionError, match="light: color-contrast"):
        expect_accessible(page)
    expect_accessible(page, schemes=("dark",))


def test_faults_inside_a_shadow_root_are_found(open_page):
    page = open_page("/")
    page.evaluate(
        """() => {
          const host = document.querySelector("main").appendChild(document.createElement("div"))
          host.attachShadow({ mode: "open" }).append(document.createElement("button"))
        }"""
    )

    with pytest.raises(AssertionError, match="button-name"):
        expect_accessible(page)
