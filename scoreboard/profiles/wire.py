"""The answer of the route of profiles."""

from __future__ import annotations

from typing import Annotated, Self

from msgspec import Meta, Struct

from scoreboard.boards.types import Score
from scoreboard.boards.wire import Count, PeriodShown, Rank, RankedPlayer, bounds
from scoreboard.core.clock import Time, rfc3339
from scoreboard.core.ids import BoardId
from scoreboard.profiles.types import BoardResults, Profile, Result


class PeriodResult(PeriodShown, frozen=True, kw_only=True, rename="camel"):
    """A player's result in a period."""

    kind: str
    rank: Rank
    total: Annotated[Count, Meta(description="How many players are ranked.")]
    score: Score
    columns: dict[str, Score]
    reached_at: Time

    @classmethod
    def of(cls, result: Result) -> Self:
        """The result as JSON has it."""
        row = result.row
        return cls(
            **bounds(result.period),
            kind=result.period.kind,
            rank=row.rank,
            total=result.total,
            score=row.score,
            columns=row.columns,
            reached_at=rfc3339(row.reached_at),
        )


class BoardResultsShown(Struct, frozen=True, kw_only=True, rename="camel"):
    """A player's results on a board."""

    board: BoardId
    title: str
    current: Annotated[
        list[PeriodResult],
        Meta(description="In the running periods that the board keeps, its own period first."),
    ]
    best: Annotated[
        PeriodResult | None,
        Meta(description="The best of the last 60 periods; null on boards of all time."),
    ]
    past: Annotated[
        list[PeriodResult], Meta(description="In the last periods that are over, newest first; up to five.")
    ]

    @classmethod
    def of(cls, results: BoardResults) -> Self:
        """The results as JSON has them."""
        board = results.board
        return cls(
            board=board.id,
            title=board.definition.title or board.id,
            current=[PeriodResult.of(one) for one in results.current],
            best=PeriodResult.of(results.best) if results.best else None,
            past=[PeriodResult.of(one) for one in results.past],
        )


class ProfileShown(Struct, frozen=True, kw_only=True, rename="camel"):
    """A player as the public sees them."""

    player: RankedPlayer
    boards: Annotated[
        list[BoardResultsShown], Meta(description="The public boards that show the player, by id.")
    ]

    @classmethod
    def of(cls, profile: Profile) -> Self:
        """The profile as JSON has it."""
        return cls(
            player=RankedPlayer(id=profile.player, display_name=profile.name),
            boards=[BoardResultsShown.of(one) for one in profile.boards],
        )
