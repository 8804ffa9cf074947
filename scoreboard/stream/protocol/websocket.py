"""The part of RFC 6455 that a stream needs after the handshake. Pure.

The server only sends text and expects nothing from clients: incoming frames are answered if the protocol
demands it, counted, and dropped.
"""

from __future__ import annotations

import struct

BYE = 4000  # the code of a bye is sent as 4000 plus the code
GONE, PROTOCOL_ERROR, NOT_ALLOWED, TOO_BIG = 1001, 1002, 1008, 1009

MESSAGE_BYTES = 1024
MESSAGES_A_MINUTE = 10
PINGS_A_MINUTE = 120  # and pongs: games send one every few seconds to measure the round trip
_CONTINUED, _TEXT, _BINARY, _CLOSE, _PING, _PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA


def message(data: bytes) -> bytes:
    """A text message, whole and unmasked."""
    return _frame(_TEXT, data)


def close(code: int, why: str) -> bytes:
    """The frame that ends a connection."""
    return _frame(_CLOSE, struct.pack("!H", code) + why.encode()[:123])


def _frame(opcode: int, data: bytes) -> bytes:
    size = len(data)
    if size < 126:
        return bytes((0x80 | opcode, size)) + data
    if size < 65536:
        return struct.pack("!BBH", 0x80 | opcode, 126, size) + data
    return struct.pack("!BBQ", 0x80 | opcode, 127, size) + data


class Inbound:
    """Reads the frames of one client."""

    __slots__ = ("_messages", "_minute", "_pings", "_received", "_size", "_unfinished")

    def __init__(self) -> None:
        self._received = b""
        self._size = self._messages = self._pings = self._minute = 0
        self._unfinished = False  # the last frame of a message has not come yet

    def feed(self, data: bytes, now: float) -> tuple[bytes, bool]:
        """The answer to these bytes, and True if the connection ends with it."""
        self._received += data
        answers = b""
        while True:
            frame = self._next()
            if frame is None:
                return answers, False
            answer, ends = self._answer(*frame, now)
            answers += answer
            if ends:
                return answers, True

    def _next(self) -> tuple[int, bytes, int] | None:
        """The next whole frame: opcode, content, and the close code of its error, 0 for none."""
        received = self._received
        if len(received) < 2:
            return None
        opcode, size, final = received[0] & 0x0F, received[1] & 0x7F, bool(received[0] & 0x80)
        if received[0] & 0x70 or not received[1] & 0x80 or self._is_misplaced(opcode, size, final=final):
            return opcode, b"", PROTOCOL_ERROR
        head = {126: 4, 127: 10}.get(size, 2)
        if len(received) < head:
            return None
        if size > 125:
            size = int.from_bytes(received[2:head], "big")
        if size > MESSAGE_BYTES:
            return opcode, b"", TOO_BIG
        end = head + 4 + size
        if len(received) < end:
            return None
        mask, payload = received[head : head + 4], received[head + 4 : end]
        self._received = received[end:]
        if not opcode & 0x8:
            self._unfinished = not final
        content = bytes(byte ^ mask[index & 3] for index, byte in enumerate(payload))
        return opcode, content, 0

    def _is_misplaced(self, opcode: int, size: int, *, final: bool) -> bool:
        """True if such a frame is not allowed here: only continuations may follow until a message ends."""
        if opcode & 0x8:
            return size > 125 or not final or (opcode == _CLOSE and size == 1)
        return opcode > _BINARY or (opcode == _CONTINUED) != self._unfinished

    def _answer(self, opcode: int, content: bytes, error_code: int, now: float) -> tuple[bytes, bool]:
        if error_code:
            return close(error_code, ""), True
        if opcode == _CLOSE:
            return _frame(_CLOSE, content[:2]), True
        if kind := self._too_often(opcode, now):
            return close(NOT_ALLOWED, f"too many {kind}"), True
        if opcode == _PING:
            return _frame(_PONG, content), False
        if opcode in (_TEXT, _BINARY, _CONTINUED):
            self._size = len(content) + (self._size if opcode == _CONTINUED else 0)
            return (close(TOO_BIG, ""), True) if self._size > MESSAGE_BYTES else (b"", False)
        return (b"", False) if opcode == _PONG else (close(PROTOCOL_ERROR, ""), True)

    def _too_often(self, opcode: int, now: float) -> str:
        """Count a frame. Returns its kind if there are too many of it this minute, otherwise ""."""
        minute = int(now // 60)
        if minute != self._minute:
            self._minute, self._messages, self._pings = minute, 0, 0
        if opcode in (_PING, _PONG):
            self._pings += 1
            return "pings" if self._pings > PINGS_A_MINUTE else ""
        self._messages += 1
        return "messages" if self._messages > MESSAGES_A_MINUTE else ""
