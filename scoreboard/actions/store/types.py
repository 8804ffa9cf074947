"""Action types in SQL."""

from __future__ import annotations

import msgspec

from scoreboard.actions.types import ActionType, Rules
from scoreboard.core.storage.db import Connection, Database, execute, rows

# In a column of its own: the release before it stops at rules that have a field it does not know.
RESULT_BYTES = "resultBytes"


class StoredTypes:
    """Action types, as they are read."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def version(self) -> int:
        """The newest fact that changed any of them."""
        return self._database.run(version)

    def load(self) -> tuple[int, dict[str, ActionType]]:
        """Version and types, from one state."""
        return self._database.snapshot(load)

    def file_digests(self) -> dict[str, str]:
        """For each type that a file defined: the digest of what it said when it was last applied."""
        found = self._database.run(lambda db: rows(db, "SELECT name, file_digest FROM action_type"))
        return {name: digest for name, digest in found if digest}


def version(db: Connection) -> int:
    """The newest fact that changed any action type."""
    ((newest,),) = rows(db, "SELECT COALESCE(MAX(revision), 0) FROM action_type")
    return int(newest)


def load(db: Connection) -> tuple[int, dict[str, ActionType]]:
    """Version and types."""
    newest, types = 0, {}
    for name, text, result_bytes, revision, since, deleted in rows(
        db, "SELECT name, rules, result_bytes, revision, since, deleted FROM action_type ORDER BY name"
    ):
        newest = max(newest, revision)
        if not deleted:
            rules = msgspec.convert(msgspec.json.decode(text) | {RESULT_BYTES: result_bytes}, Rules)
            types[name] = ActionType(name=name, rules=rules, revision=revision, since=since)
    return newest, types


def exists(db: Connection, name: str) -> bool:
    """Whether there is an action type of this name."""
    return bool(rows(db, "SELECT 1 FROM action_type WHERE name = ? AND deleted = 0", (name,)))


def write(db: Connection, type: ActionType, *, file_digest: str = "") -> None:
    """Create an action type's row, or replace it. One that is there keeps its `since`."""
    rules = msgspec.to_builtins(type.rules)
    result_bytes = rules.pop(RESULT_BYTES)
    execute(
        db,
        "INSERT INTO action_type (name, rules, result_bytes, revision, since, deleted, file_digest)"
        " VALUES (?, ?, ?, ?, ?, 0, ?) ON CONFLICT (name) DO UPDATE SET rules = excluded.rules,"
        " result_bytes = excluded.result_bytes, revision = excluded.revision,"
        " since = CASE WHEN action_type.deleted = 1 THEN excluded.since ELSE action_type.since END,"
        " deleted = 0,"
        " file_digest = CASE WHEN excluded.file_digest = ''"
        " THEN action_type.file_digest ELSE excluded.file_digest END",
        (
            type.name,
            msgspec.json.encode(rules).decode(),
            result_bytes,
            type.revision,
            type.since,
            file_digest,
        ),
    )


def delete(db: Connection, name: str, seq: int) -> None:
    """Delete an action type; what its tokens are worth was settled when they were asked for."""
    execute(db, "UPDATE action_type SET deleted = 1, revision = ? WHERE name = ?", (seq, name))
