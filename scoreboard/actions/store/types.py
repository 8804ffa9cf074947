"""Action types in SQL."""

from __future__ import annotations

import msgspec

from scoreboard.actions.types import ActionType, Rules
from scoreboard.core.storage.db import Connection, rows
from scoreboard.core.storage.table import Table

# It has a column of its own: the previous release fails on rules with a field that it does not know.
RESULT_BYTES = "resultBytes"


class StoredTypes(Table):
    """The table of action types."""

    def version(self) -> int:
        """The newest fact that changed any action type."""
        ((newest,),) = self.rows("SELECT COALESCE(MAX(revision), 0) FROM action_type")
        return int(newest)

    def load(self) -> tuple[int, dict[str, ActionType]]:
        """Version and types, from one state."""
        return self.snapshot(_load)

    def file_digests(self) -> dict[str, str]:
        """For each type that a file defined: the digest of its table when it was last applied."""
        found = self.rows("SELECT name, file_digest FROM action_type")
        return {name: digest for name, digest in found if digest}

    def exists(self, name: str) -> bool:
        """True if there is an action type of this name."""
        return bool(self.rows("SELECT 1 FROM action_type WHERE name = ? AND deleted = 0", (name,)))

    def write(self, type: ActionType, *, file_digest: str = "") -> None:
        """Create an action type's row, or replace it. An existing type keeps its `since`."""
        rules = msgspec.to_builtins(type.rules)
        result_bytes = rules.pop(RESULT_BYTES)
        self.execute(
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

    def delete(self, name: str, seq: int) -> None:
        """Delete an action type. Issued tokens stay valid: they contain all their terms."""
        self.execute("UPDATE action_type SET deleted = 1, revision = ? WHERE name = ?", (seq, name))


def _load(db: Connection) -> tuple[int, dict[str, ActionType]]:
    newest, types = 0, {}
    for name, text, result_bytes, revision, since, deleted in rows(
        db, "SELECT name, rules, result_bytes, revision, since, deleted FROM action_type ORDER BY name"
    ):
        newest = max(newest, revision)
        if not deleted:
            rules = msgspec.convert(msgspec.json.decode(text) | {RESULT_BYTES: result_bytes}, Rules)
            types[name] = ActionType(name=name, rules=rules, revision=revision, since=since)
    return newest, types
