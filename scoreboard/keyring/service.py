"""The key ring: what tokens are sealed with, and how it changes by itself."""

from __future__ import annotations

import logging
import random
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from scoreboard.core.background import Loop
from scoreboard.core.clock import Clock
from scoreboard.core.errors import Conflict, ScoreboardError, Unavailable
from scoreboard.core.signing import KEY_BYTES
from scoreboard.core.storage.unavailable import DatabaseUnavailable
from scoreboard.journal.types import Fact, Outcome
from scoreboard.journal.writer import Writer
from scoreboard.keyring.fold import CREATED, REVOKED
from scoreboard.keyring.known import KnownKeys
from scoreboard.keyring.rules import due, reload_seconds, signing
from scoreboard.keyring.store import RingKeys
from scoreboard.keyring.types import Key, Schedule, Term
from scoreboard.keyring.vault import Vault

log = logging.getLogger(__name__)

KID_BYTES = 6
LOOK_SECONDS = 1.0  # a ring that could not be read is tried this often; unknown kids no oftener
UNKNOWN_KEPT = 1000  # kids that are known not to be there
TRIES = 3


@dataclass(kw_only=True)
class KeyRing:
    """Keys that rotate by themselves, shared by all processes through the database.

    Sealing and opening work from memory, whatever happens to the database.
    """

    stored: RingKeys
    vault: Vault
    writer: Writer
    clock: Clock
    schedule: Schedule
    monotonic: Callable[[], float] = time.monotonic
    version: int = 0  # changes whenever other keys open than before: what was remembered is to be forgotten
    _known: KnownKeys = field(init=False)
    _good: frozenset[str] = frozenset()
    _unknown: set[str] = field(default_factory=set)
    _looked: float = float("-inf")
    _seen: bool = True  # whether the ring could be read when it was looked at last
    _reading: threading.Lock = field(default_factory=threading.Lock)
    _away: bool = False
    loop: Loop = field(init=False)

    def __post_init__(self) -> None:
        self._known = KnownKeys([], self.vault)
        self.loop = Loop(
            "key rotation",
            self.turn,
            expected=(DatabaseUnavailable, ScoreboardError),
            # A process that starts while the database is away can sign nothing until it has read the ring.
            rest_seconds=LOOK_SECONDS,
            failed=self._note_outage,
        )

    def signing(self, purpose: str) -> Key:
        """What to seal with now. Raises Unavailable where the ring could not be read or made yet."""
        key = self._known.signing(purpose, self.clock())
        if key is None:
            raise Unavailable("The key ring could not be read yet. Send the same again.")
        return key

    def opening(self, purpose: str, kid: str) -> Key | None:
        """What to open with; None where there is no such key, or where it is retired or revoked.

        A kid that is not known makes this process read the ring, once a second at most: another
        process may have made the key a moment ago. Raises Unavailable where the ring can't be read
        then: a good token must not be refused because the database is away.
        """
        if kid not in self._known and len(kid) == 2 * KID_BYTES:
            self._look_for(kid)
        return self._known.opening(purpose, kid, self.clock())

    def ensure(self) -> None:
        """Read the ring, and make the key that is due, if one is. Of several processes one makes it.

        Raises DatabaseUnavailable or Unavailable.
        """
        self._read()
        for _ in range(TRIES):
            known = self._known  # what is due and the newest key must be of one reading
            usable_at = due(known.terms, self.clock(), self.schedule)
            if usable_at is None:
                return
            try:
                self._make(usable_at, after=known.newest)
            except Conflict:
                log.debug("another process made the key")
            self._read()

    def turn(self) -> float:
        """Keep up with the ring, and rotate it where that is due. Returns the seconds until the next turn."""
        self.ensure()
        self._away = False
        return reload_seconds(self.schedule) * random.uniform(0.75, 1.25)

    def rotate(self) -> Term:
        """Make a key now, which signs after the publish time: at once where no other one signs."""
        self._read()
        at = self.clock()
        signs = signing(self._known.terms, at) is not None
        kid = self._make(at + self.schedule.publish_ms if signs else at)
        self._read()
        return next(term for term in self._known.terms if term.kid == kid)

    def revoke(self, kid: str) -> None:
        """Revoke a key: within half a minute no process takes it. Raises NotFound, ring_key_not_found.

        The key before it signs on until the next one does. Where there is none, one is made that
        signs at once.
        """
        self._revoke([kid])

    def revoke_all(self) -> list[str]:
        """Revoke every key, and make one that signs at once. Returns those that were revoked."""
        kids = [key.kid for key in self.stored.all() if key.revoked_at is None]
        self._revoke(kids)
        return kids

    def all(self) -> list[Term]:
        """Every key as the database has it now, in the order in which they sign."""
        self._read()
        return list(self._known.terms)

    def _look_for(self, kid: str) -> None:
        with self._reading:
            if kid in self._known or kid in self._unknown:
                return
            if self.monotonic() - self._looked >= LOOK_SECONDS:
                self._look()
                if self._seen and kid not in self._known:
                    # For good: whoever makes a key makes it known before he uses it.
                    self._unknown.add(kid)
            if not self._seen:
                raise Unavailable("The key of this token can't be looked up now. Send the same again.")

    def _look(self) -> None:
        try:
            self._take_in()
        except DatabaseUnavailable as error:
            log.debug("keys can't be looked for", extra={"reason": str(error)})
            self._seen = False
        else:
            self._seen = True
            if len(self._unknown) >= UNKNOWN_KEPT:
                self._unknown.clear()
        finally:
            self._looked = self.monotonic()

    def _read(self) -> None:
        # One at a time: an older reading that comes late must not bring back what was revoked.
        with self._reading:
            self._take_in()

    def _take_in(self) -> None:
        keys = self.stored.all()
        if keys != self._known.keys:
            known = KnownKeys(keys, self.vault)
            for kid in known.unreadable - self._known.unreadable:
                log.error("a ring key is sealed under another SECRET_KEY", extra={"kid": kid})
            self._known = known
        good = self._known.good(self.clock())
        if good != self._good:
            # After the keys: what is remembered under the new version was opened with the new keys.
            self._good, self.version = good, self.version + 1

    def _make(self, usable_at: int, *, after: str | None = None) -> str:
        kid = secrets.token_hex(KID_BYTES)
        data = {"kid": kid, "usableAt": usable_at} | ({} if after is None else {"after": after})
        sealed = self.vault.seal(kid, secrets.token_bytes(KEY_BYTES))
        fact = Fact(id=f"ring-key:{kid}", kind=CREATED, data=data, private={"sealed": sealed})
        self.writer.record(fact)
        log.info("a ring key was made", extra={"kid": kid, "usable_at": usable_at})
        return kid

    def _revoke(self, kids: Sequence[str]) -> None:
        facts = [
            Fact(id=f"ring-key-revoked:{kid}:{secrets.token_hex(6)}", kind=REVOKED, data={"kid": kid})
            for kid in kids
        ]
        outcomes = self.writer.append(facts)
        self.ensure()
        _check(outcomes)

    def _note_outage(self, error: Exception) -> None:
        # Logged once per outage: the known keys still work.
        if not self._away:
            log.warning("the key ring can't be kept up", extra={"reason": str(error)})
        self._away = True


def _check(outcomes: Sequence[Outcome]) -> None:
    for outcome in outcomes:
        if outcome.error is not None:
            raise outcome.error
