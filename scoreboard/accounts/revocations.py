"""Revocations: sessions that ended and players whose rights changed before their access tokens expire."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from scoreboard.accounts.accesstokens import SECONDS
from scoreboard.accounts.rules import session_over, suspended
from scoreboard.accounts.store.sessions import StoredSessions
from scoreboard.accounts.types import Player, Revocation
from scoreboard.core.background import Loop
from scoreboard.core.clock import Clock
from scoreboard.core.errors import Unauthenticated
from scoreboard.core.storage.unavailable import DatabaseUnavailable

LOOK_SECONDS = 0.25  # one indexed query; an answer to the end of a session waits a little longer
AWAY_SECONDS = 5.0  # between looks while the database is down
OVERLAP_MS = 60_000  # hosts' clocks may differ by this much
KEPT_MS = SECONDS * 1000 + OVERLAP_MS  # then every earlier access token has expired
WHOLE_MS = 60_000  # how often all rows are read: a host whose clock is wrong writes rows that look old
Found = Mapping[str, Revocation]


@dataclass(kw_only=True)
class Revocations:
    """Revocations as a process knows them: its own at once, those of others within a second."""

    stored: StoredSessions
    clock: Clock
    _known: dict[str, Revocation] = field(default_factory=dict)
    _newest: int = 0
    _read_whole: int | None = None
    _listeners: list[Callable[[Found], None]] = field(default_factory=list)
    _waits: list[Callable[[], None]] = field(default_factory=list)
    loop: Loop = field(init=False)

    def __post_init__(self) -> None:
        # While the database is down, known revocations still hold.
        self.loop = Loop(
            "reading revocations", self.turn, expected=(DatabaseUnavailable,), rest_seconds=AWAY_SECONDS
        )

    def subscribe(self, listener: Callable[[Found], None], wait: Callable[[], None]) -> None:
        """Call `listener` with new revocations. `wait` returns when other processes know them too."""
        self._listeners.append(listener)
        self._waits.append(wait)

    def turn(self) -> float:
        """Look, several times a second. Returns the seconds until the next turn."""
        self.look()
        return LOOK_SECONDS

    def look(self) -> None:
        """Read the revocations of other processes: the new ones, and every minute all of them."""
        now, first = self.clock(), self._read_whole is None
        if self._read_whole is None or now - self._read_whole >= WHOLE_MS:
            since, self._read_whole = now - KEPT_MS, now
            self._forget(since)
        else:
            # The journal's time never falls, but a later commit may be of the same millisecond.
            since = self._newest - 1
        found = self.stored.revocations(since)
        self._newest = max([self._newest, *(one.at for one in found.values())])
        fresh = self._learn(found)
        if fresh and not first:
            self._tell(fresh)

    def add(self, found: Found) -> None:
        """Take in revocations of this process. Returns when other processes know them too."""
        fresh = self._learn(found)
        if fresh:
            self._tell(fresh)
        if found:
            for wait in self._waits:
                wait()

    def check(self, player: Player) -> None:
        """Raise Forbidden if the account is suspended.

        Raise Unauthenticated if the session was ended, or the player's rights were changed since.
        """
        self.check_suspended(player.id)
        if self.ended(player.session):
            raise session_over()
        if self.changed(player.id, player.issued_at):
            raise Unauthenticated("Your rights have changed. Refresh the session.", code="token_expired")

    def check_suspended(self, player: str) -> None:
        """Raise Forbidden if a player's account is suspended."""
        found = self._known.get(player)
        # Whenever the token was issued: the issuing host's clock may be ahead.
        if found is not None and found.why == "suspended":
            raise suspended()

    def ended(self, session: str) -> Revocation | None:
        """Why and when a session was ended; None for an open one."""
        return self._known.get(session)

    def changed(self, player: str, issued_at: int) -> bool:
        """Whether a player's rights were changed since something was issued to them."""
        found = self._known.get(player)
        return found is not None and issued_at < found.at

    def _tell(self, found: Found) -> None:
        for listener in self._listeners:
            listener(found)

    def _learn(self, found: Found) -> Found:
        fresh = {id: one for id, one in found.items() if _newer(one, self._known.get(id))}
        self._known.update(fresh)
        return fresh

    def _forget(self, before: int) -> None:
        self._known = {id: one for id, one in self._known.items() if one.at > before}


def _newer(one: Revocation, known: Revocation | None) -> bool:
    return known is None or one.at > known.at or (one.at == known.at and one.why != known.why)
