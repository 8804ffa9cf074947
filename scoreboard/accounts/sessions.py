"""Sessions: signing in hands out tokens, refreshing replaces them, and a stolen one ends them all."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from msgspec import structs

from scoreboard.accounts.accesstokens import SECONDS, AccessTokens
from scoreboard.accounts.refreshtokens import RefreshTokens
from scoreboard.accounts.rules import SESSION_MS, presented
from scoreboard.accounts.service import Accounts
from scoreboard.accounts.store import sessions as table
from scoreboard.accounts.store.sessions import FORGET_MS, StoredSessions
from scoreboard.accounts.types import Account, Player, Session, Tokens
from scoreboard.core.clock import Clock
from scoreboard.core.db import Busy, Connection, Lost
from scoreboard.core.errors import Unauthenticated
from scoreboard.journal.types import Fact
from scoreboard.journal.writer import Writer

log = logging.getLogger(__name__)

LOOK_SECONDS = 5.0  # how long an access token of a session that was ended elsewhere may still work
OVERLAP_MS = 60_000  # hosts' clocks may disagree by so much


@dataclass(kw_only=True)
class Revocations:
    """Sessions that were ended, and players whose rights were changed, while access tokens live."""

    stored: StoredSessions
    clock: Clock
    news: Callable[[set[str]], None] = lambda ids: None  # told of sessions and players that are new here
    _since: dict[str, int] = field(default_factory=dict)
    _looked: bool = False
    _stopping: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Look for new ones every few seconds, until `stop`."""
        while not self._stopping.wait(LOOK_SECONDS):
            try:
                self.look()
            except (Lost, Busy):
                continue  # the database is away: what is known still holds
            except Exception:
                log.exception("revocations could not be read")

    def stop(self) -> None:
        """End `run`."""
        self._stopping.set()

    def look(self) -> None:
        """Learn what was revoked, here or elsewhere."""
        since = self.clock() - SECONDS * 1000 - OVERLAP_MS
        before, self._since = self._since, dict(self.stored.revocations(since))
        fresh = {id for id, at in self._since.items() if before.get(id) != at}
        if fresh and self._looked:
            self.news(fresh)
        self._looked = True

    def check(self, player: Player) -> None:
        """Raise Unauthenticated where the session was ended, or the player's rights were changed since."""
        self.check_session(player.session)
        if self.changed(player.id, player.issued_at):
            raise Unauthenticated("What you may do was changed: refresh your token.", code="token_expired")

    def check_session(self, session: str) -> None:
        """Raise Unauthenticated where a session was ended."""
        if session in self._since:
            raise Unauthenticated("This session was ended: sign in again.")

    def changed(self, player: str, issued_at: int) -> bool:
        """Whether a player's rights were changed since something was issued to him."""
        return issued_at < self._since.get(player, 0)


@dataclass(frozen=True, kw_only=True)
class Sessions:
    """Opens, refreshes and ends sessions, and knows whose an access token is."""

    access: AccessTokens
    refresh: RefreshTokens
    accounts: Accounts
    revocations: Revocations
    stored: StoredSessions
    writer: Writer
    clock: Clock

    def player(self, token: str) -> Player:
        """Who holds this access token. Raises Unauthenticated."""
        player = self.access.read(token)
        self.revocations.check(player)
        return player

    def tokens(self, session: str, account: Account, generation: int = 1) -> Tokens:
        """What the holder of this session gets."""
        return Tokens(
            account=account,
            access=self.access.issue(session, account),
            refresh=self.refresh.write(session, generation),
            seconds=SECONDS,
        )

    def current(self, id: str, account: Account) -> Tokens:
        """What the holder of this session has now, with a fresh access token. Raises Unauthenticated."""
        session = self.stored.get(id)
        if session is None or session.ended_at is not None:
            raise _invalid()
        return self.tokens(id, account, session.generation)

    def renew(self, token: str) -> Tokens:
        """New tokens for a refresh token, which is spent by it.

        Sent again within ten seconds it gives the same successor: the answer may have been lost, or two
        tabs were as fast. Later it ends the session. Raises Unauthenticated, invalid_refresh_token or
        refresh_token_reused.
        """
        id, generation = self._read(token)
        session, means = self.stored.database.transaction(lambda db: self._rotate(db, id, generation))
        if session is not None and means == "reused":
            self.end(session, why="a refresh token was used twice")
            raise Unauthenticated(
                "This refresh token was used before. The session is ended: sign in again.",
                code="refresh_token_reused",
            )
        account = self.accounts.get(session.player) if session and means != "over" else None
        if session is None or account is None:
            raise _invalid()
        return self.tokens(id, account, session.generation)

    def leave(self, token: str) -> None:
        """End the session of a refresh token. One that is not ours, or is over, changes nothing."""
        found = self.refresh.read(token)
        session = self.stored.get(found[0]) if found else None
        if session is not None:
            self.end(session, why="signed out")

    def end(self, session: Session, *, why: str) -> None:
        """End a session: its refresh tokens at once, its access tokens within seconds everywhere."""
        fact = Fact(
            id=f"session-ended:{session.id}",
            kind="session-ended",
            player=session.player,
            data={"session": session.id, "why": why},
        )
        (outcome,) = self.writer.append([fact])
        if outcome.error is None:
            self.revocations.look()

    def forget_old(self) -> None:
        """Delete sessions that have been over for a day."""
        self.stored.forget(self.clock() - FORGET_MS)

    def _read(self, token: str) -> tuple[str, int]:
        found = self.refresh.read(token)
        if found is None:
            raise _invalid()
        return found

    def _rotate(self, db: Connection, id: str, generation: int) -> tuple[Session | None, str]:
        session, now = table.session(db, id, lock=True), self.clock()
        if session is None:
            return None, "over"
        means = presented(session, generation, now)
        if means == "newest":
            session = structs.replace(
                session, generation=generation + 1, rotated_at=now, expires_at=now + SESSION_MS
            )
            table.rotate(db, session)
        return session, means


def new_session() -> str:
    """A new session's id, which nobody can guess."""
    return secrets.token_hex(16)


def _invalid() -> Unauthenticated:
    return Unauthenticated("This refresh token is not good: sign in again.", code="invalid_refresh_token")
