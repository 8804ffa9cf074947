"""Players as everybody may see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True, kw_only=True)
class PeriodResult:
    """A player's result in one period of a board."""

    period: str
    kind: str
    starts_at: datetime | None  # None for all time, as is the end
    ends_at: datetime | None
    rank: int
    total: int  # all ranked players
    score: int
    columns: dict[str, int]
    reached_at: datetime

    @classmethod
    def of(cls, body: dict[str, Any]) -> PeriodResult:
        """Decode a result of a profile."""
        return cls(
            period=body["id"],
            kind=body["kind"],
            starts_at=_time(body["startsAt"]),
            ends_at=_time(body["endsAt"]),
            rank=body["rank"],
            total=body["total"],
            score=body["score"],
            columns=body["columns"],
            reached_at=datetime.fromisoformat(body["reachedAt"]),
        )


@dataclass(frozen=True, kw_only=True)
class BoardResults:
    """A player's results on one board."""

    board: str
    title: str
    current: tuple[PeriodResult, ...]  # in the running periods, the board's own first
    best: PeriodResult | None  # of the last periods; None on boards of all time
    past: tuple[PeriodResult, ...]  # in the last periods that are over, newest first

    @classmethod
    def of(cls, body: dict[str, Any]) -> BoardResults:
        """Decode the results on a board."""
        return cls(
            board=body["board"],
            title=body["title"],
            current=tuple(map(PeriodResult.of, body["current"])),
            best=PeriodResult.of(body["best"]) if body["best"] else None,
            past=tuple(map(PeriodResult.of, body["past"])),
        )


@dataclass(frozen=True, kw_only=True)
class Profile:
    """A player's name, and the results on all public boards."""

    player: str
    display_name: str
    boards: tuple[BoardResults, ...]

    @classmethod
    def of(cls, body: dict[str, Any]) -> Profile:
        """Decode a profile."""
        return cls(
            player=body["player"]["id"],
            display_name=body["player"]["displayName"],
            boards=tuple(map(BoardResults.of, body["boards"])),
        )


def _time(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
