"""Boards without a network: pages that were visited can be read, and show their age."""

from __future__ import annotations

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from playwright.sync_api import expect

from tests.browser.axe import expect_accessible
from tests.browser.conftest import LAN
from tests.support import running, wait_until
from tests.tcpproxy import TcpProxy

INSTALLED = "navigator.serviceWorker.ready.then(() => navigator.serviceWorker.controller !== null)"


# The addresses of which a copy is kept.
KEPT = """caches.open("scoreboard boards /")
  .then((boards) => boards.keys()).then((all) => all.map(({ url }) => url))"""
# A round that could not be sent, as the game leaves it behind. Its token is none, so the server refuses it.
ROUND = """server => localStorage.setItem(`scoreboard.action ${server} abc`, JSON.stringify({
  id: "abc", at: Date.now(), type: "play-round", points: 3, state: "waiting", faults: 0,
  body: { actionToken: "none", proof: { claim: "3|", nonce: "0" } }, refusal: { status: 0, code: "network" },
}))"""
AHEAD = "Object.keys(localStorage).filter((key) => key.startsWith('scoreboard.ahead '))"
STATES = """Object.entries(localStorage).filter(([key]) => key.startsWith("scoreboard.action "))
  .map(([, value]) => JSON.parse(value).state)"""


@pytest.fixture
def proxy(stack):
    """The way to the product. While it is interrupted, nothing answers at the address of the pages."""
    with contextlib.closing(TcpProxy(stack.port)) as proxy:
        yield proxy


@pytest.fixture
def site(proxy):
    """The address of the product through that proxy."""
    return f"http://127.0.0.1:{proxy.port}"


@pytest.fixture
def install(open_page, stack, site):
    """Opens a page, waits for its service worker, and reloads the page."""

    def install(path="/", **options):
        page = open_page(path, base_url=site, service_workers="allow", **options)
        wait_until(lambda: page.evaluate(INSTALLED), why=stack.log)
        page.reload()
        return page

    return install


def score(stack, **scores):
    entries = [{"player": player, "score": score} for player, score in scores.items()]
    assert stack.call("POST", "/v1/boards/main/scores", {"entries": entries}).status == 200


def names(page):
    return page.locator("#rows tbody .player bdi")


def test_a_board_can_be_read_while_the_server_is_away_and_becomes_live_again(install, proxy, stack):
    score(stack, ada=5, bob=3)
    page = install("/")
    expect(names(page)).to_have_text(["ada", "bob"])

    proxy.leave()
    page.reload()

    expect(names(page)).to_have_text(["ada", "bob"])
    expect(page.locator(".kept")).to_contain_text("No connection. This is the board as of")
    expect_accessible(page)

    proxy.repair()
    score(stack, cleo=9)
    expect(page.locator(".kept")).to_have_count(0, timeout=60_000)
    expect(names(page)).to_have_text(["cleo", "ada", "bob"], timeout=20_000)


class Away(BaseHTTPRequestHandler):
    """A proxy whose server is away: the same short page for everything."""

    def do_GET(self):  # the name is the library's
        self.send_error(502)

    def log_message(self, *_args):
        """Log nothing."""


def test_a_proxys_error_page_does_not_hide_the_kept_board(install, proxy, stack):
    score(stack, ada=5)
    page = install("/")
    expect(names(page)).not_to_have_count(0)
    before = names(page).all_inner_texts()

    with ThreadingHTTPServer(("127.0.0.1", 0), Away) as away:
        threading.Thread(target=away.serve_forever, daemon=True).start()
        proxy.target = away.server_port
        proxy.cut()
        page.reload()

        expect(names(page)).to_have_text(before)
        expect(page.locator(".kept")).to_contain_text("No connection. This is the board as of")
        away.shutdown()


def test_a_page_without_a_copy_lists_kept_boards_and_loads_automatically_later(install, proxy, stack):
    score(stack, ada=1)
    page = install("/b/main")

    proxy.leave()
    page.goto("/b/another")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are offline")
    kept = page.locator(".kept-boards a")
    expect(kept).to_have_text(["Main board · Scoreboard"])
    expect_accessible(page)
    kept.click()
    expect(names(page)).not_to_have_count(0)

    page.goto("/docs")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are offline")
    proxy.repair()
    expect(page.get_by_role("heading", level=1)).to_have_text("Build on this server", timeout=30_000)


def test_streams_calls_and_writes_never_pass_through_the_service_worker(install, site):
    page = install("/")
    through = []
    page.context.on("request", lambda request: through.append(request) if request.service_worker else None)
    seen = []
    page.on("response", lambda response: seen.append((response.url, response.from_service_worker)))

    page.reload()
    expect(page.locator("#badge")).to_have_text("Live")
    page.evaluate("fetch('/v1/boards').then((answer) => answer.text())")
    page.evaluate("fetch('/v1/auth/guest', { method: 'POST' }).then((answer) => answer.text())")
    page.evaluate("fetch('/static/js/main.js', { method: 'HEAD' }).then((answer) => answer.text())")

    urls = [request.url for request in through]
    paths = {url.removeprefix(site).partition("?")[0] for url in urls}
    assert "/" in paths
    assert {by for url, by in seen if url.endswith("/js/main.js") and "/assets/" in url} == {True}
    assert [path for path in paths if path.startswith("/v1/")] == []
    assert {request.method for request in through} == {"GET"}
    assert {by for url, by in seen if "/v1/" in url} == {False}


def test_the_page_of_the_first_visit_can_be_read_without_a_network(open_page, proxy, site, stack):
    score(stack, ada=5)
    page = open_page("/b/main#ada", base_url=site, service_workers="allow")
    wait_until(lambda: page.evaluate(KEPT) == [f"{site}/b/main"], why=stack.log)

    proxy.leave()
    page.reload()

    expect(names(page)).not_to_have_count(0)
    expect(page.locator(".kept")).to_contain_text("No connection. This is the board as of")


def test_the_game_opens_without_a_network_and_says_how_much_waits(install, proxy, site, stack):
    page = install("/play", expected=("400 (BAD REQUEST)",))  # the answer to the round in the end
    expect(page.locator(".play.ready button")).to_be_enabled()
    page.evaluate(ROUND, f"{site}/")

    proxy.leave()
    page.reload()

    expect(page.get_by_role("heading", level=1)).to_be_visible()
    expect(page.locator(".play.ready button")).to_be_enabled()
    expect(page.locator("#rounds li")).to_have_count(1)
    page.goto("/docs")
    expect(page.get_by_role("heading", level=1)).to_have_text("You are offline")
    expect(page.locator("#rounds-waiting")).to_have_text(
        "1 round is waiting in this browser. It is sent when the connection is back."
    )
    expect(page.locator(".kept-boards a")).to_have_count(1)
    expect_accessible(page)

    proxy.repair()
    expect(page.get_by_role("heading", level=1)).to_have_text("Build on this server", timeout=30_000)
    wait_until(lambda: page.evaluate(STATES) == ["refused"], why=stack.log)


def test_a_new_round_can_be_played_without_a_network_after_a_reload(install, proxy, stack):
    page = install("/play")
    play_round(page)
    expect(page.locator("#rounds li[data-state=confirmed]")).to_have_count(1, timeout=20_000)
    wait_until(lambda: len(page.evaluate(AHEAD)) == 3, why=stack.log)

    proxy.leave()
    page.reload()
    play_round(page)
    expect(page.locator("#rounds li[data-state=waiting]")).to_have_count(1, timeout=20_000)
    expect(page.locator("#waiting")).to_contain_text("1 action is waiting")
    assert len(page.evaluate(AHEAD)) == 2

    page.evaluate(
        "Object.keys(localStorage).filter((key) => key.startsWith('scoreboard.ahead '))"
        ".forEach((key) => localStorage.removeItem(key))"
    )
    page.locator(".play.ready button").click()
    expect(page.locator(".play [role=status]")).to_contain_text(
        "A new round needs the server", timeout=40_000
    )

    proxy.repair()
    expect(page.locator("#rounds li[data-state=confirmed]")).to_have_count(2, timeout=60_000)


def play_round(page):
    """Hit one light of a round."""
    page.locator(".play.ready button").click()
    page.locator(".lights .lit").click(timeout=20_000)
    expect(page.locator(".play .label")).to_have_text("Play again", timeout=20_000)


def test_a_page_of_an_older_version_gets_the_present_files_without_a_network(install, proxy, stack):
    score(stack, ada=5)
    page = install("/b/main")
    older = f"/assets/{'0' * 16}/static/js/board/controls.js"
    proxy.leave()

    status = "path => fetch(path).then(({ status }) => status, () => 0)"
    assert page.evaluate(status, older) == 200
    assert page.evaluate(status, "/static/js/board/controls.js") == 200
    assert page.evaluate(status, f"/assets/{'0' * 16}/static/js/none.js") == 0


def test_all_kept_files_are_of_this_version(open_page, stack):
    page = open_page("/b/main", service_workers="allow")
    wait_until(lambda: page.evaluate(INSTALLED), why=stack.log)
    kept = page.evaluate(
        """async () => {
          const [name] = (await caches.keys()).filter((name) => name.startsWith("scoreboard shell"))
          const shell = await caches.open(name)
          const answers = await Promise.all((await shell.keys()).map((request) => shell.match(request)))
          return answers.map(({ url, headers }) => [new URL(url).pathname, headers.get("Cache-Control")])
        }"""
    )

    assert len(kept) > 50
    assert {control for path, control in kept if path != "/offline"} == {
        "public, max-age=31536000, immutable"
    }


def test_a_new_version_takes_the_place_of_the_old_one(install, stack):
    page = install("/")
    page.evaluate("caches.open('scoreboard shell / 0123456789abcdef').then(() => null)")
    page.evaluate("caches.open('somebody else').then(() => null)")
    page.evaluate("navigator.serviceWorker.getRegistration().then((one) => one.unregister())")

    page.reload()
    wait_until(lambda: page.evaluate(INSTALLED), why=stack.log)
    names = set(page.evaluate("caches.keys()"))

    assert "somebody else" in names
    assert "scoreboard shell / 0123456789abcdef" not in names
    assert len([name for name in names if name.startswith("scoreboard shell / ")]) == 1


def test_browsers_forget_the_service_worker_when_it_is_turned_off(install, proxy, tmp_path):
    page = install("/")
    others = "scoreboard boards /below/a/path/"  # of another server of the same host
    page.evaluate("name => caches.open(name)", others)
    with running(tmp_path / "data", {"SERVICE_WORKER": "off"}) as restarted:
        proxy.target = restarted.port
        proxy.cut()
        page.goto("/")  # a visit makes the browser look for a newer service worker

        gone = "navigator.serviceWorker.getRegistrations().then((all) => all.length)"
        wait_until(lambda: page.evaluate(gone) == 0, seconds=20, why=restarted.log)
        assert [name for name in page.evaluate("caches.keys()") if name.startswith("scoreboard")] == [others]


def test_the_pages_can_be_installed(install, site):
    page = install("/")
    devtools = page.context.new_cdp_session(page)

    manifest = devtools.send("Page.getAppManifest")

    assert manifest["errors"] == []
    assert manifest["url"] == f"{site}/manifest.webmanifest"
    fields = json.loads(manifest["data"])
    assert fields["display"] == "standalone"
    assert {"192x192", "512x512"} <= {icon["sizes"] for icon in fields["icons"]}
    errors = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # The contexts of tests are incognito. The headless shell can't install, and names no error.
    assert {one["errorId"] for one in errors} <= {"in-incognito"}


def test_over_plain_http_in_a_local_network_nothing_is_missed(open_page, stack):
    page = open_page("about:blank", service_workers="allow")

    page.goto(f"http://{LAN}:{stack.port}/")

    expect(page.locator("#badge")).to_have_text("Live")
    page.goto(f"http://{LAN}:{stack.port}/offline")
    expect(page.get_by_role("heading", level=2)).to_be_visible()
