"""The words of the key ring."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct


class Key(Struct, frozen=True, kw_only=True, gc=False):
    """What is sealed and opened with for one purpose."""

    kid: str  # names it in what was sealed with it: short, URL-safe, no dots
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
    """What a key of the ring is good for at some time."""

    PUBLISHED = "published"  # signs later, and opens already
    SIGNS = "signs"
    OPENS = "opens"
    RETIRED = "retired"
    REVOKED = "revoked"
    UNREADABLE = "unreadable"  # sealed under a SECRET_KEY that this process does not have


class Term(Struct, frozen=True, kw_only=True, gc=False):
    """When a key of the ring signs, and until when it opens. None: until there is another one."""

    kid: str
    created_at: int
    signs_from: int
    signs_until: int | None
    opens_until: int | None
    revoked_at: int | None = None
    readable: bool = True


class Schedule(Struct, frozen=True, kw_only=True, gc=False):
    """How often there is a new key, and how long every process knows it before it signs."""

    rotation_ms: int
    publish_ms: int
