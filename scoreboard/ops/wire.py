"""The shapes of health."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType


class Alive(Struct, frozen=True):
    """This process answers."""

    status: Literal["ok"]


class Check(Struct, frozen=True, kw_only=True):
    """How one part is doing."""

    state: Literal["ok", "away", "behind", "rebuilding"]
    ms: Annotated[float | UnsetType, Meta(description="How long it took to ask.")] = UNSET
    reason: str | UnsetType = UNSET
    sqlite: Annotated[str | UnsetType, Meta(description="Version of the library.")] = UNSET
    behind: Annotated[int | UnsetType | None, Meta(description="Facts that a view has yet to see.")] = UNSET


class Readiness(Struct, frozen=True, kw_only=True):
    """Whether scores can be taken, and how each part is doing."""

    status: Literal["ready", "not ready"]
    checks: dict[str, Check]
    version: str
