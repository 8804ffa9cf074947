"""The catalogue's table: what each board is."""

from __future__ import annotations

import msgspec

from scoreboard.boards.types import Board, Definition
from scoreboard.core.storage.db import Connection, Database, execute, rows

COLUMNS = "id, definition, revision, layout, since, deleted, file_digest"


class Definitions:
    """Board definitions as SQL holds them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def version(self) -> int:
        """The newest fact that changed any definition."""
        return self._database.run(version)

    def load(self) -> tuple[int, dict[str, Board]]:
        """Version and boards, from one state."""
        return self._database.snapshot(load)

    def file_digests(self) -> dict[str, str]:
        """For each board that a file defined: the digest of what it said when it was last applied."""
        found = self._database.run(lambda db: rows(db, "SELECT id, file_digest FROM board"))
        return {board: digest for board, digest in found if digest}


def version(db: Connection) -> int:
    """The newest fact that changed any definition."""
    ((newest,),) = rows(db, "SELECT COALESCE(MAX(revision), 0) FROM board")
    return int(newest)


def layout(db: Connection, board: str) -> int:
    """The fact that last changed how a board's standings are ordered; 0 where there is no board."""
    found = rows(db, "SELECT layout FROM board WHERE id = ? AND deleted = 0", (board,))
    return int(found[0][0]) if found else 0


def load(db: Connection) -> tuple[int, dict[str, Board]]:
    """Version and boards."""
    newest, boards = 0, {}
    for id, text, revision, layout, since, deleted, _ in rows(db, f"SELECT {COLUMNS} FROM board"):
        newest = max(newest, revision)
        if not deleted:
            definition = msgspec.json.decode(text, type=Definition)
            boards[id] = Board(id=id, definition=definition, revision=revision, layout=layout, since=since)
    return newest, boards


def write(db: Connection, board: Board, *, deleted: bool = False, file_digest: str = "") -> None:
    """Create a board's row, or replace it."""
    execute(
        db,
        f"INSERT INTO board ({COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO UPDATE SET"
        " definition = excluded.definition, revision = excluded.revision, layout = excluded.layout,"
        " since = excluded.since,"
        " deleted = excluded.deleted, file_digest = CASE WHEN excluded.file_digest = ''"
        " THEN board.file_digest ELSE excluded.file_digest END",
        (
            board.id,
            msgspec.json.encode(board.definition).decode(),
            board.revision,
            board.layout,
            board.since,
            int(deleted),
            file_digest,
        ),
    )
