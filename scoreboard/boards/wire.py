"""Queries and answers of the routes of boards."""

from __future__ import annotations

from typing import Annotated, Any, Self

from msgspec import UNSET, Meta, Raw, Struct, UnsetType

from scoreboard.boards.order import percentile
from scoreboard.boards.types import BoardShown, Period, Row, Score
from scoreboard.core.clock import Time, rfc3339
from scoreboard.core.ids import BoardId, PlayerId
from scoreboard.core.patterns import pattern

Limit = Annotated[int, Meta(ge=1, le=1000, description="The most rows to return.")]
Rank = Annotated[int, Meta(ge=1)]
Count = Annotated[int, Meta(ge=0)]
Revised = Annotated[
    Time | UnsetType,
    Meta(description="When results changed last after the period was closed; left out if never."),
]
Shown = Annotated[
    dict[str, str],
    Meta(description="The metadata that the board shows, by field; left out if it shows none."),
]


class Where(Struct, kw_only=True, forbid_unknown_fields=True):
    """A window of a board."""

    period: Annotated[
        str, Meta(description="current (the default), previous, an id, or a kind that the board keeps.")
    ] = ""
    region: Annotated[str, Meta(description="One of the board's regions; all of them if left out.")] = ""


class EntriesQuery(Where, kw_only=True, forbid_unknown_fields=True):
    """Rows of a window."""

    limit: Limit = 10
    cursor: Annotated[str, Meta(description="page.next of the page before. It fixes the window.")] = ""
    offset: Annotated[int, Meta(ge=0, le=2**53, description="Rows to skip.")] = 0
    players: Annotated[str, Meta(description="Only these players: up to 100 ids, separated by commas.")] = ""
    search: Annotated[
        str,
        Meta(max_length=64, description="Only players whose name begins so, by name; `limit` is at most 50."),
    ] = ""


class AroundQuery(Where, kw_only=True, forbid_unknown_fields=True):
    """Rows around a player."""

    radius: Annotated[int, Meta(ge=0, le=100, description="The most rows on each side.")] = 5


class RankForQuery(Where, kw_only=True):
    """A score to rank."""

    score: Score
    columns: Annotated[dict[str, Score], Meta(description="Each column as a parameter by its name.")] = {}


class PeriodsQuery(Struct, kw_only=True, forbid_unknown_fields=True):
    """A page of past periods."""

    limit: Limit = 10
    cursor: Annotated[
        str,
        pattern(
            r"^([0-9]{1,15}-[0-9]{1,15})?\Z",
            "page.next of the page before",
            description="page.next of the page before.",
        ),
    ] = ""


class Empty(Struct, forbid_unknown_fields=True):
    """A query without parameters."""


class RankedPlayer(Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """A player in a list."""

    id: PlayerId
    display_name: Annotated[str, Meta(description="The id if the player has no name.")]


class RankedEntry(Struct, frozen=True, kw_only=True, rename="camel", gc=False):
    """A row of a list."""

    rank: Annotated[Rank | None, Meta(description="null only in a search, while ranks can't be read.")]
    player: RankedPlayer
    score: Score
    columns: dict[str, Score]
    reached_at: Time
    metadata: Annotated[Any, Meta(extra_json_schema={"type": ["object", "null"]})]
    percentile: Annotated[
        Annotated[float, Meta(ge=0, le=100)] | None,
        Meta(description="Percentage of the other players who are behind or level; null without a rank."),
    ]
    shown: Shown | UnsetType = UNSET

    @classmethod
    def of(cls, row: Row, total: int, **more: Any) -> Self:
        """A row of a window with `total` entries."""
        return cls(
            rank=row.rank,
            player=RankedPlayer(id=row.player, display_name=row.name),
            score=row.score,
            columns=row.columns,
            reached_at=rfc3339(row.reached_at),
            metadata=Raw(row.metadata.encode()) if row.metadata else None,
            percentile=percentile(row.ahead, total),
            **more,
        )


class ExportedEntry(RankedEntry, frozen=True, kw_only=True, rename="camel", gc=False):
    """A line of an export: a row of a list, and the time when its period was last revised."""

    revised_at: Revised = UNSET


class Listing(Struct, frozen=True, kw_only=True, rename="camel"):
    """Rows of one state of a window."""

    board: BoardId
    period: str
    region: BoardId | None
    total: Annotated[Count, Meta(description="How many players are ranked.")]
    revised_at: Revised = UNSET
    id: Annotated[
        str | None,
        Meta(description="The cursor from which a stream continues; null in past periods and in searches."),
    ]
    as_of: Time
    entries: list[RankedEntry]
    degraded: Annotated[
        bool | UnsetType, Meta(description="true in a search while ranks can't be read; otherwise left out.")
    ] = UNSET


class WouldBe(Struct, frozen=True, kw_only=True):
    """The rank that a new player would get."""

    board: BoardId
    period: str
    region: BoardId | None
    score: Score
    columns: dict[str, Score]
    rank: Rank
    total: Count


class PeriodShown(Struct, frozen=True, kw_only=True, rename="camel"):
    """A period; all time has no bounds."""

    id: str
    starts_at: Time | None
    ends_at: Time | None


class PastPeriod(PeriodShown, frozen=True, kw_only=True, rename="camel"):
    """A period that is over."""

    kind: str
    entries: Count
    closed_at: Annotated[Time | None, Meta(description="null until it is closed.")]
    revised_at: Revised = UNSET


class BoardNow(BoardShown, frozen=True, kw_only=True, rename="camel"):
    """A board and its current period."""

    current_period: PeriodShown
    entries: Annotated[Count, Meta(description="How many players are ranked in the current period.")]
    server_now: Time


def bounds(period: Period) -> dict[str, Any]:
    """The fields of a PeriodShown."""
    return {"id": period.id, "starts_at": instant(period.starts_at), "ends_at": instant(period.ends_at)}


def instant(at: int | None) -> str | None:
    """An instant (milliseconds since 1970) in the form of RFC 3339."""
    return None if at is None else rfc3339(at)
