"""Watching boards: one stream after another, each from where the one before ended."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from scoreboard_client.changes import Change, Seen, Told
from scoreboard_client.errors import AwayError, EndedError, RefusedError, ScoreboardError
from scoreboard_client.frames import Frame, Lost
from scoreboard_client.pauses import Pauses
from scoreboard_client.stream import SilentError, events, polls
from scoreboard_client.transport import Transport

log = logging.getLogger(__name__)

OFTEN_SILENT = 2  # once it may be chance


class _SentAway(Exception):
    """The server asks to come back after some seconds."""

    def __init__(self, why: str, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"Sent away ({why}).")


def watch(
    transport: Transport,
    boards: Sequence[str],
    *,
    region: str,
    period: str,
    token: str = "",
    ticket: Callable[[], str] = lambda: "",
    on_tell: Callable[[Told], None] = lambda told: None,
) -> Generator[Change, None, None]:
    """Each new state of some boards, by a server key or a ticket. See Client.watch."""
    scopes = [f"{board}@{period}" if period and "@" not in board else board for board in boards]
    query = {"boards": ",".join(scopes), "region": region}
    return _Watch(transport=transport, query=query, token=token, ticket=ticket, on_tell=on_tell).changes()


@dataclass(kw_only=True)
class _Watch:
    transport: Transport
    query: dict[str, str]
    token: str
    ticket: Callable[[], str]  # asked for each stream, as it opens streams for a minute only
    on_tell: Callable[[Told], None]
    seen: Seen = field(default_factory=Seen)
    pauses: Pauses = field(default_factory=Pauses)
    silent: int = 0  # openings since the last hello on which nothing came

    def changes(self) -> Generator[Change, None, None]:
        until = time.monotonic() + self.transport.patience_seconds
        while True:
            try:
                yield from self._stream()
            except _SentAway as away:
                self.pauses.ended()
                log.info("%s", away)
                pause = away.seconds
            except Lost as lost:
                self.seen.cursor = ""
                pause = self._failed(lost)
            except ScoreboardError as error:
                pause = (error.retry_after_seconds or 0) + self._failed(error)
                late = not self.seen.boards and time.monotonic() + pause > until
                if late or not self._passes(error):
                    raise
            time.sleep(pause)

    def _stream(self) -> Generator[Change, None, None]:
        with contextlib.closing(self._frames()) as frames:
            for frame in frames:
                self.pauses.opened()
                if frame["t"] == "hello":
                    self.silent = 0
                if frame["t"] == "bye":
                    raise _end(frame)
                if frame["t"] == "tell":
                    self.on_tell(Told.of(frame))
                change = self.seen.take(frame)
                if change is not None:
                    yield change

    def _frames(self) -> Generator[Frame, None, None]:
        if self.silent < OFTEN_SILENT:
            return events(self.transport, self._address, self.token)
        self.silent = OFTEN_SILENT - 1  # afterwards events are tried again, once
        return polls(self.transport, self._address, self.token)

    def _address(self, route: str) -> str:
        given = self.query | {"since": self.seen.cursor, "ticket": self.ticket()}
        return f"{route}?{urlencode({name: value for name, value in given.items() if value})}"

    def _passes(self, error: ScoreboardError) -> bool:
        if not isinstance(error, RefusedError):
            return isinstance(error, AwayError)
        # Once there was a server, what a router or a hotel's network answers is not its word.
        stranger = error.code == "unknown" and bool(self.seen.boards)
        return stranger or error.status == 429 or error.status >= 500

    def _failed(self, error: Exception) -> float:
        log.info("%s", error)
        self.silent += isinstance(error, SilentError)
        self.pauses.ended()
        return self.pauses.failed()


def _end(bye: Frame) -> Exception:
    if bye["again"]:
        return _SentAway(bye["why"], bye["retry_ms"] / 1000)
    return EndedError(bye["code"], {"code": bye["why"], "detail": "The server ended the stream for good."})
