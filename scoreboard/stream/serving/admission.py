"""Admission: limits on the open streams of a process, an address and a player."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_network

from msgspec import Struct

from scoreboard.core.http.addresses import SITE_TIMES, site

Network = IPv4Network | IPv6Network

OPENED_AT_ONCE = 30  # a page that is reloaded, or a classroom whose lesson begins
OPENED_A_SECOND = 10
MAX_REMEMBERED = 10_000  # addresses whose openings are counted
TICKET_TIMES = 3  # an address may have so many times as many streams if the further ones have tickets


class StreamClient(Struct, frozen=True, kw_only=True, gc=False):
    """The client of a stream: its network, and the rights that its request proved."""

    address: str = ""
    player: str = ""
    session: str = ""  # of the player, or the id of the server key
    private: bool = False  # private boards may be watched
    until: int | None = None  # the end of the right to watch; milliseconds since 1970


class NotAdmitted(Exception):
    """A client gets no slot. `why` is a reason for a bye."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class Admission(Struct, gc=False):
    """The slot of one open stream or waiting poll. `release` gives it back, and may be called again."""

    client: StreamClient
    slots: Slots | None  # None if it has no slot

    @property
    def has_slot(self) -> bool:
        """True if it holds a slot."""
        return self.slots is not None

    def release(self) -> None:
        """Give the slot back."""
        slots, self.slots = self.slots, None
        if slots is not None:
            slots.take_back(self.client)


@dataclass(kw_only=True)
class Slots:
    """Counts the open streams, and refuses further ones beyond the limits."""

    most: int
    most_per_address: int
    most_per_player: int
    free: Sequence[Network] = ()  # networks that are not counted, since many clients share an address
    monotonic: Callable[[], float] = time.monotonic
    in_use: int = 0
    closed: bool = False  # the process ends: no client is admitted any more
    _addresses: Counter[str] = field(default_factory=Counter)  # and sites
    _players: Counter[str] = field(default_factory=Counter)
    _openings: dict[str, tuple[float, float]] = field(
        default_factory=dict
    )  # address → tokens left, monotonic seconds

    def admit(self, client: StreamClient, *, opening: bool = True) -> Admission:
        """Take a slot. `opening` counts against the opening rate of an address. Raises NotAdmitted."""
        why = self._refusal(client, opening=opening)
        if why:
            raise NotAdmitted(why)
        self.in_use += 1
        self._addresses.update(list(self._counters_of(client.address)))
        self._players[client.player] += 1
        return Admission(client, self)

    def count_opening(self, client: StreamClient) -> None:
        """Count the opening of a client that was admitted with `opening` false. Raises NotAdmitted."""
        if not self._may_open(client):
            raise NotAdmitted("rate")

    def take_back(self, client: StreamClient) -> None:
        """Count a client's slot as free. Only its admission calls this."""
        self.in_use -= 1
        _subtract(self._addresses, self._counters_of(client.address))
        _subtract(self._players, [client.player])

    def _refusal(self, client: StreamClient, *, opening: bool) -> str:
        """The reason for having no slot; "" if there is one."""
        if self.closed:
            return "drain"
        if self.in_use >= self.most:
            return "capacity"
        if opening and not self._may_open(client):
            return "rate"
        most = self.most_per_address * (TICKET_TIMES if client.player else 1)
        if any(
            self._addresses[name] >= most * times for name, times in self._counters_of(client.address).items()
        ):
            return "ip_limit"
        if client.player and self._players[client.player] >= self.most_per_player:
            return "player_limit"
        return ""

    def _counters_of(self, address: str) -> dict[str, int]:
        """The counters of a stream, by address and site, each with its multiple of the limit."""
        try:
            network = ip_network(address)
        except ValueError:
            return {}  # a peer on a Unix socket has no address
        # A network that contains a free address is counted as one caller, so all of it is free.
        if any(network.overlaps(free) for free in self.free):
            return {}
        callers_site = site(address)
        return {address: 1, callers_site: SITE_TIMES} if callers_site else {address: 1}

    def _may_open(self, client: StreamClient) -> bool:
        return all(self._spend(name, times) for name, times in self._counters_of(client.address).items())

    def _spend(self, name: str, times: int) -> bool:
        """Take a token from the bucket of an address or site. Returns False if it is empty."""
        now, most = self.monotonic(), float(OPENED_AT_ONCE * times)
        left, at = self._openings.pop(name, (most, now))
        left = min(most, left + (now - at) * OPENED_A_SECOND * times)
        if len(self._openings) >= MAX_REMEMBERED:
            del self._openings[next(iter(self._openings))]  # the least recently used one
        self._openings[name] = (left - 1 if left >= 1 else left, now)
        return left >= 1


def _subtract(counter: Counter[str], names: Iterable[str]) -> None:
    for name in names:
        counter[name] -= 1
        if not counter[name]:
            del counter[name]
