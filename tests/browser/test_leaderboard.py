"""Viewers use a board: they pause it, page through it, search for players, and follow their own row."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.boards import board_name, define, enter, live, submit
from tests.support import wait_until

FOCUS = "document.activeElement?.closest('tr')?.dataset.player"


@pytest.fixture
def board(stack, request):
    return define(stack, board_name(request), ties="competition")


@pytest.fixture
def crowd(stack, board):
    """130 players: p0 leads with 130 points, p129 has one."""
    enter(stack, board, *({"player": f"p{number}", "score": 130 - number} for number in range(130)))
    return board


def rows(page):
    return page.locator("#rows tbody tr")


def players(page):
    return page.evaluate("[...document.querySelectorAll('#rows tbody tr')].map((row) => row.dataset.player)")


def pause(page):
    return page.get_by_role("button", name="Pause", exact=True)


def test_a_pause_holds_everything_until_it_is_over(open_page, stack, board):
    submit(stack, board, cleo=5, bob=7)
    page = live(open_page(f"/b/{board}"))

    pause(page).click()
    page.mouse.move(0, 0)
    expect(page.locator("#badge")).to_have_text("Paused")
    submit(stack, board, cleo=4)
    expect(page.locator(".pill")).to_have_text("1 update waiting")
    assert players(page) == ["bob", "cleo"]

    page.get_by_role("button", name="Resume").click()
    page.mouse.move(0, 0)
    expect(rows(page).first).to_have_attribute("data-player", "cleo")
    expect(page.locator(".pill")).to_be_hidden()
    expect(page.locator("#badge")).to_have_text("Live")


def test_rows_stand_still_under_the_mouse_and_show_waiting_updates_on_demand(open_page, stack, board):
    submit(stack, board, cleo=5, bob=7)
    page = live(open_page(f"/b/{board}"))
    rows(page).first.hover()
    page.mouse.move(*_middle(rows(page).last))
    wait_until_noticed(page)

    submit(stack, board, cleo=4)
    expect(page.locator(".pill")).to_have_text("1 update waiting")
    assert players(page) == ["bob", "cleo"]
    page.locator(".pill").evaluate("pill => pill.click()")
    expect(rows(page).first).to_have_attribute("data-player", "cleo")

    submit(stack, board, bob=9)
    expect(page.locator(".pill")).to_be_visible()
    page.mouse.move(0, 0)
    expect(rows(page).first).to_have_attribute("data-player", "bob")


def wait_until_noticed(page):
    """Wait until the page knows that somebody is here: one of its stars is in the order of the Tab key."""
    expect(page.locator(".star button[tabindex='0']")).to_have_count(1)


def _middle(row):
    box = row.bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_text_that_is_selected_is_not_pulled_away(open_page, stack, board):
    submit(stack, board, cleo=5, bob=7)
    page = live(open_page(f"/b/{board}"))
    page.locator(".search input").focus()
    wait_until_noticed(page)
    page.locator("[data-player=cleo] bdi").evaluate("name => getSelection().selectAllChildren(name)")

    submit(stack, board, cleo=4)
    expect(page.locator(".pill")).to_be_visible()
    assert page.evaluate("String(getSelection())") == "cleo"

    page.evaluate("getSelection().removeAllRanges()")
    expect(rows(page).first).to_have_attribute("data-player", "cleo")


@pytest.mark.parametrize("modern", [True, False])
def test_the_keyboard_goes_from_row_to_row_and_follows_a_row_that_moves(open_page, stack, board, modern):
    submit(stack, board, cleo=5, bob=7, eve=1)
    page = live(open_page(f"/b/{board}"))
    if not modern:
        page.evaluate("delete Element.prototype.moveBefore")
    page.locator(".search input").focus()
    while page.evaluate(FOCUS) is None:
        page.keyboard.press("Tab")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.evaluate(FOCUS) == "eve"

    submit(stack, board, eve=10)
    expect(page.locator(".pill")).to_be_visible()
    page.locator(".pill").evaluate("pill => pill.click()")
    expect(rows(page).first).to_have_attribute("data-player", "eve")
    assert page.evaluate(FOCUS) == "eve"

    page.keyboard.press("Enter")
    expect(page.locator("[data-player=eve] .star button")).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("Shift+Tab")
    assert page.evaluate(FOCUS) is None, "the rows are one stop of the Tab key"


def test_marks_show_places_won_and_lost_and_new_rows(open_page, stack, board):
    submit(stack, board, ada=9, bob=8, cleo=7, eve=6)
    page = live(open_page(f"/b/{board}"))

    submit(stack, board, eve=6, zoe=1)

    expect(page.locator("[data-player=eve] .move")).to_have_text("▲33 places up")
    expect(page.locator("[data-player=ada] .move")).to_have_text("▼11 place down")
    expect(page.locator("[data-player=zoe] .move")).to_have_text("NEWNew")


def test_a_trend_is_drawn_from_five_states_on(open_page, stack, board):
    submit(stack, board, ada=9, bob=8, cleo=7, eve=6)
    page = open_page("/")
    page.clock.install()
    page.goto(f"/b/{board}")
    live(page)

    for points in range(1, 5):
        page.clock.fast_forward(2100)  # states that come faster count as one
        assert page.locator(".trend svg").count() == 0
        submit(stack, board, eve=points)
        expect(page.locator("[data-player=eve] .score")).to_have_text(str(6 + points * (points + 1) // 2))

    expect(page.locator("[data-player=eve] .trend svg")).to_have_attribute("aria-label", "Rank 4 to 1")


def test_only_players_who_were_not_there_are_new(open_page, stack, request):
    board = define(stack, board_name(request), size=500)
    enter(stack, board, *({"player": f"p{number}", "score": 500 - number} for number in range(130)))
    page = live(open_page(f"/b/{board}?me=p120"))
    expect(page.locator("tr.own")).to_have_count(1)
    submit(stack, board, zoe=1)
    page.get_by_role("link", name="Next").click()

    expect(page.locator("[data-player=zoe] .mark")).to_have_text("NEW")
    assert page.locator(".mark", has_text="NEW").count() == 1
    page.get_by_role("button", name="Around me").click()
    expect(rows(page)).to_have_count(11)
    assert page.locator(".mark", has_text="NEW").count() == 0
    page.get_by_role("searchbox").fill("p11")
    expect(rows(page)).to_have_count(11)
    assert page.locator(".mark", has_text="NEW").count() == 0


def test_the_focus_is_not_lost_with_the_button_for_waiting_updates(open_page, stack, board):
    submit(stack, board, cleo=5, bob=7)
    page = live(open_page(f"/b/{board}"))
    page.locator(".search input").focus()
    while page.evaluate(FOCUS) is None:
        page.keyboard.press("Tab")
    submit(stack, board, cleo=4)
    pill = page.locator(".pill")
    expect(pill).to_be_visible()

    page.keyboard.press("Shift+Tab")
    expect(pill).to_be_focused()
    frames(page, 30)
    expect(pill).to_be_focused()
    page.keyboard.press("Enter")

    expect(rows(page).first).to_have_attribute("data-player", "cleo")
    assert page.evaluate(FOCUS) is not None
    page.keyboard.press("Shift+Tab")
    submit(stack, board, bob=9)
    expect(rows(page).first).to_have_attribute("data-player", "bob")


def frames(page, count):
    """Wait for so many frames of the screen."""
    page.evaluate(
        """count => new Promise((done) => {
          const next = () => (count-- ? requestAnimationFrame(next) : done())
          next()
        })""",
        count,
    )


def test_a_score_shows_its_difference_and_stays_one_number(open_page, stack, board):
    submit(stack, board, ada=9)
    page = live(open_page(f"/b/{board}"))
    page.evaluate(
        """() => {
          window.gains = []
          const score = document.querySelector("[data-player=ada] .score")
          new MutationObserver(() => score.dataset.gain && window.gains.push(score.dataset.gain))
            .observe(score, { attributes: true, attributeFilter: ["data-gain"] })
        }"""
    )

    submit(stack, board, ada=20)

    expect(page.locator("[data-player=ada] .score")).to_have_text("29")
    expect(page.locator("[data-player=ada] .score")).not_to_have_attribute("data-gain", "+20")
    assert page.evaluate("window.gains") == ["+20"]


def test_the_named_player_is_marked_and_pinned_while_out_of_sight(open_page, stack, crowd):
    page = live(open_page(f"/b/{crowd}?me=p60", viewport={"width": 900, "height": 700}))
    own = page.locator("tr.own")

    expect(own.locator(".you")).to_have_text("you")
    bottom = own.bounding_box()["y"] + own.bounding_box()["height"]
    assert abs(bottom - 700) < 2, "at the lower edge"
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    assert 0 < own.bounding_box()["y"] < 100, "at the upper edge, below the headings"

    own.locator(".you").click()
    expect(page.locator("[data-player=p59]")).to_be_in_viewport()


def test_an_own_row_far_down_is_shown_apart_and_among_its_neighbours(open_page, stack, crowd):
    page = live(open_page(f"/b/{crowd}?me=p120"))
    apart = page.locator("tr.apart")

    expect(apart).to_have_attribute("data-player", "p120")
    expect(apart.locator(".rank")).to_have_text("121")

    page.get_by_role("button", name="Around me").click()
    expect(rows(page)).to_have_count(11)
    assert players(page)[5] == "p120"
    expect(page.locator(".pager")).to_be_hidden()


def test_there_are_no_rows_around_an_unknown_player(open_page, stack, crowd):
    page = live(open_page(f"/b/{crowd}"))

    page.get_by_role("button", name="Around me").click()

    expect(page.locator(".nothing")).to_contain_text("?me=")
    page.get_by_role("button", name="Top").click()
    expect(rows(page)).to_have_count(100)


def test_favourites_are_kept_in_this_browser(open_page, stack, crowd):
    page = live(open_page(f"/b/{crowd}"))
    favourites = page.get_by_role("button", name="Favourites")
    favourites.click()
    expect(page.locator(".nothing")).to_contain_text("No favourites yet")

    page.get_by_role("button", name="Top").click()
    for player in ("p7", "p3"):
        page.locator(f"[data-player={player}] .star button").click()
    page.reload()
    expect(page.locator("[data-player=p7] .star button")).to_have_attribute("aria-pressed", "true")
    favourites.click()

    expect(rows(page)).to_have_count(2)
    assert players(page) == ["p3", "p7"]
    page.locator("[data-player=p3] .star button").click()
    expect(rows(page)).to_have_count(1)


def test_players_are_found_by_name_and_by_id_however_far_down(open_page, stack, crowd):
    enter(stack, crowd, {"player": "p5", "score": 0, "displayName": "Édouard"})
    page = live(open_page(f"/b/{crowd}"))
    field = page.get_by_role("searchbox", name="Search for a player")

    field.fill("edou")
    expect(rows(page)).to_have_count(1)
    expect(rows(page).locator(".rank")).to_have_text("6")

    field.fill("p125")
    expect(rows(page).locator(".rank")).to_have_text("126")

    enter(stack, crowd, {"player": "p128", "score": 0, "displayName": "Édith Far"})
    wait_until(lambda: stack.call("GET", f"/v1/boards/{crowd}/entries?search=edith").json["data"]["entries"])
    field.fill("ed")
    expect(rows(page).locator(".player bdi")).to_have_text(["Édouard", "Édith Far"])
    expect(rows(page).locator(".rank")).to_have_text(["6", "129"])

    field.fill("p12")
    expect(rows(page)).to_have_count(10)
    assert players(page) == ["p12", *(f"p{number}" for number in range(120, 130) if number != 128)]

    field.fill("<b>?")
    expect(page.locator(".nothing")).to_contain_text("No player's name begins with this")
    field.fill("")
    expect(rows(page)).to_have_count(100)


def test_paging_continues_beyond_the_streamed_rows_and_returns_to_them(open_page, stack, crowd):
    page = live(open_page(f"/b/{crowd}"))
    where = page.locator(".where")
    expect(where).to_have_text("1\N{EN DASH}100 of 130")

    page.get_by_role("link", name="Next").click()
    expect(where).to_have_text("101\N{EN DASH}130 of 130")
    assert players(page)[0] == "p100"
    expect(page.get_by_role("link", name="Next")).to_have_attribute("aria-disabled", "true")

    page.get_by_role("link", name="First").click()
    expect(rows(page).first).to_have_attribute("data-player", "p0")
    submit(stack, crowd, p50=100)
    expect(rows(page).first).to_have_attribute("data-player", "p50")


def test_a_page_further_down_that_was_opened_by_its_address_stays_there(open_page, stack, crowd):
    page = open_page(f"/b/{crowd}?offset=100")
    expect(page.locator(".badge")).to_have_text("Every 10 s")

    assert players(page)[0] == "p100"
    submit(stack, crowd, p129=20)
    expect(rows(page).first).to_have_attribute("data-player", "p100")
    page.get_by_role("link", name="Previous").click()
    expect(rows(page)).to_have_count(100)


def test_three_players_and_enough_room_make_a_podium(open_page, stack, board):
    submit(stack, board, ada=9, bob=8)
    page = live(open_page(f"/b/{board}", viewport={"width": 1000, "height": 800}))
    expect(page.locator("#rows.podium")).to_have_count(0)

    submit(stack, board, cleo=7)
    expect(page.locator("#rows.podium")).to_have_count(1)
    places = [page.locator(f"[data-player={player}]").bounding_box() for player in ("bob", "ada", "cleo")]
    assert sorted(places, key=lambda box: box["x"]) == places, "second, first, third"
    assert places[1]["y"] < places[0]["y"]

    page.set_viewport_size({"width": 400, "height": 800})
    rows = [page.locator(f"[data-player={player}]").bounding_box() for player in ("ada", "bob", "cleo")]
    assert sorted(rows, key=lambda box: box["y"]) == rows


def test_important_news_is_announced_once_and_the_table_is_quiet(open_page, stack, board):
    submit(stack, board, ada=9, bob=8)
    page = live(open_page(f"/b/{board}?me=bob"))
    said = page.locator("live-leaderboard [role=status]")

    submit(stack, board, bob=8)

    expect(said).to_have_text("bob takes the lead. Your rank is 1.")
    assert page.locator("table[aria-live], tbody[aria-live]").count() == 0


def test_colours_are_chosen_and_kept_without_a_flash(open_page, board):
    page = live(open_page(f"/b/{board}", color_scheme="light"))
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(ground)

    button = page.locator(".theme")
    button.click()
    assert page.evaluate(ground) == light
    button.click()
    expect(button).to_have_attribute("aria-label", "Colours: dark")
    dark = page.evaluate(ground)
    assert dark != light

    # Each colour that the page has, from the first one that is drawn.
    page.add_init_script(
        """window.seen = new Set()
        const look = () => {
          const colour = document.body && getComputedStyle(document.documentElement).backgroundColor
          if (colour && colour !== "rgba(0, 0, 0, 0)") window.seen.add(colour)
          requestAnimationFrame(look)
        }
        look()"""
    )
    page.reload()
    live(page)
    assert page.evaluate("[...window.seen]") == [dark]


def test_a_board_can_be_shared(open_page, stack, board):
    page = live(open_page(f"/b/{board}"))

    page.get_by_role("button", name="Share").click()

    dialog = page.get_by_role("dialog", name="Share this board")
    expect(dialog.get_by_label("Link", exact=True)).to_have_value(f"{stack.url}/b/{board}")
    dialog.get_by_text("Code for websites and streams").click()
    expect(dialog.get_by_text(f'<live-leaderboard board="{board}">')).to_be_visible()
    qr = dialog.get_by_role("img", name="QR code")
    assert qr.evaluate("image => image.decode().then(() => image.naturalWidth)") > 0
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
