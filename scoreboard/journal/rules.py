"""What makes facts the same. Pure but for chance."""

from __future__ import annotations

import secrets
from collections.abc import Mapping

from scoreboard.core.errors import Conflict


def fact_id(kind: str, name: str, context: Mapping[str, str], key: str | None) -> str:
    """The id of a fact about something named, which its author may send again with an idempotency key."""
    # Sent again with its key, it is the same fact: it must not delete what was made since.
    if key is not None:
        return f"{kind}:{context.get('caller', '')}:{name}:{key}"
    return f"{kind}:{name}:{secrets.token_hex(12)}"


def deleted_since(what: str) -> Conflict:
    """What is told of a definition that was sent again, after what it defined was deleted."""
    return Conflict(
        f"This Idempotency-Key defined {what}, which was deleted since. Send it with another key.",
        code="deleted_since",
    )
