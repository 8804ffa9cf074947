"""Places: how many streams a process, an address and a player may have open."""

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
REMEMBERED = 10_000  # addresses whose openings are counted
TICKET_TIMES = 3  # an address may have so many times as many streams where those that come have tickets


class StreamClient(Struct, frozen=True, kw_only=True):
    """Who wants to watch: a network, and of what he showed the player, the session or key, and its end."""

    address: str = ""
    player: str = ""
    session: str = ""
    private: bool = False  # whether he may watch private boards
    until: int | None = None  # when it ends; milliseconds since 1970


@dataclass(kw_only=True)
class Places:
    """Counts who is here, and says why somebody can't come in."""

    most: int
    most_per_address: int
    most_per_player: int
    free: Sequence[Network] = ()  # whose addresses are not counted: they stand for many
    monotonic: Callable[[], float] = time.monotonic
    taken: int = 0
    _addresses: Counter[str] = field(default_factory=Counter)  # and sites
    _players: Counter[str] = field(default_factory=Counter)
    _openings: dict[str, tuple[float, float]] = field(default_factory=dict)  # address → left, at

    def take(self, who: StreamClient, *, opening: bool = True) -> str:
        """Take a place. Returns why there is none, "" where there is."""
        why = self._why_not(who, opening=opening)
        if not why:
            self.taken += 1
            self._addresses.update(list(self._counted(who.address)))
            self._players[who.player] += 1
        return why

    def give_back(self, who: StreamClient) -> None:
        """Give a place back."""
        self.taken -= 1
        _subtract(self._addresses, self._counted(who.address))
        _subtract(self._players, [who.player])

    def _why_not(self, who: StreamClient, *, opening: bool) -> str:
        if self.taken >= self.most:
            return "capacity"
        counted = self._counted(who.address)
        if opening and not all(self._may_open(name, times) for name, times in counted.items()):
            return "rate"
        most = self.most_per_address * (TICKET_TIMES if who.player else 1)
        if any(self._addresses[name] >= most * times for name, times in counted.items()):
            return "ip_limit"
        if who.player and self._players[who.player] >= self.most_per_player:
            return "player_limit"
        return ""

    def _counted(self, address: str) -> dict[str, int]:
        """What a stream is counted by, each with how many times as much it is allowed: address and site."""
        try:
            network = ip_network(address)
        except ValueError:
            return {}  # a peer on a Unix socket has none
        # What holds a free address is counted as one caller, so all of it is free.
        if any(network.overlaps(free) for free in self.free):
            return {}
        whole = site(address)
        return {address: 1, whole: SITE_TIMES} if whole else {address: 1}

    def _may_open(self, name: str, times: int) -> bool:
        now, most = self.monotonic(), float(OPENED_AT_ONCE * times)
        left, at = self._openings.pop(name, (most, now))
        left = min(most, left + (now - at) * OPENED_A_SECOND * times)
        if len(self._openings) >= REMEMBERED:
            del self._openings[next(iter(self._openings))]  # the one that was asked for longest ago
        self._openings[name] = (left - 1 if left >= 1 else left, now)
        return left >= 1


def _subtract(counter: Counter[str], names: Iterable[str]) -> None:
    for name in names:
        counter[name] -= 1
        if not counter[name]:
            del counter[name]
