"""Players as other features know them: their names, and what their accounts allow."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, field

from scoreboard.accounts.rules import OUR_PLAYER
from scoreboard.accounts.store.accounts import StoredAccounts
from scoreboard.accounts.store.names import Names
from scoreboard.accounts.types import Account, Barred
from scoreboard.core.storage.db import Connection
from scoreboard.core.storage.unavailable import DatabaseUnavailable

__all__ = ["Accounts", "Names"]

KEPT_SECONDS = 5.0  # how long another process may not know of a change
MOST_KEPT = 10_000


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
        return StoredAccounts(db).barred(players)

    def merged(self, db: Connection, players: Iterable[str]) -> dict[str, str]:
        """Those of these players who were merged, each with the account, in the writer's transaction.

        Nobody is looked for whose id was not made here: other ids cost nothing.
        """
        ours = [player for player in players if player.startswith(OUR_PLAYER)]
        return StoredAccounts(db).merged(ours) if ours else {}

    def gone(self, players: Iterable[str]) -> Collection[str]:
        """Those of these players who were merged. Nobody while the database is away."""
        try:
            return self.stored.run(lambda db: self.merged(db, players))
        except DatabaseUnavailable:
            return ()

    def guests_in(self, player: str) -> list[str]:
        """The guests who were merged into an account."""
        return self.stored.guests_in(player)

    def _keep(self, account: Account) -> None:
        self._known[account.id] = (self.monotonic(), account)
        if len(self._known) > MOST_KEPT:
            self._known.popitem(last=False)
