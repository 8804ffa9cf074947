"""Places: how many streams a process, an address and a player may have open."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network, ip_address

from msgspec import Struct

Network = IPv4Network | IPv6Network

OPENED_AT_ONCE = 30  # a page that is reloaded, or a classroom whose lesson begins
OPENED_A_SECOND = 10
REMEMBERED = 10_000  # addresses whose openings are counted


class Newcomer(Struct, frozen=True, kw_only=True):
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
    _addresses: Counter[str] = field(default_factory=Counter)
    _players: Counter[str] = field(default_factory=Counter)
    _openings: dict[str, tuple[float, float]] = field(default_factory=dict)  # address → left, at

    def take(self, who: Newcomer, *, opening: bool = True) -> str:
        """Take a place. Returns why there is none, "" where there is."""
        why = self._why_not(who, opening=opening)
        if not why:
            self.taken += 1
            self._addresses[self._counted(who.address)] += 1
            self._players[who.player] += 1
        return why

    def give_back(self, who: Newcomer) -> None:
        """Give a place back."""
        self.taken -= 1
        for counter, name in ((self._addresses, self._counted(who.address)), (self._players, who.player)):
            counter[name] -= 1
            if not counter[name]:
                del counter[name]

    def _why_not(self, who: Newcomer, *, opening: bool) -> str:
        if self.taken >= self.most:
            return "capacity"
        address = self._counted(who.address)
        if address and opening and not self._may_open(address):
            return "rate"
        if address and not who.player and self._addresses[address] >= self.most_per_address:
            return "ip_limit"
        if who.player and self._players[who.player] >= self.most_per_player:
            return "player_limit"
        return ""

    def _counted(self, address: str) -> str:
        """The address, or "" where it is not counted."""
        try:
            parsed = ip_address(address.partition("/")[0])
        except ValueError:
            return ""  # a peer on a Unix socket has none
        return "" if any(parsed in network for network in self.free) else address

    def _may_open(self, address: str) -> bool:
        now = self.monotonic()
        left, at = self._openings.pop(address, (float(OPENED_AT_ONCE), now))
        left = min(OPENED_AT_ONCE, left + (now - at) * OPENED_A_SECOND)
        if len(self._openings) >= REMEMBERED:
            del self._openings[next(iter(self._openings))]  # the one that was asked for longest ago
        self._openings[address] = (left - 1 if left >= 1 else left, now)
        return left >= 1
