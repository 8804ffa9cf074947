"""The fold that defines and deletes action types."""

from __future__ import annotations

from typing import Any

import msgspec

from scoreboard.actions.store.types import StoredTypes
from scoreboard.actions.types import ActionType, Rules
from scoreboard.core.errors import NotFound
from scoreboard.core.storage.db import Connection
from scoreboard.journal.types import Fact, Position

DEFINED, DELETED = "action-type-defined", "action-type-deleted"
AUDITED = frozenset({"rules", "fileDigest"})


def apply(db: Connection, fact: Fact, position: Position, at: int) -> dict[str, Any]:
    """Define or delete an action type, in the writer's transaction. Raises NotFound, unknown_action_type."""
    types = StoredTypes(db)
    exists = types.exists(fact.action)
    if fact.kind == DELETED:
        if not exists:
            raise NotFound(f"There is no action type {fact.action!r}.", code="unknown_action_type")
        types.delete(fact.action, position.seq)
        return {}
    rules = msgspec.convert(fact.data["rules"], Rules)
    type = ActionType(name=fact.action, rules=rules, revision=position.seq, since=position.seq)
    types.write(type, file_digest=fact.data.get("fileDigest", ""))
    return {"created": not exists}
