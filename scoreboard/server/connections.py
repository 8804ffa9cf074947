"""The connections of a web process, and which of them has to go where there are too many."""

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
UNUSED_SECONDS = 5.0  # after which an idle connection is one that nobody misses
MANY = 200  # connections that leave much memory behind
HELD_BYTES = 128 * 1024 * 1024  # of answers that clients are slow to take


class Connections:
    """All connections, by the network of their peer. Those that wait make room for new ones."""

    def __init__(self) -> None:
        self._most = 0
        self._free: Collection[IPv4Network | IPv6Network] = ()
        self._held: OrderedDict[Any, int] = OrderedDict()
        self._in_memory = self._peak = 0
        self._of: dict[str, set[Any]] = {UNCOUNTED: set()}

    def limit(self, most: int, free: Collection[IPv4Network | IPv6Network]) -> None:
        """Take `most` connections of an address at most, 0 is any number; but not of `free` networks."""
        self._most, self._free = most, free

    def enter(self, client: Any, address: Any) -> str | None:
        """Take a connection in, in place of one of its address that waits if need be.

        Returns what it leaves with, or None where it must not come in: then all others are busy.
        """
        peer = self._peer(address)
        others = self._of.setdefault(peer, set())
        if peer and self._are_too_many(others) and not _dismiss(others, 1):
            return None
        others.add(client)
        return peer

    def leave(self, client: Any, peer: str | None) -> None:
        """A connection is over."""
        others = self._of.get(peer or UNCOUNTED, set())
        others.discard(client)
        if peer and not others:
            self._of.pop(peer, None)

    def make_room(self, places: int) -> bool:
        """End so many of those that wait. Returns whether there were any."""
        return _dismiss(chain.from_iterable(self._of.values()), places)

    def dismiss_idle(self) -> None:
        """End those that wait for a next request: there will be none here."""
        for client in list(chain.from_iterable(self._of.values())):
            if client.is_idle:
                client.dismiss()

    def has_gone(self) -> bool:
        """Whether many connections were there, and are not any more. Says so once."""
        now = sum(map(len, self._of.values()))
        gone = self._peak >= MANY and now < self._peak // 4
        self._peak = now if gone else max(self._peak, now)
        return gone

    @contextmanager
    def holding(self, client: Any, amount: int) -> Iterator[None]:
        """While a client takes an answer of so many bytes. Those who hold one longest make room for it."""
        self._held[client] = amount
        self._in_memory += amount
        while self._in_memory > HELD_BYTES and len(self._held) > 1:
            slow = next(iter(self._held))
            self._let_go(slow)
            slow.dismiss()
        try:
            yield
        finally:
            self._let_go(client)

    def _let_go(self, client: Any) -> None:
        self._in_memory -= self._held.pop(client, 0)

    def _are_too_many(self, others: Collection[Any]) -> bool:
        """Whether one more would be over the limit. Streams have limits of their own."""
        return len(others) >= self._most <= sum(not one.streams for one in others)

    def _peer(self, address: Any) -> str:
        """What a connection is counted under."""
        peer = network(address[0]) if self._most and isinstance(address, tuple) else ""
        # What holds a free address is counted as one, so all of it is free.
        return UNCOUNTED if not peer or any(ip_network(peer).overlaps(net) for net in self._free) else peer


def _dismiss(clients: Iterable[Any], count: int) -> bool:
    """End so many of those that wait: unused ones first, then those who have waited longest."""
    unused_since = time.monotonic() - UNUSED_SECONDS
    waiting = (client for client in clients if client.waits_since and not client.streams)
    longest = heapq.nsmallest(
        count,
        waiting,
        key=lambda client: (not (client.is_idle and client.waits_since < unused_since), client.waits_since),
    )
    for client in longest:
        client.dismiss()
    return bool(longest)
