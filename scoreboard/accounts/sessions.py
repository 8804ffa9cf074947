"""Sessions: a sign-in issues tokens, a refresh replaces them, and a stolen refresh token ends the session."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from msgspec import structs

from scoreboard.accounts.accesstokens import SECONDS, AccessTokens
from scoreboard.accounts.refreshtokens import RefreshTokens
from scoreboard.accounts.revocations import Revocations
from scoreboard.accounts.rules import account_suspended, invalid_guest_token, session_end, token_use
from scoreboard.accounts.service import Accounts
from scoreboard.accounts.store.accounts import StoredAccounts
from scoreboard.accounts.store.sessions import FORGET_MS, MERGED, StoredSessions
from scoreboard.accounts.types import Account, Player, Session, Tokens
from scoreboard.core.clock import Clock
from scoreboard.core.errors import NotFound, Unauthenticated
from scoreboard.core.storage.db import Connection
from scoreboard.journal.types import Fact
from scoreboard.journal.writer import Writer

DAY_MS = 86_400_000


@dataclass(frozen=True, kw_only=True)
class Sessions:
    """Issues and replaces the tokens of sessions, ends sessions, and finds the player of an access token."""

    access: AccessTokens
    refresh: RefreshTokens
    accounts: Accounts
    revocations: Revocations
    stored: StoredSessions
    writer: Writer
    clock: Clock
    oldest_days: int  # the maximum age of a session; guests' sessions have none

    def player(self, token: str) -> Player:
        """The player of this access token. Raises Unauthenticated, or Forbidden, account_suspended."""
        player = self.access.read(token)
        self.revocations.check(player)
        return player

    def tokens(self, session: str, account: Account, generation: int = 1) -> Tokens:
        """Issue the tokens of a session."""
        return Tokens(
            account=account,
            access=self.access.issue(session, account),
            refresh=self.refresh.write(session, generation),
            seconds=SECONDS,
        )

    def renew(self, token: str) -> Tokens:
        """Issue new tokens for a refresh token, which can be used once.

        If it is sent again within ten seconds, it gets the same new refresh token: the first answer may have
        been lost, or two tabs refreshed at the same time. If it is sent again later, the session ends.
        Raises Unauthenticated, invalid_refresh_token or refresh_token_reused. Raises Forbidden,
        account_suspended; the refresh token then stays valid.
        """
        id, generation = self._read(token)
        session, account, use = self.stored.transaction(lambda db: self._rotate(db, id, generation))
        if session is not None and use == "reused":
            self.end(session, why="a refresh token was used twice")
            raise Unauthenticated(
                "This refresh token was used before, so the session has ended. Sign in again.",
                code="refresh_token_reused",
            )
        if session is None or account is None or use == "over":
            raise _invalid_refresh_token()
        return self.tokens(id, account, session.generation)

    def guest(self, token: str) -> str:
        """The guest of this refresh token, which is not used up. Raises BadRequest, invalid_guest_token.

        It also finds a guest whose session was ended by a merge: the answer to the merge may have been lost.
        A token that was used before ends the session, as in `renew`.
        """
        content = self.refresh.read(token)
        session = self.stored.get(content[0]) if content else None
        if content is None or session is None:
            raise invalid_guest_token()
        if session.ended_why == MERGED:
            return session.player
        use = token_use(session, content[1], self.clock())
        if use == "reused":
            self.end(session, why="a refresh token was used twice")
            raise invalid_guest_token("It was used before, so the guest's session has ended.")
        if use == "over":
            raise invalid_guest_token()
        return session.player

    def sign_out(self, token: str) -> None:
        """End the session of a refresh token. A token without an open session changes nothing."""
        content = self.refresh.read(token)
        session = self.stored.get(content[0]) if content else None
        if session is not None:
            self.end(session, why="signed out")

    def end(self, session: Session, *, why: str) -> None:
        """End a session. Its refresh tokens are refused at once, its access tokens within seconds."""
        fact = Fact(
            id=f"session-ended:{session.id}",
            kind="session-ended",
            player=session.player,
            data={"session": session.id, "why": why},
        )
        (outcome,) = self.writer.append([fact])
        if outcome.error is None:
            self.revocations.add(outcome.shown or {})

    def open_of(self, account: Account) -> list[Session]:
        """A player's open sessions, at most a hundred. The most recently used one comes first."""
        now = self.clock()
        oldest = 0 if account.guest else now - self._oldest_ms
        return [one for one in self.stored.open_of(account.id, now) if one.created_at > oldest]

    def end_own(self, player: str, id: str) -> None:
        """End a session of this player. Raises NotFound, session_not_found, also for another player's."""
        session = self.stored.get(id)
        if session is None or session.player != player or session.ended_at is not None:
            raise NotFound("You have no open session with this id.", code="session_not_found")
        self.end(session, why="ended by its player")

    def forget_old(self) -> None:
        """Delete sessions that ended or expired more than a day ago."""
        self.stored.forget(self.clock() - FORGET_MS)

    def _read(self, token: str) -> tuple[str, int]:
        content = self.refresh.read(token)
        if content is None:
            raise _invalid_refresh_token()
        return content

    def _rotate(self, db: Connection, id: str, generation: int) -> tuple[Session | None, Account | None, str]:
        stored, now = StoredSessions(db), self.clock()
        session = stored.get(id, lock=True)
        account = StoredAccounts(db).get(session.player) if session else None
        if session is None or account is None:
            return None, None, "over"
        if account.suspended:
            raise account_suspended()
        oldest_ms = None if account.guest else self._oldest_ms
        use = token_use(session, generation, now, oldest_ms)
        if use == "newest":
            end = session_end(session.created_at, now, oldest_ms)
            session = structs.replace(session, generation=generation + 1, rotated_at=now, expires_at=end)
            stored.rotate(session)
        return session, account, use

    @property
    def _oldest_ms(self) -> int:
        return self.oldest_days * DAY_MS


def new_session() -> str:
    """A new session's id, which can't be guessed."""
    return secrets.token_hex(16)


def _invalid_refresh_token() -> Unauthenticated:
    return Unauthenticated("Invalid refresh token. Sign in again.", code="invalid_refresh_token")
