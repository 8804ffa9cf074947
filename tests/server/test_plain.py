"""Plain requests: their form, and that gunicorn understands them in the same way."""

from __future__ import annotations

from itertools import pairwise

import pytest
from gunicorn.config import Config
from gunicorn.http.parser import RequestParser
from gunicorn.http.wsgi import create
from hypothesis import given, settings
from hypothesis import strategies as st

from scoreboard.core.errors import BadRequest
from scoreboard.server import plain
from scoreboard.server.fastparser import FastPathParser, PlainRequest, connection_environ
from scoreboard.server.plain import BODY_BYTES, HEAD_BYTES, MAX_FIELDS, head

SERVER, PEER = ("127.0.0.1", 8000), ("127.0.0.1", 5000)
CONFIG = Config()  # as in the product: no header changes the scheme or the path
CONFIG.set("forwarded_allow_ips", "")
CONFIG.set("forwarder_headers", "")
OWN = ("wsgi.input", "wsgi.errors", "wsgi.early_hints")  # objects of each request, not values
PLAIN = (
    b"POST /v1/x?a=%20b HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}"
)


def with_field(line: bytes) -> bytes:
    return PLAIN.replace(b"\r\n\r\n", b"\r\n" + line + b"\r\n\r\n")


def test_a_plain_request_is_parsed():
    found = head(PLAIN + b"more")

    assert found is not None
    assert found.fields == {
        "HTTP_HOST": "a",
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": "2",
    }
    assert (found.method, found.target, found.path, found.query) == (
        "POST",
        "/v1/x?a=%20b",
        "/v1/x",
        "a=%20b",
    )
    assert PLAIN[found.begin : found.end] == b"{}"


@pytest.mark.parametrize("line", [b"Authorization: Bearer secret", b"cookie: secret=1"])
def test_no_credentials_are_remembered(line):
    head(with_field(b"X-Known: 1"))
    head(with_field(line))

    remembered = b"".join(plain._remembered)
    assert b"X-Known: 1" in remembered
    assert b"secret" not in remembered


def test_few_heads_are_remembered():
    for number in range(2 * plain.MAX_REMEMBERED):
        assert head(with_field(b"X-Number: %d" % number)).fields["HTTP_X_NUMBER"] == str(number)

    assert len(plain._remembered) <= plain.MAX_REMEMBERED


@pytest.mark.parametrize(
    "line",
    [b"Connection: Keep-Alive", b"X-Forwarded-Proto: https", b"Authorization: Bearer a: b", b"Te-St: 1"],
)
def test_headers_that_do_not_affect_the_end_are_plain(line):
    assert head(with_field(line)) is not None


@pytest.mark.parametrize(
    "line",
    [
        b"Transfer-Encoding: chunked",
        b"transfer-encoding: identity",
        b"Content-Length: 2",
        b"Content_Length: 2",
        b"Host: b",
        b"Accept: a\r\nAccept: b",
        b"ACCEPT: a\r\naccept: b",
        b"Connection: close",
        b"Connection: keep-alive, Upgrade",
        b"Proxy-Connection: keep-alive",
        b"Expect: 100-continue",
        b"Upgrade: websocket",
        b"TE: trailers",
        b"Trailer: X",
        b"X_Y: 1",
        b"X:1",
        b"X : 1",
        b"X:  1",
        b"X: 1 ",
        b"X: ",
        b"X: a\tb",
        b"X: a\0b",
        b"X: a\rb",
        b"X: a\nb",
        b"X: \xff",
        b"X: \x7f",
        b"X: a\r\n b",
        b" X: a",
        b": a",
        b"no colon",
        b"X: " + b"a" * HEAD_BYTES,
        b"\r\n".join(b"X-%d: 1" % number for number in range(MAX_FIELDS)),
    ],
)
def test_a_header_in_any_other_form_makes_a_request_not_plain(line):
    assert head(with_field(line)) is None


@pytest.mark.parametrize(
    "length", [b"+2", b"-2", b"0x2", b"2,2", b"2 2", b"2.0", b"", b"02345678", b"9" * 30]
)
def test_only_a_plain_number_is_a_length(length):
    assert head(PLAIN.replace(b"Length: 2", b"Length: " + length)) is None


def test_large_bodies_are_for_gunicorn():
    def with_length(length: int) -> bytes:
        return PLAIN.replace(b"Length: 2", b"Length: %d" % length)

    assert head(with_length(BODY_BYTES)) is not None
    assert head(with_length(BODY_BYTES + 1)) is None


@pytest.mark.parametrize(
    "line",
    [
        b"POST /v1/x HTTP/1.0",
        b"POST /v1/x HTTP/1.2",
        b"POST /v1/x http/1.1",
        b"POST /v1/x",
        b"post /v1/x HTTP/1.1",
        b"PUT /v1/x HTTP/1.1",
        b"OPTIONS * HTTP/1.1",
        b"HEAD /v1/x HTTP/1.1",
        b"POST  /v1/x HTTP/1.1",
        b"POST /v1/x  HTTP/1.1",
        b"POST /v1/x HTTP/1.1 ",
        b" POST /v1/x HTTP/1.1",
        b"\r\nPOST /v1/x HTTP/1.1",
        b"POST\t/v1/x HTTP/1.1",
        b"POST http://a/v1/x HTTP/1.1",
        b"POST //a/v1/x HTTP/1.1",
        b"POST v1/x HTTP/1.1",
        b"POST /v1/%78 HTTP/1.1",
        b"POST /v1/x#y HTTP/1.1",
        b"POST /v1/x?a#y HTTP/1.1",
        b"POST /v1/\\x HTTP/1.1",
        b"POST /v1/x;y HTTP/1.1",
        b"POST /v1/\xc3\xa9 HTTP/1.1",
        b"GET /v1/x HTTP/1.1",  # with a body
    ],
)
def test_a_first_line_in_any_other_form_makes_a_request_not_plain(line):
    assert head(line + PLAIN[PLAIN.index(b"\r\n") :]) is None


def test_bare_line_ends_make_a_request_not_plain():
    assert head(PLAIN.replace(b"\r\n", b"\n")) is None
    assert head(PLAIN.replace(b"\r\n\r\n", b"\n\n")) is None
    assert head(PLAIN.replace(b"\r\n\r\n", b"\r\n\n")) is None


def test_an_incomplete_head_is_not_parsed():
    end = PLAIN.index(b"\r\n\r\n") + 4

    assert [length for length in range(end) if head(PLAIN[:length])] == []
    assert head(PLAIN[:end]) is not None


NAMES = st.sampled_from(
    (
        *(
            "Host",
            "host",
            "Content-Length",
            "content-length",
            "Content-Type",
            "Transfer-Encoding",
            "Connection",
        ),
        *("Expect", "X-Forwarded-Proto", "X-Forwarded-Ssl", "X-Forwarded-For", "Script-Name", "Script_Name"),
        *("Accept", "Upgrade", "TE", "X-1", "HTTP-Host", "Cookie"),
    )
)
VALUES = st.one_of(
    st.sampled_from(
        ("a", "1", "2", "02", "+2", "keep-alive", "close", "chunked", "https", "on", "application/json", "")
    ),
    st.text("a b\t\0\x7f\xff:,;%\r\n", max_size=4),
)
ENDS = st.sampled_from(("\r\n",) * 30 + ("\n", "\r", "\r\n ", "\r\r\n"))
COLONS = st.sampled_from((": ",) * 20 + (":", " : ", ":  ", ":\t"))
TARGETS = st.sampled_from(
    ("/v1/x", "/v1/x?a=b", "/", "//a", "/%41", "/a#b", "/a?b#c", "*", "http://a/b", "/a b", "/a?", "/a??")
)
METHODS = st.sampled_from(("GET", "POST", "POST", "PUT", "HEAD", "get", "CONNECT", "PRI"))
VERSIONS = st.sampled_from(("HTTP/1.1",) * 8 + ("HTTP/1.0", "HTTP/2.0", "HTTP/1.1 "))
BODIES = st.sampled_from(("", "{}", "{}", "ab", "0\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\n\r\n"))


@st.composite
def requests(draw: st.DrawFn) -> bytes:
    """The bytes of a request, mostly valid."""
    lines = [f"{draw(METHODS)} {draw(TARGETS)} {draw(VERSIONS)}{draw(ENDS)}"]
    if draw(st.integers(0, 9)):
        lines.append("Host: a\r\n")
    if draw(st.integers(0, 4)):
        lines.append("Content-Length: 2\r\n")
    fields = draw(st.lists(st.tuples(NAMES, COLONS, VALUES, ENDS), max_size=3))
    return "".join([*lines, *map("".join, fields), draw(ENDS), draw(BODIES)]).encode("latin-1")


class Pieces:
    """A connection on which bytes come in these pieces."""

    is_evicted = False

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = list(pieces)

    def recv(self, size: int) -> bytes:
        data = self._pieces.pop(0) if self._pieces else b""
        if len(data) > size:
            self._pieces.insert(0, data[size:])
        return data[:size]

    def settimeout(self, seconds: float | None) -> None:
        """Do nothing: no bytes are late here."""


def on_fast_path(pieces: list[bytes]) -> FastPathParser:
    return FastPathParser(CONFIG, Pieces(pieces), PEER, connection_environ(CONFIG, None, SERVER, PEER))


def by_gunicorn(pieces: list[bytes]) -> RequestParser:
    return RequestParser(CONFIG, Pieces(pieces), PEER)


def parse_all(make_parser, pieces: list[bytes]) -> tuple[list[tuple[dict, bytes]], type]:
    """Parse bytes that come in pieces. Returns WSGI environments with bodies, and the final exception."""
    parser, found = make_parser(pieces), []
    try:
        while True:
            request = next(parser)
            found.append((environ(request), request.body.read()))
    except Exception as end:  # noqa: BLE001 - which one it is, is compared
        return found, type(end.__context__ if isinstance(end, BadRequest) else end)


def environ(request) -> dict:
    if isinstance(request, PlainRequest):
        made = request.environ()
    else:
        request._expected_100_continue = False  # there is no client
        made = create(request, None, PEER, SERVER, CONFIG)[1] | {"wsgi.multithread": True}
    return {name: value for name, value in made.items() if name not in OWN}


@settings(deadline=None, max_examples=400)
@given(st.lists(requests(), min_size=1, max_size=3), st.lists(st.integers(0, 400), max_size=3))
def test_gunicorn_understands_the_same(sent, cuts):
    data = b"".join(sent)
    places = sorted({0, *(cut for cut in cuts if cut < len(data)), len(data)})
    pieces = [data[begin:end] for begin, end in pairwise(places)]

    assert parse_all(on_fast_path, pieces) == parse_all(by_gunicorn, pieces)


def test_plain_requests_skip_the_parser_of_gunicorn_and_others_do_not():
    odd = with_field(b"Connection: keep-alive, x")
    parser = on_fast_path([PLAIN + odd + PLAIN, PLAIN[:40], PLAIN[40:]])

    kinds = []
    for _ in range(3):
        request = next(parser)
        kinds.append(isinstance(request, PlainRequest))
        assert request.body.read() == b"{}"

    assert kinds == [True, False, True]
    assert not isinstance(next(parser), PlainRequest)  # its head came in two pieces


def test_a_body_may_come_after_its_head():
    end = PLAIN.index(b"\r\n\r\n") + 4
    parser = on_fast_path([PLAIN[:end], PLAIN[end:]])

    request = next(parser)

    assert isinstance(request, PlainRequest)
    assert request.body.read() == b"{}"


@pytest.mark.parametrize("line", [b"X-Forwarded-Proto: https", b"X-Forwarded-Ssl: on", b"SCRIPT_NAME: /v1"])
@pytest.mark.parametrize("make_parser", [on_fast_path, by_gunicorn])
def test_no_header_changes_the_scheme_or_the_path(make_parser, line):
    found = environ(next(make_parser([with_field(line)])))

    assert (found["wsgi.url_scheme"], found["SCRIPT_NAME"], found["PATH_INFO"]) == ("http", "", "/v1/x")
