"""The names of players and the rights of their accounts, for other features."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from scoreboard.accounts.rules import OUR_PLAYER
from scoreboard.accounts.store.accounts import StoredAccounts
from scoreboard.accounts.store.names import Names
from scoreboard.accounts.store.playerstates import PlayerStates
from scoreboard.accounts.types import Account, BarReason, Role
from scoreboard.core.storage.db import Connection
from scoreboard.core.storage.unavailable import DatabaseUnavailable

__all__ = ["Accounts", "Names", "PlayerStates"]

CACHE_SECONDS = 5.0  # a process may miss another process's change for this long
MAX_CACHED = 10_000


@dataclass(frozen=True, kw_only=True)
class Accounts:
    """Accounts of players, cached for a few seconds."""

    stored: StoredAccounts
    monotonic: Callable[[], float] = time.monotonic
    _cache: OrderedDict[str, tuple[float, Account]] = field(default_factory=OrderedDict)

    def get(self, player: str) -> Account | None:
        """A player's account as it is now; None if there is none."""
        found = self.stored.get(player)
        if found is not None:
            self._keep(found)
        return found

    def get_cached(self, player: str) -> Account | None:
        """A player's account, at most CACHE_SECONDS old; None if there is none."""
        cached = self._cache.get(player)
        if cached is not None and self.monotonic() - cached[0] < CACHE_SECONDS:
            return cached[1]
        return self.get(player)

    def forget(self, player: str) -> None:
        """Drop a cached account, which this process changed."""
        self._cache.pop(player, None)

    def find_barred(self, db: Connection, players: Sequence[str]) -> dict[str, BarReason]:
        """Those of these players who may not win points, with reasons, in the writer's transaction."""
        return StoredAccounts(db).find_barred(players)

    def find_merged(self, db: Connection, players: Iterable[str]) -> dict[str, str]:
        """Those of these players who were merged, with their accounts, in the writer's transaction.

        Only ids that this server made are looked up: others were never merged.
        """
        ours = [player for player in players if player.startswith(OUR_PLAYER)]
        return StoredAccounts(db).find_merged(ours) if ours else {}

    def merged_players(self, players: Iterable[str]) -> Collection[str]:
        """Those of these players who were merged. Empty while the database is down."""
        try:
            return self.stored.run(lambda db: self.find_merged(db, players))
        except DatabaseUnavailable:
            return ()

    def accounts_of(self, players: Sequence[str]) -> dict[str, str]:
        """Those of these players who were merged, with their accounts."""
        return self.stored.find_merged(players)

    def roles(self, players: Sequence[str]) -> dict[str, Role]:
        """The roles of those of these players who are moderators or admins."""
        return self.stored.find_roles(players)

    def guests_in(self, player: str) -> list[str]:
        """The guests who were merged into an account."""
        return self.stored.guests_in(player)

    def _keep(self, account: Account) -> None:
        self._cache[account.id] = (self.monotonic(), account)
        if len(self._cache) > MAX_CACHED:
            self._cache.popitem(last=False)


def find_concealed(db: Connection, players: Collection[str]) -> set[str]:
    """Those of these players who are kept out of the lists, in the writer's transaction."""
    return PlayerStates(db).concealed(players)


def all_concealed(db: Connection) -> set[str]:
    """All players who are kept out of the lists, within one transaction."""
    return PlayerStates(db).all_concealed()
