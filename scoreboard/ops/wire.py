"""The shapes of health checks."""

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
    """The state of one part."""

    state: Literal["ok", "away", "behind", "rebuilding"]
    reason: Annotated[Reason | UnsetType, Meta(description="Why it is not ok, or is at risk.")] = UNSET
    error: Annotated[str | UnsetType, Meta(description="The kind of error. With a key.")] = UNSET
    ms: Annotated[float | UnsetType, Meta(description="Milliseconds that the check took. With a key.")] = (
        UNSET
    )
    sqlite: Annotated[str | UnsetType, Meta(description="Version of the library. With a key.")] = UNSET
    behind: Annotated[
        int | UnsetType | None, Meta(description="Facts that the view has not applied yet. With a key.")
    ] = UNSET


class Readiness(Struct, frozen=True, kw_only=True):
    """The answer to a readiness check: if scores can be accepted, and the state of each part."""

    status: Literal["ready", "not ready"]
    checks: dict[str, Check]
    version: Annotated[str | UnsetType, Meta(description="With a key.")] = UNSET
