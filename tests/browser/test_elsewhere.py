"""Boards on pages of other sites, on big screens, and over video."""

from __future__ import annotations

import functools
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from tests.browser.boards import board_name, define, enter, live, submit
from tests.browser.conftest import LAN, OWN_STREAM

STRICT = (  # the strictest policy of a site under which our element works
    "default-src 'none'; script-src {url}; style-src {url}; connect-src {url}; frame-src {url}; img-src {url}"
)
SHARED = {"Access-Control-Allow-Origin": "*"}


class SiteHandler(SimpleHTTPRequestHandler):
    """Serves files under the policy of its site, without logging."""

    def end_headers(self):
        self.send_header("Content-Security-Policy", self.server.policy)
        super().end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture
def board(stack, request):
    name = define(
        stack, board_name(request), title="Elsewhere", columns=[{"name": "goalDifference"}], unit="points"
    )
    submit(stack, name, ada=9, bob=8)
    return name


@pytest.fixture
def site(stack, tmp_path):
    """Another site, which may load files of our server only. A function that makes its page."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(SiteHandler, directory=tmp_path))
    server.policy = STRICT.format(url=stack.url)
    threading.Thread(target=server.serve_forever, daemon=True).start()

    def page(body, lang="en"):
        script = f'<script type="module" src="{stack.url}/embed.js"></script>'
        head = f'<!doctype html><html lang="{lang}"><title>Elsewhere</title>{script}'
        (tmp_path / "index.html").write_text(f"{head}<main>{body}</main>")
        return f"http://127.0.0.1:{server.server_port}/index.html"

    yield page
    server.shutdown()
    server.server_close()


@pytest.fixture
def visit(browser):
    """Opens pages of other sites, and checks at the end that the browser logged no error."""
    contexts, complaints = [], []

    def visit(address, **options):
        contexts.append(browser.new_context(**options))
        page = contexts[-1].new_page()
        page.on(
            "console", lambda message: complaints.append(message.text) if message.type == "error" else None
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address)
        return page

    yield visit
    for context in contexts:
        context.close()
    expected = ("403", "404", "503", "frame-ancestors")  # browsers log the refusals that tests cause
    assert [text for text in complaints if not any(word in text for word in expected)] == []


def player_cells(page):
    return page.locator("live-leaderboard tbody tr .player")


def test_the_element_shows_pictures_of_players_where_the_server_has_some(stack, site, visit, board):
    submit(stack, board, favicon=7, nobody=6)
    page = visit("about:blank")

    def with_pictures(route):
        answer = route.fetch()
        words = answer.json()
        words["data"]["avatars"] = "/static/{player}.svg"  # favicon.svg is the only one
        route.fulfill(response=answer, json=words)

    page.route("**/embed.json*", with_pictures)
    page.goto(site(f'<live-leaderboard board="{board}"></live-leaderboard>'))

    picture = page.locator("[data-player=favicon] .portrait img")
    expect(picture).to_have_attribute("src", f"{stack.url}/static/favicon.svg")
    picture.evaluate("image => image.decode()")
    expect(page.locator("[data-player=nobody] .portrait img")).to_have_count(0)
    expect(page.locator("[data-player=nobody] .portrait")).to_have_attribute("data-letters", "N")


def test_one_tag_shows_a_live_board_on_another_site(visit, site, stack, board):
    page = live(visit(site(f'<live-leaderboard board="{board}"></live-leaderboard>')))
    expect(player_cells(page)).to_have_text(["ada", "bob"])
    expect(page.locator("live-leaderboard thead")).to_contain_text("Goal difference")

    submit(stack, board, bob=4)

    expect(player_cells(page)).to_have_text(["bob", "ada"])
    assert page.locator("live-leaderboard").evaluate("board => board.shadowRoot !== null")
    # The pointer was not near, so the script of the click has to be loaded first.
    page.locator("live-leaderboard .pause").dispatch_event("click")
    expect(page.locator("live-leaderboard .badge")).to_have_text("Paused")


def test_attributes_methods_and_events_are_those_of_the_reference(visit, site, stack, board):
    enter(stack, board, *({"player": f"p{number}", "score": -number} for number in range(1, 20)))
    page = visit(site('<p id="here"></p>'))
    page.evaluate(
        """board => {
          window.heard = []
          const element = document.createElement("live-leaderboard")
          for (const type of ["lb-ready", "lb-update", "lb-me", "lb-leader-change", "lb-state"]) {
            document.addEventListener(type, ({ detail }) => window.heard.push([type, detail]))
          }
          const attributes = { board, limit: 5, me: "bob", hide: "search,trend" }
          for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value)
          document.body.append(element)
        }""",
        board,
    )
    live(page)
    expect(player_cells(page)).to_have_count(5)
    expect(page.locator("live-leaderboard .search")).to_be_hidden()
    expect(page.locator("live-leaderboard tr.own")).to_have_attribute("data-player", "bob")

    submit(stack, board, bob=4)
    expect(player_cells(page).first).to_contain_text("bob")

    heard = dict(page.evaluate("window.heard"))
    assert heard["lb-me"] == {"player": "bob", "rank": 1, "from": 2, "score": 12}
    assert heard["lb-leader-change"] == {"player": "bob", "from": "ada"}
    assert heard["lb-state"]["state"] == "live"
    assert {"player": "bob", "from": 2, "to": 1} in heard["lb-update"]["moved"]

    element = page.locator("live-leaderboard")
    state = element.evaluate("element => JSON.parse(JSON.stringify(element))")
    assert (state["board"], state["state"], state["total"], state["rows"][0]["id"]) == (
        board,
        "live",
        21,
        "bob",
    )
    element.evaluate("element => element.pause()")
    expect(page.locator("live-leaderboard .badge")).to_have_text("Paused")
    element.evaluate("element => (element.resume(), element.page = 1)")
    expect(player_cells(page).first).to_contain_text("p4")
    element.evaluate("element => element.setAttribute('view', 'around')")
    expect(player_cells(page)).to_have_count(6)
    element.evaluate(
        "element => (element.setAttribute('players', 'p7,p9'), element.setAttribute('view', 'players'))"
    )
    expect(player_cells(page)).to_have_text(["p7", "p9"])


def test_the_element_can_change_to_another_board(visit, site, stack, board):
    other = define(stack, f"{board[:40]}-other")
    submit(stack, other, zoe=1)
    page = live(visit(site(f'<live-leaderboard board="{board}"></live-leaderboard>')))

    page.locator("live-leaderboard").evaluate(
        "(element, other) => element.setAttribute('board', other)", other
    )

    expect(player_cells(page)).to_have_text(["zoe"])


def test_rows_follow_a_template_and_values_are_text(visit, site, stack, board):
    enter(stack, board, {"player": "x", "displayName": "<img src=x onerror=alert(1)>", "score": 99})
    template = (
        '<template slot="row"><b data-field="rank"></b>: <i data-field="name" part="name"></i> '
        '<span data-field="score"></span>/<span data-field="goalDifference"></span></template>'
    )
    page = live(visit(site(f'<live-leaderboard board="{board}">{template}</live-leaderboard>')))

    expect(page.locator("live-leaderboard tbody tr").first).to_have_text(
        "1: <img src=x onerror=alert(1)> 99/0"
    )
    assert page.locator("live-leaderboard tbody img").count() == 0


def test_a_missing_board_leaves_the_pages_own_fallback(visit, site, stack):
    page = visit(
        site('<live-leaderboard board="nope"><p slot="error">Come back later.</p></live-leaderboard>')
    )

    expect(page.get_by_text("Come back later.")).to_be_visible()


def test_a_sites_own_messages_and_its_odd_language_are_left_alone(visit, site, stack, board):
    body = f'<ul id="messages"></ul><live-leaderboard board="{board}"></live-leaderboard>'
    page = live(visit(site(body, lang="en_US")))
    expect(player_cells(page)).to_have_text(["ada", "bob"])

    submit(stack, board, bob=4)

    expect(player_cells(page)).to_have_text(["bob", "ada"])


def test_a_board_that_is_not_there_is_named_to_the_author_of_the_page(visit, site):
    page = visit(site('<live-leaderboard board="nonesuch"></live-leaderboard>'))

    expect(page.get_by_text('There is no public board called "nonesuch" on this server.')).to_be_visible()


def test_the_element_retries_when_the_server_was_away(visit, site, stack, board):
    page = visit(site(""))
    page.clock.install()
    page.route(f"**/v1/boards/{board}", lambda route: route.fulfill(status=503, headers=SHARED), times=1)
    page.locator("main").evaluate(
        "(main, tag) => (main.innerHTML = tag)", f"<live-leaderboard board={board}>"
    )
    expect(page.get_by_text("This board can't be shown right now.")).to_be_visible()

    page.clock.fast_forward(10_000)

    expect(player_cells(page)).to_have_text(["ada", "bob"])


def test_a_first_click_on_next_stays_at_the_address(visit, site, stack, board):
    page = live(visit(site(f'<live-leaderboard board="{board}" limit="1"></live-leaderboard>')))
    address = page.url

    page.locator("live-leaderboard [data-turn=next]").dispatch_event("click")

    expect(player_cells(page)).to_have_text(["bob"])
    assert page.url == address


def test_a_site_gives_the_element_its_colours_and_its_type(visit, site, stack, board):
    page = live(
        visit(
            site(f'<live-leaderboard board="{board}" theme="light"></live-leaderboard>'), color_scheme="dark"
        )
    )
    row = page.locator("live-leaderboard tbody tr").first
    assert row.evaluate("row => getComputedStyle(row).backgroundColor") == "rgb(255, 255, 255)"

    page.evaluate("document.querySelector('live-leaderboard').style.setProperty('--lb-bg', 'rgb(1, 2, 3)')")

    assert row.evaluate("row => getComputedStyle(row).backgroundColor") == "rgb(1, 2, 3)"


def test_the_element_draws_the_same_as_our_own_pages(visit, open_page, site, stack, board):
    ours = live(open_page(f"/b/{board}"))
    theirs = live(visit(site(f'<live-leaderboard board="{board}" limit="100"></live-leaderboard>')))
    tree = """() => {
      const host = document.querySelector("live-leaderboard")
      const drawn = (node) => !node.closest(".empty *, tbody .trend *, tbody .move *")
      const named = ({ localName, classList, attributes: { role } }) =>
        [localName, ...classList, role?.value].filter((name) => name && name !== "js-only").join(".")
      const tree = (node) => [named(node), ...[...node.children].filter(drawn).map(tree)]
      return tree((host.shadowRoot ?? host).querySelector(".lb"))
    }"""

    expect(player_cells(theirs)).to_have_count(2)
    assert theirs.evaluate(tree) == ours.evaluate(tree)


def test_a_frame_sends_its_height_to_the_page_around_it(visit, site, stack, board):
    page = visit(
        site(f'<iframe src="{stack.url}/embed/{board}" title="Board" width="500" height="100"></iframe>')
    )
    page.evaluate(
        """() => {
          const frame = document.querySelector("iframe")
          addEventListener("message", ({ data }) => (frame.height = data.height))
        }"""
    )
    frame = page.frame_locator("iframe")

    expect(frame.locator("#badge")).to_have_text("Live")
    submit(stack, board, cleo=3)

    expect(frame.locator("tbody tr")).to_have_count(3)
    page.wait_for_function("document.querySelector('iframe').offsetHeight > 200")
    frame_page = page.frames[1]
    assert frame_page.evaluate("document.documentElement.scrollHeight <= innerHeight + 1")


@pytest.mark.parametrize("name", ["localhost", LAN])  # Chromium sends Sec-Fetch-Site to hosts that it trusts
def test_a_form_of_another_site_makes_no_guest(visit, site, stack, name):
    target = f"http://{'127.0.0.1' if name == 'localhost' else LAN}:{stack.port}/v1/auth/guest"
    form = f'<form method="post" action="{target}"><button>Win!</button></form>'
    page = visit(site(form).replace("127.0.0.1", "localhost"))

    with page.expect_navigation() as sent:
        page.click("button")

    assert sent.value.status == 403
    assert "cross_site_request" in sent.value.text()
    assert ("sec-fetch-site" in sent.value.request.all_headers()) == (name == "localhost")


def test_our_own_pages_cannot_be_framed(visit, site, stack, board):
    page = visit(site(f'<iframe src="{stack.url}/b/{board}" title="Board"></iframe>'))

    assert page.frame_locator("iframe").locator("#rows").count() == 0


def test_an_overlay_is_transparent_and_as_large_as_requested(open_page, stack, board):
    page = live_overlay(open_page(f"/overlay/{board}?rows=1&scale=200"))

    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgba(0, 0, 0, 0)"
    assert page.evaluate("getComputedStyle(document.documentElement).backgroundColor") == "rgba(0, 0, 0, 0)"
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "40px"
    submit(stack, board, bob=20)
    expect(page.locator("tbody .player")).to_have_text(["bob"])


def live_overlay(page):
    expect(page.locator(".lb")).to_have_attribute("data-connection", "live")
    return page


def test_a_big_screen_turns_its_pages_and_leaves_nothing_on_the_edge(open_page, stack, board):
    enter(stack, board, *({"player": f"p{number}", "score": number} for number in range(30)))
    page = open_page("/", viewport={"width": 1920, "height": 1080})
    page.clock.install()
    page.goto(f"/b/{board}/tv")
    expect(page.locator(".which")).to_have_text(" · page 1 of 4")
    first = page.locator("tbody tr").first.get_attribute("data-player")
    assert (
        page.evaluate("[...document.querySelectorAll('tbody tr')].at(-1).getBoundingClientRect().bottom")
        <= 1080
    )

    page.clock.fast_forward(10_500)

    expect(page.locator(".which")).to_have_text(" · page 2 of 4")
    expect(page.locator("tbody tr").first).not_to_have_attribute("data-player", first)
    assert page.evaluate("document.documentElement.className") == "idle", "nobody moves the pointer"
    assert page.evaluate("document.documentElement.scrollHeight") <= 1080


def test_a_big_screen_reloads_after_a_day_while_the_server_answers(open_page, stack, board):
    page = open_page("/", viewport={"width": 1280, "height": 720})
    page.add_init_script(OWN_STREAM)
    page.clock.install()
    page.goto(f"/b/{board}/tv")
    live(page)
    page.evaluate("window.old = true")

    with page.expect_navigation():
        page.clock.fast_forward("24:01:00")

    assert not page.evaluate("window.old")
    expect(page.locator("tbody tr")).to_have_count(2)
