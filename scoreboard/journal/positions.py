"""How far each follower has taken in the journal of a shard, in the database of that shard."""

from __future__ import annotations

from scoreboard.core.storage.table import Table
from scoreboard.journal.types import Position


class FollowerPositions(Table):
    """Positions that the framework notes. They are backed up, and restored, with the journal."""

    def get(self, follower: str, shard: int) -> Position | None:
        """A follower's position; None where none was noted."""
        text = "SELECT seq FROM follower_position WHERE follower = ? AND shard = ?"
        found = self.rows(text, (follower, shard))
        return Position(shard, found[0][0]) if found else None

    def note(self, follower: str, position: Position) -> None:
        """Note how far a follower came."""
        self.execute(
            "INSERT INTO follower_position (follower, shard, seq) VALUES (?, ?, ?)"
            " ON CONFLICT (follower, shard) DO UPDATE SET seq = excluded.seq",
            (follower, position.shard, position.seq),
        )
