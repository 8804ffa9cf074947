"""How action types are defined and deleted: inside the writer's transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from scoreboard.actions.store import types as table
from scoreboard.actions.types import ActionType, Rules
from scoreboard.core.errors import NotFound
from scoreboard.core.storage.db import Connection
from scoreboard.journal.types import Fact, Recorded, Span


@dataclass(frozen=True, kw_only=True)
class ActionTypeFold:
    """Facts about action types themselves."""

    announce: Callable[[Span], None]
    kinds: frozenset[str] = frozenset({"action-type-defined", "action-type-deleted"})

    def open(self, db: Connection, facts: Sequence[Fact], at: int) -> ActionTypeFoldBatch:
        """Nothing to load."""
        return ActionTypeFoldBatch(db=db, announce=self.announce)


@dataclass(frozen=True, kw_only=True)
class ActionTypeFoldBatch:
    """Facts about action types in one batch."""

    db: Connection
    announce: Callable[[Span], None]

    def apply(self, fact: Fact, seq: int) -> dict[str, Any]:
        """Define or delete an action type. Raises NotFound, unknown_action_type."""
        there = table.exists(self.db, fact.action)
        if fact.kind == "action-type-deleted":
            if not there:
                raise NotFound(f"There is no action type {fact.action!r}.", code="unknown_action_type")
            table.delete(self.db, fact.action, seq)
            return {}
        rules = msgspec.convert(fact.data["rules"], Rules)
        defined = ActionType(name=fact.action, rules=rules, revision=seq, since=seq)
        table.write(self.db, defined, file_digest=fact.data.get("fileDigest", ""))
        return {"created": not there}

    def replay(self, recorded: Recorded) -> None:
        """Nothing is shown of action types."""

    def finish(self) -> None:
        """Everything is written already."""

    def project(self, span: Span) -> None:
        """No board changes by these facts."""
        self.announce(span)
