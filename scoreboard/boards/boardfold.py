"""The fold that defines and deletes boards, and closes periods."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import msgspec

from scoreboard.boards.catalogue import Catalogue
from scoreboard.boards.projector import BoardProjector
from scoreboard.boards.refold import refold, rewrite
from scoreboard.boards.store.definitions import Definitions
from scoreboard.boards.store.windows import Windows
from scoreboard.boards.types import Board, Definition, Window
from scoreboard.core.errors import NotFound, Refused
from scoreboard.core.storage.db import Connection
from scoreboard.journal.types import Fact, Position, RecordedFact, Span

KINDS = frozenset({"board-defined", "board-deleted", "period-closed"})


@dataclass(frozen=True, kw_only=True)
class BoardFold:
    """Folds facts about boards themselves, not about scores."""

    catalogue: Catalogue
    projector: BoardProjector
    kinds: frozenset[str] = KINDS
    audited: frozenset[str] = frozenset({"definition", "fileDigest", "period"})

    def open(self, db: Connection, facts: Sequence[Fact], at: int) -> BoardFoldBatch:
        """Open a batch. Loads the newest definitions."""
        self.catalogue.refresh_within(db)
        return BoardFoldBatch(db=db, at=at, fold=self)


@dataclass(kw_only=True)
class BoardFoldBatch:
    """Folds the facts of one batch. `boards` has the boards that it changed, None for a deleted one."""

    db: Connection
    at: int
    fold: BoardFold
    boards: dict[str, Board | None] = field(default_factory=dict)
    version: int = 0
    deleted_windows: list[Window] = field(default_factory=list)
    closed_windows: list[Window] = field(default_factory=list)

    def apply(self, fact: Fact, position: Position) -> dict[str, Any]:
        """Define or delete a board, or close a period. Raises NotFound or Refused."""
        if fact.kind == "board-defined":
            return self._define(fact, position)
        if fact.kind == "board-deleted":
            return self._delete(fact, position.seq)
        return self._close(fact)

    def replay(self, recorded: RecordedFact) -> None:
        """Do nothing: the follower projects the changes of an earlier fact."""

    def finish(self) -> None:
        """Do nothing: `apply` writes at once."""

    def project(self, span: Span) -> None:
        """Tell every process that definitions changed, or set closed windows to expire in Redis."""
        if self.boards:
            self.fold.projector.show_definitions(self.version, self.deleted_windows, span)
        elif span.facts:
            self.fold.projector.expire(self.closed_windows, span)

    def _define(self, fact: Fact, position: Position) -> dict[str, Any]:
        old, seq = self._board(fact.board), position.seq
        definition = msgspec.convert(fact.data["definition"], Definition)
        reordered = old is None or _order_differs(old.definition, definition)
        same_layout = old is not None and not reordered and not _tiers_differ(old.definition, definition)
        board = Board(
            id=fact.board,
            definition=definition,
            revision=seq,
            layout=old.layout if old is not None and same_layout else seq,
            since=old.since if old else seq,
        )
        # Refusing a fact does not roll back the transaction, so `refold`, which may refuse, runs before the
        # first write.
        windows = refold(self.db, position.shard, board) if old is not None and reordered else None
        Definitions(self.db).write(board, file_digest=fact.data.get("fileDigest", ""))
        self._remember(fact.board, board, seq)
        if windows is not None:
            rewrite(self.db, board, windows)
        return {"created": old is None}

    def _delete(self, fact: Fact, seq: int) -> dict[str, Any]:
        old = self._board(fact.board)
        if old is None:
            raise NotFound(f"There is no board {fact.board!r}.", code="board_not_found")
        deleted = Board(id=old.id, definition=old.definition, revision=seq, layout=seq, since=old.since)
        windows = [row.window for row in Windows(self.db).of_board(fact.board)]
        Definitions(self.db).write(deleted, deleted=True)
        Windows(self.db).delete_board(fact.board)
        self._remember(fact.board, None, seq)
        self.deleted_windows += windows
        return {"windows": [[window.period, window.region] for window in windows]}

    def _close(self, fact: Fact) -> dict[str, Any]:
        period, entries, windows = fact.data["period"], 0, Windows(self.db)
        rows = windows.in_period(fact.board, period)
        if not rows or any(row.closed_at is not None for row in rows):
            raise Refused(f"There is no open period {period!r}.", code="period_closed")
        for row in rows:
            row.closed_at = self.at
            self.closed_windows.append(row.window)
            entries = max(entries, row.entries)
            windows.write(row)
        return {"entries": entries}

    def _board(self, id: str) -> Board | None:
        """A board as the batch left it; None if there is none."""
        if id in self.boards:
            return self.boards[id]
        return {board.id: board for board in self.fold.catalogue.boards()}.get(id)

    def _remember(self, id: str, board: Board | None, seq: int) -> None:
        self.boards[id], self.version = board, seq


def _order_differs(old: Definition, new: Definition) -> bool:
    """True if standings need other order keys. The tie rule does not matter: order keys don't contain it."""
    return _directions(old) != _directions(new)


def _directions(definition: Definition) -> list[tuple[str, str]]:
    return [("", definition.order), *((column.name, column.order) for column in definition.columns)]


def _tiers_differ(old: Definition, new: Definition) -> bool:
    """True if windows in Redis must be built again: they have counts of tiers for dense ranks only."""
    return (old.ties == "dense") != (new.ties == "dense")
