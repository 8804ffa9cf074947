"""The types of stream requests and of their answers."""

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
    """The query parameters of a stream. No cursor is refused: EventSource would stop permanently."""

    boards: Annotated[str, Meta(max_length=1000)] = ""
    region: Annotated[str, Meta(max_length=64)] = ""
    since: str = ""
    ticket: str = ""


class PollQuery(StreamQuery, kw_only=True):
    """The query parameters of a poll.

    `wait` are the seconds to wait for a new frame, `told` is the newest private frame that the client got.
    """

    wait: Annotated[float, Meta(ge=0, le=25)] = 0.0
    told: str = ""


# Returns the caller of the request if it may see private boards. It checks the credentials only when called.
PrivilegedCaller = Callable[[], ServerKey | Player | None]


class StreamRequest(NamedTuple):
    """A request for a stream or a poll, as it was sent."""

    query: StreamQuery
    since: str
    address: str
    near: str  # the region that a proxy names in a header, "" for none
    privileged_caller: PrivilegedCaller
    told: Cursor | None = None  # the newest private frame that a polling client got


class Watch(Struct, frozen=True, kw_only=True):
    """The stream scopes that a request may watch, and the client that watches them."""

    client: StreamClient
    scopes: tuple[str, ...]
    since: str
    expired: bool  # the stream ticket has expired: the client must first get a new one

    @property
    def personal(self) -> bool:
        """True if the answer may differ from that to an anonymous client."""
        return bool(self.client.player) or self.client.private


@dataclass(frozen=True, kw_only=True)
class Opening:
    """A stream that can begin: its first frames, and the admission to release when it ends.

    As a context manager it releases the admission if the stream fails to begin.
    """

    scopes: tuple[str, ...]
    resumed: Resumed
    admission: Admission
    refused: str = ""  # the reason why a poll got no slot; "" if it has one or needs none

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is not None:
            self.admission.release()


class Refusal(NamedTuple):
    """A stream that can't begin: its bye frame, and an error for clients that can't read one."""

    bye: Frame
    error: TooMany | None = None


class PollAnswer(NamedTuple):
    """The frames of the answer to a poll, and the positions after them."""

    at: Cursor
    frames: list[Encoded]  # the same for all viewers
    private: list[Encoded]
    told: Cursor | None  # None for a poll without a ticket
