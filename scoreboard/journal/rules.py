"""What makes facts the same. Pure but for chance."""

from __future__ import annotations

import secrets
from collections.abc import Mapping


def fact_id(kind: str, name: str, context: Mapping[str, str], key: str | None) -> str:
    """The id of a fact about something named, which its author may send again with an idempotency key."""
    # Sent again with its key, it is the same fact: it must not delete what was made since.
    if key is not None:
        return f"{kind}:{context.get('caller', '')}:{name}:{key}"
    return f"{kind}:{name}:{secrets.token_hex(12)}"
