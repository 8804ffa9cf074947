"""The key ring: the keys that seal tokens, and their automatic rotation."""

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
from scoreboard.keyring.rules import due_key_start, reload_seconds, signing_term
from scoreboard.keyring.store import RingKeys
from scoreboard.keyring.types import Key, Schedule, Term
from scoreboard.keyring.vault import Vault

log = logging.getLogger(__name__)

KID_BYTES = 6
LOOK_SECONDS = 1.0  # between two reads of a ring that could not be read, or that lacks a kid
MAX_UNKNOWN = 1000  # kids that the ring does not have
TRIES = 3


@dataclass(kw_only=True)
class KeyRing:
    """Keys that rotate automatically, shared by all processes through the database.

    Sealing and opening work from memory, also while the database is away.
    """

    stored: RingKeys
    vault: Vault
    writer: Writer
    clock: Clock
    schedule: Schedule
    monotonic: Callable[[], float] = time.monotonic
    version: int = 0  # changes with the set of keys that open, and invalidates caches of opened tokens
    _known: KnownKeys = field(init=False)
    _opening: frozenset[str] = frozenset()  # the kids that open
    _unknown: set[str] = field(default_factory=set)
    _looked_at: float = float("-inf")
    _readable: bool = True  # the last read succeeded
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
            on_outage=self._note_outage,
        )

    def signing_key(self, purpose: str) -> Key:
        """The key to seal with now. Raises Unavailable until the ring was read."""
        key = self._known.signing_key(purpose, self.clock())
        if key is None:
            raise Unavailable("The key ring could not be read yet. Send the request again.")
        return key

    def opening_key(self, purpose: str, kid: str) -> Key | None:
        """The key to open with; None if there is no such key, or if it is retired or revoked.

        For an unknown kid this process reads the ring, at most once a second: another process may have just
        made the key. Raises Unavailable if that read fails: a valid token must not be refused because
        the database is away.
        """
        if kid not in self._known and len(kid) == 2 * KID_BYTES:
            self._find_new(kid)
        return self._known.opening_key(purpose, kid, self.clock())

    def ensure(self) -> None:
        """Read the ring, and make a key if one is due. Of several processes, one makes it.

        Raises DatabaseUnavailable or Unavailable.
        """
        self._read()
        for _ in range(TRIES):
            known = self._known  # one read: the due key is made after its newest one
            usable_at = due_key_start(known.terms, self.clock(), self.schedule)
            if usable_at is None:
                return
            try:
                self._make(usable_at, after=known.newest)
            except Conflict:
                log.debug("another process made the key")
            self._read()

    def turn(self) -> float:
        """Read the ring, and rotate it when that is due. Returns the seconds until the next turn."""
        self.ensure()
        self._away = False
        return reload_seconds(self.schedule) * random.uniform(0.75, 1.25)

    def rotate(self) -> Term:
        """Make a key now. It signs after the publish time, or at once if no other key signs."""
        self._read()
        at = self.clock()
        has_signing_key = signing_term(self._known.terms, at) is not None
        kid = self._make(at + self.schedule.publish_ms if has_signing_key else at)
        self._read()
        return next(term for term in self._known.terms if term.kid == kid)

    def revoke(self, kid: str) -> None:
        """Revoke a key: within half a minute no process accepts it. Raises NotFound, ring_key_not_found.

        The key before it signs until the next one does. If there is none, a new key signs at once.
        """
        self._revoke([kid])

    def revoke_all(self) -> list[str]:
        """Revoke every key, and make one that signs at once. Returns the revoked kids."""
        kids = [key.kid for key in self.stored.all() if key.revoked_at is None]
        self._revoke(kids)
        return kids

    def all(self) -> list[Term]:
        """Every key as the database has it now, in the order in which they sign."""
        self._read()
        return list(self._known.terms)

    def _find_new(self, kid: str) -> None:
        with self._reading:
            if kid in self._known or kid in self._unknown:
                return
            if self.monotonic() - self._looked_at >= LOOK_SECONDS:
                self._look()
                if self._readable and kid not in self._known:
                    # It stays unknown: a process publishes a key before it uses it.
                    self._unknown.add(kid)
            if not self._readable:
                raise Unavailable("The key of this token can't be looked up now. Send the request again.")

    def _look(self) -> None:
        try:
            self._load()
        except DatabaseUnavailable as error:
            log.debug("the key ring can't be read", extra={"reason": str(error)})
            self._readable = False
        else:
            self._readable = True
            if len(self._unknown) >= MAX_UNKNOWN:
                self._unknown.clear()
        finally:
            self._looked_at = self.monotonic()

    def _read(self) -> None:
        # One at a time: an older read that ends late must not bring back a revoked key.
        with self._reading:
            self._load()

    def _load(self) -> None:
        keys = self.stored.all()
        if keys != self._known.keys:
            known = KnownKeys(keys, self.vault)
            for kid in known.unreadable - self._known.unreadable:
                log.error("a ring key is sealed under another SECRET_KEY", extra={"kid": kid})
            self._known = known
        opening = self._known.kids_that_open(self.clock())
        if opening != self._opening:
            # After the keys: tokens that are cached under the new version were opened with the new keys.
            self._opening, self.version = opening, self.version + 1

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
            log.warning("the key ring can't be read or rotated", extra={"reason": str(error)})
        self._away = True


def _check(outcomes: Sequence[Outcome]) -> None:
    for outcome in outcomes:
        if outcome.error is not None:
            raise outcome.error
