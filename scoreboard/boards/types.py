"""Types of boards: definitions, windows, standings, places and rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from scoreboard.core.ids import BoardId, RegionId
from scoreboard.core.patterns import pattern
from scoreboard.journal.types import Position

SAFE = 2**53 - 1  # the largest whole number that every JSON reader keeps exact

ColumnName = Annotated[
    str,
    pattern(
        r"^[A-Za-z][A-Za-z0-9_]{0,31}\Z",
        "1-32 letters, digits or '_', starting with a letter",
    ),
]
Score = Annotated[int, Meta(ge=-SAFE, le=SAFE)]
Direction = Literal["desc", "asc"]
Operator = Literal["increment", "decrement", "best", "set"]
Ties = Literal["ordinal", "competition", "dense"]
EntryState = Literal["counted", "held", "reversed"]
Title = Annotated[str, Meta(max_length=40, description="The text that people see in place of the name.")]
FieldName = Annotated[
    str,
    pattern(
        r"^[A-Za-z][A-Za-z0-9_-]{0,31}\Z",
        "1-32 letters, digits, '_' or '-', starting with a letter",
    ),
]


class Column(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A tie-breaking column beside the score."""

    name: ColumnName
    order: Direction = "desc"
    title: Title = ""


class ShownField(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A field of the metadata that rows show to everybody."""

    field: FieldName
    kind: Literal["flag", "text", "link"] = msgspec.field(name="as")
    title: Title = ""


class Definition(Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """The rules of a board, as an administrator writes and the API returns them."""

    title: Annotated[str, Meta(max_length=120)] = ""
    description: Annotated[str, Meta(max_length=2000)] = ""
    order: Direction = "desc"
    operator: Operator = "increment"
    ties: Ties = "ordinal"
    columns: Annotated[tuple[Column, ...], Meta(max_length=2)] = ()
    period: Annotated[str, Meta(max_length=120)] = "all"
    windows: Annotated[tuple[str, ...], Meta(max_length=4)] = ()
    time_zone: Annotated[str, Meta(max_length=64)] = "UTC"
    regions: Annotated[tuple[RegionId, ...], Meta(max_length=64)] = ()
    region_titles: dict[RegionId, Title] = {}
    show: Annotated[tuple[ShownField, ...], Meta(max_length=4)] = ()
    trust: Literal["client", "verified", "server"] = "client"
    min_score: Score | None = None
    max_score: Score | None = None
    max_increment: Annotated[int, Meta(ge=0, le=SAFE)] | None = None
    public: bool = True
    frozen_at: Annotated[str, Meta(max_length=0, description="Reserved: null.")] | None = None
    size: Annotated[int, Meta(ge=1, le=1000)] = 100
    decimals: Annotated[int, Meta(ge=0, le=9)] = 0
    unit: Annotated[str, Meta(max_length=16)] = ""


class BoardShown(Definition, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=False):
    """A board as the API answers it."""

    id: BoardId


class Board(Struct, frozen=True, kw_only=True):
    """A board as it is now."""

    id: str
    definition: Definition
    revision: int  # the fact that last changed the definition
    layout: int  # the fact that last changed how standings are ordered; Redis shows a window in one layout
    since: int  # the fact that created the board; older facts with this id are of an earlier board

    @property
    def windows(self) -> tuple[str, ...]:
        """Every kind of period that a score counts in; the first one is the board's own."""
        rest = (kind for kind in self.definition.windows if kind != self.definition.period)
        return (self.definition.period, *rest)

    def as_json(self) -> dict[str, Any]:
        """The board as the API answers it: a BoardShown, its id first."""
        body: dict[str, Any] = msgspec.to_builtins(self.definition)
        return {"id": self.id, **body, "title": self.definition.title or self.id}


class Period(Struct, frozen=True):
    """The time from `starts_at` to just before `ends_at`, in milliseconds; "all" has no bounds."""

    id: str
    kind: str
    starts_at: int | None
    ends_at: int | None

    def covers(self, at: int) -> bool:
        """True if the instant `at` (milliseconds since 1970) lies in the period."""
        return self.starts_at is None or (
            self.starts_at <= at and (self.ends_at is None or at < self.ends_at)
        )


class Window(Struct, frozen=True):
    """One ranking: a board, one of its periods, and a region ("" for all regions)."""

    board: str
    period: str
    region: str

    @property
    def path(self) -> str:
        """The window's name in Redis keys and in messages between processes."""
        return f"{self.board}/{self.period}/{self.region}"


class Standing(Struct, frozen=True, kw_only=True, gc=False):
    """A player's score in one window, with the values that order it."""

    player: str
    score: int
    columns: tuple[int, ...]
    reached_at: int  # when the score was reached, milliseconds since 1970
    reached_by: int  # the fact that reached it, as the number of its position
    version: int  # the fact that last changed anything here
    metadata: str = ""  # JSON, kept with the standing score
    key: str = ""  # the order key, if it was computed


class Place(Struct, frozen=True, kw_only=True, gc=False):
    """One standing in a window's order, as a view returns it."""

    key: str
    player: str
    position: int  # the number of standings before it in the list
    ahead: int  # the number of standings that are strictly better in score and columns
    tiers: int  # the number of different tiers that are strictly better
    metadata: str = ""


class ViewAnswer(Struct, frozen=True, kw_only=True):
    """Places read from one state of a window."""

    version: Position  # the newest fact in that state
    stamp: str  # names the state: the same text, the same places
    total: int
    places: list[Place]


class Versions(Struct, frozen=True):
    """The versions that Redis has of what all boards share; None for what it does not have."""

    definitions: int | None
    names: str | None  # changes when a name that boards may show does


class RedisAnswer(Struct, frozen=True, kw_only=True):
    """All that one trip to Redis tells about a question."""

    versions: Versions
    unchanged: bool = False  # the caller has the answer already
    places: ViewAnswer | None = None  # None if the window is not shown, or nothing changed
    names: Mapping[str, str] | None = None  # of the places' players; None if Redis does not have all names


class PlayerResult(Struct, frozen=True, kw_only=True):
    """A player's result on a board, as people see it."""

    player: str
    name: str
    score: int
    columns: dict[str, int]
    reached_at: int
    metadata: str
    rank: int | None = None  # None where ranks can't be read now, as is `ahead`
    ahead: int | None = None


class Row(PlayerResult, frozen=True, kw_only=True):
    """A place with its rank, as people see it."""

    rank: int
    ahead: int  # the number of players ahead, by the board's tie rule


class RankChange(Struct, frozen=True, gc=False):
    """A player's score and ranks in one window after a batch."""

    score: int
    rank: int | None  # None in a closed window that Redis no longer holds
    previous_rank: int | None
    version: int


class AppliedFacts(Struct, frozen=True, kw_only=True):
    """The facts of a shard that Redis holds."""

    position: Position  # everything up to this fact
    mark: str  # of that fact
    newest: Position  # the newest fact that anything in Redis may hold
    newest_mark: str


class Comparison(Struct, frozen=True, kw_only=True):
    """The differences between a window in Redis and standings in SQL."""

    version: int
    entries: int
    differing: dict[str, str]  # the value in Redis for each player with a difference


class EntryChange(Struct, frozen=True, kw_only=True):
    """The new state of an entry, with the player for whom it counts and the windows that it feeds."""

    entry: int  # the number of its fact
    player: str  # as in the journal
    owner: str  # the account, if the player was merged into one
    state: EntryState
    recorded: EntryState  # with which state the entry was recorded
    windows: tuple[Window, ...]


class Ranked(Struct, frozen=True):
    """A score, and its rank."""

    score: int
    rank: int


class StandingOutlook(Struct, frozen=True, kw_only=True):
    """A player's rank in one window, before and after a change. None without a listed standing."""

    board: str
    period: str
    region: str | None
    player: str
    before: Ranked | None
    after: Ranked | None


class Outlook(Struct, frozen=True, kw_only=True):
    """The first standings that change, and whether there are more."""

    standings: list[StandingOutlook]
    more: bool
