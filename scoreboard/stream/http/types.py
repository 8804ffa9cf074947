"""The types of stream requests: what was sent, what it may watch, and how it is answered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Annotated, NamedTuple, Self

from msgspec import Meta, Struct

from scoreboard.accounts.types import Player, ServerKey
from scoreboard.core.errors import TooMany
from scoreboard.stream.protocol.types import Cursor, Encoded, Frame, Resumed
from scoreboard.stream.serving.admission import Admission, StreamClient


class StreamQuery(Struct, kw_only=True):
    """The parameters of a stream. A cursor is never refused: EventSource would give up for good."""

    boards: Annotated[str, Meta(max_length=1000)] = ""
    region: Annotated[str, Meta(max_length=64)] = ""
    since: str = ""
    ticket: str = ""


class PollQuery(StreamQuery, kw_only=True):
    """The same, how many seconds to wait for something new, and the newest private frame that was seen."""

    wait: Annotated[float, Meta(ge=0, le=25)] = 0.0
    told: str = ""


Insider = Callable[[], ServerKey | Player | None]  # the caller, if it may see private boards


class StreamRequest(NamedTuple):
    """A request for a stream, as it was sent."""

    query: StreamQuery
    since: str
    address: str
    near: str  # the region that a proxy in front names, "" for none
    insider: Insider
    told: Cursor | None = None  # the newest private frame that a poll saw


class Watch(Struct, frozen=True, kw_only=True):
    """What a request may watch, and for which client."""

    client: StreamClient
    scopes: tuple[str, ...]
    since: str
    expired: bool  # the ticket: the client must get a new one first

    @property
    def personal(self) -> bool:
        """Whether the answer differs from that to an anonymous client."""
        return bool(self.client.player) or self.client.private


@dataclass(frozen=True, kw_only=True)
class Opening:
    """A stream that can begin: its first frames, and the admission that ends with it.

    As a context manager it gives the admission back if the stream fails to begin.
    """

    scopes: tuple[str, ...]
    resumed: Resumed
    admission: Admission

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self.admission.release()


class Refusal(NamedTuple):
    """A stream that can't begin: its bye, and an error for clients that read no byes."""

    bye: Frame
    error: TooMany | None = None


class PollAnswer(NamedTuple):
    """The frames that a poll gets, and the positions after them."""

    at: Cursor
    frames: list[Encoded]  # published ones
    private: list[Encoded]
    told: Cursor | None  # None for a poll without a ticket
