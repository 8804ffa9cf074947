"""A visitor plays on the board's page, as a guest, at once."""

from __future__ import annotations

import re

from playwright.sync_api import expect

TOLD = re.compile(r"\+([0-9]+) points?: you are .+\.")


def play(page):
    """Play one round: press, and tap until it is over."""
    button, status = page.locator(".play button"), page.locator(".play [role=status]")
    button.click()
    expect(button).to_contain_text("Tap!")
    for _ in range(3):
        button.click()
    expect(status).to_have_text(TOLD, timeout=15_000)


def test_a_round_is_played_and_stands_in_the_table(open_page):
    page = open_page("/")

    play(page)

    own = page.locator("#rows tbody tr", has_text="you")
    expect(own).to_be_visible()
    expect(own.locator(".score")).to_have_text("3")


def test_a_visitor_is_known_again_after_a_reload(open_page):
    page = open_page("/")
    play(page)

    page.reload()

    expect(page.locator("#rows tbody tr", has_text="you")).to_be_visible()


def test_the_button_fits_on_a_phone(open_page):
    page = open_page("/", viewport={"width": 320, "height": 700})

    expect(page.locator(".play button")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
