"""The dialog for sharing boards and players."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.axe import expect_accessible
from tests.browser.boards import board_name, define, enter
from tests.support import wait_until


@pytest.fixture
def board(stack, request):
    board = define(stack, board_name(request), title="Cup", regions=["eu"], windows=["daily"])
    enter(stack, board, {"player": "ada", "displayName": "Ada", "score": 5, "region": "eu"})
    return board


def open_dialog(page):
    page.locator("button.share").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_be_visible()
    return dialog


def test_the_link_comes_first_with_the_period_and_the_region_on_the_screen(open_page, stack, board):
    page = open_page(f"/b/{board}?region=eu&period=daily&me=ada")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])

    dialog = open_dialog(page)

    link = dialog.get_by_label("Link", exact=True).input_value()
    address, _, query = link.partition("?")
    assert address == f"{stack.url}/b/{board}"
    assert {one.partition("=")[0] for one in query.split("&")} == {"region", "period"}
    expect(dialog.get_by_role("button", name="Copy link")).to_be_focused()
    page.keyboard.press("Enter")
    expect(dialog.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == link
    expect(dialog.locator("pre")).to_have_count(4)
    expect(dialog.locator("pre").first).to_be_hidden()


def test_code_for_other_sites_shows_the_same_rows(open_page, stack, board):
    dialog = open_dialog(open_page(f"/b/{board}?region=eu"))

    dialog.get_by_text("Code for websites and streams").click()

    codes = dialog.locator("pre").all_inner_texts()
    assert f'board="{board}" region="eu"' in codes[0]
    assert [
        f"/{path}/{board}{end}?region=eu" in code
        for path, end, code in zip(("embed", "b", "overlay"), ("", ".svg", ""), codes[1:], strict=True)
    ] == [True, True, True]


def test_pictures_of_the_board_are_loaded(open_page, stack, board):
    page = open_page(f"/b/{board}?region=eu&lang=ar")
    open_dialog(page)

    sizes = "[...document.querySelectorAll('dialog img')].map(({ naturalWidth, src }) => [naturalWidth, src])"
    wait_until(lambda: all(width for width, _ in page.evaluate(sizes)), why=stack.log)

    (card, address), (qr, _) = page.evaluate(sizes)
    assert (card, qr > 0) == (1200, True)
    assert "lang=ar" in address
    assert "region=eu" in address


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_player_is_shared_without_code(open_page, stack, board, language):
    page = open_page(f"/p/ada?lang={language}", viewport={"width": 320, "height": 700})

    dialog = open_dialog(page)

    assert "/p/ada" in dialog.locator("input").input_value()
    expect(dialog.locator("pre")).to_have_count(0)
    expect(dialog.locator("img")).to_have_count(1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    expect_accessible(page)
