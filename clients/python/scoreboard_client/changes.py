"""The states of a watched board, and the differences between them. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from scoreboard_client.frames import Board, Frame, apply, compare, ranks


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of a board that is watched."""

    rank: int
    player: str
    display_name: str
    score: int
    columns: dict[str, int]
    shown: dict[str, str] = field(default_factory=dict)  # the metadata that the board shows, by field


@dataclass(frozen=True, kw_only=True)
class Me:
    """The player's own standing, however far below the rows it is."""

    rank: int | None  # None if the player has no score
    score: int | None
    version: int = field(compare=False)  # the newest fact that was seen


@dataclass(frozen=True, kw_only=True)
class Told:
    """A private message of the server to the signed-in player. It arrives at most once."""

    kind: str  # such as "merged"; ignore kinds that you do not know
    at: datetime
    data: dict[str, Any]

    @classmethod
    def of(cls, frame: Frame) -> Told:
        """Decode a `tell` frame."""
        return cls(kind=frame["kind"], at=datetime.fromisoformat(frame["at"]), data=frame["data"])


@dataclass(frozen=True, kw_only=True)
class Change:
    """A board as it is now, and its differences from before. In the first change all rows are new."""

    scope: str  # the stream scope: board, board:region, board@period
    period: str
    total: int  # all ranked players
    rows: tuple[Row, ...]
    at: datetime  # when this state was published
    why: str  # the reason of a snapshot; "" after a delta
    me: Me | None  # None if nobody is signed in, or before the first `me` frame
    came: tuple[Row, ...]
    gone: tuple[Row, ...]  # as they were
    moved: tuple[tuple[Row, Row], ...]  # rows with another rank: before, now
    rescored: tuple[tuple[Row, Row], ...]  # rows with another score or columns: before, now


class StreamState:
    """The boards and the player's standings after the received frames, and the cursor to continue from."""

    def __init__(self) -> None:
        self.cursor = ""
        self.boards: dict[str, Board] = {}
        self._standings: dict[str, Me] = {}

    def take(self, frame: Frame) -> Change | None:
        """Take in a frame. Returns the change that it makes visible, if any. Raises Lost."""
        change, kind = None, frame["t"]
        if kind in ("snapshot", "delta"):
            change = self._take_board(frame)
        elif kind == "me":
            change = self._take_standing(frame)
        elif kind == "hb":
            compare(self.boards, frame)
        self.cursor = frame.get("id", self.cursor)
        return change

    def _take_board(self, frame: Frame) -> Change | None:
        scope = frame["b"]
        before = self.boards.get(scope, Board(scope=scope))
        after = self.boards[scope] = apply(before, frame)
        if before.s is not None and before.looks_like(after):
            return None
        return between(before, after, why=frame.get("why", ""), me=self._standings.get(scope))

    def _take_standing(self, frame: Frame) -> Change | None:
        scope, board = frame["b"], self.boards.get(frame["b"])
        before = self._standings.get(scope)
        me = self._standings[scope] = Me(rank=frame["rank"], score=frame["score"], version=frame["ver"])
        return None if board is None or me == before else between(board, board, why="", me=me)


def between(before: Board, after: Board, *, why: str, me: Me | None) -> Change:
    """The visible differences between two states."""
    old, new = _rows(before), _rows(after)
    stayed = [(old[player], row) for player, row in new.items() if player in old]
    return Change(
        scope=after.scope,
        period=after.period,
        total=after.total,
        rows=tuple(new.values()),
        at=datetime.fromisoformat(after.at),
        why=why,
        me=me,
        came=tuple(row for player, row in new.items() if player not in old),
        gone=tuple(row for player, row in old.items() if player not in new),
        moved=tuple((was, row) for was, row in stayed if was.rank != row.rank),
        rescored=tuple(
            (was, row) for was, row in stayed if (was.score, was.columns) != (row.score, row.columns)
        ),
    )


def _rows(board: Board) -> dict[str, Row]:
    return {
        line.id: Row(
            rank=rank,
            player=line.id,
            display_name=line.n,
            score=line.s,
            columns=dict(zip(board.columns, line.c, strict=False)),
            shown=line.m or {},
        )
        for rank, line in zip(ranks(board), board.lines, strict=True)
    }
