"""The connections of a web process, and which of them are closed when there are too many."""

from __future__ import annotations

import heapq
import time
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from ipaddress import IPv4Network, IPv6Network, ip_network
from itertools import chain
from typing import Any

from scoreboard.core.http.addresses import network

UNCOUNTED = ""
UNUSED_SECONDS = 5.0  # after which an idle connection counts as unused
MANY = 200  # connections whose end frees a lot of memory
HELD_BYTES = 128 * 1024 * 1024  # of answers to slow readers


class Connections:
    """All connections, by the network of their peer. Waiting ones are closed to make room for new ones."""

    def __init__(self) -> None:
        self._most = 0
        self._free: Collection[IPv4Network | IPv6Network] = ()
        self._answers: OrderedDict[Any, int] = OrderedDict()
        self._in_memory = self._peak = 0
        self._by_peer: dict[str, set[Any]] = {UNCOUNTED: set()}

    def limit(self, most: int, free: Collection[IPv4Network | IPv6Network]) -> None:
        """Allow `most` connections per address; 0 is any number. `free` networks are not counted."""
        self._most, self._free = most, free

    def admit(self, client: Any, address: Any) -> str | None:
        """Add a connection. At the limit of its address, it replaces a waiting one.

        Returns the key to remove it with, or None if it is refused: all others of its address are busy.
        """
        peer = self._peer(address)
        others = self._by_peer.setdefault(peer, set())
        if peer and self._are_too_many(others) and not _evict(others, 1):
            return None
        others.add(client)
        return peer

    def remove(self, client: Any, peer: str | None) -> None:
        """Remove a closed connection."""
        others = self._by_peer.get(peer or UNCOUNTED, set())
        others.discard(client)
        if peer and not others:
            self._by_peer.pop(peer, None)

    def make_room(self, count: int) -> bool:
        """Close this many waiting connections. Returns False if there was none."""
        return _evict(chain.from_iterable(self._by_peer.values()), count)

    def evict_idle(self) -> None:
        """Close the idle connections: this process accepts no further requests."""
        for client in list(chain.from_iterable(self._by_peer.values())):
            if client.is_idle:
                client.evict()

    def has_shrunk(self) -> bool:
        """True, once for each decline, if most of many connections have ended."""
        now = sum(map(len, self._by_peer.values()))
        shrunk = self._peak >= MANY and now < self._peak // 4
        self._peak = now if shrunk else max(self._peak, now)
        return shrunk

    @contextmanager
    def hold_answer(self, client: Any, amount: int) -> Iterator[None]:
        """Count an answer while a client reads it. Over the limit, the oldest readers are closed."""
        self._answers[client] = amount
        self._in_memory += amount
        while self._in_memory > HELD_BYTES and len(self._answers) > 1:
            slow = next(iter(self._answers))
            self._release(slow)
            slow.evict()
        try:
            yield
        finally:
            self._release(client)

    def _release(self, client: Any) -> None:
        self._in_memory -= self._answers.pop(client, 0)

    def _are_too_many(self, others: Collection[Any]) -> bool:
        """True if one more connection would exceed the limit. Streams have limits of their own."""
        return len(others) >= self._most <= sum(not one.is_stream for one in others)

    def _peer(self, address: Any) -> str:
        """The key that a connection is counted under."""
        peer = network(address[0]) if self._most and isinstance(address, tuple) else ""
        # A network with a free address in it is counted as one address, so all of it is free.
        return UNCOUNTED if not peer or any(ip_network(peer).overlaps(net) for net in self._free) else peer


def _evict(clients: Iterable[Any], count: int) -> bool:
    """Close this many waiting clients: unused ones first, then those that have waited longest."""
    unused_since = time.monotonic() - UNUSED_SECONDS
    waiting = (client for client in clients if client.waits_since and not client.is_stream)
    longest = heapq.nsmallest(
        count,
        waiting,
        key=lambda client: (not (client.is_idle and client.waits_since < unused_since), client.waits_since),
    )
    for client in longest:
        client.evict()
    return bool(longest)
