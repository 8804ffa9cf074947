"""How boards use the screen: everything fits, in every language, and much is seen at once."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from scoreboard.pages.messages import LANGUAGES
from tests.browser.axe import expect_accessible
from tests.browser.boards import SETTLED, board_name, define, enter, live, players, submit
from tests.browser.conftest import LAN

LONG_NAME = "Maximiliane von Hohenstein-Bär"
# Rows, or the badge, that are not wholly on the screen; and rows with a cell that is not wholly in them.
INSIDE = """const inside = (node, box) => {
    const { top, bottom, left, right } = node.getBoundingClientRect()
    return top >= box.top - 1 && bottom <= box.bottom + 1 && left >= box.left - 1 && right <= box.right + 1
  }
  const rows = [...document.querySelectorAll("#rows tbody tr")]
  const text = (node) => node.textContent.replace(/\\s+/g, " ")"""
CUT = f"""() => {{
  {INSIDE}
  const screen = {{ top: 0, left: 0, right: innerWidth, bottom: innerHeight }}
  return [...rows, document.querySelector(".badge")].filter((node) => !inside(node, screen)).map(text)
}}"""
CUT_CELLS = f"""() => {{
  {INSIDE}
  const cells = (row) => [...row.querySelectorAll(".rank, .player, .score, .column")]
  return rows.filter((row) => cells(row).some((cell) => !inside(cell, row.getBoundingClientRect()))).map(text)
}}"""
# What is cut at the side of the screen, but for code, which scrolls in a box of its own.
WIDE = """() => [...document.querySelectorAll("main *:not(.unseen, pre *)")]
  .filter((node) => node.checkVisibility() && node.getBoundingClientRect().right > innerWidth + 1)
  .map((node) => node.outerHTML.slice(0, 200))"""
SEEN = """() => [...document.querySelectorAll("#rows tbody tr")]
  .filter((row) => row.getBoundingClientRect().bottom <= innerHeight).length"""


@pytest.fixture
def board(stack, request):
    """A board with all that needs room: periods, regions, columns, long title and names, large scores."""
    name = define(
        stack,
        board_name(request),
        title="English Premier League 2011/12 and its cups",
        period="weekly",
        windows=["daily"],
        regions=["eu", "us"],
        columns=[{"name": "goalDifference"}, {"name": "goalsFor"}],
        unit="points",
    )
    enter(stack, name, *(_entry(number) for number in range(24)))
    return name


def _entry(number):
    return {
        "player": f"wide{number}",
        "displayName": LONG_NAME if number % 3 == 0 else f"Barbara {number}",
        "score": 7_612_778_007_181_397 - number,
        "columns": {"goalDifference": 123_456 - number, "goalsFor": 1000 + number},
    }


@pytest.fixture
def plain_board(stack, request):
    name = define(stack, board_name(request)[:50] + "-plain", title="Hackathon 2026")
    enter(stack, name, *({"player": f"plain{number}", "score": 6000 - number} for number in range(40)))
    return name


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (3840, 2160)])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_big_screen_shows_ten_rows_and_its_badge(open_page, stack, board, size, language):
    width, height = size
    address = f"/b/{board}/tv?lang={language}"
    site = f"http://{LAN}:{stack.port}"  # where it has a QR code, which takes room
    page = open_page(address, base_url=site, viewport={"width": width, "height": height})
    expect(page.locator("#badge")).to_have_attribute("data-state", "live")
    expect(page.locator(".code")).to_be_visible()

    for at in (0, 1):
        page.evaluate("page => (document.querySelector('live-leaderboard').page = page)", at)
        expect(players(page).first).to_have_text(LONG_NAME if at == 0 else "Barbara 10")
        assert page.locator("#rows tbody tr").count() == 10
        assert page.evaluate(CUT) == []
        assert page.evaluate(CUT_CELLS) == []
        lefts = page.locator("#rows tbody tr").evaluate_all(
            "rows => rows.slice(3).map((row) => row.getBoundingClientRect().left)"
        )
        assert len(set(lefts)) == 2, "two columns"


@pytest.mark.parametrize("language", list(LANGUAGES))
def test_no_page_of_a_board_scrolls_sideways_on_a_phone(open_page, board, language):
    page = open_page(f"/b/{board}?lang={language}", viewport={"width": 320, "height": 800})
    for path in (f"/b/{board}", f"/b/{board}?period=previous", f"/embed/{board}", f"/b/{board}/tv", "/"):
        page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
        assert page.evaluate("document.documentElement.scrollWidth") <= 320, path
        assert page.evaluate(WIDE) == [], path
        for menu in page.locator("details.choices summary").all():
            menu.click()
            assert page.evaluate(WIDE) == [], path
            menu.click()


@pytest.mark.parametrize("path", ["/b/{}", "/b/{}/tv"])
def test_groups_of_digits_stay_in_order_from_right_to_left(open_page, stack, request, path):
    board = define(stack, board_name(request), columns=[{"name": "goals"}])
    entries = {"one": 12_345_678, "two": 9_876_543, "three": 8_000_000, "four": -7_654_321}
    enter(
        stack,
        board,
        *(
            {"player": player, "score": score, "columns": {"goals": 1_234_567}}
            for player, score in entries.items()
        ),
    )
    page = open_page(f"{path.format(board)}?lang=ar", viewport={"width": 1280, "height": 720})
    expect(page.locator("#badge")).to_have_attribute("data-state", "live")

    for cell in page.locator("#rows tbody :is(.score, .column)").all():
        lefts = cell.locator("span").evaluate_all(
            "all => all.map((group) => group.getBoundingClientRect().left)"
        )
        assert len(lefts) == 3
        assert lefts == sorted(lefts)


@pytest.mark.parametrize("width", [320, 1280])
def test_large_scores_break_between_their_groups_and_leave_room_for_names(open_page, board, width):
    page = live(open_page(f"/b/{board}", viewport={"width": width, "height": 900}))

    lines = page.locator("#rows tbody .score span").evaluate_all(
        """groups => groups.map((group) => {
          const digits = document.createRange()
          digits.selectNodeContents(group)
          return digits.getClientRects().length
        })"""
    )
    assert set(lines) == {1}, "no group is broken"
    assert page.evaluate(CUT_CELLS) == []
    row = page.locator("[data-player=wide1]")
    assert row.locator(".score").inner_text().replace("\n", "") == "7612778007181396"
    assert row.locator(".player").bounding_box()["width"] >= 60
    assert row.locator(".player").bounding_box()["height"] < 80


def test_twelve_rows_of_forty_are_seen_at_once_and_more_if_they_are_compact(open_page, plain_board):
    page = live(open_page(f"/b/{plain_board}", viewport={"width": 1280, "height": 800}))
    assert page.evaluate(SEEN) >= 12

    page.get_by_role("button", name="Compact rows").click()
    expect(page.locator("#rows.podium")).to_have_count(0)
    assert page.evaluate(SEEN) >= 15
    page.reload()
    expect(page.get_by_role("button", name="Compact rows")).to_have_attribute("aria-pressed", "true")
    expect(page.locator("#rows.podium")).to_have_count(0)

    page.get_by_role("button", name="Compact rows").click()
    expect(page.locator("#rows.podium")).to_have_count(1)
    assert page.evaluate("localStorage.getItem('scoreboard.compact')") is None


@pytest.mark.parametrize("windows", [["daily"], ["daily", "monthly", "all"]])
@pytest.mark.parametrize("language", ["en", "de", "ar"])
def test_all_controls_stand_in_one_line(open_page, stack, board, language, windows):
    rules = stack.call("GET", f"/v1/admin/boards/{board}").json["data"]
    define(stack, board, **{**rules, "windows": windows})
    page = open_page(f"/b/{board}?lang={language}", viewport={"width": 1280, "height": 800})
    expect(page.locator("#badge")).to_have_attribute("data-state", "live")

    middles = page.locator(".bar > *").evaluate_all(
        """parts => parts.map((part) => part.getBoundingClientRect())
          .filter(({ height }) => height > 0).map(({ top, height }) => Math.round(top + height / 2))"""
    )
    assert len(middles) >= 7, "views, periods, regions, search, pause, compact rows, badge"
    assert max(middles) - min(middles) <= 2


def test_twelve_rows_with_flags_and_teams_are_seen_at_once(open_page, stack, plain_board):
    shown = [
        {"field": "country", "as": "flag"},
        {"field": "team", "as": "text"},
        {"field": "site", "as": "link"},
    ]
    define(stack, plain_board, title="Hackathon 2026", show=shown)
    metadata = {"country": "de", "team": "Blue Whales", "site": "https://example.com/blue-whales"}
    for number in range(40):
        enter(stack, plain_board, {"player": f"plain{number}", "score": 40 - number, "metadata": metadata})
    page = live(open_page(f"/b/{plain_board}", viewport={"width": 1280, "height": 800}))

    expect(page.locator("[data-player=plain11] .flag")).to_be_visible()
    assert page.evaluate(SEEN) >= 12


def test_a_menu_of_periods_works_with_the_keyboard_and_closes_again(open_page, stack, board):
    rules = stack.call("GET", f"/v1/admin/boards/{board}").json["data"]
    define(stack, board, **{**rules, "windows": ["daily", "monthly"]})
    page = live(open_page(f"/b/{board}", viewport={"width": 1280, "height": 800}))
    menu = page.locator("details.choices").first
    summary, regions = menu.locator("summary"), page.locator("details.choices").last
    expect(summary).to_have_accessible_name("Period: This week")

    summary.focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(menu.get_by_role("link", name="This week")).to_be_focused()
    expect_accessible(page)
    page.keyboard.press("Escape")
    expect(menu).not_to_have_attribute("open", "")
    expect(summary).to_be_focused()

    summary.click()
    regions.locator("summary").click()
    expect(menu).not_to_have_attribute("open", "")
    page.locator("h1").click()
    expect(regions).not_to_have_attribute("open", "")

    summary.click()
    menu.get_by_role("link", name="Today").click()
    expect(page.locator("details.choices summary").first).to_have_accessible_name("Period: Today")


def test_rank_changes_stand_beside_the_name_and_take_no_room_while_there_are_none(
    open_page, stack, plain_board
):
    page = live(open_page(f"/b/{plain_board}", viewport={"width": 1280, "height": 800}))
    row = page.locator("[data-player=plain8]")
    assert row.locator(".move").bounding_box()["width"] == 0
    assert row.locator(".trend").bounding_box()["width"] == 0

    submit(stack, plain_board, plain8=3)

    expect(row.locator(".mark")).to_have_text("▲2")
    name, move = (row.locator(one).bounding_box() for one in ("bdi", ".move"))
    assert 0 < move["x"] - name["x"] - name["width"] < 40


def test_players_who_share_a_rank_stand_level_on_the_podium(open_page, stack, request):
    board = define(stack, board_name(request), ties="competition")
    submit(stack, board, ada=5, bob=5, cleo=5, dan=5, eve=5, fay=1)
    page = live(open_page(f"/b/{board}", viewport={"width": 1280, "height": 800}))

    boxes = [page.locator(f"[data-player={player}]").bounding_box() for player in ("ada", "bob", "cleo")]
    assert len({round(box["y"]) for box in boxes}) == 1
    assert len({round(box["height"]) for box in boxes}) == 1
    for player in ("dan", "eve"):
        row = page.locator(f"[data-player={player}]")
        box, rank, name = (one.bounding_box() for one in (row, row.locator(".rank"), row.locator(".player")))
        assert box["x"] <= rank["x"] <= name["x"] - rank["width"]
        assert box["y"] <= rank["y"] <= box["y"] + box["height"] - rank["height"]

    submit(stack, board, ada=1)
    expect(page.locator("[data-player=bob] .rank")).to_have_text("=2")
    page.evaluate(SETTLED)
    ada, bob, cleo = (
        page.locator(f"[data-player={one}]").bounding_box()["y"] for one in ("ada", "bob", "cleo")
    )
    assert ada < bob
    assert bob == pytest.approx(cleo)
