"""How facts about players change their accounts and sessions: inside the writer's transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from scoreboard.accounts.rules import SESSION_MS
from scoreboard.accounts.store import accounts, names, sessions
from scoreboard.accounts.types import Account, Name
from scoreboard.core.db import Connection
from scoreboard.core.errors import Conflict, NotFound
from scoreboard.journal.types import Fact, Recorded

Announce = Callable[[Sequence[Name], int, int], None]
KINDS = frozenset(
    {
        "player-created",
        "player-upgraded",
        "player-changed",
        "signed-in",
        "session-ended",
        "role-changed",
        "scoring-changed",
    }
)


@dataclass(frozen=True, kw_only=True)
class AccountFold:
    """Facts about players themselves."""

    announce: Announce
    kinds: frozenset[str] = KINDS

    def begin(self, db: Connection, facts: Sequence[Fact], at: int) -> AccountFolding:
        """Nothing to load."""
        return AccountFolding(db=db, at=at, announce=self.announce)


@dataclass(frozen=True, kw_only=True)
class AccountFolding:
    """Facts about players in one batch."""

    db: Connection
    at: int
    announce: Announce
    named: dict[str, Name] = field(default_factory=dict)

    def apply(self, fact: Fact, seq: int) -> dict[str, Any]:
        """Change an account or a session. Raises Conflict or NotFound."""
        change = {
            "player-created": self._create,
            "player-upgraded": self._upgrade,
            "player-changed": self._change,
            "signed-in": self._sign_in,
            "session-ended": self._end,
            "role-changed": self._grant,
            "scoring-changed": self._allow,
        }[fact.kind]
        change(fact)
        name = fact.data.get("displayName")
        if name is not None:
            self.named[fact.player] = Name(player=fact.player, text=name, seq=seq)
        return {}

    def again(self, recorded: Recorded) -> None:
        """Names are shown once more by the follower."""

    def finish(self) -> None:
        """Write names that changed."""
        names.write_names(self.db, self.named.values())

    def publish(self, first: int, last: int) -> None:
        """Show names that changed."""
        self.announce(list(self.named.values()), first, last)

    def _create(self, fact: Fact) -> None:
        username = fact.private.get("username")
        if username is not None:
            self._check_free(username)
        accounts.create(self.db, fact.player, region=fact.data.get("region"), at=self.at)
        if username is not None:
            accounts.name(self.db, fact.player, username=username, password=fact.private["password"])
        self._sign_in(fact)

    def _upgrade(self, fact: Fact) -> None:
        if not self._account(fact.player).guest:
            raise Conflict("This player has a user name already.", code="not_a_guest")
        self._check_free(fact.private["username"])
        accounts.name(
            self.db, fact.player, username=fact.private["username"], password=fact.private["password"]
        )

    def _change(self, fact: Fact) -> None:
        self._account(fact.player)
        if "region" in fact.data:
            accounts.change(self.db, fact.player, "region", fact.data["region"])

    def _sign_in(self, fact: Fact) -> None:
        id = fact.data["session"]
        sessions.create(self.db, id, fact.player, at=self.at, expires_at=self.at + SESSION_MS)

    def _end(self, fact: Fact) -> None:
        if not sessions.end(self.db, fact.data["session"], at=self.at, why=fact.data["why"]):
            raise NotFound("There is no such session, or it is over.")
        sessions.revoke(self.db, fact.data["session"], self.at)

    def _grant(self, fact: Fact) -> None:
        self._account(fact.player)
        accounts.change(self.db, fact.player, "role", fact.data["role"])
        sessions.revoke(self.db, fact.player, self.at)

    def _allow(self, fact: Fact) -> None:
        self._account(fact.player)
        accounts.change(self.db, fact.player, "scoring", int(fact.data["scoring"]))

    def _check_free(self, username: str) -> None:
        if accounts.taken(self.db, username):
            raise Conflict("This user name is taken. Choose another one.", code="username_taken")

    def _account(self, player: str) -> Account:
        found = accounts.account(self.db, player)
        if found is None:
            raise NotFound(f"There is no player {player!r} with an account here.", code="player_not_found")
        return found
