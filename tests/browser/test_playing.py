"""The play page: points that are shown at once, and counted once, whatever happens to the connection."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.axe import expect_accessible
from tests.browser.conftest import LAN
from tests.support import empty_main, wait_until

COMPLETE = "**/v1/actions/complete"


@pytest.fixture(autouse=True)
def empty_board(stack):
    """The demo action's board, without players on it."""
    empty_main(stack)


def play(page, hits):
    """Play a whole round, and hit this number of lights."""
    expect(page.locator(".play")).to_contain_class("ready")
    page.locator(".play button").click()
    expect(page.locator(".lights .lit")).to_be_visible()
    for _ in range(hits):
        page.locator(".lights .lit").dispatch_event("pointerdown")
    expect(page.locator(".play")).to_have_attribute("data-state", "again", timeout=20_000)


def entries(stack):
    answer = stack.call("GET", "/v1/boards/main/entries")
    return [(row["rank"], row["score"]) for row in answer.json["data"]["entries"]]


def states(page):
    return page.locator("#rounds li").evaluate_all("rows => rows.map((row) => row.dataset.state)")


def value(page):
    return page.locator(".standing .value")


def test_a_guest_plays_and_sees_their_standing(open_page, stack):
    page = open_page("/play")
    expect(page.locator(".standing .rank")).to_have_text("Play a round to be ranked.")

    play(page, 10)

    expect(value(page)).to_have_text("10")
    expect(page.locator(".standing .rank")).to_have_text("Rank 1 of 1")
    expect(page.locator("#rounds li .state")).to_have_text("counted")
    expect(page.locator("#top li.own .score")).to_have_text("10")
    me = page.evaluate("import('/sdk/scoreboard.js').then(({ Scoreboard }) => new Scoreboard().playerId)")
    expect(page.locator("#top li.own a")).to_have_attribute("href", f"/p/{me}")
    expect(page.locator("#badge")).to_have_text("Live")
    assert entries(stack) == [(1, 10)]


def test_points_are_shown_before_they_are_counted_and_the_next_round_may_begin(open_page, stack):
    page = open_page("/play")
    play(page, 10)
    expect(page.locator(".standing .rank")).to_have_text("Rank 1 of 1")
    held = []

    def hold(route):
        held.append(route)

    page.route(COMPLETE, hold)

    play(page, 10)

    expect(value(page)).to_have_text("20")
    expect(page.locator(".standing")).to_contain_class("pending")
    expect(page.locator(".standing .unsure")).to_have_text("+10 not counted yet")
    assert states(page) == ["sent", "confirmed"]
    assert entries(stack) == [(1, 10)]
    held[-1].continue_()
    page.unroute(COMPLETE)
    expect(page.locator(".standing")).not_to_contain_class("pending")
    expect(value(page)).to_have_text("20")


def test_refused_points_are_taken_back_with_the_reason(open_page, stack):
    page = open_page("/play", expected=["status of 400"])
    play(page, 10)
    expect(value(page)).to_have_text("10")
    token = {
        "type": "about:blank",
        "status": 400,
        "code": "action_token_expired",
        "detail": "It has expired.",
    }
    page.route(COMPLETE, lambda route: route.fulfill(status=400, json=token))

    play(page, 10)

    expect(page.locator("#said")).to_contain_text("arrived too late")
    expect(value(page)).to_have_text("10")
    assert states(page) == ["expired", "confirmed"]


def test_three_actions_offline_a_reload_and_one_that_expired_meanwhile(open_page, stack):
    """The others are counted once each, in their order, and the expired one is explained."""
    long = {"boards": ["main"], "points": {"min": 1, "max": 100}}
    for name, seconds in (("long", 300), ("short", 5)):
        answer = stack.call("PUT", f"/v1/admin/action-types/{name}", {**long, "maxSeconds": seconds})
        assert answer.status in (200, 201)
    page = open_page("/play", expected=["status of 400"])
    page.route(COMPLETE, lambda route: route.abort())
    page.evaluate(
        """async () => {
          const { Scoreboard } = await import("/sdk/scoreboard.js")
          const player = await new Scoreboard().player()
          const actions = []
          for (const type of ["long", "short", "long"]) actions.push(await player.request(type))
          for (const [index, action] of actions.entries()) {
            action.complete({ points: 10 ** index }).catch(() => {})
            while (player.queue.waiting.length <= index) {
              await new Promise((kept) => player.queue.addEventListener("change", kept, { once: true }))
            }
          }
        }"""
    )

    page.reload()
    banner = page.locator("#waiting [role=status]")
    expect(banner).to_have_text("3 actions are waiting and will be sent when the connection is back")
    assert entries(stack) == []
    page.wait_for_timeout(5000)  # until the short one has expired
    page.get_by_role("button", name="Send now").evaluate("button => (window.send = button)")
    page.unroute(COMPLETE)
    page.evaluate("window.send.click()")  # the queue may have sent them on its own already

    expect(page.locator("#waiting")).to_be_hidden()
    wait_until(lambda: entries(stack) == [(1, 101)], why=lambda: entries(stack))
    assert states(page) == ["confirmed", "expired", "confirmed"]
    expect(page.locator("#rounds [data-state=expired] .state")).to_contain_text("arrived too late")
    page.reload()
    page.wait_for_timeout(500)
    assert entries(stack) == [(1, 101)], "nothing is sent twice"


def test_rounds_are_played_without_a_connection_and_counted_when_it_is_back(open_page, stack):
    page = open_page("/play")
    play(page, 10)
    expect(value(page)).to_have_text("10")
    page.wait_for_function(
        "performance.getEntriesByName(location.origin + '/v1/actions/request').length >= 4"
    )
    page.context.set_offline(True)

    play(page, 10)
    play(page, 10)

    expect(page.locator("#waiting [role=status]")).to_have_text(
        "2 actions are waiting and will be sent when the connection is back"
    )
    expect(value(page)).to_have_text("30")
    page.context.set_offline(False)
    expect(page.locator("#waiting")).to_be_hidden()
    expect(page.locator(".standing")).not_to_contain_class("pending")
    wait_until(lambda: entries(stack) == [(1, 30)], why=lambda: entries(stack))


def test_waiting_points_can_be_discarded_in_two_presses(open_page, stack):
    page = open_page("/play")
    page.route(COMPLETE, lambda route: route.abort())
    play(page, 10)
    discard = page.locator("#waiting .discard")
    discard.click()
    expect(discard).to_have_text("Really discard?")

    discard.click()

    expect(page.locator("#waiting")).to_be_hidden()
    expect(value(page)).to_have_text("0")
    expect(page.locator("#rounds")).to_be_hidden()


def test_the_game_is_played_by_keyboard_and_the_focus_returns(open_page, stack):
    page = open_page("/play")
    expect(page.locator(".play")).to_contain_class("ready")
    button = page.locator(".play button")
    button.focus()
    page.keyboard.press("Enter")
    lit = page.locator(".lights .lit")
    expect(lit).to_be_visible()
    for _ in range(3):
        page.keyboard.press(lit.inner_text())

    expect(page.locator(".play .count")).to_have_text("3")
    expect(page.locator(".play")).to_have_attribute("data-state", "again", timeout=20_000)
    expect(button).to_be_focused()
    expect(value(page)).to_have_text("3")


def test_the_game_is_played_and_watched_over_plain_http_in_a_local_network(open_page, stack):
    page = open_page(f"http://{LAN}:{stack.port}/play")
    assert page.evaluate("isSecureContext || 'subtle' in crypto || 'locks' in navigator") is False

    play(page, 10)
    play(page, 10)

    expect(value(page)).to_have_text("20")
    expect(page.locator(".standing .rank")).to_have_text("Rank 1 of 1")
    expect(page.locator("#badge")).to_have_text("Live")
    expect(page.locator("#badge")).to_have_attribute("data-shared", "true")


@pytest.mark.parametrize(
    ("language", "direction", "begin", "said", "rank", "became"),
    [
        ("de", "ltr", "Runde spielen", "+10 Punkte. Du bist auf Rang 1.", "Rang 1 von 1", "gezählt"),
        ("ar", "rtl", "العب جولة", "\u200e+10 نقاط. مرتبتك 1.", "المرتبة 1 من 1", "احتُسبت"),
    ],
)
def test_a_round_is_played_in_the_language_of_the_page(
    open_page, stack, language, direction, begin, said, rank, became
):
    page = open_page(f"/play?lang={language}")
    expect(page.locator(".play button")).to_have_text(begin)
    assert page.locator(".play").evaluate("play => getComputedStyle(play).direction") == direction

    play(page, 10)

    expect(page.locator(".play [role=status]")).to_have_text(said)
    expect(page.locator(".standing .rank")).to_have_text(rank)
    expect(page.locator("#rounds li .state")).to_have_text(became)


def test_a_light_is_hit_by_its_number_on_any_keyboard(open_page, stack):
    """Also on keyboards with other digits, or on which digits need Shift."""
    page = open_page("/play?lang=ar")
    expect(page.locator(".play")).to_contain_class("ready")
    page.locator(".play button").click()
    lit = page.locator(".lights .lit")
    expect(lit).to_be_visible()

    for layout in ("٠١٢٣٤٥٦٧٨٩", "à&é\"'(-è_ç"):
        number = int(lit.inner_text())
        event = {"key": layout[number], "code": f"Digit{number}", "bubbles": True}
        page.locator(".lights").dispatch_event("keydown", event)

    expect(page.locator(".play .count")).to_have_text("2")


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("width", [320, 768, 1920])
def test_the_play_page_fits_small_screens_and_is_accessible(open_page, stack, width, language):
    page = open_page(f"/play?lang={language}", viewport={"width": width, "height": 900})
    page.route(COMPLETE, lambda route: route.abort())
    expect(page.locator("#badge")).to_have_attribute("data-state", "live")
    expect_accessible(page)

    play(page, 10)
    expect(page.locator("#waiting")).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth") <= width
    expect_accessible(page)
