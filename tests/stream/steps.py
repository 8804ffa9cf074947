"""Steps of the stream, made one by one, and a viewer."""

from __future__ import annotations

from typing import Any

from scoreboard.core.storage import rediskeys
from scoreboard.parts import Parts
from scoreboard.stream.protocol.diff import apply, checksum
from scoreboard.stream.protocol.types import Line
from tests.contract import check_frame


def publish(parts: Parts) -> None:
    """Take one turn of the publisher, which has work to do and so does not wait."""
    parts.stream.publisher.store._redis.lpush(rediskeys.dirty_wake(), 1)
    parts.stream.publisher.turn()


def frame_ids(redis: Any) -> list[str]:
    """The ids of all frames in Redis."""
    return [id for id, _ in redis.xrange(rediskeys.frames())]


class Viewer:
    """The state that a viewer builds from frames, each checked as the protocol demands."""

    def __init__(self) -> None:
        self.boards: dict[str, tuple[int, list[Line], int]] = {}
        self.cursor = ""
        self.reasons: list[str] = []

    def take(self, frames: list[dict[str, Any]]) -> Viewer:
        """Apply frames. Fails if one does not follow."""
        for frame in frames:
            check_frame(frame)
            board = frame["b"]
            if frame["t"] == "snapshot":
                top = [Line(**{**row, "c": tuple(row.get("c", ()))}) for row in frame["top"]]
                self.reasons.append(frame["why"])
                total = frame["tot"]
            else:
                seen, old, total = self.boards[board]
                if frame["s"] <= seen:
                    continue
                assert frame["p"] == seen, "a gap"
                top, total = apply(old, frame), frame.get("tot", total)
            assert checksum(top) == frame["crc"]
            self.boards[board] = (frame["s"], top, total)
            self.cursor = frame["id"]
        return self

    def rows(self, board: str = "main") -> list[tuple[str, int]]:
        """The rows that the viewer sees."""
        return [(line.id, line.s) for line in self.boards[board][1]]
