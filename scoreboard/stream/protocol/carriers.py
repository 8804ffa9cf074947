"""The bytes of frames on an open connection: each carrier encodes the same objects. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from scoreboard.stream.protocol import frames, websocket
from scoreboard.stream.protocol.types import Encoded, Frame


class Carrier(Protocol):
    """Makes the bytes of one kind of connection."""

    name: str

    def opening(self, retry_ms: int, first: Iterable[Encoded]) -> bytes:
        """The first bytes."""

    def carry(self, encoded: Iterable[Encoded]) -> bytes:
        """The bytes of some frames, the same for every viewer."""

    def closing(self, bye: Frame) -> bytes:
        """The last bytes."""


class Events:
    """Server-sent events without chunks. The web server adds them, or the connection ends the stream."""

    name = "sse"

    def opening(self, retry_ms: int, first: Iterable[Encoded]) -> bytes:
        """The time before a reconnect, and padding that makes proxies forward the stream."""
        return frames.opening(retry_ms, self.carry(first))

    def carry(self, encoded: Iterable[Encoded]) -> bytes:
        """One event after another."""
        return b"".join(frame.event for frame in encoded)

    def closing(self, bye: Frame) -> bytes:
        """The bye, and in the same event the time after which browsers reconnect."""
        # With an empty line between them, many libraries would hand out an event without data.
        return b"retry: %d\n" % bye["retry_ms"] + frames.encode(bye).event


class Chunked:
    """The bytes of Events in HTTP/1.1 chunks, which tell an end from a broken connection."""

    name = "sse"

    def opening(self, retry_ms: int, first: Iterable[Encoded]) -> bytes:
        """The same, as a chunk."""
        return _chunk(EVENTS.opening(retry_ms, first))

    def carry(self, encoded: Iterable[Encoded]) -> bytes:
        """All of them in one chunk."""
        return _chunk(EVENTS.carry(encoded))

    def closing(self, bye: Frame) -> bytes:
        """The same, and the last chunk."""
        return _chunk(EVENTS.closing(bye)) + b"0\r\n\r\n"


class Messages:
    """WebSocket: each frame is one text message."""

    name = "ws"

    def opening(self, retry_ms: int, first: Iterable[Encoded]) -> bytes:
        """The frames: proxies don't hold a WebSocket back."""
        return self.carry(first)

    def carry(self, encoded: Iterable[Encoded]) -> bytes:
        """One message after another."""
        return b"".join(websocket.message(frame.line.encode()) for frame in encoded)

    def closing(self, bye: Frame) -> bytes:
        """The bye, and a close frame with its code."""
        last = websocket.message(frames.text(bye).encode())
        return last + websocket.close(websocket.BYE + bye["code"], bye["why"])


EVENTS, CHUNKED, MESSAGES = Events(), Chunked(), Messages()


def _chunk(data: bytes) -> bytes:
    # An empty chunk would end the stream.
    return b"%x\r\n%b\r\n" % (len(data), data) if data else b""
