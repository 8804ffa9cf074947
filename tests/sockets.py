"""Clients by plain sockets, for tests of exact bytes and of many connections."""

from __future__ import annotations

import json
import socket
import struct
import time

RECEIVE_BYTES = 65_536
_opened: list[Raw] = []


def close_all() -> None:
    """Close all connections that a test left open."""
    while _opened:
        _opened.pop().close()


class Raw:
    """One connection, which a test reads by itself."""

    def __init__(self, port: int, *, source: str = "127.0.0.1", receive_bytes: int | None = None) -> None:
        self.socket = socket.socket()
        if receive_bytes:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_bytes)
        self.socket.bind((source, 0))
        self.socket.settimeout(15)
        self.socket.connect(("127.0.0.1", port))
        self.got = b""
        _opened.append(self)

    def send(self, path: str, *, method: str = "GET", version: str = "1.1", **headers: str) -> Raw:
        lines = [f"{method} {path} HTTP/{version}", "Host: test", "Accept: text/event-stream"]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.socket.sendall("\r\n".join([*lines, "", ""]).encode())
        return self

    def until(self, text: bytes) -> bytes:
        """Read until this text arrives. Returns all bytes so far."""
        while text not in self.got:
            data = self.socket.recv(RECEIVE_BYTES)
            if not data:
                raise EOFError(self.got[-2000:])
            self.got += data
        return self.got

    def rest(self) -> bytes:
        """Read to the end."""
        while data := self.socket.recv(RECEIVE_BYTES):
            self.got += data
        return self.got

    def close(self) -> None:
        self.socket.close()


def events(got: bytes) -> list[dict]:
    """The frames in the bytes of an event stream, chunked or not."""
    body = got.partition(b"\r\n\r\n")[2]
    if b"chunked" in got.partition(b"\r\n\r\n")[0]:
        body = dechunk(body)
    return [json.loads(line[6:]) for line in body.split(b"\n") if line.startswith(b"data: ")]


def dechunk(body: bytes) -> bytes:
    """The content of whole chunks. Fails if their framing is broken."""
    content = b""
    while body:
        size, _, body = body.partition(b"\r\n")
        length = int(size, 16)
        if not length or len(body) < length + 2:
            break
        assert body[length : length + 2] == b"\r\n"
        content, body = content + body[:length], body[length + 2 :]
    return content


def upgrade(port: int, path: str, **headers: str) -> Raw:
    """A connection with the request of a WebSocket handshake sent."""
    return Raw(port).send(
        path,
        Upgrade="websocket",
        Connection="Upgrade",
        Sec_WebSocket_Key="dGhlIHNhbXBsZSBub25jZQ==",
        Sec_WebSocket_Version="13",
        Sec_WebSocket_Extensions="permessage-deflate",
        **headers,
    )


def mask_frame(opcode: int, data: bytes) -> bytes:
    """A client's frame, masked with zeros."""
    assert len(data) < 65_536
    size = bytes([0x80 | len(data)]) if len(data) < 126 else struct.pack("!BH", 0x80 | 126, len(data))
    return bytes([0x80 | opcode]) + size + b"\0\0\0\0" + data


def messages(got: bytes) -> list[tuple[int, bytes]]:
    """A server's whole frames: opcode and content."""
    data, frames = got.partition(b"\r\n\r\n")[2], []
    while len(data) >= 2:
        size, head = data[1], 2
        assert not size & 0x80, "a server's frames are not masked"
        if size == 126:
            size, head = int.from_bytes(data[2:4], "big"), 4
        elif size == 127:
            size, head = int.from_bytes(data[2:10], "big"), 10
        if len(data) < head + size:
            break
        frames.append((data[0] & 0x0F, data[head : head + size]))
        data = data[head + size :]
    return frames


def seconds_until(condition: object, most: float) -> float:
    """The seconds until `condition()` is true; fails after `most`."""
    begun = time.monotonic()
    while not condition():  # type: ignore[operator]
        assert time.monotonic() - begun < most
        time.sleep(0.01)
    return time.monotonic() - begun
