"""Revocations: sessions that ended and players whose rights changed before their access tokens expire."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from scoreboard.accounts.accesstokens import SECONDS
from scoreboard.accounts.rules import account_suspended, session_over
from scoreboard.accounts.store.sessions import StoredSessions
from scoreboard.accounts.types import Player, Revocation
from scoreboard.core.background import Loop
from scoreboard.core.clock import Clock
from scoreboard.core.errors import Unauthenticated
from scoreboard.core.storage.unavailable import DatabaseUnavailable

LOOK_SECONDS = 0.25  # between looks, each an indexed query; ending a session waits a little longer than this
AWAY_SECONDS = 5.0  # between looks while the database is down
OVERLAP_MS = 60_000  # hosts' clocks may differ by this much
KEPT_MS = SECONDS * 1000 + OVERLAP_MS  # then every earlier access token has expired
WHOLE_MS = 60_000  # how often all rows are read: a host whose clock is wrong writes rows that look old
ById = Mapping[str, Revocation]  # by the id of a session or a player


@dataclass(kw_only=True)
class Revocations:
    """The revocations that this process knows: its own at once, those of other processes within a second."""

    stored: StoredSessions
    clock: Clock
    _revocations: dict[str, Revocation] = field(default_factory=dict)
    _newest: int = 0
    _read_whole: int | None = None
    _listeners: list[Callable[[ById], None]] = field(default_factory=list)
    _waits: list[Callable[[], None]] = field(default_factory=list)
    loop: Loop = field(init=False)

    def __post_init__(self) -> None:
        # While the database is down, known revocations still hold.
        self.loop = Loop(
            "reading revocations", self.turn, expected=(DatabaseUnavailable,), rest_seconds=AWAY_SECONDS
        )

    def subscribe(self, listener: Callable[[ById], None], wait: Callable[[], None]) -> None:
        """Call `listener` with new revocations, then `wait`, which returns when other processes know them."""
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
        fresh = self._take_in(found)
        if fresh and not first:
            self._notify(fresh)

    def add(self, found: ById) -> None:
        """Take in revocations of this process. Returns when other processes know them too."""
        fresh = self._take_in(found)
        if fresh:
            self._notify(fresh)
        if found:
            for wait in self._waits:
                wait()

    def check(self, player: Player) -> None:
        """Raise Forbidden if the account is suspended.

        Raise Unauthenticated if the session was ended, or the player's rights were changed since.
        """
        self.check_suspended(player.id)
        if self.of_session(player.session):
            raise session_over()
        if self.has_changed(player.id, player.issued_at):
            raise Unauthenticated("Your rights have changed. Refresh the session.", code="token_expired")

    def check_suspended(self, player: str) -> None:
        """Raise Forbidden if a player's account is suspended."""
        found = self._revocations.get(player)
        # The time of issue does not matter: the issuing host's clock may be ahead.
        if found is not None and found.why == "suspended":
            raise account_suspended()

    def of_session(self, session: str) -> Revocation | None:
        """The revocation of a session; None for an open one."""
        return self._revocations.get(session)

    def has_changed(self, player: str, issued_at: int) -> bool:
        """True if a player's rights changed after `issued_at`, in milliseconds since 1970."""
        found = self._revocations.get(player)
        return found is not None and issued_at < found.at

    def _notify(self, found: ById) -> None:
        for listener in self._listeners:
            listener(found)

    def _take_in(self, found: ById) -> ById:
        fresh = {id: one for id, one in found.items() if _is_newer(one, self._revocations.get(id))}
        self._revocations.update(fresh)
        return fresh

    def _forget(self, before: int) -> None:
        self._revocations = {id: one for id, one in self._revocations.items() if one.at > before}


def _is_newer(one: Revocation, known: Revocation | None) -> bool:
    return known is None or one.at > known.at or (one.at == known.at and one.why != known.why)
