"""How long a connection may say nothing: longer between two requests than within one."""

from __future__ import annotations

import http.client
import select
import time

import pytest

from scoreboard.core.webworker import HEAD_SECONDS
from tests.attacks.test_connections import ended, opened
from tests.support import Stack

CALL = b"GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n"


@pytest.mark.alone
def test_an_idle_connection_is_kept_and_one_that_began_to_ask_is_not(server: Stack):
    idle, asking = opened(server, "127.0.0.5"), opened(server, "127.0.0.5")
    with idle, asking:
        asking.sendall(CALL[:20])
        time.sleep(HEAD_SECONDS + 0.5)

        assert ended([idle, asking]) == [False, True]
        idle.sendall(CALL)
        assert idle.recv(4096).startswith(b"HTTP/1.1 200")


def test_what_nobody_read_of_a_body_is_no_reason_to_end_a_connection_sooner(server: Stack):
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("POST", "/nothing", b" " * 70_000)  # more than the fast lane takes
    assert connection.getresponse().read()
    kept = connection.sock

    assert not select.select([kept], [], [], 1.5)[0]
    connection.request("GET", "/healthz")
    assert connection.getresponse().status == 200
    assert connection.sock is kept
    connection.close()
