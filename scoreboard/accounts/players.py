"""What players do with their accounts: come as a guest, register, sign in, change who they are."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ulid import ULID

from scoreboard.accounts.passwords import Passwords
from scoreboard.accounts.rules import display_name, guest_name
from scoreboard.accounts.service import Accounts
from scoreboard.accounts.sessions import Sessions, new_session
from scoreboard.accounts.types import Account, Player, Role, Tokens
from scoreboard.core.errors import NotFound, Unauthenticated
from scoreboard.core.ids import PLAYER_ID
from scoreboard.journal.types import Fact
from scoreboard.journal.writer import Writer

Context = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Players:
    """Accounts of players, each change a fact of the journal."""

    accounts: Accounts
    sessions: Sessions
    passwords: Passwords
    writer: Writer

    def guest(self, *, name: str | None, region: str | None, context: Context) -> Tokens:
        """A new guest, signed in. Raises Refused, invalid_display_name."""
        return self._create(name, region, {}, context)

    def register(
        self, username: str, password: str, *, name: str | None, region: str | None, context: Context
    ) -> Tokens:
        """A new player with a user name, signed in.

        Raises Conflict, username_taken; ValidationFailed, where the password is no good; Refused.
        """
        private = {"username": username, "password": self.passwords.hash(password)}
        return self._create(username if name is None else name, region, private, context)

    def login(self, username: str, password: str, *, context: Context) -> Tokens:
        """Sign in. Raises Unauthenticated, invalid_credentials, as slowly for a name that nobody has."""
        found = self.accounts.stored.credentials(username)
        player, stored = found or ("", None)
        if not self.passwords.matches(stored, password):
            raise Unauthenticated("User name or password are wrong.", code="invalid_credentials")
        if stored is not None and self.passwords.outdated(stored):
            self.accounts.stored.set_password(player, stored, self.passwords.hash(password))
        session = new_session()
        self._append("signed-in", player, {"session": session}, context)
        return self.sessions.tokens(session, self.me(player))

    def upgrade(self, player: Player, username: str, password: str, *, context: Context) -> Tokens:
        """Give a guest a user name and a password; he keeps id, scores and session. Raises Conflict."""
        private = {"username": username, "password": self.passwords.hash(password)}
        self._append("player-upgraded", player.id, {}, context, private)
        return self.sessions.current(player.session, self.me(player.id))

    def me(self, player: str) -> Account:
        """A player's account. Raises NotFound, player_not_found."""
        found = self.accounts.get(player) if re.match(PLAYER_ID, player) else None
        if found is None:
            raise NotFound(
                f"There is no player {player[:64]!r} with an account here.", code="player_not_found"
            )
        return found

    def find(self, who: str) -> Account:
        """The account of a player's id, else of a user name. Raises NotFound, player_not_found."""
        named = None if self.accounts.get(who) else self.accounts.stored.credentials(who)
        return self.me(named[0] if named else who)

    def change(self, player: str, changes: Mapping[str, Any], *, context: Context) -> Account:
        """Change a player's displayName or region. Raises Refused, invalid_display_name."""
        data = dict(changes)
        if "displayName" in data:
            data["displayName"] = display_name(data["displayName"])
        if data:
            self._append("player-changed", player, data, context)
        return self.me(player)

    def grant(self, player: str, role: Role, *, context: Context) -> Account:
        """Give a player a role. His access tokens must be refreshed to know of it. Raises NotFound."""
        self.me(player)
        self._append("role-changed", player, {"role": role}, context)
        self.sessions.revocations.look()
        return self.me(player)

    def allow_scoring(self, player: str, scoring: bool, *, context: Context) -> Account:
        """Whether a player may win points from now on. Raises NotFound, player_not_found."""
        self.me(player)
        self._append("scoring-changed", player, {"scoring": scoring}, context)
        return self.me(player)

    def _create(
        self, name: str | None, region: str | None, private: Mapping[str, Any], context: Context
    ) -> Tokens:
        player, session = f"p_{str(ULID()).lower()}", new_session()
        shown = guest_name(player) if name is None else display_name(name)
        data = {"session": session, "displayName": shown, "guest": not private}
        if region is not None:
            data["region"] = region
        self._append("player-created", player, data, context, private)
        return self.sessions.tokens(session, self.me(player))

    def _append(
        self,
        kind: str,
        player: str,
        data: Mapping[str, Any],
        context: Context,
        private: Mapping[str, Any] | None = None,
    ) -> None:
        fact = Fact(
            id=f"{kind}:{player}:{secrets.token_hex(8)}",
            kind=kind,
            player=player,
            data=dict(data),
            context=dict(context),
            private=dict(private or {}),
        )
        self.writer.record(fact)
        self.accounts.forget(player)
