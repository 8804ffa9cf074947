"""The server's answers as typed values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

MAX_RESULT_BYTES = 4096  # for servers whose answer has no resultBytes


@dataclass(frozen=True, kw_only=True)
class Player:
    """The account of a player."""

    id: str
    username: str | None
    display_name: str
    guest: bool
    region: str | None
    role: str
    created_at: datetime

    @classmethod
    def of(cls, body: dict[str, Any]) -> Player:
        """Decode a player of an answer."""
        return cls(
            id=body["id"],
            username=body["username"],
            display_name=body["displayName"],
            guest=body["guest"],
            region=body["region"],
            role=body["role"],
            created_at=datetime.fromisoformat(body["createdAt"]),
        )


@dataclass(frozen=True, kw_only=True)
class OpenSession:
    """A session of the player: one device's sign-in."""

    id: str
    created_at: datetime
    last_used_at: datetime
    current: bool  # True for the session of this client

    @classmethod
    def of(cls, body: dict[str, Any]) -> OpenSession:
        """Decode a session of an answer."""
        return cls(
            id=body["id"],
            created_at=datetime.fromisoformat(body["createdAt"]),
            last_used_at=datetime.fromisoformat(body["lastUsedAt"]),
            current=body["current"],
        )


@dataclass(frozen=True, kw_only=True)
class Action:
    """An action that was requested. Complete it with the client that requested it."""

    token: str
    type: str
    points: int | tuple[int, int]  # fixed, or the range to choose from
    min_seconds: float  # completions before are refused
    result_bytes: int  # the most that `result` may take, as JSON without its quotes
    expires_at: datetime
    nonce: str
    difficulty: int  # bits of work
    begun: float  # the time when its token came, as time.monotonic() counts

    @property
    def claimed(self) -> bool:
        """True if you choose the points."""
        return not isinstance(self.points, int)

    @classmethod
    def of(cls, body: dict[str, Any], begun: float) -> Action:
        """Decode the answer to a request."""
        points = body["points"]
        return cls(
            token=body["actionToken"],
            type=body["actionType"],
            points=points if isinstance(points, int) else (points["min"], points["max"]),
            min_seconds=body["minSeconds"],
            result_bytes=body.get("resultBytes", MAX_RESULT_BYTES),
            expires_at=datetime.fromisoformat(body["expiresAt"]),
            nonce=body["challenge"]["nonce"],
            difficulty=body["challenge"]["difficulty"],
            begun=begun,
        )


@dataclass(frozen=True, kw_only=True)
class Proof:
    """A claim, and the work that was done for it."""

    solution: str
    checksum: str
    points: int | None
    result: str

    def as_json(self) -> dict[str, Any]:
        """Encode the proof for a request."""
        body: dict[str, Any] = {"solution": self.solution, "checksum": self.checksum}
        if self.points is not None:
            body["points"] = self.points
        if self.result:
            body["result"] = self.result
        return body


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A player's standing in one window, after a completion or a batch."""

    board: str
    period: str
    region: str | None
    player: str | None  # None in receipts of completions
    score: int
    rank: int | None  # None if the rank was unknown at that moment
    previous_rank: int | None
    version: int

    @classmethod
    def of(cls, body: dict[str, Any]) -> Placed:
        """Decode a standing of an answer."""
        return cls(
            board=body["board"],
            period=body["period"],
            region=body["region"],
            player=body.get("player"),
            score=body["score"],
            rank=body["rank"],
            previous_rank=body["previousRank"],
            version=body["version"],
        )


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """The answer to a completion: the same one however often it is sent."""

    action_id: str
    action_type: str
    increment: int
    new_score: int
    rank: int | None
    replayed: bool  # this completion was counted before
    degraded: bool  # the points are counted, and some ranks are missing
    standings: tuple[Placed, ...]

    @classmethod
    def of(cls, body: dict[str, Any]) -> Receipt:
        """Decode a receipt."""
        return cls(
            action_id=body["actionId"],
            action_type=body["actionType"],
            increment=body["increment"],
            new_score=body["newScore"],
            rank=body["rank"],
            replayed=body["replayed"],
            degraded=body.get("degraded", False),
            standings=tuple(map(Placed.of, body["standings"])),
        )


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A row of a board."""

    rank: int | None  # None only in a degraded search
    player: str
    display_name: str
    score: int
    columns: dict[str, int]
    reached_at: datetime
    metadata: dict[str, Any] | None
    percentile: float | None
    shown: dict[str, str] = field(default_factory=dict)  # the metadata that the board shows, by field

    @classmethod
    def of(cls, body: dict[str, Any]) -> Entry:
        """Decode a row."""
        return cls(
            rank=body["rank"],
            player=body["player"]["id"],
            display_name=body["player"]["displayName"],
            score=body["score"],
            columns=body["columns"],
            reached_at=datetime.fromisoformat(body["reachedAt"]),
            metadata=body["metadata"],
            percentile=body["percentile"],
            shown=body.get("shown", {}),
        )


@dataclass(frozen=True, kw_only=True)
class Listing:
    """Rows of one state of a board."""

    board: str
    period: str
    region: str | None
    total: int  # all ranked players
    cursor: str | None  # to stream the board from this state on; None if it has no stream
    entries: tuple[Entry, ...]
    revised_at: str | None = None  # when results were last changed after the period was closed
    degraded: bool = False  # a search that could not read ranks

    @classmethod
    def of(cls, body: dict[str, Any]) -> Listing:
        """Decode a list."""
        return cls(
            board=body["board"],
            period=body["period"],
            region=body["region"],
            total=body["total"],
            cursor=body["id"],
            entries=tuple(map(Entry.of, body["entries"])),
            revised_at=body.get("revisedAt"),
            degraded=body.get("degraded", False),
        )


@dataclass(frozen=True, kw_only=True)
class Report:
    """The answer to a batch."""

    accepted: int
    replayed: int
    rejected: tuple[dict[str, Any], ...]  # {"index", "code", "detail"} of each
    standings: tuple[Placed, ...]

    @classmethod
    def of(cls, body: dict[str, Any]) -> Report:
        """Decode the answer to a batch."""
        return cls(
            accepted=body["accepted"],
            replayed=body["replayed"],
            rejected=tuple(body["rejected"]),
            standings=tuple(map(Placed.of, body["standings"])),
        )
