"""Types of actions: rules, opened tokens, proofs and receipts."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from scoreboard.boards.types import SAFE
from scoreboard.core.ids import BoardId, RegionId
from scoreboard.core.patterns import pattern

COMPLETED = "action"  # the fact kind by which a player completed an action
LONGEST_SECONDS = 86_400  # a day: the longest life of an action token, and of an old key that opens it
MAX_BOARDS = 8
HARDEST = 20  # bits of work: half a second on a desktop, three on a slow phone
RESULT_BYTES, MAX_RESULT_BYTES = 512, 4096  # as JSON, which the journal keeps forever

Points = Annotated[int, Meta(ge=0, le=SAFE)]
Cap = Annotated[int, Meta(ge=0, le=SAFE)]
DeviceId = Annotated[
    str, pattern(r"^[\x21-\x7e]{1,128}\Z", "1 to 128 printable ASCII characters without spaces")
]
Seconds = Annotated[float, Meta(ge=0, le=LONGEST_SECONDS)]


class Range(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The points that the client may claim."""

    min: Points
    max: Points


class Rules(Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """The rules of an action type, as an administrator writes them and the API answers them."""

    boards: Annotated[tuple[BoardId, ...], Meta(min_length=1, max_length=MAX_BOARDS)]
    points: Points | Range
    min_seconds: Seconds = 0.0
    max_seconds: Seconds = 300.0
    hourly_cap: Cap | None = None  # points that a player may win in one hour of the clock, UTC
    daily_cap: Cap | None = None  # and in one day
    exclusive: bool = False  # may not overlap the player's previous exclusive action
    offline: bool = False  # a completion may arrive up to a day later
    difficulty: Annotated[int, Meta(ge=0, le=HARDEST)] = 12
    bind_device: bool = False  # only the device that requested a token may complete it
    result_bytes: Annotated[int, Meta(ge=0, le=MAX_RESULT_BYTES)] = RESULT_BYTES  # of proof.result, as JSON

    @property
    def range(self) -> tuple[int, int]:
        """The fewest and the most points."""
        if isinstance(self.points, Range):
            return self.points.min, self.points.max
        return self.points, self.points


class ActionType(Struct, frozen=True, kw_only=True):
    """An action type as it is now."""

    name: str
    rules: Rules
    revision: int  # the fact that last changed it
    since: int = 0  # the fact that created it; 0 if a release before 0.2 created it


class OpenedToken(Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """An opened action token: all that a completion depends on, as it was when the token was issued.

    Its fields are sealed in this order. A new field goes to the end, with a default.
    """

    id: bytes  # 16 random bytes, which name the fact of the completion
    player: str
    action: str
    boards: tuple[tuple[str, int], ...]  # each with the fact that created it
    region: str
    least: int  # points
    most: int
    claimed: bool  # True if the client claims the points
    issued_at: int  # milliseconds since 1970
    min_ms: int
    max_ms: int
    life_ms: int  # an offline type's completion may arrive later than max_ms
    caps: tuple[int | None, int | None]  # points in an hour, in a day
    exclusive: bool
    difficulty: int
    bound: bool  # to the device
    device: str  # the keyed hash of its id
    client: str  # the version that the client names
    result_bytes: int = MAX_RESULT_BYTES  # the promise of releases that did not seal it

    @property
    def expires_at(self) -> int:
        """The time at which the token expires, in milliseconds since 1970."""
        return self.issued_at + self.life_ms


class Proof(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The proof of a completed action: its claim, and the work for it."""

    solution: Annotated[str, pattern(r"^[\x20-\x7e]{0,64}\Z", "at most 64 printable ASCII characters")]
    checksum: Annotated[str, pattern(r"^[0-9a-f]{64}\Z", "64 hexadecimal digits, in lower case")]
    points: int | None = None
    result: str = ""


class ActionRequest(Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A request for an action token."""

    action_type: Annotated[str, Meta(max_length=64)]
    client_version: Annotated[str, Meta(max_length=32)] = ""
    device_id: DeviceId | None = None


class Completion(Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A completed action: its token, and the proof."""

    # Of any type: another type is refused as an invalid token or an invalid proof.
    action_token: Annotated[Any, Meta(extra_json_schema={"type": "string"})]
    proof: Annotated[Any, Meta(extra_json_schema={"$ref": "#/components/schemas/Proof"})] = None
    device_id: DeviceId | None = None
    captcha: str | None = None  # reserved: not used yet


class IssuedToken(Struct, frozen=True, kw_only=True):
    """An action token, with the information about it that the client needs."""

    token: str
    nonce: str
    opened: OpenedToken
    rules: Rules


class WindowStanding(Struct, frozen=True, kw_only=True, rename="camel"):
    """The player's standing in one window after a completion."""

    board: str
    period: str
    region: RegionId | None
    score: int
    rank: int | None
    previous_rank: int | None
    version: int


class Receipt(Struct, frozen=True, kw_only=True, rename="camel"):
    """The answer to a completion. Score and rank are those of the first board, in its own period."""

    action_id: str
    entry: Annotated[str, Meta(description="The entry's id, by which moderators name it.")]
    action_type: str
    increment: int
    new_score: int
    rank: int | None
    replayed: bool
    standings: list[WindowStanding]
    degraded: bool | UnsetType = UNSET  # absent if it is false
