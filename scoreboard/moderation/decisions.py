"""Reading decisions, and undoing them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from scoreboard.boards.types import Outlook
from scoreboard.core.concurrency import deadline
from scoreboard.journal.types import Fact
from scoreboard.moderation.planning import without
from scoreboard.moderation.recording import Recording, entries_fact
from scoreboard.moderation.rules import MAX_ENTRIES, already_undone, decision_not_found, decision_running
from scoreboard.moderation.store.decisions import StoredDecisions
from scoreboard.moderation.store.layers import Layers
from scoreboard.moderation.types import JOB_BEGUN, UNDONE, Author, Decided, Decision, Unfinished

SHOWN = 100  # standings in an answer


@dataclass(frozen=True, kw_only=True)
class Decisions:
    """All decisions, newest first, and their undoing."""

    stored: StoredDecisions
    layers: Layers
    recording: Recording
    undo_of_player: Callable[[Decision, Author, Mapping[str, str]], Outlook]

    def page(
        self, *, player: str = "", author: str = "", before: int | None = None, limit: int = 10
    ) -> tuple[list[Decision], int | None]:
        """Decisions, newest first, and the number before which the next page continues."""
        found = self.stored.page(player=player, author=author, before=before, limit=limit + 1)
        return found[:limit], found[limit - 1].seq if len(found) > limit else None

    def get(self, id: str) -> Decision:
        """A decision. Raises NotFound, decision_not_found."""
        found = self.stored.get(id) if id.isprintable() else None  # PostgreSQL takes no NUL
        if found is None:
            raise decision_not_found(id)
        return found

    def concerning(self, player: str) -> list[Decision]:
        """The decisions about a player that are in force, oldest first."""
        return self.stored.about(player)

    def undo(self, id: str, author: Author, *, context: Mapping[str, str]) -> Decided | Unfinished:
        """Undo a decision: everything is as if it had never been made.

        Raises NotFound, decision_not_found; Conflict, already_undone or decision_running.
        """
        deadline.lift()
        decision = self.get(id)
        if decision.status == "running":
            raise decision_running()
        if decision.status != "done":
            raise already_undone()
        if decision.player:
            outlook = self.undo_of_player(decision, author, context)
            return Decided(decision=self.get(id), entries=0, outlook=outlook)
        if decision.done > MAX_ENTRIES:
            self._begin_undoing(decision, author, context)
            return Unfinished(decision=self.get(id))
        return self._undo(decision, author, context)

    def _undo(self, decision: Decision, author: Author, context: Mapping[str, str]) -> Decided:
        entries = self.layers.entries(decision.id, MAX_ENTRIES)
        lines = self.recording.selecting.named(entries) if entries else []
        self.recording.selecting.check([line.fact.player for line in lines], author)
        data = {"decision": decision.id, "entries": entries, "author": author.id}
        seen: list[Decided] = []

        def look(prepared: Any) -> None:
            outlook = self.recording.changes.preview(prepared, limit=SHOWN)
            seen[:] = [Decided(decision=None, entries=len(prepared.changes), outlook=outlook)]

        def fact(private: Mapping[str, Any]) -> Fact:
            # An id of its own: of two moderators who undo it at once, the fold refuses the second.
            return entries_fact(UNDONE, f"{decision.id}:{secrets.token_hex(6)}", data, private, context)

        self.recording.record(fact, lines, without(decision.id), look)
        return msgspec.structs.replace(seen[0], decision=self.get(decision.id))

    def _begin_undoing(self, decision: Decision, author: Author, context: Mapping[str, str]) -> None:
        data = {"decision": decision.id, "author": author.id, "undo": True}
        id = f"{decision.id}:undo"
        self.recording.writer.record(entries_fact(JOB_BEGUN, id, data, {}, context))
