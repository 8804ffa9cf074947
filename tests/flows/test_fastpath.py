"""The fast path and gunicorn's parser give the same answers to the same bytes, on two real servers."""

from __future__ import annotations

import contextlib
import re
import select
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.settings import Settings
from scoreboard.parts import build
from tests.actions.play import proof
from tests.load import servers
from tests.server.test_plain import requests
from tests.support import KEY, at_once

RULES = {"boards": ["main"], "points": 10, "difficulty": 1}
ORIGIN = "https://game.example"
ASK, COMPLETE = "/v1/actions/request", "/v1/actions/complete"
SCORES, BOARD = "/v1/boards/main/scores", "/v1/boards/main/entries"
BENCH = b'{"actionType":"bench"}'
# The parts of an answer that differ by time or token.
DATE = re.compile(rb"(\r\nDate: )[^\r]*")
LEFT = re.compile(rb"(;[rt]=)[0-9]+")
OWN = re.compile(
    rb'("(?:actionToken|nonce|expiresAt|timestamp|actionId|asOf|version|newScore|score|retry_ms)":)[^,}\]]*'
)
# The position of a process in the stream, in a body or at the end of an ETag.
CURSOR = re.compile(rb'(?:"id":"|\.)([0-9]+-[0-9]+)"')
STATUS = re.compile(rb"HTTP/1\.[01] ([0-9]{3})")


@dataclass
class Listener:
    """One of two servers over the same data, and a player's token."""

    port: int
    token: str = ""

    def connect(self) -> socket.socket:
        connection = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return connection

    def answers(self, *pieces: bytes) -> bytes:
        """All answers to these bytes, after which the client closes its side."""
        with self.connect() as connection:
            with contextlib.suppress(OSError):  # the server may refuse and close before all bytes are sent
                for piece in pieces:
                    connection.sendall(piece.replace(b"TOKEN", self.token.encode()))
                connection.shutdown(socket.SHUT_WR)
            return read_to_end(connection).replace(b":%d/" % self.port, b"/")

    def call(self, path: str, body: Any) -> Any:
        got = self.answers(request_bytes(f"POST {path}", body=msgspec.json.encode(body)))
        return msgspec.json.decode(got.partition(b"\r\n\r\n")[2])["data"]


def read_to_end(connection: socket.socket) -> bytes:
    """The bytes that come until the other side closes or resets the connection."""
    got = b""
    with contextlib.suppress(ConnectionError):
        while data := connection.recv(65_536):
            got += data
    return got


def request_bytes(
    line: str,
    *more: str,
    body: bytes = BENCH,
    token: str = "TOKEN",
    host: str = "test",
    kind: str = "application/json",
    length: str | None = None,
) -> bytes:
    """The bytes of a request; empty fields are omitted."""
    fields = {
        "Host": host,
        "X-Request-Id": "test-1",
        "Authorization": token and f"Bearer {token}",
        "Content-Type": kind,
        "Content-Length": str(len(body)) if length is None else length,
    }
    lines = [line if " HTTP/" in line else f"{line} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in fields.items() if value]
    return "\r\n".join([*lines, *more, "", ""]).encode("latin-1") + body


def read_request(path: str, *more: str) -> bytes:
    return request_bytes(f"GET {path}", *more, body=b"", kind="", length="", token=KEY)


def normal_form(got: bytes) -> bytes:
    """Answers without the parts that differ by time or token."""
    return OWN.sub(rb"\1-", LEFT.sub(rb"\1-", DATE.sub(rb"\1-", got)))


def both(listeners: tuple[Listener, Listener], *pieces: bytes) -> list[bytes]:
    """The answers of both. The request is sent again until they are of the same moment.

    For a moment after a change one process may be degraded, or may not have followed the stream to where the
    other one is: then a list of a board has the cursor "0-0" in one answer, and a longer one in the other.
    """
    while True:
        found = [normal_form(listener.answers(*pieces)) for listener in listeners]
        if not any(b'"degraded"' in one for one in found) and len({*map(cursors, found)}) == 1:
            return found


def cursors(got: bytes) -> tuple[bytes, ...]:
    return tuple(CURSOR.findall(got))


@pytest.fixture(scope="module")
def listeners(
    redis_server: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Listener, Listener]]:
    """The fast path, and the same server without it."""
    folder = tmp_path_factory.mktemp("fastpath")
    common = {"secret_key": "x" * 32, "bootstrap_key": KEY, "redis_url": redis_server}
    parts = build(Settings(data_dir=folder, **common))
    parts.base.migrate()
    parts.preparation.prepare()
    parts.followers.catch_up("boards")
    parts.scores.submit("main", [{"player": "ada", "score": 7}], caller="bootstrap", context={})
    parts.actions.type_admin.define("bench", RULES, context={})
    parts.close()
    environment = {
        "REDIS_URL": redis_server,
        "SECRET_KEY": "x" * 32,
        "SCOREBOARD_BOOTSTRAP_KEY": KEY,
        "ALLOWED_ORIGINS": ORIGIN,
        "KEEP_ALIVE_SECONDS": "6",
        "PYTHONHASHSEED": "0",  # Flask lists methods in the order of a set
    }
    with contextlib.ExitStack() as stack:
        ports = [
            stack.enter_context(
                servers.gunicorn(folder, "config/gunicorn.py", "wsgi:app", FAST_PATH=fast_path, **environment)
            ).port
            for fast_path in ("on", "off")
        ]
        log = (folder / "gunicorn.log").read_text()
        assert log.count("scoreboard.server.fastpath.FastPathWorker") == 1
        assert "fast path is off" not in log
        token = Listener(ports[0]).call("/v1/auth/guest", {})["accessToken"]
        Listener(ports[0]).answers(CASES["scores again"][0])
        yield Listener(ports[0], token), Listener(ports[1], token)


def test_an_action_counts_through_both(listeners):
    receipts = []
    for listener in listeners:
        action = listener.call(ASK, {"actionType": "bench"})
        completion = {"actionToken": action["actionToken"], "proof": proof(action)}
        receipts += [
            listener.call(COMPLETE, completion),
            *(other.call(COMPLETE, completion) for other in listeners),
        ]

    assert [one["replayed"] for one in receipts] == [False, True, True] * 2
    assert [one["increment"] for one in receipts] == [10] * 6


CASES: dict[str, tuple[bytes, list[int]]] = {
    # the plain form
    "ask": (request_bytes(f"POST {ASK}"), [200]),
    "guest": (request_bytes("POST /v1/auth/guest", body=b'{"displayName":1}', token=""), [400]),
    "keep-alive": (request_bytes(f"POST {ASK}", "Connection: keep-alive"), [200]),
    "with a query": (request_bytes(f"POST {ASK}?a=b&c=%20"), [200]),
    "scores": (
        request_bytes(f"POST {SCORES}", body=b'{"entries":[{"player":"bob","score":"x"}]}', token=KEY),
        [200],
    ),
    "scores again": (
        request_bytes(
            f"POST {SCORES}",
            "Idempotency-Key: k",
            body=b'{"entries":[{"player":"bob","score":1}]}',
            token=KEY,
        ),
        [200],
    ),
    "list": (read_request(BOARD), [200]),
    "entry": (read_request(f"{BOARD}/ada"), [200]),
    "nobody": (read_request(f"{BOARD}/zoe"), [404]),
    "around": (read_request(f"{BOARD}/ada/around?radius=3"), [200]),
    "players": (read_request(f"{BOARD}?players=ada,zoe"), [200]),
    "a page": (read_request(f"{BOARD}?limit=1&offset=1"), [200]),
    "by name": (read_request(f"{BOARD}?search=ad"), [200]),
    "unchanged": (read_request(BOARD, "If-None-Match: *"), [304]),
    "unchanged twice": (read_request(f"{BOARD}?limit=1", "If-None-Match: *") * 2, [304, 304]),
    "rank for a score": (read_request("/v1/boards/main/rank-for?score=5"), [200]),
    "no parameters": (read_request("/v1/boards/main/rank-for"), [400]),
    "board": (read_request("/v1/boards/none"), [404]),
    "boards": (read_request("/v1/boards"), [200]),
    "profile": (read_request("/v1/players/ada"), [200]),
    "poll": (read_request("/v1/poll?boards=main"), [200]),
    "poll of nothing": (read_request("/v1/poll?boards=none"), [404]),
    "page": (read_request("/about-nothing"), [404]),
    "file": (read_request("/static/js/nothing.js"), [404]),
    "health": (read_request("/healthz"), [200]),
    "refused by a rule": (
        request_bytes(f"POST {COMPLETE}", body=b'{"actionToken":"sb1.x.y","proof":{}}'),
        [400],
    ),
    "wrong shape": (request_bytes(f"POST {ASK}", body=b'{"actionType":7}'), [400]),
    "no JSON": (request_bytes(f"POST {ASK}", body=b'{"actionType"'), [400]),
    "no UTF-8": (request_bytes(f"POST {ASK}", body=b'{"actionType":"\xff"}'), [400]),
    "NULs in the body": (request_bytes(f"POST {ASK}", body=b"\0\0\r\n\r\n\0"), [400]),
    "empty body": (request_bytes(f"POST {ASK}", body=b""), [400]),
    "not called JSON": (request_bytes(f"POST {ASK}", kind="text/plain"), [415]),
    "compressed": (request_bytes(f"POST {ASK}", "Content-Encoding: gzip", body=b"\x1f\x8b\x08"), [415]),
    "called uncompressed": (request_bytes(f"POST {ASK}", "Content-Encoding: identity"), [200]),
    "called nothing": (request_bytes(f"POST {ASK}", kind=""), [415]),
    "no token": (request_bytes(f"POST {ASK}", token=""), [401]),
    "wrong token": (request_bytes(f"POST {ASK}", token="eyJ.a.b"), [401]),
    "other scheme": (request_bytes(f"POST {ASK}", "Authorization: Basic YTpi", token=""), [401]),
    "unknown type": (request_bytes(f"POST {ASK}", body=b'{"actionType":"nothing"}'), [404]),
    "nothing there": (request_bytes("POST /v1/nothing"), [404]),
    "a slash more": (request_bytes(f"POST {ASK}/"), [404]),
    "slashes inside": (request_bytes("POST /v1//actions/request"), [404]),
    "wrong method": (read_request(ASK), [405]),
    "known origin": (request_bytes(f"POST {ASK}", f"Origin: {ORIGIN}"), [200]),
    "other origin": (request_bytes(f"POST {ASK}", "Origin: https://other.example"), [403]),
    "odd id": (request_bytes(f"POST {ASK}", "X-Request-Id2: a", "Accept: */*"), [200]),
    "forwarded": (
        request_bytes(f"POST {ASK}", "X-Forwarded-For: 192.0.2.1", "X-Forwarded-Proto: https"),
        [200],
    ),
    "a problem by https": (request_bytes("POST /v1/nothing", "X-Forwarded-Proto: https"), [404]),
    "odd host": (request_bytes("POST /v1/nothing", host="a b"), [400]),
    "body at its limit": (request_bytes(f"POST {ASK}", body=b" " * 65_514 + BENCH), [200]),
    "two": (request_bytes(f"POST {ASK}") * 2, [200, 200]),
    "mixed": (
        request_bytes(f"POST {ASK}")
        + request_bytes(f"OPTIONS {ASK}", f"Origin: {ORIGIN}")
        + read_request(BOARD)
        + request_bytes("POST /v1/nothing"),
        [200, 200, 200, 404],
    ),
    # for gunicorn's parser
    "close": (request_bytes(f"POST {ASK}", "Connection: close") + request_bytes(f"POST {ASK}"), [200]),
    "HTTP/1.0": (request_bytes(f"POST {ASK} HTTP/1.0"), [200]),
    "HTTP/2.0": (request_bytes(f"POST {ASK} HTTP/2.0"), [400]),
    "head": (request_bytes(f"HEAD {BOARD}", body=b"", kind="", length="", token=""), [200]),
    "preflight": (
        request_bytes(f"OPTIONS {ASK}", f"Origin: {ORIGIN}", "Access-Control-Request-Method: POST"),
        [200],
    ),
    "put": (request_bytes(f"PUT {ASK}"), [405]),
    "absolute": (request_bytes(f"POST http://test{ASK}"), [200]),
    "two slashes": (request_bytes(f"POST /{ASK}"), [200]),
    "encoded": (request_bytes("POST /v1/%61ctions/request"), [200]),
    "fragment": (request_bytes(f"POST {ASK}#x"), [200]),
    "lower case": (request_bytes(f"post {ASK}"), [400]),
    "no host": (request_bytes(f"POST {ASK}", host=""), [400]),
    "hosts": (request_bytes(f"POST {ASK}", "Host: test"), [400]),
    "lengths": (request_bytes(f"POST {ASK}", "Content-Length: 22"), [400]),
    "other lengths": (request_bytes(f"POST {ASK}", "content-length: 0"), [400]),
    "signed length": (request_bytes(f"POST {ASK}", length="+22"), [400]),
    "length with a comma": (request_bytes(f"POST {ASK}", length="22,22"), [400]),
    "no length": (request_bytes(f"POST {ASK}", length=""), [400]),
    "chunked": (
        request_bytes(
            f"POST {ASK}", "Transfer-Encoding: chunked", body=b"16\r\n" + BENCH + b"\r\n0\r\n\r\n", length=""
        ),
        [200],
    ),
    "chunked and long": (
        request_bytes(f"POST {ASK}", "Transfer-Encoding: chunked", body=b"0\r\n\r\n"),
        [400],
    ),
    "broken chunk": (
        request_bytes(f"POST {ASK}", "Transfer-Encoding: chunked", body=b"zz\r\n" + BENCH, length=""),
        [400],
    ),
    "chunk without an end": (
        request_bytes(
            f"POST {ASK}", "Transfer-Encoding: chunked", body=b"16\r\n" + BENCH + b"x0\r\n\r\n", length=""
        ),
        [400],
    ),
    "bad trailer": (
        request_bytes(
            f"POST {ASK}",
            "Transfer-Encoding: chunked",
            body=b"16\r\n" + BENCH + b"\r\n0\r\nHost: x\r\n\r\n",
            length="",
        ),
        [400],
    ),
    "broken chunk that is not read": (
        request_bytes("POST /v1/nothing", "Transfer-Encoding: chunked", body=b"zz\r\n", length="")
        + read_request(BOARD),
        [404],
    ),
    "more than is read and discarded": (
        request_bytes("POST /v1/nothing", body=b" " * 300_000) + request_bytes(f"POST {ASK}"),
        [404],
    ),
    "chunked somehow": (request_bytes(f"POST {ASK}", "Transfer-Encoding: xchunked"), [501]),
    "expect": (request_bytes(f"POST {ASK}", "Expect: 100-continue"), [100, 200]),
    "expect something unknown": (request_bytes(f"POST {ASK}", "Expect: nothing"), [417]),
    "upgrade": (request_bytes(f"POST {ASK}", "Upgrade: h2c", "Connection: Upgrade"), [200]),
    "a get with a body": (request_bytes(f"GET {BOARD}", token=KEY) + read_request(BOARD), [200, 200]),
    "folded": (request_bytes(f"POST {ASK}", "X-A: 1", " 2"), [400]),
    "space before the colon": (request_bytes(f"POST {ASK}", "X-A : 1"), [400]),
    "underscore": (request_bytes(f"POST {ASK}", "X_A: 1"), [200]),
    "NUL": (request_bytes(f"POST {ASK}", "X-A: a\0b"), [400]),
    "bare CR": (request_bytes(f"POST {ASK}", "X-A: a\rb"), [400]),
    "bare LF": (request_bytes(f"POST {ASK}", "X-A: a\nX-B: b"), [400]),
    "only LF": (request_bytes(f"POST {ASK}").replace(b"\r\n", b"\n"), [400]),
    "repeated": (request_bytes(f"POST {ASK}", "X-Request-Id: b", "Accept: a", "Accept: b"), [200]),
    "tokens": (request_bytes(f"POST {ASK}", "Authorization: Bearer x"), [401]),
    "high bytes": (request_bytes(f"POST {ASK}", "X-A: \xe9"), [200]),
    "large head": (request_bytes(f"POST {ASK}", "X-A: " + "a" * 6000), [200]),
    "huge head": (request_bytes(f"POST {ASK}", "X-A: " + "a" * 20_000), [431]),
    "many headers": (request_bytes(f"POST {ASK}", *(f"X-{number}: 1" for number in range(90))), [200]),
    "too many headers": (request_bytes(f"POST {ASK}", *(f"X-{number}: 1" for number in range(200))), [431]),
    "large body": (request_bytes(f"POST {ASK}", body=b" " * 65_600 + BENCH), [413]),
    "huge body": (request_bytes(f"POST {SCORES}", body=b" " * 1_100_000, token=KEY), [413]),
    "schemes that differ": (
        request_bytes(f"POST {ASK}", "X-Forwarded-Proto: https", "X-Forwarded-Ssl: off"),
        [200],
    ),
    "a path that a header moves": (read_request(f"/x{BOARD}", "SCRIPT_NAME: /x"), [404]),
    "an empty line first": (b"\r\n" + request_bytes(f"POST {ASK}"), [200]),
    "no HTTP": (b"hello\r\n\r\n", [400]),
    "half a head": (request_bytes(f"POST {ASK}")[:60], []),
    "half a body": (request_bytes(f"POST {ASK}")[:-5], [400]),
    "nothing": (b"", []),
    "a request in a body": (request_bytes(f"POST {ASK}", body=request_bytes(f"POST {ASK}", token="")), [400]),
}


@pytest.mark.parametrize("name", CASES)
def test_the_same_bytes_get_the_same_answer(name, listeners):
    data, statuses = CASES[name]

    quick, slow = both(listeners, data)

    assert quick == slow
    assert [int(status) for status in STATUS.findall(quick)] == statuses


@pytest.mark.parametrize("cut", [1, 30, 200, -23, -22, -1])
def test_the_answer_does_not_depend_on_how_the_bytes_are_split(cut, listeners):
    sent = request_bytes(f"POST {ASK}").replace(b"TOKEN", listeners[0].token.encode())

    quick, slow = both(listeners, sent[:cut], sent[cut:])

    assert quick == slow
    assert STATUS.findall(quick) == [b"200"]


@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(sent=st.lists(requests(), min_size=1, max_size=3))
def test_odd_requests_get_the_same_answers(sent, listeners):
    with_ids = [one.replace(b"Host: a\r\n", b"Host: a\r\nX-Request-Id: test-1\r\n", 1) for one in sent]
    # In one piece: if a head has two faults, the reported one depends on how much of it has come.
    quick, slow = (without_ids(listener.answers(b"".join(with_ids))) for listener in listeners)

    assert quick == slow


def without_ids(got: bytes) -> bytes:
    """Answers without request ids, which are random if the request has none."""
    return re.sub(rb'(X-Request-Id: |"requestId":")[0-9a-f]{16}', rb"\1-", normal_form(got))


@pytest.mark.paired
def test_both_wait_equally_long_for_a_slow_client(listeners):
    """A body may take long; a head, and a silent connection, may not."""
    sent = request_bytes(f"POST {ASK}").replace(b"TOKEN", listeners[0].token.encode())
    whole, start = threading.Event(), time.monotonic()

    def wait(number: int) -> tuple[str, bytes, float]:
        kind, listener = ("idle", "head", "body")[number // 2], listeners[number % 2]
        with listener.connect() as connection:
            connection.sendall({"idle": sent, "head": sent + sent[:40], "body": sent[:-5]}[kind])
            if kind == "body":
                whole.wait(20)
                connection.sendall(sent[-5:])
            else:
                first = read_to_end(connection)
                whole.set()
                return kind, first, time.monotonic() - start
            return kind, connection.recv(65_536), 0.0

    found = at_once(6, wait)

    assert [STATUS.findall(got) for _, got, _ in found] == [[b"200"]] * 6
    assert all(4 < seconds < 12 for kind, _, seconds in found if kind != "body")


NEVER_SENT = {
    "silent": request_bytes(f"POST {ASK}")[:-5],
    "dribbling": request_bytes(f"POST {ASK}", length="60000"),
    "silent in chunks": request_bytes(f"POST {ASK}", "Transfer-Encoding: chunked", body=b"16\r\n", length=""),
    "after another": request_bytes(f"POST {ASK}") + request_bytes(f"POST {ASK}")[:-5],
}
DESCRIPTION = read_request("/openapi.json", "Connection: close")


def test_neither_waits_forever_for_a_client(listeners):
    """A body that does not come is 408; a client that reads nothing is closed, a slow reader is not."""
    whole = len(listeners[0].answers(DESCRIPTION))
    kinds = [*NEVER_SENT, "no reader", "slow reader"]

    def wait(number: int) -> tuple[str, bytes, float]:
        kind, listener = kinds[number // 2], listeners[number % 2]
        began, got = time.monotonic(), b""
        if kind == "slow reader":
            got = read_slowly(listener, whole, seconds=17)
        elif kind == "no reader":
            read_nothing(listener)
        else:
            sent = NEVER_SENT[kind].replace(b"TOKEN", listeners[0].token.encode())
            with listener.connect() as connection:
                connection.sendall(sent)
                got = read_and_dribble(connection, b" " if kind == "dribbling" else b"")
        return kind, got, time.monotonic() - began

    found = at_once(2 * len(kinds), wait)

    for kind, got, seconds in found:
        if kind in NEVER_SENT:
            first = [b"200"] if kind == "after another" else []
            assert (kind, STATUS.findall(got)) == (kind, [*first, b"408"])
            assert b'"code":"request_timeout"' in got
            assert got.count(b"\r\nConnection: close") == 1
        assert (9 if kind in NEVER_SENT else 14) < seconds < 40, kind
    assert [len(got) for kind, got, _ in found if kind == "slow reader"] == [whole] * 2


def read_and_dribble(connection: socket.socket, dribble: bytes) -> bytes:
    """The bytes that come until the other side closes, while a little is sent each second."""
    got = b""
    connection.settimeout(1)
    with contextlib.suppress(ConnectionError):
        while True:
            with contextlib.suppress(TimeoutError):
                data = connection.recv(65_536)
                got += data
                if not data:
                    return got
            if dribble and not got:
                connection.sendall(dribble)
    return got


def slow_connection(listener: Listener, sent: bytes) -> socket.socket:
    """A connection that accepts few bytes at a time."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.connect(("127.0.0.1", listener.port))
    connection.sendall(sent)
    return connection


def read_nothing(listener: Listener) -> None:
    """Request much, read nothing, and wait until the other side closes."""
    with slow_connection(listener, read_request("/openapi.json") * 100) as connection:
        poller = select.poll()
        poller.register(connection, select.POLLHUP | select.POLLERR)
        poller.poll(40_000)


def read_slowly(listener: Listener, size: int, *, seconds: float) -> bytes:
    """An answer of this size, read over this many seconds."""
    got, start = b"", time.monotonic()
    with slow_connection(listener, DESCRIPTION) as connection:
        while data := connection.recv(2048):
            got += data
            time.sleep(max(0.0, start + seconds * len(got) / size - time.monotonic()))
    return got
