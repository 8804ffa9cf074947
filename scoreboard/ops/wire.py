"""The shapes of health."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType

Reason = Literal[
    "unreachable",
    "restarting",
    "busy",
    "timeout",
    "too_many_connections",
    "limit_reached",
    "read_only",
    "no_permission",
    "credentials",
    "missing_database",
    "not_migrated",
    "corrupt",
    "io_error",
    "full",
    "failed",
    "behind",
    "rebuilding",
    "certificate",
    "tls",
    "password",
    "permission",
    "cluster",
    "evicting",
]


class Alive(Struct, frozen=True):
    """This process answers."""

    status: Literal["ok"]


class Check(Struct, frozen=True, kw_only=True):
    """How one part is doing."""

    state: Literal["ok", "away", "behind", "rebuilding"]
    reason: Annotated[Reason | UnsetType, Meta(description="Why it is not ok, or may stop to be.")] = UNSET
    error: Annotated[str | UnsetType, Meta(description="The kind of error. With a key.")] = UNSET
    ms: Annotated[float | UnsetType, Meta(description="How long it took to ask. With a key.")] = UNSET
    sqlite: Annotated[str | UnsetType, Meta(description="Version of the library. With a key.")] = UNSET
    behind: Annotated[
        int | UnsetType | None, Meta(description="Facts that a view has yet to see. With a key.")
    ] = UNSET


class Readiness(Struct, frozen=True, kw_only=True):
    """Whether scores can be taken, and how each part is doing."""

    status: Literal["ready", "not ready"]
    checks: dict[str, Check]
    version: Annotated[str | UnsetType, Meta(description="With a key.")] = UNSET
