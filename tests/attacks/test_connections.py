"""The limit of connections of one address, beside its streams."""

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

MAX_CONNECTIONS, STREAMS, IDLE_SECONDS = 3, 8, 2


@pytest.fixture(scope="module", params=["handover", "generator"])
def stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """The product with few connections for each address."""
    folder: Path = tmp_path_factory.mktemp("connections")
    environment = {
        "MAX_CONNECTIONS_PER_ADDRESS": str(MAX_CONNECTIONS),
        "KEEP_ALIVE_SECONDS": str(IDLE_SECONDS),
        "STREAM_FREE_ADDRESSES": "192.0.2.0/24",
        "STREAM_MODE": request.param,
    }
    stack = Stack(folder / "data", environment)
    stack.start()
    yield stack
    stack.end()


def connect(stack: Stack, source: str) -> socket.socket:
    """A connection on which one call was answered."""
    connection = socket.create_connection(("127.0.0.1", stack.port), timeout=10, source_address=(source, 0))
    connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n")
    assert connection.recv(4096).startswith(b"HTTP/1.1 200")
    return connection


def are_closed(connections: list[socket.socket]) -> list[bool]:
    """For each connection, True if the server has closed it."""
    ready = select.select(connections, [], [], 1)[0]
    return [one in ready for one in connections]


def test_a_connection_over_the_limit_replaces_the_one_that_waited_longest(stack):
    with contextlib.ExitStack() as stack_of_connections:
        elsewhere = stack_of_connections.enter_context(connect(stack, "127.0.0.3"))
        mine = [
            stack_of_connections.enter_context(connect(stack, "127.0.0.2"))
            for _ in range(MAX_CONNECTIONS + 1)
        ]

        assert are_closed([elsewhere, *mine]) == [False, True, *[False] * MAX_CONNECTIONS]


def test_streams_and_other_connections_are_counted_apart(stack):
    viewers = [Raw(stack.port).send("/v1/stream?boards=main") for _ in range(STREAMS)]
    for viewer in viewers:
        viewer.until(b'"t":"snapshot"')

    for _ in range(2 * MAX_CONNECTIONS):
        assert stack.call("GET", "/healthz").status == 200

    assert are_closed([viewer.socket for viewer in viewers]) == [False] * STREAMS
    for viewer in viewers:
        viewer.close()


def test_an_idle_connection_is_kept_as_long_as_the_setting_says(stack):
    with connect(stack, "127.0.0.4") as connection:
        began = time.monotonic()
        assert not select.select([connection], [], [], IDLE_SECONDS - 0.5)[0]
        assert connection.recv(1) == b""

    assert time.monotonic() - began < IDLE_SECONDS + 3
