"""Players as other features know them: their names, and what their accounts allow."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from scoreboard.accounts.rules import OUR_PLAYER
from scoreboard.accounts.store import accounts as table
from scoreboard.accounts.store import names as names_table
from scoreboard.accounts.store.accounts import StoredAccounts
from scoreboard.accounts.store.names import PlayerNames
from scoreboard.accounts.types import Account, Barred, Name
from scoreboard.core.storage.db import Connection
from scoreboard.core.storage.unavailable import DatabaseUnavailable

KEPT_SECONDS = 5.0  # how long another process may not know of a change
MOST_KEPT = 10_000


@dataclass(frozen=True, kw_only=True)
class Names:
    """Players' display names, also inside the writer's transaction."""

    stored: PlayerNames

    def of(self, players: Sequence[str]) -> dict[str, str]:
        """The names of those players who have one."""
        return self.stored.of(players)

    def renames(self) -> int:
        """The newest fact that changed a name."""
        return self.stored.renames()

    def latest(self, players: Sequence[str]) -> list[Name]:
        """The names of those players who have one, with the facts that gave them."""
        return self.stored.latest(players)

    def after(self, player: str, limit: int) -> list[Name]:
        """Names by player, those after a given one."""
        return self.stored.after(player, limit)

    def within(self, db: Connection, players: Sequence[str]) -> dict[str, str]:
        """The names of those players who have one, in the writer's transaction."""
        return names_table.names_of(db, players)

    def write(self, db: Connection, names: Iterable[Name]) -> None:
        """Write names that changed, in the writer's transaction."""
        names_table.write_names(db, names)


@dataclass(frozen=True, kw_only=True)
class Accounts:
    """Accounts of players, remembered for a moment."""

    stored: StoredAccounts
    monotonic: Callable[[], float] = time.monotonic
    _known: OrderedDict[str, tuple[float, Account]] = field(default_factory=OrderedDict)

    def get(self, player: str) -> Account | None:
        """A player's account as it is; None where he has none."""
        found = self.stored.get(player)
        if found is not None:
            self._keep(found)
        return found

    def known(self, player: str) -> Account | None:
        """A player's account as it was a few seconds ago at most."""
        found = self._known.get(player)
        if found is not None and self.monotonic() - found[0] < KEPT_SECONDS:
            return found[1]
        return self.get(player)

    def forget(self, player: str) -> None:
        """The account was changed here."""
        self._known.pop(player, None)

    def barred(self, db: Connection, players: Sequence[str]) -> dict[str, Barred]:
        """Those of these players who may not win points, each with why, in the writer's transaction."""
        return table.barred(db, players)

    def merged(self, db: Connection, players: Iterable[str]) -> dict[str, str]:
        """Those of these players who were merged, each with the account, in the writer's transaction.

        Nobody is looked for whose id was not made here: other ids cost nothing.
        """
        ours = [player for player in players if player.startswith(OUR_PLAYER)]
        return table.merged(db, ours) if ours else {}

    def gone(self, players: Iterable[str]) -> Collection[str]:
        """Those of these players who were merged. Nobody while the database is away."""
        try:
            return self.stored.database.run(lambda db: self.merged(db, players))
        except DatabaseUnavailable:
            return ()

    def guests_in(self, player: str) -> list[str]:
        """The guests who were merged into an account."""
        return self.stored.database.run(lambda db: table.guests_in(db, player))

    def _keep(self, account: Account) -> None:
        self._known[account.id] = (self.monotonic(), account)
        if len(self._known) > MOST_KEPT:
            self._known.popitem(last=False)
