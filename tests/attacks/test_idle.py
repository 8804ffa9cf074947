"""How long a connection may say nothing: longer between two requests than within one."""

from __future__ import annotations

import http.client
import select
import time

from scoreboard.server.webworker import HEAD_SECONDS
from tests.support import Stack


def opened(server: Stack, path: str = "/healthz", body: bytes | None = None) -> http.client.HTTPConnection:
    """A connection on which one call was answered."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET" if body is None else "POST", path, body)
    assert connection.getresponse().read()
    return connection


def is_kept(connection: http.client.HTTPConnection) -> bool:
    """Whether it can be called once more, on the same connection."""
    kept = connection.sock
    connection.request("GET", "/healthz")
    return connection.getresponse().read() == b'{"status":"ok"}' and connection.sock is kept


def test_an_idle_connection_is_kept_and_one_that_began_to_ask_is_not(server: Stack):
    idle, asking = opened(server), opened(server)
    asking.sock.sendall(b"GET /healthz HTTP/1.1\r\n")
    time.sleep(HEAD_SECONDS)

    assert asking.sock.recv(1) == b""
    assert is_kept(idle)
    idle.close()
    asking.close()


def test_an_unread_body_does_not_end_a_connection_sooner(server: Stack):
    connection = opened(server, "/nothing", b" " * 70_000)  # more than the fast path takes

    assert not select.select([connection.sock], [], [], 1.5)[0]
    assert is_kept(connection)
    connection.close()
