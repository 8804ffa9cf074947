"""Players' accounts: guests, registration, sign-in, changes; for operators: sessions, suspension, roles."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ulid import ULID

from scoreboard.accounts import spelling
from scoreboard.accounts.passwords import Passwords
from scoreboard.accounts.rules import (
    OUR_PLAYER,
    display_name,
    first_name,
    invalid_credentials,
    neutral_name,
    no_password,
    not_a_guest,
    player_not_found,
    username_taken,
    wrong_password,
)
from scoreboard.accounts.service import Accounts, Names
from scoreboard.accounts.sessions import Sessions, new_session
from scoreboard.accounts.types import Account, Player, Role, Tokens
from scoreboard.core.errors import NotFound
from scoreboard.core.ids import PLAYER_ID
from scoreboard.journal.types import Fact
from scoreboard.journal.writer import Writer

Context = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Players:
    """Creates and changes accounts. Each change is a fact of the journal."""

    accounts: Accounts
    sessions: Sessions
    passwords: Passwords
    names: Names
    find_ranked: Callable[[Sequence[str], int], set[str]]  # those of these players who scored since a time
    writer: Writer

    def guest(self, *, name: str | None, region: str | None, context: Context) -> Tokens:
        """Create a guest, and sign the guest in. Raises Refused, invalid_display_name."""
        return self._create(name, region, {}, context)

    def register(
        self, username: str, password: str, *, name: str | None, region: str | None, context: Context
    ) -> Tokens:
        """Create a player with a user name, and sign the player in.

        Raises Conflict, username_taken; ValidationFailed for the user name or the password; Refused.
        """
        private = self._credentials(username, password)
        return self._create(name, region, private, context)

    def login(self, username: str, password: str, *, context: Context) -> Tokens:
        """Sign a player in. Raises Unauthenticated, invalid_credentials.

        An unknown user name takes as long as a wrong password, so that the time does not reveal it. Raises
        Forbidden, account_suspended, only if the password is right.
        """
        player, stored = self.accounts.stored.credentials(username) or ("", None)
        typed = self.passwords.match(stored, password)
        if typed is None or stored is None:
            raise invalid_credentials()
        if self.passwords.is_outdated(stored, typed):
            stored = self._renew_hash(player, stored, password)
        session = new_session()
        self._append("signed-in", player, {"session": session}, context, {"password": stored})
        return self.sessions.tokens(session, self.me(player))

    def upgrade(self, player: Player, username: str, password: str, *, context: Context) -> Tokens:
        """Give a guest a user name and a password. The id and the scores stay. Raises Conflict.

        A new session replaces the guest's session, because its tokens may have been copied.
        """
        if not self.me(player.id).guest:
            raise not_a_guest()
        session = new_session()
        private = self._credentials(username, password) | {"session": player.session}
        self._append("player-upgraded", player.id, {"session": session}, context, private)
        return self.sessions.tokens(session, self.me(player.id))

    def change_password(self, player: Player, current: str, new: str, *, context: Context) -> None:
        """Change the player's password, and end all their other sessions.

        Raises Forbidden, wrong_password; Conflict, no_password; ValidationFailed for the new password.
        """
        account = self.me(player.id)
        if account.username is None:
            raise no_password()
        _, stored = self.accounts.stored.credentials(account.username) or ("", None)
        if self.passwords.match(stored, current) is None:
            raise wrong_password()
        private = {"before": stored, "password": self.passwords.hash(new, field="newPassword")}
        self._append("password-changed", player.id, {"session": player.session}, context, private)

    def set_password(self, player: str, new: str, *, context: Context) -> None:
        """Set a player's password, and end all their sessions. Raises Conflict, no_password."""
        if self.me(player).guest:
            raise no_password()
        private = {"password": self.passwords.hash(new)}
        self._append("password-changed", player, {"session": ""}, context, private)

    def end_sessions(self, player: str, *, except_for: str = "", why: str, context: Context) -> None:
        """End all sessions of a player except the session `except_for`."""
        self._append("sessions-ended", player, {"session": except_for, "why": why}, context)

    def suspend(self, player: str, *, context: Context) -> Account:
        """Suspend a player until `reinstate`, and end their sessions. Their scores stay."""
        self.me(player)
        self._append("player-suspended", player, {}, context)
        return self.me(player)

    def reinstate(self, player: str, *, context: Context) -> Account:
        """End a player's suspension."""
        self.me(player)
        self._append("player-reinstated", player, {}, context)
        return self.me(player)

    def is_familiar(self, username: str, network: str) -> bool:
        """True if the player of this user name signed in from this network before.

        `network` is the keyed hash of the network, as in `guard.network`.
        """
        credentials = self.accounts.stored.credentials(username)
        return credentials is not None and self.sessions.stored.is_familiar(credentials[0], network)

    def me(self, player: str) -> Account:
        """A player's account. Raises NotFound, player_not_found."""
        account = self.accounts.get(player) if re.match(PLAYER_ID, player) else None
        if account is None:
            raise player_not_found(player)
        return account

    def find(self, name: str) -> Account:
        """The account with this id or, if there is none, with this user name. Raises NotFound."""
        credentials = None if self.accounts.get(name) else self.accounts.stored.credentials(name)
        return self.me(credentials[0] if credentials else name)

    def change(self, player: str, changes: Mapping[str, Any], *, context: Context) -> Account:
        """Change a player's displayName or region. Raises Refused, invalid_display_name."""
        data = dict(changes)
        if "displayName" in data:
            data["displayName"] = display_name(data["displayName"])
        if data:
            self._append("player-changed", player, data, context)
        return self.me(player)

    def rename(self, player: str, name: str, *, context: Context) -> str:
        """Change a player's display name. A player that a server named need not have an account.

        Returns the name in its stored spelling. Raises NotFound, player_not_found; Refused,
        invalid_display_name.
        """
        shown = display_name(name)
        if not self._exists(player):
            raise NotFound(f"There is no player {player[:64]!r} here.", code="player_not_found")
        self._append("player-renamed", player, {"displayName": shown}, context)
        return shown

    def hide_addresses(self, *, context: Context) -> int:
        """Rename players whose display name is an e-mail address and their user name. Returns the number."""
        players = self.accounts.stored.players_named_by_address()
        for player in players:
            self.rename(player, neutral_name(player), context=context)
        return len(players)

    def grant(self, player: str, role: Role, *, context: Context) -> Account:
        """Give a player a role. It takes effect when an access token is refreshed. Raises NotFound."""
        self.me(player)
        self._append("role-changed", player, {"role": role}, context)
        return self.me(player)

    def allow_scoring(self, player: str, scoring: bool, *, context: Context) -> Account:
        """Set whether a player may win points from now on. Raises NotFound, player_not_found."""
        self.me(player)
        self._append("scoring-changed", player, {"scoring": scoring}, context)
        return self.me(player)

    def _exists(self, player: str) -> bool:
        if not re.match(PLAYER_ID, player):
            return False
        return bool(self.accounts.get(player) or self.names.of([player]) or self.find_ranked([player], 0))

    def _credentials(self, username: str, password: str) -> dict[str, str]:
        name = spelling.username(username)
        # The fold decides whether the name is free. This check spares most taken names the cost of a hash.
        if self.accounts.stored.is_taken(name):
            raise username_taken()
        return {"username": name, "password": self.passwords.hash(password)}

    def _renew_hash(self, player: str, stored: str, password: str) -> str:
        """Store a new hash of this password. Returns it. Raises Unauthenticated if the password changed."""
        new_hash = self.passwords.rehash(password)
        if self.accounts.stored.replace_hash(player, stored, new_hash):
            return new_hash
        # Another request replaced the hash first. It may be a hash of the same password, or of a new one.
        newest = self.accounts.stored.password(player)
        if self.passwords.match(newest, password) is None:
            raise invalid_credentials()
        return newest

    def _create(
        self, name: str | None, region: str | None, private: Mapping[str, Any], context: Context
    ) -> Tokens:
        player, session = f"{OUR_PLAYER}{str(ULID()).lower()}", new_session()
        shown = first_name(player, private.get("username")) if name is None else display_name(name)
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
        (outcome,) = self.writer.append([fact])
        if outcome.error is not None:
            raise outcome.error
        self.accounts.forget(player)
        # `shown` is None if projecting failed: the next look then finds the revocations.
        self.sessions.revocations.add(outcome.shown or {})
