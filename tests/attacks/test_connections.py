"""How many connections one address has, beside its streams."""

from __future__ import annotations

import contextlib
import select
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sockets import Raw
from tests.support import Stack

MOST, STREAMS, KEPT_SECONDS = 3, 8, 2


@pytest.fixture(scope="module", params=["handover", "generator"])
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The product with few connections for each address."""
    folder: Path = tmp_path_factory.mktemp("connections")
    environment = {
        "MAX_CONNECTIONS_PER_ADDRESS": str(MOST),
        "KEEP_ALIVE_SECONDS": str(KEPT_SECONDS),
        "STREAM_FREE_ADDRESSES": "192.0.2.0/24",
        "STREAM_MODE": request.param,
    }
    stack = Stack(folder / "data", environment)
    stack.start()
    yield stack
    stack.end()


def opened(stack: Stack, source: str) -> socket.socket:
    """A connection on which one call was answered."""
    connection = socket.create_connection(("127.0.0.1", stack.port), timeout=10, source_address=(source, 0))
    connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n")
    assert connection.recv(4096).startswith(b"HTTP/1.1 200")
    return connection


def ended(connections: list[socket.socket]) -> list[bool]:
    """Which of them the other side has closed."""
    ready = select.select(connections, [], [], 1)[0]
    return [one in ready for one in connections]


def test_a_connection_over_the_limit_replaces_the_one_that_waited_longest(stack):
    with contextlib.ExitStack() as all_of_them:
        elsewhere = all_of_them.enter_context(opened(stack, "127.0.0.3"))
        mine = [all_of_them.enter_context(opened(stack, "127.0.0.2")) for _ in range(MOST + 1)]

        assert ended([elsewhere, *mine]) == [False, True, *[False] * MOST]


def test_streams_and_other_connections_are_counted_apart(stack):
    viewers = [Raw(stack.port).send("/v1/stream?boards=main") for _ in range(STREAMS)]
    for viewer in viewers:
        viewer.until(b'"t":"snapshot"')

    for _ in range(2 * MOST):
        assert stack.call("GET", "/healthz").status == 200

    assert ended([viewer.socket for viewer in viewers]) == [False] * STREAMS
    for viewer in viewers:
        viewer.close()


def test_an_idle_connection_is_kept_as_long_as_the_setting_says(stack):
    with opened(stack, "127.0.0.4") as connection:
        began = time.monotonic()
        assert not select.select([connection], [], [], KEPT_SECONDS - 0.5)[0]
        assert connection.recv(1) == b""

    assert time.monotonic() - began < KEPT_SECONDS + 3
