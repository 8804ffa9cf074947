"""The time for which a connection may be silent: longer between two requests than within one."""

from __future__ import annotations

import http.client
import select
import time

from scoreboard.server.webworker import HEAD_SECONDS
from tests.support import Stack


def connect(server: Stack, path: str = "/healthz", body: bytes | None = None) -> http.client.HTTPConnection:
    """A connection on which one call was answered."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET" if body is None else "POST", path, body)
    assert connection.getresponse().read()
    return connection


def is_kept(connection: http.client.HTTPConnection) -> bool:
    """True if another call succeeds on the same connection."""
    before = connection.sock
    connection.request("GET", "/healthz")
    return connection.getresponse().read() == b'{"status":"ok"}' and connection.sock is before


def test_an_idle_connection_is_kept_and_one_with_half_a_request_is_closed(server: Stack):
    idle, asking = connect(server), connect(server)
    asking.sock.sendall(b"GET /healthz HTTP/1.1\r\n")
    time.sleep(HEAD_SECONDS)

    assert asking.sock.recv(1) == b""
    assert is_kept(idle)
    idle.close()
    asking.close()


def test_an_unread_body_does_not_end_a_connection_sooner(server: Stack):
    connection = connect(server, "/nothing", b" " * 70_000)  # more than the fast path takes

    assert not select.select([connection.sock], [], [], 1.5)[0]
    assert is_kept(connection)
    connection.close()
