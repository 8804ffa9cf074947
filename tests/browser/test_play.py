"""A visitor plays a round on the board's page, and finds their own row in the table."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LAN
from tests.support import wait_until

PLAY = "Play a round"


@pytest.fixture
def board(stack, request):
    """The board of the demo action, without players on it."""
    type = stack.call("GET", "/v1/admin/action-types/play-round").json["data"]
    name = re.sub(r"[^a-z0-9]+", "-", request.node.name.lower())[-60:].strip("-")
    assert stack.call("PUT", f"/v1/admin/boards/{name}", {}).status == 201
    define(stack, {**type, "boards": [name]})
    yield name
    define(stack, type)


def define(stack, type):
    rules = {field: value for field, value in type.items() if field != "name"}
    answer = stack.call("PUT", "/v1/admin/action-types/play-round", rules)
    assert answer.status == 200, answer.json


def open_board(open_page, stack, board, **options):
    """The board's page, once its process knows the action type."""
    path = f"/b/{board}"
    wait_until(lambda: PLAY.encode() in stack.call("GET", path).body, why=stack.log)
    page = open_page(path, **options)
    expect(page.locator("#badge")).to_have_text("Live")
    return page


def play(page, taps):
    """Play a whole round. Returns the message after it."""
    button = page.locator(".play button")
    button.click()
    expect(button).to_contain_text("Tap!")
    button.evaluate("(button, taps) => { for (let tap = 0; tap < taps; tap += 1) button.click() }", taps)
    return final_message(page)


def final_message(page):
    expect(page.locator(".play")).to_have_attribute("data-state", "again", timeout=20_000)
    return page.locator(".play [role=status]").inner_text()


def entries(stack, board):
    answer = stack.call("GET", f"/v1/boards/{board}/entries")
    return [(row["rank"], row["score"]) for row in answer.json["data"]["entries"]]


def test_a_visitor_plays_at_once_and_finds_their_row_in_the_table(open_page, stack, board):
    others = [{"player": "ada", "score": 9}, {"player": "bob", "score": 8}, {"player": "cleo", "score": 1}]
    stack.call("POST", f"/v1/boards/{board}/scores", {"entries": others})
    page = open_board(open_page, stack, board)
    page.evaluate("window.neverReloaded = true")

    assert play(page, 7) == "+7 points. Your rank is 3."

    own = page.locator("#rows tr.own")
    expect(own).to_have_count(1)
    expect(own.locator(".rank")).to_have_text("3")
    expect(own.locator(".score")).to_have_text("7")
    expect(own.locator(".player")).to_contain_text("you")
    assert page.evaluate("window.neverReloaded"), "the row came through the stream"
    assert entries(stack, board) == [(1, 9), (2, 8), (3, 7), (4, 1)]


def test_a_returning_visitor_is_the_same_player_and_rounds_add_up(open_page, stack, board):
    page = open_board(open_page, stack, board)
    play(page, 4)
    expect(page.locator("tr.own .score")).to_have_text("4")
    player = page.locator("tr.own").get_attribute("data-player")

    page.reload()

    expect(page.locator("tr.own")).to_have_attribute("data-player", player)
    assert play(page, 5) == "+5 points. Your rank is 1."
    assert play(page, 10) == "+10 points. Your rank is 1."
    expect(page.locator("tr.own .score")).to_have_text("19")
    assert entries(stack, board) == [(1, 19)]


def test_another_tab_of_the_same_browser_is_the_same_player(open_page, stack, board):
    page = open_board(open_page, stack, board)
    other = page.context.new_page()
    other.goto(f"/b/{board}")

    play(page, 2)
    expect(other.locator("tr.own .score")).to_have_text("2")
    play(other, 3)

    assert entries(stack, board) == [(1, 5)]


def test_a_round_is_played_by_keyboard_without_losing_the_focus(open_page, stack, board):
    page = open_board(open_page, stack, board)
    button = page.get_by_role("button", name=PLAY)
    while not button.evaluate("button => button === document.activeElement"):
        page.keyboard.press("Tab")

    page.keyboard.press("Enter")
    expect(page.locator(".play .label")).to_have_text("Tap!")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.keyboard.down("Enter")
    for _ in range(5):  # a key that is held down
        page.keyboard.down("Enter")
    page.keyboard.up("Enter")

    assert final_message(page) == "+3 points. Your rank is 1."
    assert page.evaluate("document.activeElement.closest('.play') !== null")


@pytest.mark.parametrize("broken", ["", "Worker = class { constructor() { throw new Error() } }"])
def test_a_round_is_played_over_plain_http_in_a_local_network(open_page, stack, board, broken):
    wait_until(lambda: PLAY.encode() in stack.call("GET", f"/b/{board}").body, why=stack.log)
    page = open_page("about:blank")
    page.add_init_script(broken)
    page.goto(f"http://{LAN}:{stack.port}/b/{board}")
    assert page.evaluate("isSecureContext || 'subtle' in crypto || 'locks' in navigator") is False

    assert play(page, 6) == "+6 points. Your rank is 1."
    expect(page.locator("tr.own .score")).to_have_text("6")


def test_points_whose_answer_is_lost_count_once(open_page, stack, board):
    page = open_board(open_page, stack, board)
    sent = []

    def lose(route):
        sent.append(route.request.post_data)
        route.fetch()
        route.abort()

    page.route("**/v1/actions/complete", lose, times=2)
    page.on("request", lambda request: sent.append(request.post_data) if "complete" in request.url else None)

    assert play(page, 8) == "+8 points. Your rank is 1."

    assert len(sent) == 5
    assert len(set(sent)) == 1
    assert entries(stack, board) == [(1, 8)]


def test_points_that_cannot_be_sent_wait_for_the_visitor(open_page, stack, board):
    page = open_board(open_page, stack, board)
    page.route("**/v1/actions/complete", lambda route: route.abort())
    button = page.locator(".play button")
    button.click()
    expect(button).to_contain_text("Tap!")
    button.evaluate("button => button.click()")
    # It retries automatically for a while.
    expect(page.locator(".play [role=status]")).to_contain_text("Your points are waiting", timeout=30_000)

    page.unroute("**/v1/actions/complete")
    expect(button).to_have_text("Send again")
    button.click()

    expect(page.locator(".play [role=status]")).to_have_text("+1 point. Your rank is 1.")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_small_phone_shows_all_of_a_round(open_page, stack, board, scheme):
    page = open_board(
        open_page,
        stack,
        board,
        viewport={"width": 320, "height": 640},
        color_scheme=scheme,
        reduced_motion="reduce",
    )
    page.evaluate(
        """() => {
          window.widest = 0
          window.moves = []
          const look = () => (window.widest = Math.max(window.widest, document.documentElement.scrollWidth))
          const all = { subtree: true, childList: true, attributes: true }
          new MutationObserver(look).observe(document.body, all)
          const animate = Element.prototype.animate
          Element.prototype.animate = function (frames, options) {
            window.moves.push([this.className, options.easing])
            return animate.call(this, frames, options)
          }
        }"""
    )

    play(page, 9)
    expect(page.locator("tr.own .score")).to_have_text("9")

    assert page.evaluate("window.widest") == 320
    assert ["time", "steps(3)"] in page.evaluate("window.moves")
    assert page.locator(".pips .on").count() == 9
    assert page.locator(".pips .on").first.evaluate("pip => getComputedStyle(pip).animationName") == "none"


def test_the_game_is_not_loaded_for_watching(open_page, stack, board):
    page = open_board(open_page, stack, board)

    def loaded_scripts():
        names = page.evaluate("performance.getEntriesByType('resource').map((one) => one.name)")
        return {name.rpartition("/")[2] for name in names if name.endswith(".js")}

    game = {"play.js", "play-button.js", "game.js", "actions.js", "session.js", "sha256.js", "solver.js"}
    assert "main.js" in loaded_scripts()
    assert not loaded_scripts() & game

    page.locator(".play button").hover()

    wait_until(lambda: loaded_scripts() >= game)


def test_without_javascript_there_is_no_button(open_page, stack, board):
    wait_until(lambda: PLAY.encode() in stack.call("GET", f"/b/{board}").body, why=stack.log)

    page = open_page(f"/b/{board}", java_script_enabled=False)

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.get_by_text(PLAY)).to_be_hidden()
    assert page.get_by_role("button").count() == 0
