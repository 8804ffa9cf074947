"""The table of the boards' definitions."""

from __future__ import annotations

from typing import Any

import msgspec

from scoreboard.boards.types import Board, Definition
from scoreboard.core.storage.db import Connection, rows
from scoreboard.core.storage.table import Table

COLUMNS = "id, definition, revision, layout, since, deleted, file_digest"


class Definitions(Table):
    """The definitions of all boards. Deleted boards keep a row, so that the version never falls."""

    def version(self) -> int:
        """The newest fact that changed any definition."""
        ((newest,),) = self.rows("SELECT COALESCE(MAX(revision), 0) FROM board")
        return int(newest)

    def layout(self, board: str) -> int:
        """The fact that last changed how a board's standings are ordered; 0 if there is no such board."""
        found = self.rows("SELECT layout FROM board WHERE id = ? AND deleted = 0", (board,))
        return int(found[0][0]) if found else 0

    def load(self) -> tuple[int, dict[str, Board]]:
        """Version and boards, from one state."""
        return self.snapshot(_load)

    def file_digests(self) -> dict[str, str]:
        """For each board that a file defined: the digest of its part of the file when it was last applied."""
        found = self.rows("SELECT id, file_digest FROM board")
        return {board: digest for board, digest in found if digest}

    def write(self, board: Board, *, deleted: bool = False, file_digest: str = "") -> None:
        """Create a board's row, or replace it."""
        self.execute(
            f"INSERT INTO board ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
            " definition = excluded.definition, revision = excluded.revision, layout = excluded.layout,"
            " since = excluded.since,"
            " deleted = excluded.deleted, file_digest = CASE WHEN excluded.file_digest = ''"
            " THEN board.file_digest ELSE excluded.file_digest END",
            (
                board.id,
                _text(board.definition),
                board.revision,
                board.layout,
                board.since,
                int(deleted),
                file_digest,
            ),
        )


def _text(definition: Definition) -> str:
    # Without new fields that are not used: a process of the release before, which refuses them, can read it.
    body = msgspec.to_builtins(definition)
    body |= {"columns": [_without_empty(column, "title") for column in body["columns"]]}
    return msgspec.json.encode(_without_empty(body, "regionTitles", "show")).decode()


def _without_empty(body: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: value for name, value in body.items() if value or name not in names}


def _load(db: Connection) -> tuple[int, dict[str, Board]]:
    newest, boards = 0, {}
    for id, text, revision, layout, since, deleted, _ in rows(db, f"SELECT {COLUMNS} FROM board"):
        newest = max(newest, revision)
        if not deleted:
            definition = msgspec.json.decode(text, type=Definition)
            boards[id] = Board(id=id, definition=definition, revision=revision, layout=layout, since=since)
    return newest, boards
