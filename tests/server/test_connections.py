"""The choice of connections to close if there are too many."""

from __future__ import annotations

import contextlib
import socket
import time
from collections.abc import Callable, Iterator
from ipaddress import ip_network

import pytest

from scoreboard.server.client import Client
from scoreboard.server.connections import HELD_BYTES, MANY, Connections

Make = Callable[[float], tuple[Client, socket.socket]]


@pytest.fixture
def connection() -> Iterator[Make]:
    """Make connections that have waited since a time, or are busy (0), with their other ends."""
    sockets = []

    def make(waits_since: float) -> tuple[Client, socket.socket]:
        near, far = socket.socketpair()
        client = Client(near, near.detach(), Connections())
        client.waits_since = waits_since
        far.setblocking(False)
        sockets.extend((client, far))
        return client, far

    yield make
    for one in sockets:
        one.close()


def limited_connections(most: int, *free: str) -> Connections:
    connections = Connections()
    connections.limit(most, [ip_network(one) for one in free])
    return connections


def is_over(far: socket.socket) -> bool:
    try:
        return far.recv(1) == b""
    except BlockingIOError:
        return False


ADA, BOB = ("198.51.100.1", 5000), ("198.51.100.2", 5000)


def test_the_connection_of_the_address_that_has_waited_longest_makes_room(connection):
    connections = limited_connections(2)
    (first, its_end), (second, other_end), (elsewhere, far_end) = map(connection, (5.0, 3.0, 1.0))
    connections.admit(elsewhere, BOB)
    connections.admit(first, ADA)
    connections.admit(second, ADA)

    assert connections.admit(connection(0)[0], ADA) is not None
    assert [is_over(end) for end in (its_end, other_end, far_end)] == [False, True, False]


def test_a_connection_is_refused_while_all_others_of_its_address_are_busy(connection):
    connections = limited_connections(2)
    ends = []
    for _ in range(2):
        client, end = connection(0)
        connections.admit(client, ADA)
        ends.append(end)

    assert connections.admit(connection(0)[0], ADA) is None
    assert connections.admit(connection(0)[0], BOB) is not None
    assert not any(map(is_over, ends))


def test_a_removed_connection_is_not_counted(connection):
    connections = limited_connections(1)
    client, _ = connection(0)

    connections.remove(client, connections.admit(client, ADA))

    assert connections.admit(connection(0)[0], ADA) is not None


def test_streams_are_not_counted_and_make_no_room(connection):
    connections = limited_connections(1)
    client, end = connection(2.0)
    connections.admit(client, ADA)
    client.become_stream()

    assert connections.admit(connection(0)[0], ADA) is not None
    assert not connections.make_room(5)
    assert not is_over(end)


@pytest.mark.parametrize(
    ("most", "free"), [(0, ()), (1, ("198.51.100.0/24",))], ids=["no limit", "free network"]
)
def test_any_number_of_connections_is_admitted(most, free, connection):
    connections = limited_connections(most, *free)

    assert None not in [connections.admit(connection(0)[0], ADA) for _ in range(20)]


def test_a_household_of_ipv6_counts_as_one_address(connection):
    connections = limited_connections(1)
    connections.admit(connection(0)[0], ("2001:db8::1", 5000, 0, 0))

    assert connections.admit(connection(0)[0], ("2001:db8::2", 5000, 0, 0)) is None
    assert connections.admit(connection(0)[0], ("2001:db8:0:1::1", 5000, 0, 0)) is not None


def test_the_connections_of_all_addresses_that_have_waited_longest_make_room(connection):
    connections = limited_connections(10)
    made = [connection(since) for since in (4.0, 2.0, 0, 3.0)]
    for number, (client, _) in enumerate(made):
        connections.admit(client, (f"198.51.100.{number}", 5000))

    assert connections.make_room(2)
    assert [is_over(end) for _, end in made] == [False, True, False, True]


def test_answers_to_slow_readers_hold_limited_memory(connection):
    connections = limited_connections(0)
    made = [connection(1.0) for _ in range(3)]

    with contextlib.ExitStack() as stack:
        for client, _ in made:
            stack.enter_context(connections.hold_answer(client, HELD_BYTES // 2))
        assert [is_over(end) for _, end in made] == [True, False, False]

    with connections.hold_answer(made[1][0], HELD_BYTES):
        assert not is_over(made[1][1])


def test_a_decline_of_many_connections_is_reported_once(connection):
    connections = limited_connections(0)
    made = [connection(0)[0] for _ in range(MANY)]
    for client in made:
        connections.admit(client, ADA)
    assert not connections.has_shrunk()

    for client in made[10:]:
        connections.remove(client, "")

    assert [connections.has_shrunk(), connections.has_shrunk()] == [True, False]


def test_idle_connections_make_room_before_those_with_a_request(connection):
    connections = limited_connections(2)
    asking, idle = connection(1.0), connection(2.0)
    idle[0].is_idle = True
    for client, _ in (asking, idle):
        connections.admit(client, ADA)

    assert connections.admit(connection(0)[0], ADA) is not None
    assert [is_over(end) for _, end in (asking, idle)] == [False, True]


def test_a_connection_that_was_used_just_now_does_not_count_as_unused(connection):
    connections = limited_connections(2)
    asking, used = connection(1.0), connection(time.monotonic())
    used[0].is_idle = True
    for client, _ in (asking, used):
        connections.admit(client, ADA)

    assert connections.admit(connection(0)[0], ADA) is not None
    assert [is_over(end) for _, end in (asking, used)] == [True, False]


def test_a_shutdown_closes_only_idle_connections(connection):
    connections = limited_connections(10)
    asking, idle = connection(1.0), connection(2.0)
    idle[0].is_idle = True
    for client, _ in (asking, idle):
        connections.admit(client, ADA)

    connections.evict_idle()

    assert [is_over(end) for _, end in (asking, idle)] == [False, True]


def test_an_ipv4_address_is_the_same_one_through_a_socket_of_both_families(connection):
    connections = limited_connections(1, "192.0.2.0/24")
    connections.admit(connection(0)[0], ("::ffff:198.51.100.1", 5000, 0, 0))

    assert connections.admit(connection(0)[0], ADA) is None
    for _ in range(3):
        assert connections.admit(connection(0)[0], ("::ffff:192.0.2.9", 5000, 0, 0)) is not None
