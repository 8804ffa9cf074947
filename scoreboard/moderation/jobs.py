"""Carries out decisions about more entries than one fact takes, a slice at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from scoreboard.journal.types import Fact, RecordedFact
from scoreboard.moderation.planning import Actions, added, without
from scoreboard.moderation.recording import Recording, entries_fact
from scoreboard.moderation.rules import MAX_ENTRIES
from scoreboard.moderation.store.decisions import StoredDecisions
from scoreboard.moderation.store.layers import Layers
from scoreboard.moderation.types import DECIDED, JOB_ENDED, UNDONE, Author, Decision, EntryFilter

CONTEXT = {"caller": "worker"}


@dataclass(frozen=True, kw_only=True)
class Jobs:
    """Carries out the decisions that are unfinished. It may be stopped at any moment, and begin again."""

    decisions: StoredDecisions
    layers: Layers
    recording: Recording

    def work(self) -> int:
        """Carry out all unfinished decisions. Returns the number of slices."""
        slices = 0
        for decision in self.decisions.unfinished():
            take = self._decide_slice if decision.status == "running" else self._undo_slice
            while take(decision.id):
                slices += 1
            fact = entries_fact(
                JOB_ENDED, f"{decision.id}:{decision.status}", {"decision": decision.id}, {}, CONTEXT
            )
            self.recording.writer.record(fact)
        return slices

    def _decide_slice(self, id: str) -> bool:
        """Take the next entries of a decision. Returns False if there are none."""
        decision = self._get(id)
        filter, selecting = msgspec.json.decode(decision.filter, type=EntryFilter), self.recording.selecting
        author = Author(id=decision.author, role=decision.author_role)  # type: ignore[arg-type]
        after = decision.position
        while True:
            lines, last = selecting.matching(filter, after=after, up_to=decision.up_to, limit=MAX_ENTRIES)
            lines = selecting.allowed(lines, author)
            if last is None:
                return False
            if lines:
                break
            after = last
        data = {"decision": id, "action": decision.action, "entries": [line.seq for line in lines]}
        self._record(DECIDED, f"{id}:{decision.position}", data, lines, added(decision.action))  # type: ignore[arg-type]
        return True

    def _undo_slice(self, id: str) -> bool:
        entries = self.layers.entries(id, MAX_ENTRIES)
        if not entries:
            return False
        lines = self.recording.selecting.named(entries)
        data = {"decision": id, "entries": entries, "author": self._get(id).ended_by}
        self._record(UNDONE, f"{id}:slice:{entries[0]}", data, lines, without(id))
        return True

    def _record(
        self, kind: str, name: str, data: Mapping[str, Any], lines: list[RecordedFact], actions: Actions
    ) -> None:
        def fact(private: Mapping[str, Any]) -> Fact:
            return entries_fact(kind, name, data, private, CONTEXT)

        self.recording.record(fact, lines, actions)

    def _get(self, id: str) -> Decision:
        found = self.decisions.get(id)
        assert found is not None, "decisions are never deleted"
        return found
