"""Types of trusted scores."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from scoreboard.boards.types import Operator, Score
from scoreboard.core.http.lenient import LOST_IF_EMPTY
from scoreboard.core.ids import PlayerId, RegionId
from scoreboard.core.patterns import pattern

MAX_ENTRIES = 1000
METADATA_BYTES = 4096

Key = Annotated[
    str,
    pattern(r"^[\x20-\x7e]{1,128}\Z", "1 to 128 printable ASCII characters", extra=LOST_IF_EMPTY),
]


class Entry(Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True, gc=False):
    """One score as a trusted server sends it."""

    player: PlayerId
    score: Score
    display_name: str | None = None
    columns: dict[str, Score] | None = None
    metadata: dict[str, Any] | None = None
    region: RegionId | None = None
    idempotency_key: Key | None = None
    occurred_at: str | None = None
    operator: Operator | None = None


class Batch(Struct, frozen=True, forbid_unknown_fields=True):
    """Scores that are sent together. Each entry is accepted or rejected on its own."""

    entries: Annotated[
        list[Any],
        Meta(
            min_length=1,
            max_length=MAX_ENTRIES,
            description="An element that is not an Entry is listed in `rejected`. The others count.",
            examples=[[{"player": "ada", "displayName": "Ada", "score": 10}]],
            extra_json_schema={"items": {"$ref": "#/components/schemas/Entry"}},
        ),
    ]


class Entries(Struct, frozen=True, array_like=True):
    """All entries of a batch, each well-formed."""

    entries: list[Entry]


class Rejected(Struct, frozen=True, kw_only=True):
    """An entry that was not recorded, with the reason."""

    index: int
    code: str
    detail: str


class StandingNow(Struct, frozen=True, kw_only=True, rename="camel"):
    """A standing of one of the batch's players, after it."""

    board: str
    period: str
    region: str | None
    player: str
    score: int
    rank: int | None
    previous_rank: int | None
    version: int


class Report(Struct, kw_only=True):
    """The result of a batch."""

    accepted: int
    replayed: int
    rejected: list[Rejected]
    standings: list[StandingNow]
    entries: Annotated[
        list[str | None],
        Meta(description="The ids of all entries as they were sent; null for a rejected one."),
    ]
    degraded: Annotated[
        bool | UnsetType, Meta(description="true if ranks are missing because Redis was not available.")
    ] = UNSET
