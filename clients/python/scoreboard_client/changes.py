"""What a watcher is told: a board as it is now, and what is new about it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from scoreboard_client.frames import Board, Frame, applied, compare, ranks


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
    """Something that the server told the signed-in player, at most once."""

    kind: str  # such as "merged"; ignore kinds that you do not know
    at: datetime
    data: dict[str, Any]

    @classmethod
    def of(cls, frame: Frame) -> Told:
        """Something told, as it travels."""
        return cls(kind=frame["kind"], at=datetime.fromisoformat(frame["at"]), data=frame["data"])


@dataclass(frozen=True, kw_only=True)
class Change:
    """A board as it is now, and what is new since the change before: of the first one, everything."""

    scope: str  # what is watched: a board, board:region, board@period
    period: str
    total: int  # how many are ranked in all
    rows: tuple[Row, ...]
    at: datetime  # when this state was published
    why: str  # of a snapshot; "" if it goes on from the state before
    me: Me | None  # None if nobody is signed in, or nothing was told yet
    came: tuple[Row, ...]
    gone: tuple[Row, ...]  # as they were
    moved: tuple[tuple[Row, Row], ...]  # whose rank changed: before, now
    rescored: tuple[tuple[Row, Row], ...]  # whose score or columns changed: before, now


class Seen:
    """What was seen of a stream: each board, where the player stands, and up to where."""

    def __init__(self) -> None:
        self.cursor = ""
        self.boards: dict[str, Board] = {}
        self._mine: dict[str, Me] = {}

    def take(self, frame: Frame) -> Change | None:
        """What a frame changes for people, if anything. Raises Lost."""
        change, kind = None, frame["t"]
        if kind in ("snapshot", "delta"):
            change = self._board(frame)
        elif kind == "me":
            change = self._me(frame)
        elif kind == "hb":
            compare(self.boards, frame)
        self.cursor = frame.get("id", self.cursor)
        return change

    def _board(self, frame: Frame) -> Change | None:
        scope = frame["b"]
        before = self.boards.get(scope, Board(scope=scope))
        after = self.boards[scope] = applied(before, frame)
        if before.s is not None and before.shows(after):
            return None
        return between(before, after, why=frame.get("why", ""), me=self._mine.get(scope))

    def _me(self, frame: Frame) -> Change | None:
        scope, board = frame["b"], self.boards.get(frame["b"])
        before = self._mine.get(scope)
        me = self._mine[scope] = Me(rank=frame["rank"], score=frame["score"], version=frame["ver"])
        return None if board is None or me == before else between(board, board, why="", me=me)


def between(before: Board, after: Board, *, why: str, me: Me | None) -> Change:
    """What people see of the way from one state to another."""
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
