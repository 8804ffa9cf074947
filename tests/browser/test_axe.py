"""The accessibility check finds violations."""

from __future__ import annotations

import pytest

from tests.browser.axe import ALL, COLOUR_RULES, SCRIPT, TAGS, expect_accessible


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


def test_what_only_the_second_scheme_shows_is_checked_by_all_rules(open_page):
    page = open_page("/")
    page.evaluate(
        """() => {
          const dark = matchMedia("(prefers-color-scheme: dark)"), main = document.querySelector("main")
          dark.onchange = () => dark.matches && main.append(document.createElement("button"))
        }"""
    )

    with pytest.raises(AssertionError, match="dark: button-name"):
        expect_accessible(page)


def test_unreadable_text_of_the_second_scheme_is_found(open_page):
    page = open_page("/")
    page.evaluate(
        """() => {
          const rule = "@media (prefers-color-scheme: dark) { h1 { color: #222 !important } }"
          const sheet = new CSSStyleSheet()
          sheet.replaceSync(rule)
          document.adoptedStyleSheets.push(sheet)
        }"""
    )

    with pytest.raises(AssertionError, match="dark: color-contrast"):
        expect_accessible(page)


def test_the_rules_about_colours_are_all_that_axe_has(open_page):
    page = open_page("/")
    page.evaluate(SCRIPT)

    rules = page.evaluate("axe.getRules(['cat.color'])")

    known = {rule["ruleId"] for rule in rules if set(rule["tags"]) & set(TAGS)}
    assert known == set(COLOUR_RULES)


def test_no_rule_reads_style_sheets_that_were_not_loaded_again(open_page):
    page = open_page("/")
    page.evaluate(SCRIPT)

    assert "css-orientation-lock" not in page.evaluate(
        """async (runOnly) => {
          const results = await axe.run(document, { runOnly })
          return [results.passes, results.violations, results.incomplete, results.inapplicable]
            .flat().map((rule) => rule.id)
        }""",
        ALL,
    )
