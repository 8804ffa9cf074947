"""The fold of facts about players. It changes their accounts and sessions in the writer's transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from scoreboard.accounts.rules import (
    SESSION_MS,
    account_suspended,
    invalid_credentials,
    no_password,
    not_a_guest,
    player_not_found,
    session_over,
    username_taken,
    wrong_password,
)
from scoreboard.accounts.store.accounts import StoredAccounts
from scoreboard.accounts.store.names import Names
from scoreboard.accounts.store.sessions import REPLACED, StoredSessions
from scoreboard.accounts.types import Account, Name, Revocation
from scoreboard.core.errors import NotFound, ScoreboardError
from scoreboard.core.storage.db import Connection
from scoreboard.journal.simplefold import SimpleBatch
from scoreboard.journal.types import Fact, Position, Span

ShowNames = Callable[[Sequence[Name], Span], None]
RefreshStreams = Callable[[Sequence[str]], None]
KINDS = frozenset(
    {
        "player-created",
        "player-upgraded",
        "player-changed",
        "player-renamed",
        "signed-in",
        "session-ended",
        "sessions-ended",
        "password-changed",
        "role-changed",
        "scoring-changed",
        "player-suspended",
        "player-reinstated",
    }
)
AUDITED = frozenset({"guest", "why", "role", "scoring"})  # not `session`, `displayName` and `region`


@dataclass(frozen=True, kw_only=True)
class AccountFold:
    """Folds facts about players. After a commit it shows new names, and refreshes streams that list them."""

    show_names: ShowNames
    refresh_streams: RefreshStreams
    kinds: frozenset[str] = KINDS
    audited: frozenset[str] = AUDITED

    def open(self, db: Connection, facts: Sequence[Fact], at: int) -> AccountFoldBatch:
        """Open a batch of facts about players. It loads nothing in advance."""
        return AccountFoldBatch(
            db=db,
            at=at,
            show_names=self.show_names,
            refresh_streams=self.refresh_streams,
            accounts=StoredAccounts(db),
            sessions=StoredSessions(db),
        )


@dataclass(frozen=True, kw_only=True)
class AccountFoldBatch(SimpleBatch):
    """Folds the facts about players of one batch."""

    db: Connection
    at: int
    show_names: ShowNames
    refresh_streams: RefreshStreams
    accounts: StoredAccounts
    sessions: StoredSessions
    created_players: set[str] = field(default_factory=set)
    new_names: dict[str, Name] = field(default_factory=dict)
    revocations: dict[str, Revocation] = field(default_factory=dict)

    def apply(self, fact: Fact, position: Position) -> dict[str, Any]:
        """Change an account or its sessions. Raises Conflict, Forbidden, NotFound or Unauthenticated."""
        change = {
            "player-created": self._create,
            "player-upgraded": self._upgrade,
            "player-changed": self._change,
            "player-renamed": self._rename,
            "signed-in": self._sign_in,
            "session-ended": self._end,
            "sessions-ended": self._end_others,
            "password-changed": self._set_password,
            "role-changed": self._grant,
            "scoring-changed": self._allow,
            "player-suspended": self._suspend,
            "player-reinstated": self._reinstate,
        }[fact.kind]
        change(fact)
        name = fact.data.get("displayName")
        if name is not None:
            self.new_names[fact.player] = Name(
                player=fact.player,
                text=name,
                seq=position.seq,
                may_be_listed=fact.player not in self.created_players,
            )
        return {}

    def finish(self) -> None:
        """Write the names and revocations that `apply` gathered."""
        Names(self.db).write(self.new_names.values())
        if self.revocations:
            self.sessions.revoke(list(self.revocations), self.at)

    def project(self, span: Span) -> dict[str, Revocation]:
        """Show the names that changed. Returns the revocations, which this process takes in at once."""
        self.show_names(list(self.new_names.values()), span)
        if renamed_players := [player for player in self.new_names if player not in self.created_players]:
            self.refresh_streams(renamed_players)
        return self.revocations

    def _create(self, fact: Fact) -> None:
        username = fact.private.get("username")
        if username is not None:
            self._check_free(username)
        self.accounts.create(fact.player, region=fact.data.get("region"), at=self.at)
        if username is not None:
            self.accounts.name(fact.player, username=username, password=fact.private["password"])
        self._open(fact)
        self.created_players.add(fact.player)

    def _upgrade(self, fact: Fact) -> None:
        if not self._account(fact.player).guest:
            raise not_a_guest()
        self._check_free(fact.private["username"])
        self._check_open(fact.private["session"])
        self.accounts.name(fact.player, username=fact.private["username"], password=fact.private["password"])
        # The guest's tokens may have been copied.
        self._end_all(fact.player, except_for="", why=REPLACED)
        self._open(fact)

    def _change(self, fact: Fact) -> None:
        self._account(fact.player)
        if "region" in fact.data:
            self.accounts.change(fact.player, "region", fact.data["region"])

    def _rename(self, fact: Fact) -> None:
        """Change no account: `apply` stores the name, and players of a server may have no account."""

    def _sign_in(self, fact: Fact) -> None:
        self._check_password(fact.player, fact.private["password"], invalid_credentials())
        if self._account(fact.player).suspended:
            raise account_suspended()
        self._open(fact)

    def _open(self, fact: Fact) -> None:
        self.sessions.create(
            fact.data["session"],
            fact.player,
            network=fact.context.get("address", ""),
            at=self.at,
            expires_at=self.at + SESSION_MS,
        )

    def _end(self, fact: Fact) -> None:
        id = fact.data["session"]
        if not self.sessions.end(id, at=self.at, why=fact.data["why"]):
            raise NotFound("There is no open session of this id.")
        self._revoke(id, "ended")

    def _end_others(self, fact: Fact) -> None:
        self._account(fact.player)
        self._end_all(fact.player, except_for=fact.data["session"], why=fact.data["why"])

    def _set_password(self, fact: Fact) -> None:
        if self._account(fact.player).guest:
            raise no_password()
        session = fact.data["session"]
        if session:  # the player's own; without one, an operator sets the password
            self._check_open(session)
            self._check_password(fact.player, fact.private["before"], wrong_password())
        self.accounts.change(fact.player, "password", fact.private["password"])
        self._end_all(fact.player, except_for=session, why="the password was changed")

    def _end_all(self, player: str, *, except_for: str, why: str) -> None:
        for id in self.sessions.end_all(player, except_for=except_for, at=self.at, why=why):
            self._revoke(id, "replaced" if why == REPLACED else "ended")

    def _revoke(self, subject: str, why: Literal["ended", "replaced", "changed", "suspended"]) -> None:
        self.revocations[subject] = Revocation(at=self.at, why=why)

    def _suspend(self, fact: Fact) -> None:
        account = self._account(fact.player)
        if not account.suspended:
            self.accounts.change(fact.player, "suspended_at", self.at)
        if not account.guest:  # a guest could never sign in again: their sessions are refused, not ended
            self._end_all(fact.player, except_for="", why="suspended")
        self._revoke(fact.player, "suspended")

    def _reinstate(self, fact: Fact) -> None:
        self._account(fact.player)
        self.accounts.change(fact.player, "suspended_at", None)
        self._revoke(fact.player, "changed")

    def _grant(self, fact: Fact) -> None:
        account = self._account(fact.player)
        self.accounts.change(fact.player, "role", fact.data["role"])
        self._revoke(fact.player, "suspended" if account.suspended else "changed")

    def _allow(self, fact: Fact) -> None:
        self._account(fact.player)
        self.accounts.change(fact.player, "scoring", int(fact.data["scoring"]))

    def _check_free(self, username: str) -> None:
        if self.accounts.is_taken(username):
            raise username_taken()

    def _check_open(self, session: str) -> None:
        found = self.sessions.get(session)
        if found is None or found.ended_at is not None:
            raise session_over()

    def _check_password(self, player: str, hash: str, refusal: ScoreboardError) -> None:
        # It may have changed since it was verified: a sign-in that began before the change must fail.
        if self.accounts.password(player) != hash:
            raise refusal

    def _account(self, player: str) -> Account:
        found = self.accounts.get(player)
        if found is None:
            raise player_not_found(player)
        return found
