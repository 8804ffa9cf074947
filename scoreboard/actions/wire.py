"""Answers about actions, as the API returns them."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta, Struct

from scoreboard.actions.types import (
    HARDEST,
    MAX_RESULT_BYTES,
    ActionType,
    IssuedToken,
    Points,
    Range,
    Rules,
)
from scoreboard.core.clock import Time, rfc3339
from scoreboard.core.ids import ActionName


class Challenge(Struct, frozen=True, kw_only=True):
    """The challenge: the work that a claim needs."""

    algorithm: Literal["SHA-256"]
    nonce: str
    timestamp: Annotated[int, Meta(description="When the token was issued, in milliseconds since 1970.")]
    difficulty: Annotated[int, Meta(ge=0, le=HARDEST, description="Zero bits at the beginning of the hash.")]


class IssuedShown(Struct, frozen=True, kw_only=True, rename="camel"):
    """An action token, and the information about it that the client needs."""

    action_token: str
    action_type: ActionName
    points: Points | Range
    min_seconds: float
    result_bytes: Annotated[
        int,
        Meta(ge=0, le=MAX_RESULT_BYTES, description="The largest size of proof.result in bytes, as JSON."),
    ]
    expires_at: Time
    challenge: Challenge

    @classmethod
    def of(cls, issued: IssuedToken) -> IssuedShown:
        """A token as the API answers it."""
        opened = issued.opened
        return cls(
            action_token=issued.token,
            action_type=opened.action,
            points=issued.rules.points,
            min_seconds=issued.rules.min_seconds,
            result_bytes=opened.result_bytes,
            expires_at=rfc3339(opened.expires_at),
            challenge=Challenge(
                algorithm="SHA-256",
                nonce=issued.nonce,
                timestamp=opened.issued_at,
                difficulty=opened.difficulty,
            ),
        )


class ActionTypeShown(Rules, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=False):
    """An action type as the API answers it."""

    name: ActionName

    @classmethod
    def of(cls, type: ActionType) -> ActionTypeShown:
        """An action type as the API answers it."""
        return cls(name=type.name, **{field: getattr(type.rules, field) for field in Rules.__struct_fields__})
