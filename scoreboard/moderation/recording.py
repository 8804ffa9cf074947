"""Records facts about entries. Their standings are folded before the write lock is taken."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from scoreboard.boards.rules import StandingsOutdated
from scoreboard.core.storage.db import Database
from scoreboard.journal.types import SEVERAL_BOARDS, Fact, RecordedFact
from scoreboard.journal.writer import Writer
from scoreboard.moderation.planning import Actions, changes_of, new_states
from scoreboard.moderation.selecting import Selecting
from scoreboard.moderation.types import Action, Author, Reasoning

TRIES = 5  # scores of the same players, or another decision, may come in between
PATIENCE_SECONDS = 20.0


@dataclass(frozen=True, kw_only=True)
class Recording:
    """Prepares changes of entries, and records the facts that make them."""

    database: Database
    writer: Writer
    selecting: Selecting
    changes: Any  # the step of boards

    def prepare(self, lines: Sequence[RecordedFact], actions: Actions) -> Any:
        """The changes of these entries, if `actions` are in force, with the standings that they lead to."""
        entries = [line.seq for line in lines]
        states = self.database.snapshot(lambda db: new_states(db, entries, actions))
        players = list({line.fact.player for line in lines if line.seq in states})
        accounts = self.selecting.accounts_of(players) if players else {}
        return self.changes.prepare(changes_of(lines, states, accounts))

    def record(
        self,
        fact: Callable[[Mapping[str, Any]], Fact],
        lines: Sequence[RecordedFact],
        actions: Actions,
        look: Callable[[Any], None] = lambda prepared: None,
    ) -> RecordedFact:
        """Record a fact about entries. `fact` makes it of its private data; `look` sees the changes before.

        Raises Conflict, Refused or Unavailable.
        """
        for remaining_tries in reversed(range(TRIES)):
            prepared = self.prepare(lines, actions)
            look(prepared)
            try:
                return self.writer.record(fact({"prepared": prepared}), seconds=PATIENCE_SECONDS)
            except StandingsOutdated:
                if not remaining_tries:
                    raise
        raise AssertionError("the last try returns or raises")


def new_decision(action: Action, why: Reasoning, author: Author) -> dict[str, Any]:
    """The data of the fact that makes a decision."""
    return {
        "decision": f"dec_{secrets.token_hex(10)}",
        "action": action,
        "author": author.id,
        "role": author.role,
        "reason": why.reason,
        "note": why.note,
    }


def entries_fact(
    kind: str, id: str, data: Mapping[str, Any], private: Mapping[str, Any], context: Mapping[str, str]
) -> Fact:
    """A fact about entries of several boards."""
    return Fact(
        id=f"{kind}:{id}",
        kind=kind,
        board=SEVERAL_BOARDS,
        data=dict(data),
        private=dict(private),
        context=dict(context),
    )
