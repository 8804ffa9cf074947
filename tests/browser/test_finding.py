"""Finding one's way: header, list of boards, pages of players."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.axe import expect_accessible
from tests.browser.boards import enter, live, submit

LANGUAGES = ("ar", "de", "en", "es", "fr", "hi", "ja", "pt-BR", "zh-Hans")


def overflow(page):
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_page_scrolls_sideways_on_a_small_phone(open_page, stack, board, language):
    name = board(title="A board with quite a long title that wraps", description="x" * 200, period="weekly")
    enter(stack, name, {"player": "wide", "displayName": "W" * 32, "score": 10**15})
    page = open_page(f"/boards?lang={language}", viewport={"width": 320, "height": 640})
    assert overflow(page) == 0

    for path in ("/p/wide", "/docs", "/play"):
        page.goto(f"{path}?lang={language}")
        assert overflow(page) == 0, path


def test_the_list_of_boards_updates_itself(open_page, stack, board):
    name = board(title="Updating")
    page = open_page("/boards")
    card = page.locator(f"[data-board={name}]")
    expect(card).to_contain_text("Nobody has scored yet")
    card.locator("a").focus()

    submit(stack, name, zoe=12)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")

    expect(card).to_contain_text("zoe")
    expect(card).to_contain_text("Live")
    expect(card).to_contain_text("1 player")
    expect(card.locator("a")).to_be_focused()


def test_the_list_of_boards_counts_down_to_the_end_of_a_period(open_page, board):
    name = board(period="monthly")

    page = open_page("/boards")

    expect(page.locator(f"[data-board={name}] time")).to_have_text(
        re.compile(r"^in \d+ (days|hours|minutes|seconds)$")
    )


def test_a_row_leads_to_its_player_and_the_player_back_to_the_board(open_page, stack, board):
    name = board(title="Linked")
    submit(stack, name, ann=9, ben=7)
    page = open_page(f"/b/{name}?lang=de")

    page.locator("[data-player=ben] .profile").click()

    expect(page).to_have_url(re.compile(r"/p/ben\?lang=de$"))
    expect(page.locator(f"[data-board={name}]")).to_contain_text("Rang 2")
    page.locator(f"[data-board={name}] h2 a").click()
    expect(page).to_have_url(re.compile(rf"/b/{name}\?me=ben&lang=de$"))


def test_rows_that_a_script_draws_lead_to_their_players_too(open_page, stack, board):
    name = board()
    submit(stack, name, ann=9)
    page = live(open_page(f"/b/{name}"))

    submit(stack, name, new=20)

    expect(page.locator("[data-player=new] .profile")).to_have_attribute("href", "/p/new")


def test_the_arrow_keys_lead_from_a_star_to_the_name_and_on(open_page, stack, board):
    name = board()
    submit(stack, name, ann=9, ben=7)
    page = live(open_page(f"/b/{name}"))
    page.locator(".search input").focus()
    expect(page.locator(".star button[tabindex='0']")).to_have_count(1)

    page.locator("[data-player=ann] .star button").focus()
    page.keyboard.press("ArrowLeft")
    expect(page.locator("[data-player=ann] .profile")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-player=ben] .profile")).to_be_focused()
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"/p/ben$"))


def test_a_players_page_follows_their_moves(open_page, stack, board):
    name = board(title="Race")
    submit(stack, name, mia=5, ned=9)
    page = open_page("/p/mia")
    card = page.locator(f"[data-board={name}]")
    expect(card.locator(".rank")).to_have_text("Rank 2")

    submit(stack, name, mia=1205)

    expect(card.locator(".rank")).to_have_text("Rank 1")
    expect(card.locator(".score").first).to_have_text("1210")
    expect(page.locator(".moves li")).to_contain_text("Race Rank 2 to 1, 1\u202f210")
    expect(page.locator(".moves .none")).to_be_hidden()


def test_a_players_page_asks_for_a_row_that_the_stream_does_not_have(open_page, stack, board):
    name = board(title="Long", size=1)
    submit(stack, name, top=100, low=1)
    page = open_page("/p/low")
    card = page.locator(f"[data-board={name}]")
    expect(card.locator(".rank")).to_have_text("Rank 2")

    submit(stack, name, low=5)

    expect(card.locator(".score").first).to_have_text("6", timeout=20_000)


@pytest.mark.parametrize("language", ["en", "ar"])
def test_lists_and_players_pages_are_accessible(open_page, stack, board, language):
    name = board(title="Cup", period="weekly", windows=["all"])
    submit(stack, name, ann=9, ben=7)
    page = open_page(f"/boards?lang={language}")
    expect_accessible(page)

    page.goto(f"/p/ann?lang={language}")
    expect(page.locator(".moves")).to_be_visible()
    submit(stack, name, ann=1)
    expect(page.locator(".moves li")).to_have_count(1)

    expect_accessible(page)


def test_where_scripts_do_not_load_no_control_is_dead_and_nothing_untrue_is_claimed(browser, stack):
    context = browser.new_context(base_url=stack.url, service_workers="block")
    context.route("**/*.js", lambda route: route.abort())
    page = context.new_page()
    page.goto("/")

    for control in (".views", ".search", ".pause", ".share", ".theme", ".badge"):
        expect(page.locator(control).first).to_be_hidden()
    expect(page.locator(".brand")).to_be_visible()
    context.close()


def test_without_scripts_the_badge_says_how_often_the_page_reloads(browser, stack):
    context = browser.new_context(base_url=stack.url, java_script_enabled=False)
    page = context.new_page()
    page.goto("/")

    expect(page.locator("#badge")).to_have_text("Every 15 s")
    context.close()
