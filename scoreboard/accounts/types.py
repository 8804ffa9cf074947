"""The words of accounts."""

from __future__ import annotations

from msgspec import Struct


class Name(Struct, frozen=True, kw_only=True):
    """A player's display name, and the fact that gave it."""

    player: str
    text: str
    seq: int


class ServerKey(Struct, frozen=True, kw_only=True):
    """A secret that a trusted server writes with. Only a hash of it is kept."""

    id: str
    name: str
    scopes: tuple[str, ...]
    created_at: int
    revoked_at: int | None = None
