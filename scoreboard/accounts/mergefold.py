"""The step of accounts in the merge of a guest into an account, in the writer's transaction."""

from __future__ import annotations

from collections.abc import Callable

from scoreboard.accounts.rules import (
    account_needed,
    account_suspended,
    invalid_guest_token,
    not_a_guest,
    player_not_found,
    scoring_disabled,
)
from scoreboard.accounts.store.accounts import StoredAccounts
from scoreboard.accounts.store.sessions import MERGED, StoredSessions
from scoreboard.accounts.types import Account, Revocation
from scoreboard.core.storage.db import Connection
from scoreboard.journal.types import Fact, Position


class AccountMerge:
    """Makes a guest's account part of another account, and ends the guest's sessions."""

    def check(
        self, db: Connection, fact: Fact, position: Position, at: int
    ) -> Callable[[], dict[str, Revocation]]:
        """Check both accounts. Returns a function that merges them and returns revocations by session."""
        accounts, sessions, guest = StoredAccounts(db), StoredSessions(db), fact.data["guest"]
        _check_account(accounts.get(fact.player), fact.player)
        _check_guest(accounts.get(guest))

        def write() -> dict[str, Revocation]:
            ended = sessions.end_all(guest, except_for="", at=at, why=MERGED)
            sessions.revoke(ended, at)
            accounts.merge(guest, fact.player)
            return {session: Revocation(at=at, why="ended") for session in ended}

        return write


def _check_account(account: Account | None, player: str) -> None:
    if account is None:
        raise player_not_found(player)
    if account.guest:
        raise account_needed()
    _check_rights(account)


def _check_guest(guest: Account | None) -> None:
    if guest is None:
        raise invalid_guest_token()
    if not guest.guest:
        raise not_a_guest()
    _check_rights(guest)


def _check_rights(account: Account) -> None:
    """Refuse an account that may not win points: it neither takes a guest's points nor gives its own away."""
    if account.suspended:
        raise account_suspended()
    if not account.scoring:
        raise scoring_disabled()
