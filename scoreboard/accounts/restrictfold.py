"""The step of accounts in a decision about a player, in the writer's transaction."""

from __future__ import annotations

from scoreboard.accounts.store.accounts import StoredAccounts
from scoreboard.accounts.store.playerstates import PlayerStates
from scoreboard.accounts.store.sessions import StoredSessions
from scoreboard.accounts.types import PlayerState, Revocation
from scoreboard.core.storage.db import Connection


class AccountRestriction:
    """Writes a player's state, and applies it to their account if they have one here."""

    def differs(self, db: Connection, state: PlayerState) -> bool:
        """True if the account is not yet as `state` says: a fact of an earlier release changed it."""
        account = StoredAccounts(db).get(state.player)
        if account is None:
            return False
        return (account.suspended, account.scoring) != (bool(state.suspended), not state.silenced)

    def write(self, db: Connection, state: PlayerState, *, at: int) -> dict[str, Revocation]:
        """Write a player's state. Returns the revocations, which this process applies at once."""
        PlayerStates(db).write(state)
        accounts = StoredAccounts(db)
        account = accounts.get(state.player)
        if account is None:
            return {}
        if account.scoring == bool(state.silenced):
            accounts.change(state.player, "scoring", int(not state.silenced))
        if account.suspended == bool(state.suspended):
            return {}
        accounts.change(state.player, "suspended_at", at if state.suspended else None)
        StoredSessions(db).revoke([state.player], at)
        return {state.player: Revocation(at=at, why="suspended" if state.suspended else "changed")}
