"""Types of the key ring."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Key(Struct, frozen=True, kw_only=True, gc=False):
    """A key that seals and opens, for one purpose."""

    kid: str  # its id, which each token names: short, URL-safe, no dots
    secret: bytes  # 32 bytes


class RingKey(Struct, frozen=True, kw_only=True, gc=False):
    """A key of the ring, from whose root the keys of all purposes are derived."""

    kid: str
    seq: int  # the fact that made it
    sealed: bytes  # the root, under SECRET_KEY
    created_at: int
    usable_at: int
    revoked_at: int | None = None


class State(StrEnum):
    """The state of a key of the ring at a time, which permits its uses."""

    PUBLISHED = "published"  # opens, and signs later
    SIGNS = "signs"
    OPENS = "opens"
    RETIRED = "retired"
    REVOKED = "revoked"
    UNREADABLE = "unreadable"  # sealed under a SECRET_KEY that this process does not have


class Term(Struct, frozen=True, kw_only=True, gc=False):
    """The times at which a key of the ring signs and opens. None: until another key takes over."""

    kid: str
    created_at: int
    signs_from: int
    signs_until: int | None
    opens_until: int | None
    revoked_at: int | None = None
    readable: bool = True


class Schedule(Struct, frozen=True, kw_only=True, gc=False):
    """The time between two new keys, and the time between a key's publication and its first use."""

    rotation_ms: int
    publish_ms: int
