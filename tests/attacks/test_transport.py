"""Malformed requests, and headers that only proxies may send."""

from __future__ import annotations

import contextlib
import socket

import msgspec
import pytest

from tests.support import KEY, Stack, wait_until

SENDER = "127.0.0.77"  # an address of this machine that no other test has
TICKET = "sb-ticket-that-no-log-may-have"
JSON = b"Content-Type: application/json\r\n"
CHUNKED = b"POST /v1/auth/login HTTP/1.1\r\nHost: t\r\n" + JSON + b"Transfer-Encoding: chunked\r\n\r\n"


def answers(server: Stack, data: bytes) -> bytes:
    """All bytes that the server answers to these, until it closes the connection."""
    address = ("127.0.0.1", server.port)
    with socket.create_connection(address, timeout=20, source_address=(SENDER, 0)) as connection:
        with contextlib.suppress(OSError):
            connection.sendall(data)
        got = b""
        with contextlib.suppress(ConnectionError):
            while more := connection.recv(65_536):
                got += more
    return got


def problem(answer: bytes) -> tuple[int, str]:
    """Status and code of one answer, which is a problem and closes its connection."""
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    assert b"\r\nConnection: close" in head
    return int(head.split()[1]), msgspec.json.decode(body)["code"]


@pytest.mark.parametrize(
    "body",
    [
        b"zz\r\n",
        b"-1\r\na\r\n",
        b"2\r\n{}x\r\n0\r\n\r\n",
        b"2;=\r\n{}\r\n0\r\n\r\n",
        b"0\r\nContent-Length: 1\r\n\r\n",
        b"2\r\n{}\r\n0\r\nA: b\nC: d\r\n\r\n",
    ],
)
def test_broken_chunks_are_the_clients_fault(body, server):
    assert problem(answers(server, CHUNKED + body)) == (400, "bad_request")


@pytest.mark.parametrize(
    ("line", "status"),
    [
        (b"GET /v1/stream?ticket=%s\x01 HTTP/1.1", 400),
        (b"get /v1/stream?ticket=%s HTTP/1.1", 400),
        (b"GET /v1/stream?ticket=%s HTTP/3.0", 400),
        (b"GET /v1/stream?ticket=%s HTTP/1.1\r\nHost: a\r\nHost: b", 400),
        (b"GET /v1/stream?ticket=%s HTTP/1.1\r\nA b: c", 400),
        (b"GET /v1/stream?ticket=%s HTTP/1.1\r\nExpect: miracles", 417),
        (b"GET /v1/stream?ticket=%s HTTP/1.1\r\nTransfer-Encoding: magic", 501),
        (b"GET /v1/stream?ticket=%s&" + b"a" * 9000 + b" HTTP/1.1", 414),
        (b"GET /v1/stream?ticket=%s HTTP/1.1\r\nA: " + b"a" * 9000, 431),
    ],
    ids=["bytes", "method", "version", "hosts", "name", "expectation", "coding", "long line", "long header"],
)
def test_malformed_requests_are_refused_and_the_log_has_only_the_reason(line, status, server):
    before = len(log(server))

    got = answers(server, line.replace(b"%s", TICKET.encode()) + b"\r\n\r\n")

    assert problem(got) == (status, "bad_request")
    wait_until(lambda: b"Malformed request" in log(server)[before:], why=server.log)
    assert TICKET.encode() not in log(server)
    assert SENDER.encode() not in log(server)


def log(server: Stack) -> bytes:
    return (server.data_dir / "serve.log").read_bytes()


@pytest.mark.parametrize("name", ["SCRIPT_NAME", "Script-Name", "PATH_INFO", "Path-Info", "X-Script-Name"])
def test_no_header_changes_the_path(name, server):
    prefixed = server.call("GET", "/x/v1/admin/boards/main", headers={name: "/x"})
    other = server.call("GET", "/healthz", headers={name: "/v1/admin/boards/main"})

    assert prefixed.status == 404
    assert other.body == server.call("GET", "/healthz").body


def test_only_a_trusted_proxy_sets_the_scheme(server):
    https = server.call("GET", "/v1/nothing", headers={"X-Forwarded-Proto": "https"})
    other = server.call("GET", "/v1/nothing", headers={"X-Forwarded-Ssl": "on"})

    assert https.json["type"].startswith("https://")
    assert other.json["type"].startswith("http://")


def test_a_long_unread_body_is_answered_and_closes_the_connection(server):
    head = b"POST /v1/nothing HTTP/1.1\r\nHost: t\r\nContent-Length: %d\r\n\r\n"
    behind = f"GET /v1/admin/boards HTTP/1.1\r\nHost: t\r\nAuthorization: Bearer {KEY}\r\n\r\n".encode()

    got = answers(server, head % 2_000_000 + bytes(2_000_000) + behind)

    assert problem(got) == (404, "not_found")


def test_a_short_unread_body_is_skipped(server):
    head = b"POST /v1/nothing HTTP/1.1\r\nHost: t\r\nContent-Length: %d\r\n\r\n"

    got = answers(server, head % 100_000 + bytes(100_000) + b"GET /healthz HTTP/1.0\r\n\r\n")

    assert got.count(b"HTTP/1.1 404") == 1
    assert b"HTTP/1.0 200" in got
