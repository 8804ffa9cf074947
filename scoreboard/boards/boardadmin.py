"""Managing boards: defining, deleting, closing periods, and the boards that a file defines."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from scoreboard.boards.catalogue import Catalogue
from scoreboard.boards.rules import definition_errors
from scoreboard.boards.store.definitions import Definitions
from scoreboard.boards.store.windows import Windows
from scoreboard.boards.types import Board, Definition
from scoreboard.boards.viewhealth import ViewHealth
from scoreboard.boards.zones import is_listed
from scoreboard.core.clock import Clock
from scoreboard.core.concurrency import deadline
from scoreboard.core.definitionfile import changed_tables, error_context
from scoreboard.core.errors import ValidationFailed
from scoreboard.core.http.bodies import convert
from scoreboard.core.ids import check_name
from scoreboard.journal.types import Fact, RecordedFact, deleted_since, fact_id
from scoreboard.journal.writer import Writer

PATIENCE_SECONDS = 60.0  # folding or deleting a large board is one transaction


@dataclass(frozen=True, kw_only=True)
class BoardAdmin:
    """Defines, changes and deletes boards, and closes periods. Each change is a fact of the journal."""

    writer: Writer
    catalogue: Catalogue
    definitions: Definitions
    windows: Windows
    health: ViewHealth
    clock: Clock

    def define(
        self, id: str, body: Any, *, context: dict[str, str], key: str | None = None
    ) -> tuple[Board, bool]:
        """Create a board or change it. Returns it, and True if it is new.

        `key` is the idempotency key. Raises ValidationFailed; Conflict, deleted_since, if the board that the
        key created was deleted since.
        """
        definition = parse_definition(id, body)
        line = self._define(id, definition, context=context, key=key)
        self.catalogue.refresh()
        found = {board.id: board for board in self.catalogue.boards()}.get(id)
        if found is None or line.seq < found.since:
            raise deleted_since(f"the board {id!r}")
        return found, line.result["created"]

    def delete(self, id: str, *, context: dict[str, str], key: str | None = None) -> None:
        """Delete a board with all its standings; the journal keeps its facts. Raises NotFound."""
        self.catalogue.refresh()
        self.catalogue.board(id)
        self._append(
            Fact(
                id=fact_id("board-deleted", id, context, key), kind="board-deleted", board=id, context=context
            )
        )
        self.catalogue.refresh()

    def close_due_periods(self) -> int:
        """Close the periods that are over, each exactly once. Returns the number that this call closed."""
        due = {(row.window.board, row.period.id): row for row in self.windows.due(self.clock())}
        self.catalogue.refresh()
        since = {board.id: board.since for board in self.catalogue.boards()}
        closed = 0
        for (board, period), row in due.items():
            fact = Fact(
                id=f"period-closed:{board}:{since.get(board, 0)}:{period}:{row.period.ends_at}",
                kind="period-closed",
                board=board,
                data={"period": period},
            )
            (outcome,) = self.writer.append([fact])
            closed += outcome.error is None and not outcome.replayed
        return closed

    def apply_file(self, path: Path) -> list[str]:
        """Define the boards whose tables in a file changed since it was last applied. Returns their ids.

        Raises ValidationFailed, naming file and board.
        """
        ids = []
        for id, body, digest in changed_tables(path, self.definitions.file_digests()):
            with error_context(path, id):
                definition = parse_definition(id, body)
            self._define(id, definition, context={"source": str(path)}, file_digest=digest)
            ids.append(id)
        return ids

    def unlisted_zones(self) -> dict[str, str]:
        """Time zones that are not in the IANA list, by board. Earlier versions accepted them."""
        self.catalogue.refresh()
        zones = {board.id: board.definition.time_zone for board in self.catalogue.boards()}
        return {id: name for id, name in zones.items() if not is_listed(name)}

    def _define(
        self,
        id: str,
        definition: Definition,
        *,
        context: dict[str, str],
        file_digest: str = "",
        key: str | None = None,
    ) -> RecordedFact:
        data: dict[str, Any] = {"definition": msgspec.to_builtins(definition)}
        if file_digest:
            data["fileDigest"] = file_digest
        fact = Fact(
            id=fact_id("board-defined", id, context, key),
            kind="board-defined",
            board=id,
            data=data,
            context=context,
        )
        return self._append(fact)

    def _append(self, fact: Fact) -> RecordedFact:
        deadline.lift()
        line = self.writer.record(fact, seconds=PATIENCE_SECONDS)
        # If Redis is away, other processes still use the old definitions for a moment.
        self.health.wait_for_others()
        return line


def parse_definition(id: str, body: Any) -> Definition:
    """A definition from JSON. Raises ValidationFailed with all its errors."""
    check_name("id", id)
    definition = convert(body, Definition)
    errors = definition_errors(definition)
    if errors:
        raise ValidationFailed(*errors)
    return definition
