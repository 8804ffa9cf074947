"""Behind the proxies of docs/deploy.md, as that page configures them: at a host's root, and below a path."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
from typing import NamedTuple

import msgspec
import pytest
from playwright.sync_api import expect
from scoreboard_client import Client

from tests.browser.boards import board_name, define, live, players, submit
from tests.load.scenario.calls import try_out
from tests.load.scenario.plan import Plan
from tests.proxies import KINDS, NGINX, proxy
from tests.sockets import Raw, close_all, upgrade
from tests.support import KEY, ROOT, Stack, running, wait_until

PATH = "/scores"
PAGES = (  # the pages that load most, each with an element that its script makes
    ("/docs/api", ".call"),
    ("/docs/events", ".frames li[data-type=hello]"),
    ("/docs/embed", "iframe"),
    ("/b/main/tv", ".clock:not(:empty)"),
)
SCOPE = "navigator.serviceWorker.ready.then(({ scope }) => navigator.serviceWorker.controller ? scope : '')"
KEPT = """async () => {
  const names = await caches.keys()
  const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()))
  return [names, requests.flat().map(({ url }) => url)]
}"""


class Site(NamedTuple):
    """A server at the address that its visitors use."""

    stack: Stack
    port: int  # of the proxy
    path: str

    @property
    def host(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        return self.host + self.path

    def call(self, method: str, path: str, body: object = None):
        """Call the API past the proxy, as a server beside it does."""
        return self.stack.call(method, self.path + path, body)

    def through(self, method: str, path: str, body: object = None, *, source: str = "127.0.0.1", **headers):
        """Call through the proxy, from this address of this machine. Returns the answer and its body."""
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=15, source_address=(source, 0)
        )
        sent = {"Content-Type": "application/json"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        data = None if body is None else msgspec.json.encode(body)
        connection.request(method, self.path + path, data, sent)
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        return answer, text


@pytest.fixture(scope="module")
def server_below(tmp_path_factory):
    """A server below a path, which trusts one proxy."""
    environment = {"BASE_PATH": PATH, "TRUSTED_PROXY_HOPS": "1"}
    with running(tmp_path_factory.mktemp("below") / "data", environment) as stack:
        yield stack


@pytest.fixture(scope="module", params=KINDS, ids=lambda kind: kind.name)
def front(request, server_below, tmp_path_factory):
    """That server behind each proxy, whose block passes every path on."""
    with proxy(request.param, tmp_path_factory.mktemp(request.param.program), server_below.port) as port:
        submit(Site(server_below, port, PATH), "main", ada=1)
        yield Site(server_below, port, PATH)


@pytest.fixture(scope="module")
def site(request, server_below, stack, tmp_path_factory):
    """The server below a path of nginx; at the root of its host for tests that are marked so."""
    at_root = getattr(request, "param", "path") == "root"
    server, path, heading = (stack, "", "nginx") if at_root else (server_below, PATH, "Below a path")
    with proxy(NGINX, tmp_path_factory.mktemp("nginx"), server.port, heading) as port:
        yield Site(server, port, path)


both = pytest.mark.parametrize("site", ["root", "path"], indirect=True, scope="module")


@pytest.fixture
def visit(browser, site):
    """Opens pages of the site, and checks at the end that none failed or sent a request to another site."""
    contexts, complaints = [], []

    def on_request(request):
        if not request.url.startswith((f"{site.url}/", "data:")):
            complaints.append(("request to another site", request.url))

    def visit(path, **options):
        contexts.append(browser.new_context(**{"service_workers": "block"} | options))
        page = contexts[-1].new_page()
        page.on("request", on_request)
        page.on("pageerror", lambda error: complaints.append(("failed", str(error))))
        page.on("response", lambda answer: answer.status < 400 or complaints.append(("got", answer.url)))
        page.goto(site.url + path)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def board(site, request):
    """A board of the test's own, with two players."""
    name = define(site, board_name(request))
    submit(site, name, ada=9, bob=8)
    return name


@pytest.fixture(autouse=True)
def close_connections():
    yield
    close_all()


def test_a_stream_begins_at_once_and_continues_as_things_happen(front):
    viewer = Raw(front.port).send(f"{PATH}/v1/stream?boards=main", Accept_Encoding="gzip, zstd, deflate")
    viewer.until(b"event: snapshot")

    submit(front, "main", ada=1)

    got = viewer.until(b"event: delta")
    assert got.startswith(b"HTTP/1.1 200")
    assert b"gzip" not in got


def test_a_websocket_goes_through(front):
    viewer = upgrade(front.port, f"{PATH}/v1/ws?boards=main")
    viewer.until(b'"t":"snapshot"')

    submit(front, "main", ada=1)

    assert b"101 Switching Protocols" in viewer.until(b'"t":"delta"')


def test_a_write_counts_once_however_often_it_is_sent(front):
    sent = {"Authorization": f"Bearer {KEY}", "Idempotency_Key": f"once-{front.port}"}
    body = {"entries": [{"player": f"p{front.port}", "score": 3}]}

    answers = [front.through("POST", "/v1/boards/main/scores", body, **sent)[0] for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 200]
    assert [answer.getheader("Idempotency-Replayed") for answer in answers] == [None, "true"]
    standing = msgspec.json.decode(front.through("GET", f"/v1/boards/main/entries/p{front.port}")[1])
    assert standing["data"]["score"] == 3


def test_unchanged_answers_are_not_sent_again(front):
    path = "/v1/boards/main/entries"
    first, _ = front.through("GET", path, Accept_Encoding="gzip")

    tag = first.getheader("ETag")
    again, text = front.through("GET", path, Accept_Encoding="gzip", If_None_Match=tag)

    assert (first.status, again.status, text) == (200, 304, b"")


def test_callers_have_their_own_addresses_whatever_they_claim(front):
    def remaining(source, **headers):
        answer, _ = front.through("POST", "/v1/auth/guest", {}, source=source, **headers)
        assert answer.status == 201
        return int(answer.getheader("RateLimit").partition("r=")[2].partition(";")[0])

    # Two addresses of this machine that no other proxy's test has.
    one, other = (f"127.{front.port >> 8}.{front.port & 255}.{number}" for number in (1, 2))

    assert remaining(one, X_Forwarded_For="192.0.2.1") == remaining(other) == 599
    assert remaining(one, X_Forwarded_For="192.0.2.2") == 598


def test_links_keep_the_port_and_the_scheme(front):
    _, text = front.through("GET", "/v1/boards/none", X_Forwarded_Proto="ftp")

    assert msgspec.json.decode(text)["type"] == f"{front.url}/problems/board-not-found"


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_each_health_check_asks_the_server(front, path):
    """A cache that answered health checks would hide that the server is away."""
    answers = [front.through("GET", path)[0] for _ in range(2)]

    assert [answer.status for answer in answers] == [200, 200]
    assert len({answer.getheader("X-Request-Id") for answer in answers}) == 2


@both
def test_a_page_is_live_and_its_links_stay_on_the_site(visit, site, board):
    page = live(visit(f"/b/{board}"))

    submit(site, board, bob=4)

    expect(players(page)).to_have_text(["bob", "ada"])
    page.get_by_role("link", name="Deutsch").click()
    expect(page.locator("html")).to_have_attribute("lang", "de")
    assert page.url == f"{site.url}/b/{board}?lang=de"
    page.locator(".brand").click()
    expect(page.locator("#badge")).to_have_text("Live")
    assert page.url == f"{site.url}/?lang=de"


def test_no_page_sends_requests_to_another_site(visit, site):
    submit(site, "main", ada=1)
    page = visit("/docs")
    for path, made in PAGES:
        page.goto(site.url + path)
        expect(page.locator(made).first).to_be_visible()


@both
def test_the_service_worker_is_that_of_the_site_alone(visit, site, board):
    page = visit(f"/b/{board}", service_workers="allow")
    wait_until(lambda: page.evaluate(SCOPE) == f"{site.url}/", why=site.stack.log)
    page.reload()
    live(page)

    names, urls = page.evaluate(KEPT)

    assert all(f" {site.path}/" in name for name in names)
    assert all(url.startswith(f"{site.url}/") for url in urls)
    stable = {re.sub(r"/assets/[0-9a-f]{16}/", "/", url) for url in urls}
    assert {f"{site.url}/offline", f"{site.url}/static/js/main.js", f"{site.url}/b/{board}"} <= stable
    manifest = page.context.new_cdp_session(page).send("Page.getAppManifest")
    assert (manifest["errors"], manifest["url"]) == ([], f"{site.url}/manifest.webmanifest")


def test_a_page_beside_it_shows_a_board_by_one_tag_and_in_a_frame(browser, site, board):
    text = (
        f'<script type="module" src="{site.url}/embed.js"></script>'
        f'<live-leaderboard board="{board}"></live-leaderboard>'
        f'<iframe src="{site.url}/embed/{board}" title="Board"></iframe>'
    )
    with browser.new_context() as context:
        context.route(f"{site.host}/beside", lambda route: route.fulfill(body=text, content_type="text/html"))
        page = context.new_page()
        page.goto(f"{site.host}/beside")
        live(page)

        submit(site, board, bob=4)

        expect(page.locator("live-leaderboard tbody tr .player")).to_have_text(["bob", "ada"])
        expect(page.frame_locator("iframe").locator("#rows tbody .player")).to_have_text(["bob", "ada"])


def test_a_visitor_plays(visit, site):
    page = visit("/play")

    with page.expect_response(f"{site.url}/v1/actions/request") as asked:
        page.locator("#play section.play button").click()

    assert asked.value.status == 200


def test_streams_of_each_carrier_go_through(site, board):
    events = Raw(site.port).send(f"{site.path}/v1/stream?boards={board}")
    messages = upgrade(site.port, f"{site.path}/v1/ws?boards={board}")
    events.until(b"event: snapshot")
    messages.until(b'"t":"snapshot"')

    submit(site, board, bob=4)

    events.until(b"event: delta")
    messages.until(b'"t":"delta"')
    polled, text = site.through("GET", f"/v1/poll?boards={board}")
    assert (polled.status, json.loads(text)["frames"][0]["t"]) == (200, "snapshot")


@pytest.fixture
def quick_action(site, board):
    """An action type that takes no time."""
    rules = {"boards": [board], "points": {"min": 1, "max": 10}, "difficulty": 4}
    assert site.call("PUT", f"/v1/admin/action-types/{board}", rules).status == 201
    return board


def test_a_python_program_watches_and_plays(site, board, quick_action):
    client = Client(site.url)
    client.guest("Cleo")
    changes = client.watch(board)
    assert [line.player for line in next(changes).rows] == ["ada", "bob"]

    receipt = client.complete(client.request(quick_action), points=7)

    assert receipt.new_score == 7
    assert next(change for change in changes if len(change.rows) == 3).rows[2].score == 7
    changes.close()
    client.close()


def test_a_node_program_watches_and_plays(site, board, quick_action, node):
    script = ROOT / "tests" / "clients" / "watch-and-play.js"

    done = subprocess.run(
        [node, script, site.url, board, quick_action], check=False, capture_output=True, text=True, timeout=60
    )

    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["receipt"]["newScore"] == 7


def test_the_error_of_a_malformed_request_links_below_the_path(server_below):
    connection = Raw(server_below.port)
    connection.socket.sendall(b"this is no request\r\n\r\n")

    assert b'"type":"/scores/problems/bad-request"' in connection.rest()


def test_users_of_the_load_scenario_play_below_a_path(server_below):
    try_out(Plan(url=server_below.url + PATH))


def test_programs_beside_the_server_find_its_address(server_below):
    assert (server_below.data_dir / "server.url").read_text() == server_below.url + PATH
