"""How facts about players change their accounts and sessions: inside the writer's transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from scoreboard.accounts.rules import (
    SESSION_MS,
    invalid_credentials,
    no_password,
    not_a_guest,
    player_not_found,
    session_over,
    suspended,
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

Announce = Callable[[Sequence[Name], Span], None]
Renamed = Callable[[Sequence[str]], None]
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
    """Facts about players themselves."""

    announce: Announce
    renamed: Renamed
    kinds: frozenset[str] = KINDS
    audited: frozenset[str] = AUDITED

    def open(self, db: Connection, facts: Sequence[Fact], at: int) -> AccountFoldBatch:
        """A batch of facts about players. Nothing is loaded before."""
        return AccountFoldBatch(
            db=db,
            at=at,
            announce=self.announce,
            renamed=self.renamed,
            accounts=StoredAccounts(db),
            sessions=StoredSessions(db),
        )


@dataclass(frozen=True, kw_only=True)
class AccountFoldBatch(SimpleBatch):
    """Facts about players in one batch."""

    db: Connection
    at: int
    announce: Announce
    renamed: Renamed
    accounts: StoredAccounts
    sessions: StoredSessions
    created: set[str] = field(default_factory=set)
    named: dict[str, Name] = field(default_factory=dict)
    revoked: dict[str, Revocation] = field(default_factory=dict)

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
            self.named[fact.player] = Name(player=fact.player, text=name, seq=position.seq)
        return {}

    def finish(self) -> None:
        """Write what the batch changed."""
        Names(self.db).write(self.named.values())
        if self.revoked:
            self.sessions.revoke(list(self.revoked), self.at)

    def project(self, span: Span) -> dict[str, Revocation]:
        """Show names that changed. Returns the revocations, which this process takes in at once."""
        self.announce(list(self.named.values()), span)
        if others := [player for player in self.named if player not in self.created]:
            self.renamed(others)
        return self.revoked

    def _create(self, fact: Fact) -> None:
        username = fact.private.get("username")
        if username is not None:
            self._check_free(username)
        self.accounts.create(fact.player, region=fact.data.get("region"), at=self.at)
        if username is not None:
            self.accounts.name(fact.player, username=username, password=fact.private["password"])
        self._open(fact)
        self.created.add(fact.player)

    def _upgrade(self, fact: Fact) -> None:
        if not self._account(fact.player).guest:
            raise not_a_guest()
        self._check_free(fact.private["username"])
        self._check_open(fact.private["session"])
        self.accounts.name(fact.player, username=fact.private["username"], password=fact.private["password"])
        # The guest's tokens may have been copied.
        self._end_all(fact.player, spared="", why=REPLACED)
        self._open(fact)

    def _change(self, fact: Fact) -> None:
        self._account(fact.player)
        if "region" in fact.data:
            self.accounts.change(fact.player, "region", fact.data["region"])

    def _rename(self, fact: Fact) -> None:
        """Change nothing here: `apply` takes the name, and most players of a server have no account."""

    def _sign_in(self, fact: Fact) -> None:
        self._check_password(fact.player, fact.private["password"], invalid_credentials())
        if self._account(fact.player).suspended:
            raise suspended()
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
        self._end_all(fact.player, spared=fact.data["session"], why=fact.data["why"])

    def _set_password(self, fact: Fact) -> None:
        if self._account(fact.player).guest:
            raise no_password()
        spared = fact.data["session"]
        if spared:  # a player changes their own password, an operator anybody's
            self._check_open(spared)
            self._check_password(fact.player, fact.private["before"], wrong_password())
        self.accounts.change(fact.player, "password", fact.private["password"])
        self._end_all(fact.player, spared=spared, why="the password was changed")

    def _end_all(self, player: str, *, spared: str, why: str) -> None:
        for id in self.sessions.end_all(player, spared=spared, at=self.at, why=why):
            self._revoke(id, "replaced" if why == REPLACED else "ended")

    def _revoke(self, subject: str, why: Literal["ended", "replaced", "changed", "suspended"]) -> None:
        self.revoked[subject] = Revocation(at=self.at, why=why)

    def _suspend(self, fact: Fact) -> None:
        account = self._account(fact.player)
        if not account.suspended:
            self.accounts.change(fact.player, "suspended_at", self.at)
        if not account.guest:  # a guest could never sign in again: their sessions are refused, not ended
            self._end_all(fact.player, spared="", why="suspended")
        self._revoke(fact.player, "suspended")

    def _reinstate(self, fact: Fact) -> None:
        self._account(fact.player)
        self.accounts.change(fact.player, "suspended_at", None)
        self._revoke(fact.player, "changed")

    def _grant(self, fact: Fact) -> None:
        suspended = self._account(fact.player).suspended
        self.accounts.change(fact.player, "role", fact.data["role"])
        self._revoke(fact.player, "suspended" if suspended else "changed")

    def _allow(self, fact: Fact) -> None:
        self._account(fact.player)
        self.accounts.change(fact.player, "scoring", int(fact.data["scoring"]))

    def _check_free(self, username: str) -> None:
        if self.accounts.taken(username):
            raise username_taken()

    def _check_open(self, session: str) -> None:
        found = self.sessions.get(session)
        if found is None or found.ended_at is not None:
            raise session_over()

    def _check_password(self, player: str, verified: str, refusal: ScoreboardError) -> None:
        # It may have changed since it was verified: a sign-in that began before must fail.
        if self.accounts.password(player) != verified:
            raise refusal

    def _account(self, player: str) -> Account:
        found = self.accounts.get(player)
        if found is None:
            raise player_not_found(player)
        return found
