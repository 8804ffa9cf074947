"""The Python client when calls fail, answers are lost, and other servers answer."""

from __future__ import annotations

import contextlib
import threading
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer

import apsw
import pytest
from scoreboard_client import AwayError, Client, RefusedError, transport

from tests.actions.play import define
from tests.clients.apiserver import ApiServer
from tests.support import free_port, wait_until
from tests.tcpproxy import TcpProxy

ACCESS_SECONDS = 15 * 60
COMPLETE, REFRESH, ME = "/v1/actions/complete", "/v1/auth/refresh", "/v1/me"
REDIRECT = (301, {"Location": "https://elsewhere.example/"}, b"")
PORTAL = (200, {"Content-Type": "text/html"}, b"<h1>Welcome to our wireless network</h1>")
LIST = (400, {"Content-Type": "application/json"}, b"[]")


@pytest.fixture
def parts(make_parts, sqlite_url):
    parts = make_parts(sqlite_url)
    define(parts)
    return parts


@pytest.fixture
def server(parts):
    server = ApiServer(parts)
    yield server
    server.close()


@pytest.fixture
def ada(server):
    with contextlib.closing(Client(server.url)) as client:
        client.guest("Ada")
        yield client


@pytest.fixture
def proxy(server):
    with contextlib.closing(TcpProxy(server.port)) as proxy:
        yield proxy


@contextlib.contextmanager
def write_lock(parts):
    """Hold SQLite's write lock, as another process does."""
    other = apsw.Connection(parts.base.database.url.removeprefix("sqlite:///"))
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@contextlib.contextmanager
def foreign_server(status, headers, body):
    """The URL of a server that is no Scoreboard server."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_the_same_token_is_sent_until_the_database_is_back(parts, server, ada):
    action = ada.request("jump")

    with ThreadPoolExecutor() as pool:
        with write_lock(parts):
            completing = pool.submit(ada.complete, action)
            wait_until(lambda: 503 in server.statuses(COMPLETE))
        receipt = completing.result(30)

    assert (receipt.new_score, receipt.replayed) == (10, False)
    assert {one.body["actionToken"] for one in server.calls if one.path == COMPLETE} == {action.token}


def test_threads_whose_token_expired_renew_it_once(parts, server, ada, clock):
    clock.advance(seconds=ACCESS_SECONDS)

    with ThreadPoolExecutor(8) as pool:
        with write_lock(parts):  # no thread renews it before all have found it expired
            calls = [pool.submit(ada.me) for _ in range(8)]
            wait_until(lambda: server.statuses(ME) == [401] * 8)
        players = [call.result(30) for call in calls]

    assert {one.display_name for one in players} == {"Ada"}
    assert server.statuses(REFRESH).count(200) == 1


def test_a_token_of_a_revoked_key_is_renewed(parts, server, ada):
    parts.ring.revoke_all()

    assert ada.me().display_name == "Ada"
    assert server.statuses(ME) == [401, 200]


def test_a_session_that_was_ended_elsewhere_is_refused(server, ada):
    with contextlib.closing(Client(server.url, refresh_token=ada.refresh_token)) as other:
        other.logout()

    with pytest.raises(RefusedError) as refused:
        ada.me()

    assert (refused.value.status, refused.value.code) == (401, "invalid_refresh_token")


def test_the_client_waits_for_a_limit(make_parts, sqlite_url):
    parts = make_parts(sqlite_url, limit_request="1/second")
    define(parts)
    server = ApiServer(parts)
    with contextlib.closing(server), contextlib.closing(Client(server.url)) as client:
        client.guest()

        while 429 not in server.statuses("/v1/actions/request"):
            assert client.request("jump").points == 10

    assert server.statuses("/v1/actions/request")[-1] == 200


def test_a_limit_that_lasts_longer_than_patience_is_refused_at_once(make_parts, sqlite_url):
    parts = make_parts(sqlite_url, limit_request="1/year")
    define(parts)
    server = ApiServer(parts)
    with contextlib.closing(server), contextlib.closing(Client(server.url, patience_seconds=1)) as client:
        client.guest()
        client.request("jump")

        with pytest.raises(RefusedError) as refused:
            client.request("jump")

    assert refused.value.code == "rate_limited"
    assert refused.value.retry_after_seconds > 1


def test_a_registration_waits_for_a_server_that_starts(parts, monkeypatch):
    port, waiting, pause = free_port(), threading.Event(), transport._pause

    def pause_and_tell(*args):
        waiting.set()
        return pause(*args)

    monkeypatch.setattr(transport, "_pause", pause_and_tell)
    with contextlib.closing(Client(f"http://127.0.0.1:{port}")) as client, ThreadPoolExecutor() as pool:
        registering = pool.submit(client.register, "ada", "correct horse battery")
        assert waiting.wait(10)
        with contextlib.closing(ApiServer(parts, port)):
            assert registering.result(30).username == "ada"


def test_a_registration_whose_answer_was_lost_is_in_doubt_and_not_repeated(server, proxy):
    with contextlib.closing(Client(f"http://127.0.0.1:{proxy.port}")) as client:
        proxy.drops_answers = True
        with pytest.raises(AwayError) as away:
            client.register("ada", "correct horse battery")
        proxy.drops_answers = False

        assert away.value.doubtful
        assert client.login("ada", "correct horse battery").username == "ada"
    assert server.statuses("/v1/auth/register") == [201]


@pytest.mark.parametrize(
    ("answer", "words"),
    [(REDIRECT, "points to https://elsewhere.example/"), (PORTAL, "answer 200"), (LIST, "answer 400")],
    ids=["redirect", "portal", "list"],
)
def test_an_answer_of_something_else_is_refused(answer, words):
    with (
        foreign_server(*answer) as url,
        contextlib.closing(Client(url)) as client,
        pytest.raises(RefusedError, match=words) as refused,
    ):
        client.guest()

    assert (refused.value.status, refused.value.code) == (answer[0], "unknown")


@pytest.mark.parametrize("url", ["", "127.0.0.1:8000", "localhost:8000", "ftp://127.0.0.1", "http://"])
def test_an_invalid_url_is_refused_at_once(url):
    with pytest.raises(ValueError, match="is not a URL"):
        Client(url)
