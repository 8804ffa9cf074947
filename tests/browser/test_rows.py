"""What a row shows beside its numbers: portraits, metadata, gaps, titles of columns."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.boards import board_name, define, enter, live, submit

SHOW = [
    {"field": "country", "as": "flag", "title": "Country"},
    {"field": "team", "as": "text"},
    {"field": "site", "as": "link"},
]
FLAG = "\U0001f1eb\U0001f1f7"


@pytest.fixture
def board(stack, request):
    return define(
        stack,
        board_name(request),
        operator="set",
        columns=[{"name": "goalDifference", "title": "Goals"}, {"name": "lives"}],
        show=SHOW,
    )


def row(page, player):
    return page.locator(f"#rows [data-player={player}]")


def put(stack, board, player, score, name="", **metadata):
    more = {"metadata": metadata} if metadata else {}
    enter(stack, board, {"player": player, "score": score, "displayName": name or player, **more})


def test_rows_show_metadata_at_once_and_as_it_changes(open_page, stack, board):
    put(
        stack,
        board,
        "ada",
        5,
        "Ada Lovelace",
        country="fr",
        team="<b>Red",
        site="https://www.example.com/ada",
    )
    put(stack, board, "bob", 3, "Bob", team="Blue", site="javascript:alert(1)")
    page = open_page(f"/b/{board}")

    ada = row(page, "ada")
    expect(ada.locator(".flag")).to_have_text(FLAG)
    expect(ada.locator(".flag")).to_have_attribute("title", "Country")
    expect(ada.locator(".text")).to_have_text("<b>Red")
    expect(ada.locator(".link")).to_have_text("example.com")
    expect(ada.locator(".link")).to_have_attribute("href", "https://www.example.com/ada")
    expect(ada.locator(".link")).to_have_attribute("rel", "noopener nofollow ugc")
    expect(row(page, "bob").locator(".link")).to_have_count(0)

    live(page)
    put(stack, board, "bob", 9, "Bob", country="de", site="http://example.org")
    expect(row(page, "bob").locator(".link")).to_have_text("example.org")
    expect(row(page, "bob").locator(".link")).to_have_attribute("rel", "noopener nofollow ugc")
    expect(row(page, "bob").locator(".text")).to_have_count(0)
    put(stack, board, "eve", 7, "Eve", team="Green")
    expect(row(page, "eve").locator(".text")).to_have_text("Green")
    expect(ada.locator(".text")).to_have_text("<b>Red")


def test_all_links_of_rows_are_one_tab_stop_and_arrows_lead_to_them(open_page, stack, board):
    for player, score in (("ada", 5), ("bob", 3)):
        put(stack, board, player, score, player.title(), site=f"https://example.com/{player}")
    page = live(open_page(f"/b/{board}"))
    stops = "document.querySelectorAll('#rows tbody :is(a, button):not([tabindex=\"-1\"])').length"
    assert page.evaluate(stops) == 0  # until a pointer or the focus comes near
    page.locator(".search input").focus()
    expect(page.locator("#rows tbody [tabindex='0']")).to_have_count(1)
    put(stack, board, "eve", 1, "Eve", site="https://example.com/eve")
    expect(row(page, "eve").locator(".link")).to_be_visible()
    assert page.evaluate(stops) == 1

    row(page, "ada").locator(".star button").focus()
    for key, there in (
        ("ArrowRight", row(page, "ada").locator(".profile")),
        ("ArrowRight", row(page, "ada").locator(".link")),
        ("ArrowDown", row(page, "bob").locator(".link")),
        ("ArrowRight", row(page, "bob").locator(".star button")),
        ("ArrowLeft", row(page, "bob").locator(".link")),
    ):
        page.keyboard.press(key)
        expect(there).to_be_focused()


def test_portraits_have_initials_that_follow_the_name(open_page, stack, board):
    put(stack, board, "ada", 5, "Ada Lovelace")
    page = live(open_page(f"/b/{board}"))
    portrait = row(page, "ada").locator(".portrait")
    expect(portrait).to_have_attribute("data-letters", "AL")
    hue = portrait.get_attribute("data-hue")

    put(stack, board, "ada", 6, "Countess of L")
    expect(portrait).to_have_attribute("data-letters", "CL")
    put(stack, board, "bob", 1, "Bob")
    expect(row(page, "bob").locator(".portrait")).to_have_attribute("data-letters", "B")
    expect(portrait).to_have_attribute("data-hue", hue)


def test_gaps_are_to_the_row_before_and_to_the_leader(open_page, stack, board):
    submit(stack, board, ada=1500, bob=1400, eve=100)
    page = live(open_page(f"/b/{board}"))
    expect(row(page, "ada").locator(".gap")).to_have_text("")
    expect(row(page, "bob").locator(".gap")).to_have_text("\N{MINUS SIGN}100")
    expect(row(page, "eve").locator(".gap")).to_have_text("\N{MINUS SIGN}1\u202f300")

    submit(stack, board, eve=1450)
    expect(row(page, "bob").locator(".gap")).to_have_text("\N{MINUS SIGN}50")
    expect(row(page, "bob").locator(".gap")).to_have_attribute("title", "To the next: 50\nTo the leader: 100")
    expect(row(page, "eve").locator(".gap")).to_have_text("\N{MINUS SIGN}50")


def test_numbers_run_from_left_to_right_in_every_language(open_page, stack, board):
    submit(stack, board, ada=1_234_567, bob=1)
    page = open_page(f"/b/{board}?lang=ar")

    groups = row(page, "ada").locator(".score span")
    lefts = groups.evaluate_all("groups => groups.map((one) => one.getBoundingClientRect().left)")
    assert len(lefts) == 3
    assert lefts == sorted(lefts)


def test_the_end_of_the_period_is_counted_down(open_page, stack, request):
    board = define(
        stack, board_name(request) + "-day", period="daily", regions=["eu"], regionTitles={"eu": "Europe"}
    )
    submit(stack, board, ada=1)
    page = live(open_page(f"/b/{board}"))

    expect(page.locator("#ends")).to_have_text(re.compile(r"· ends in \d+ (hour|minute|second)s?"))
    screen = open_page(f"/b/{board}/tv")
    expect(screen.locator("#ends")).to_have_text(re.compile(r"· ends in \d+ (hour|minute|second)s?"))
    expect(page.get_by_role("link", name="Past periods")).to_be_visible()
    page.get_by_role("link", name="Europe").click()
    expect(page.locator(".facts")).to_contain_text("Europe")


def test_columns_have_their_titles(open_page, stack, board):
    put(stack, board, "ada", 5)
    page = live(open_page(f"/b/{board}"))
    expect(page.locator("#rows thead .column")).to_have_text(["Goals", "Lives"])
    put(stack, board, "bob", 7)
    expect(row(page, "bob").locator(".column").first).to_have_attribute("data-label", "Goals")


def test_a_picture_lies_over_the_initials_and_a_missing_one_goes(open_page, board):
    page = live(open_page(f"/b/{board}"))
    page.route("**/nobody.svg", lambda route: route.abort())

    page.evaluate("""async () => {
      const { newPortrait, hideMissing } = await import("/static/js/board/player-cell.js")
      hideMissing(document.querySelector(".lb"))
      for (const id of ["favicon", "nobody"]) {
        const portrait = newPortrait(id, "/static/{player}.svg")
        portrait.id = `of-${id}`
        document.querySelector(".lb").append(portrait)
      }
    }""")

    expect(page.locator("#of-nobody")).to_have_count(1)
    expect(page.locator("#of-nobody img")).to_have_count(0)
    page.wait_for_function("document.querySelector('#of-favicon img').naturalWidth > 0")
