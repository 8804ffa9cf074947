"""The embed builder: its code and its preview follow the choices."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect


@pytest.fixture
def page(open_page):
    return open_page("/docs/embed")


def test_the_code_follows_the_choices(page, stack):
    code = page.locator(".result code")
    expect(code).to_contain_text(f'src="{stack.url}/embed.js"')

    page.get_by_label("Rows").fill("5")
    page.get_by_role("combobox", name="Colours").select_option("dark")
    page.get_by_label("Trend").check()

    expect(code).to_contain_text('<live-leaderboard board="main" limit="5" theme="dark" hide="trend">')


def test_only_fields_that_matter_are_shown(page):
    expect(page.get_by_label("Scale")).to_be_hidden()

    page.get_by_role("radio", name="Overlay").check()
    expect(page.get_by_label("Scale")).to_be_visible()

    page.get_by_role("radio", name="Big screen").check()
    expect(page.get_by_label("Rows")).to_be_hidden()
    expect(page.get_by_label("Trend")).to_be_hidden()
