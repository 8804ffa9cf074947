"""Decisions about entries: hold, release, reverse, restore."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from scoreboard.boards.service import EntryStates
from scoreboard.boards.types import Outlook
from scoreboard.core.concurrency import deadline
from scoreboard.core.storage.db import Connection
from scoreboard.journal.types import Fact, RecordedFact
from scoreboard.moderation.planning import added
from scoreboard.moderation.recording import Recording, entries_fact, new_decision
from scoreboard.moderation.rules import MAX_ENTRIES, nothing_to_decide
from scoreboard.moderation.selecting import Selecting
from scoreboard.moderation.store.decisions import StoredDecisions
from scoreboard.moderation.store.layers import Layers
from scoreboard.moderation.types import (
    DECIDED,
    JOB_BEGUN,
    Author,
    Decided,
    Decision,
    Entry,
    EntryAction,
    EntryFilter,
    Reasoning,
    Selection,
    Unfinished,
)

SHOWN = 100  # standings in an answer
NEWEST = 2**62


@dataclass(frozen=True, kw_only=True)
class EntryDecisions:
    """Decides about entries, and lists them."""

    selecting: Selecting
    recording: Recording
    decisions: StoredDecisions

    def decide(
        self,
        action: EntryAction,
        selection: Selection,
        why: Reasoning,
        author: Author,
        *,
        context: Mapping[str, str],
    ) -> Decided | Unfinished:
        """Decide about entries. More than MAX_ENTRIES are left to the worker.

        Raises NotFound, entry_not_found; Conflict, nothing_to_decide; Forbidden, protected_player.
        """
        deadline.lift()  # players may have years of facts to read
        data = new_decision(action, why, author)
        lines, more = self._select(selection, author)
        if more and isinstance(selection, EntryFilter):
            return self._begin(selection, data, context)
        if isinstance(selection, EntryFilter):
            data["filter"] = msgspec.json.encode(selection).decode()
        data["entries"] = [line.seq for line in lines]
        seen: list[Decided] = []

        def look(prepared: Any) -> None:
            seen[:] = [self._outlook(prepared)]

        def fact(private: Mapping[str, Any]) -> Fact:
            return entries_fact(DECIDED, data["decision"], data, private, context)

        self.recording.record(fact, lines, added(action), look)
        return msgspec.structs.replace(seen[0], decision=self._decision(data["decision"]))

    def preview(self, action: EntryAction, selection: Selection, author: Author) -> Decided:
        """The outcome that a decision would have: of a job, that of its first MAX_ENTRIES entries."""
        deadline.lift()
        lines, more = self._select(selection, author)
        found = self._outlook(self.recording.prepare(lines, added(action)))
        if not more:
            return found
        outlook = Outlook(standings=found.outlook.standings, more=True)
        return Decided(decision=None, entries=self._count(selection), outlook=outlook)

    def page(self, filter: EntryFilter, *, before: int | None, limit: int) -> tuple[list[Entry], int | None]:
        """Entries, newest first, and the number before which the next page continues."""
        lines, following = self.selecting.newest(filter, before=before or NEWEST, limit=limit)
        return self.recording.database.snapshot(lambda db: _entries(db, lines)), following

    def decisions_of(self, entries: Sequence[Entry]) -> dict[str, Decision]:
        """The decisions that led to the states of these entries, by id."""
        ids = {one.newest.decision for one in entries if one.newest}
        return self.decisions.of(list(ids)) if ids else {}

    def _select(self, selection: Selection, author: Author) -> tuple[list[RecordedFact], bool]:
        if not isinstance(selection, EntryFilter):
            lines = self.selecting.named(selection)
            self.selecting.check([line.fact.player for line in lines], author)
            return lines, False
        up_to = self.selecting.journal.head().seq
        lines, last = self.selecting.matching(selection, after=0, up_to=up_to, limit=MAX_ENTRIES)
        more = last is not None and self.selecting.matching(selection, after=last, up_to=up_to, limit=1)[1]
        return self.selecting.allowed(lines, author), bool(more)

    def _begin(self, filter: EntryFilter, data: dict[str, Any], context: Mapping[str, str]) -> Unfinished:
        data |= {
            "filter": msgspec.json.encode(filter).decode(),
            "upTo": self.selecting.journal.head().seq,
            "total": self._count(filter),
        }
        self.recording.writer.record(entries_fact(JOB_BEGUN, data["decision"], data, {}, context))
        return Unfinished(decision=self._decision(data["decision"]))

    def _count(self, selection: Selection) -> int:
        if isinstance(selection, EntryFilter):
            return self.selecting.entries.count(selection)
        return len(selection)

    def _outlook(self, prepared: Any) -> Decided:
        if not prepared.changes:
            raise nothing_to_decide()
        outlook = self.recording.changes.preview(prepared, limit=SHOWN)
        return Decided(decision=None, entries=len(prepared.changes), outlook=outlook)

    def _decision(self, id: str) -> Decision:
        found = self.decisions.get(id)
        assert found is not None, "the fact was recorded"
        return found


def _entries(db: Connection, lines: Sequence[RecordedFact]) -> list[Entry]:
    numbers = [line.seq for line in lines]
    states, layers = EntryStates(db).of(numbers), Layers(db).of(numbers)
    return [
        Entry(
            line=line,
            state=states.get(line.seq, "counted"),
            newest=layers[line.seq][-1] if line.seq in layers else None,
        )
        for line in lines
    ]
