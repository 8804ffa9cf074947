"""Watches boards, by one stream after another. Each continues where the previous one ended."""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

from scoreboard_client.changes import Change, StreamState, Told
from scoreboard_client.errors import AwayError, EndedError, RefusedError, ScoreboardError
from scoreboard_client.frames import Frame, Lost
from scoreboard_client.pauses import Pauses
from scoreboard_client.stream import SilentError, events, polls
from scoreboard_client.transport import Transport

log = logging.getLogger(__name__)

OFTEN_SILENT = 2  # silence once may be chance


class _Bye(Exception):
    """The server ended the stream, to be opened again after some seconds."""

    def __init__(self, why: str, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"The server ended the stream ({why}).")


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
    """Each new state of some boards, with a server key or stream tickets. See Client.watch."""
    scopes = [f"{board}@{period}" if period and "@" not in board else board for board in boards]
    query = {"boards": ",".join(scopes), "region": region}
    return _Watch(transport=transport, query=query, token=token, ticket=ticket, on_tell=on_tell).changes()


@dataclass(kw_only=True)
class _Watch:
    transport: Transport
    query: dict[str, str]
    token: str
    ticket: Callable[[], str]  # called for each stream, as a ticket is valid for a minute only
    on_tell: Callable[[Told], None]
    state: StreamState = field(default_factory=StreamState)
    pauses: Pauses = field(default_factory=Pauses)
    silent: int = 0  # streams since the last hello on which nothing came

    def changes(self) -> Generator[Change, None, None]:
        until = time.monotonic() + self.transport.patience_seconds
        while True:
            try:
                yield from self._stream()
            except _Bye as bye:
                self.pauses.on_end()
                log.info("%s", bye)
                pause = bye.seconds
            except Lost as lost:
                self.state.cursor = ""
                pause = self._after_failure(lost)
            except ScoreboardError as error:
                pause = (error.retry_after_seconds or 0) + self._after_failure(error)
                late = not self.state.boards and time.monotonic() + pause > until
                if late or not self._is_temporary(error):
                    raise
            time.sleep(pause)

    def _stream(self) -> Generator[Change, None, None]:
        with contextlib.closing(self._frames()) as frames:
            for frame in frames:
                self.pauses.on_frame()
                if frame["t"] == "hello":
                    self.silent = 0
                if frame["t"] == "bye":
                    raise _exception_for(frame)
                if frame["t"] == "tell":
                    self.on_tell(Told.of(frame))
                change = self.state.take(frame)
                if change is not None:
                    yield change

    def _frames(self) -> Generator[Frame, None, None]:
        if self.silent < OFTEN_SILENT:
            return events(self.transport, self._address, self.token)
        self.silent = OFTEN_SILENT - 1  # after polling, events are tried again once
        return polls(self.transport, self._address, self.token)

    def _address(self, route: str) -> str:
        query = self.query | {"since": self.state.cursor, "ticket": self.ticket()}
        return f"{route}?{urlencode({name: value for name, value in query.items() if value})}"

    def _is_temporary(self, error: ScoreboardError) -> bool:
        if not isinstance(error, RefusedError):
            return isinstance(error, AwayError)
        # An answer without a code is not the server's but a router's or a hotel network's: it will pass.
        foreign = error.code == "unknown" and bool(self.state.boards)
        return foreign or error.status == 429 or error.status >= 500

    def _after_failure(self, error: Exception) -> float:
        log.info("%s", error)
        self.silent += isinstance(error, SilentError)
        self.pauses.on_end()
        return self.pauses.after_failure()


def _exception_for(bye: Frame) -> Exception:
    if bye["again"]:
        return _Bye(bye["why"], bye["retry_ms"] / 1000)
    return EndedError(bye["code"], {"code": bye["why"], "detail": "The server ended the stream permanently."})
