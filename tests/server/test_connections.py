"""Whose connection goes where there are too many."""

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
    """Makes connections, which have waited since a time or are busy (0), with their other ends."""
    made = []

    def make(waits_since: float) -> tuple[Client, socket.socket]:
        near, far = socket.socketpair()
        client = Client(near, near.detach(), Connections())
        client.waits_since = waits_since
        far.setblocking(False)
        made.extend((client, far))
        return client, far

    yield make
    for one in made:
        one.close()


def limited(most: int, *free: str) -> Connections:
    found = Connections()
    found.limit(most, [ip_network(one) for one in free])
    return found


def is_over(far: socket.socket) -> bool:
    try:
        return far.recv(1) == b""
    except BlockingIOError:
        return False


ADA, BOB = ("198.51.100.1", 5000), ("198.51.100.2", 5000)


def test_the_connection_of_the_address_that_has_waited_longest_makes_room(connection):
    some = limited(2)
    (first, its_end), (second, other_end), (elsewhere, far_end) = map(connection, (5.0, 3.0, 1.0))
    some.admit(elsewhere, BOB)
    some.admit(first, ADA)
    some.admit(second, ADA)

    assert some.admit(connection(0)[0], ADA) is not None
    assert [is_over(end) for end in (its_end, other_end, far_end)] == [False, True, False]


def test_a_connection_is_refused_while_all_others_of_its_address_are_busy(connection):
    some = limited(2)
    ends = []
    for _ in range(2):
        client, end = connection(0)
        some.admit(client, ADA)
        ends.append(end)

    assert some.admit(connection(0)[0], ADA) is None
    assert some.admit(connection(0)[0], BOB) is not None
    assert not any(map(is_over, ends))


def test_a_removed_connection_is_not_counted(connection):
    some = limited(1)
    client, _ = connection(0)

    some.remove(client, some.admit(client, ADA))

    assert some.admit(connection(0)[0], ADA) is not None


def test_streams_are_not_counted_and_make_no_room(connection):
    some = limited(1)
    client, end = connection(2.0)
    some.admit(client, ADA)
    client.become_stream()

    assert some.admit(connection(0)[0], ADA) is not None
    assert not some.make_room(5)
    assert not is_over(end)


@pytest.mark.parametrize(
    ("most", "free"), [(0, ()), (1, ("198.51.100.0/24",))], ids=["no limit", "free network"]
)
def test_any_number_of_connections_is_admitted(most, free, connection):
    some = limited(most, *free)

    assert None not in [some.admit(connection(0)[0], ADA) for _ in range(20)]


def test_a_household_of_ipv6_counts_as_one_address(connection):
    some = limited(1)
    some.admit(connection(0)[0], ("2001:db8::1", 5000, 0, 0))

    assert some.admit(connection(0)[0], ("2001:db8::2", 5000, 0, 0)) is None
    assert some.admit(connection(0)[0], ("2001:db8:0:1::1", 5000, 0, 0)) is not None


def test_the_connections_of_all_addresses_that_have_waited_longest_make_room(connection):
    some = limited(10)
    made = [connection(since) for since in (4.0, 2.0, 0, 3.0)]
    for number, (client, _) in enumerate(made):
        some.admit(client, (f"198.51.100.{number}", 5000))

    assert some.make_room(2)
    assert [is_over(end) for _, end in made] == [False, True, False, True]


def test_answers_to_slow_readers_hold_limited_memory(connection):
    some = limited(0)
    made = [connection(1.0) for _ in range(3)]

    with contextlib.ExitStack() as stack:
        for client, _ in made:
            stack.enter_context(some.hold_answer(client, HELD_BYTES // 2))
        assert [is_over(end) for _, end in made] == [True, False, False]

    with some.hold_answer(made[1][0], HELD_BYTES):
        assert not is_over(made[1][1])


def test_a_decline_of_many_connections_is_reported_once(connection):
    some = limited(0)
    made = [connection(0)[0] for _ in range(MANY)]
    for client in made:
        some.admit(client, ADA)
    assert not some.has_shrunk()

    for client in made[10:]:
        some.remove(client, "")

    assert [some.has_shrunk(), some.has_shrunk()] == [True, False]


def test_idle_connections_make_room_before_those_with_a_request(connection):
    some = limited(2)
    asking, idle = connection(1.0), connection(2.0)
    idle[0].is_idle = True
    for client, _ in (asking, idle):
        some.admit(client, ADA)

    assert some.admit(connection(0)[0], ADA) is not None
    assert [is_over(end) for _, end in (asking, idle)] == [False, True]


def test_a_connection_that_was_used_just_now_does_not_count_as_unused(connection):
    some = limited(2)
    asking, used = connection(1.0), connection(time.monotonic())
    used[0].is_idle = True
    for client, _ in (asking, used):
        some.admit(client, ADA)

    assert some.admit(connection(0)[0], ADA) is not None
    assert [is_over(end) for _, end in (asking, used)] == [True, False]


def test_a_shutdown_closes_only_idle_connections(connection):
    some = limited(10)
    asking, idle = connection(1.0), connection(2.0)
    idle[0].is_idle = True
    for client, _ in (asking, idle):
        some.admit(client, ADA)

    some.evict_idle()

    assert [is_over(end) for _, end in (asking, idle)] == [False, True]


def test_an_ipv4_address_is_the_same_one_through_a_socket_of_both_families(connection):
    some = limited(1, "192.0.2.0/24")
    some.admit(connection(0)[0], ("::ffff:198.51.100.1", 5000, 0, 0))

    assert some.admit(connection(0)[0], ADA) is None
    for _ in range(3):
        assert some.admit(connection(0)[0], ("::ffff:192.0.2.9", 5000, 0, 0)) is not None
