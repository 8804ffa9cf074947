"""Server keys: creating, finding and revoking them."""

from __future__ import annotations

import secrets
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from scoreboard.accounts.rules import SCOPES, key_hash
from scoreboard.accounts.store.serverkeys import ServerKeys
from scoreboard.accounts.types import ServerKey
from scoreboard.core.clock import Clock
from scoreboard.core.errors import FieldError, NotFound, Unauthenticated, ValidationFailed
from scoreboard.core.storage.db import Connection
from scoreboard.core.storage.unavailable import DatabaseUnavailable
from scoreboard.journal.types import Fact, Position
from scoreboard.journal.writer import Writer

CACHE_SECONDS = 30.0  # a process that has cached a revoked key may accept it for this long
BOOTSTRAP = "bootstrap"
CREATED, REVOKED = "key-created", "key-revoked"
AUDITED = frozenset({"id", "name", "scopes"})  # not `hash`


def apply(db: Connection, fact: Fact, position: Position, at: int) -> dict[str, Any]:
    """Create or revoke a key, in the writer's transaction. Raises NotFound, key_not_found."""
    keys, id = ServerKeys(db), fact.data["id"]
    if fact.kind == CREATED:
        key = ServerKey(id=id, name=fact.data["name"], scopes=tuple(fact.data["scopes"]), created_at=at)
        keys.write(key, fact.data["hash"])
    elif not keys.revoke(id, at):
        raise NotFound(f"There is no key {id!r} that could be revoked.", code="key_not_found")
    return {}


@dataclass(frozen=True, kw_only=True)
class Keys:
    """Creates, finds and revokes server keys."""

    stored: ServerKeys
    writer: Writer
    clock: Clock
    _cache: dict[str, tuple[float, ServerKey]] = field(default_factory=dict)

    def create(self, name: str, scopes: Sequence[str]) -> tuple[ServerKey, str]:
        """Create a key. Returns it and its secret, which can't be shown again. Raises ValidationFailed."""
        unknown = [scope for scope in scopes if scope not in SCOPES]
        if unknown or not scopes:
            raise ValidationFailed(FieldError("scopes", f"must be one or more of: {', '.join(SCOPES)}"))
        id = secrets.token_hex(6)
        secret = f"sk_{id}_{secrets.token_urlsafe(32)}"
        return self._register(id, name, tuple(scopes), secret), secret

    def register_bootstrap(self, secret: str) -> None:
        """Give this secret every scope. An earlier bootstrap secret loses its scopes."""
        key = self.stored.by_hash(key_hash(secret))
        if key is None or key.revoked_at is not None or key.scopes != SCOPES:
            self._register(key.id if key else BOOTSTRAP, BOOTSTRAP, SCOPES, secret)

    def revoke(self, id: str) -> None:
        """Revoke a key: no process accepts it after 30 seconds. Raises NotFound, key_not_found."""
        fact = Fact(id=f"{REVOKED}:{id}:{secrets.token_hex(6)}", kind=REVOKED, data={"id": id})
        self.writer.record(fact)
        self._cache.clear()

    def all(self) -> list[ServerKey]:
        """Every key, oldest first."""
        return self.stored.all()

    def find(self, secret: str) -> ServerKey:
        """The key with this secret. Raises Unauthenticated."""
        hash = key_hash(secret)
        cached, now = self._cache.get(hash), time.monotonic()
        if cached is not None and now - cached[0] < CACHE_SECONDS:
            return cached[1]
        try:
            key = self.stored.by_hash(hash)
        except DatabaseUnavailable:
            if cached is None:
                raise
            return cached[1]
        if key is None or key.revoked_at is not None:
            self._cache.pop(hash, None)
            raise Unauthenticated("This server key is unknown or revoked.")
        self._cache[hash] = (now, key)
        return key

    def _register(self, id: str, name: str, scopes: tuple[str, ...], secret: str) -> ServerKey:
        hash = key_hash(secret)
        fact = Fact(
            id=f"{CREATED}:{id}:{hash[:16]}:{secrets.token_hex(4)}",
            kind=CREATED,
            data={"id": id, "name": name, "scopes": list(scopes), "hash": hash},
        )
        self.writer.record(fact)
        return ServerKey(id=id, name=name, scopes=scopes, created_at=self.clock())
