"""The shapes of frames and of the answers that carry them. docs/stream.md explains them."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from scoreboard.boards.types import Score, ShownField, Ties
from scoreboard.boards.wire import Shown
from scoreboard.core.clock import Time

FrameId = Annotated[str, Meta(pattern=r"^[0-9]{1,20}-[0-9]{1,20}\Z", description="A cursor of the stream.")]
Crc = Annotated[str, Meta(pattern=r"^[0-9a-f]{8}\Z", description="Checksum of the list.")]
Scope = Annotated[str, Meta(description="A board, or board:region.")]


class Top(Struct, frozen=True, kw_only=True):
    """A row: id of the player, name, score, and the columns in the board's order."""

    id: str
    n: str
    s: Score
    c: tuple[Score, ...] | UnsetType = UNSET
    m: Shown | UnsetType = UNSET


class Moved(Struct, frozen=True, kw_only=True):
    """A row; of a known player only the fields that changed."""

    id: str
    n: str | UnsetType = UNSET
    s: Score | UnsetType = UNSET
    c: tuple[Score, ...] | UnsetType = UNSET
    m: Annotated[Shown | None, Meta(description="null if the player shows none any more.")] | UnsetType = (
        UNSET
    )


class Hello(Struct, frozen=True, kw_only=True, tag_field="t", tag="hello"):
    """Always first on a stream."""

    v: Literal[1]
    sid: str
    hb: int
    max_age: int
    now: Time
    resume: Literal["none", "ok", "partial"]


class Snapshot(Struct, frozen=True, kw_only=True, tag_field="t", tag="snapshot"):
    """A whole board, which replaces the one before."""

    id: FrameId
    b: Scope
    s: int
    p: int | UnsetType = UNSET
    why: str
    size: int
    rank: Ties
    period: str
    columns: tuple[str, ...]
    show: tuple[ShownField, ...] | UnsetType = UNSET
    tot: int
    crc: Crc
    at: Time
    top: tuple[Top, ...]


class Delta(Struct, frozen=True, kw_only=True, tag_field="t", tag="delta"):
    """The change from one state of a board to the next."""

    id: FrameId
    b: Scope
    p: int
    s: int
    rm: tuple[str, ...]
    up: tuple[tuple[int, Moved], ...]
    tot: int | UnsetType = UNSET
    crc: Crc
    at: Time


class Heartbeat(Struct, frozen=True, kw_only=True, tag_field="t", tag="hb"):
    """The stream is alive, and each board is in this state."""

    id: FrameId
    at: Time
    b: tuple[tuple[str, int, str], ...]
    degraded: bool | UnsetType = UNSET


class Me(Struct, frozen=True, kw_only=True, tag_field="t", tag="me"):
    """The rank of the ticket's player."""

    b: Scope
    rank: int | None
    score: Score | None
    tot: int
    ver: int


class Reset(Struct, frozen=True, kw_only=True, tag_field="t", tag="reset"):
    """The board begins again; a snapshot follows."""

    b: Scope
    why: str


class Told(Struct, frozen=True, kw_only=True, tag_field="t", tag="tell"):
    """A private message for the ticket's player."""

    kind: Annotated[str, Meta(description="Ignore kinds that you do not know.")]
    at: Time
    data: dict[str, Any]


class Notice(Struct, frozen=True, kw_only=True, tag_field="t", tag="notice"):
    """The number of a board's viewers."""

    b: Scope
    viewers: int


class Bye(Struct, frozen=True, kw_only=True, tag_field="t", tag="bye"):
    """The last frame before the server closes."""

    code: int
    again: bool
    retry_ms: int
    why: str


class Polled(Struct, frozen=True, kw_only=True):
    """The frames that followed a cursor."""

    id: Annotated[str, Meta(description="The next `since`.")]
    frames: tuple[Snapshot | Delta | Me | Told | Reset | Bye, ...]
    retry_ms: int
    told: (
        Annotated[FrameId, Meta(description="The next `told`, of an answer to a poll with a ticket.")]
        | UnsetType
    ) = UNSET


class TicketGiven(Struct, frozen=True, kw_only=True, rename="camel"):
    """A ticket, and the seconds for which it opens streams."""

    ticket: str
    expires_in_seconds: int


class RoomShown(Struct, frozen=True, kw_only=True):
    """A room as one process serves it."""

    room: str
    viewers: int
    slices: tuple[int, ...] = field(name="shards")
    s: int
    carriers: dict[str, int]


class ProcessShown(Struct, frozen=True, kw_only=True):
    """The streams that one process serves."""

    process: str
    at: Time
    viewers: int
    rooms: tuple[RoomShown, ...]


class RoomsShown(Struct, frozen=True, kw_only=True):
    """The streams that all processes serve, and the process that answered."""

    process: str
    processes: tuple[ProcessShown, ...]


EVENTS = (Hello, Snapshot, Delta, Heartbeat, Me, Told, Reset, Notice, Bye)
