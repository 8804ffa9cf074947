"""The position of each follower in the journal of a shard, stored in the database of that shard."""

from __future__ import annotations

from scoreboard.core.storage.table import Table
from scoreboard.journal.types import Position


class FollowerPositions(Table):
    """The table of followers' positions. They are backed up, and restored, with the journal."""

    def get(self, follower: str, shard: int) -> Position | None:
        """A follower's position; None if none is stored."""
        text = "SELECT seq FROM follower_position WHERE follower = ? AND shard = ?"
        rows = self.rows(text, (follower, shard))
        return Position(shard, rows[0][0]) if rows else None

    def store(self, follower: str, position: Position) -> None:
        """Store a follower's position."""
        self.execute(
            "INSERT INTO follower_position (follower, shard, seq) VALUES (?, ?, ?)"
            " ON CONFLICT (follower, shard) DO UPDATE SET seq = excluded.seq",
            (follower, position.shard, position.seq),
        )
