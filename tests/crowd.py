"""A crowd of viewers in one thread: each folds what it is sent by the protocol's rules, and proves it."""

from __future__ import annotations

import json
import random
import selectors
import socket
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.watcher import applied, checksum

HEAD_END = b"\r\n\r\n"


@dataclass(eq=False)
class Watching:
    """One viewer, which reconnects with its cursor whenever it is cut off."""

    path: str
    port: int
    cursor: str = ""
    seen: int | None = None
    rows: list[dict] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    resumed: Counter[str] = field(default_factory=Counter)
    byes: list[tuple[float, int]] = field(default_factory=list)
    socket: socket.socket | None = None
    opened: int = 0
    due: float = 0.0  # when to come back
    frame_at: float = 0.0
    heartbeats: int = 0
    _got: bytes = b""
    _in_body: bool = False

    def open(self) -> bool:
        self.opened += 1
        self._got, self._in_body = b"", False
        since = f"&since={self.cursor}" if self.cursor else ""
        try:
            self.socket = socket.create_connection(("127.0.0.1", self.port), timeout=10)
            self.socket.sendall(
                f"GET {self.path}{since} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n".encode()
            )
        except OSError:
            self.close()
            return False
        self.socket.setblocking(False)
        return True

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()
            self.socket = None

    def read(self) -> bool:
        """Take in what is there. Returns whether the stream goes on: it ends with a bye."""
        try:
            data = self.socket.recv(262_144)
        except BlockingIOError:
            return True
        except OSError:
            return False
        if not data:
            return False
        before = len(self.byes)
        self._got += data
        # Chunk sizes stand on lines of their own, which no frame's line looks like.
        *lines, self._got = self._got.split(b"\n")
        for line in lines:
            if line.startswith(b"data: "):
                self._take(json.loads(line[6:]))
        return len(self.byes) == before

    def _take(self, frame: dict) -> None:
        kind = frame["t"]
        if kind == "hello":
            self.resumed[frame["resume"]] += 1
        elif kind == "snapshot":
            if not frame["why"]:
                self.faults.append("a snapshot that does not say why")
            self.reasons[frame["why"]] += 1
            self.rows, self.seen = frame["top"], frame["s"]
        elif kind == "delta" and (self.seen is None or frame["s"] > self.seen):
            if frame["p"] != self.seen:
                self.faults.append(f"a gap: {frame['p']} after {self.seen}")
            self.rows, self.seen = applied(self.rows, frame), frame["s"]
        elif kind == "hb":
            self.heartbeats += 1
            for _, s, crc in frame["b"]:
                if (s, crc) != (self.seen, checksum(self.rows)):
                    self.faults.append(f"a heartbeat says {s} {crc}, not {self.seen}")
        elif kind == "bye":
            self.byes.append((time.monotonic(), frame["code"]))
            self.due = time.monotonic() + frame["retry_ms"] / 1000
        if kind in ("snapshot", "delta"):
            self.frame_at = time.monotonic()
            if checksum(self.rows) != frame["crc"]:
                self.faults.append(f"the checksum of {kind} {frame['s']}")
        self.cursor = frame.get("id", self.cursor)


class Crowd:
    """Many viewers, read by one selector."""

    def __init__(self, port: int, path: str, count: int, *, comes_back: bool = True) -> None:
        self.path, self.port, self.viewers = path, port, []
        self.selector, self.comes_back = selectors.DefaultSelector(), comes_back
        self._away: set[Watching] = set()
        self.grow(count)

    def grow(self, count: int) -> None:
        """Let more viewers come, at once."""
        for _ in range(count):
            self.viewers.append(Watching(self.path, self.port))
            self._open(self.viewers[-1])

    def run(self, seconds: float, *, until: object = None) -> bool:
        """Read for a while, or until something is true. Returns whether it became so."""
        end = time.monotonic() + seconds
        while (now := time.monotonic()) < end:
            for key, _ in self.selector.select(0.02):
                viewer = key.data
                if viewer.socket is not None and not viewer.read():
                    self.cut(viewer, pause=0.05)
            for viewer in [one for one in self._away if one.due <= now and self.comes_back]:
                self._away.discard(viewer)
                self._open(viewer)
            if until is not None and until():
                return True
        return False

    def cut(self, viewer: Watching, *, pause: float = 0.0) -> None:
        """Lose a connection."""
        if viewer.socket is not None:
            self.selector.unregister(viewer.socket)
            viewer.close()
        viewer.due = max(viewer.due, time.monotonic() + pause)
        self._away.add(viewer)

    def cut_some(self, count: int, draw: random.Random) -> None:
        for viewer in draw.sample(self.viewers, count):
            self.cut(viewer)

    def close(self) -> None:
        for viewer in self.viewers:
            viewer.close()
        self.selector.close()

    @property
    def faults(self) -> list[str]:
        return [fault for viewer in self.viewers for fault in viewer.faults]

    def _open(self, viewer: Watching) -> None:
        if viewer.open():
            self.selector.register(viewer.socket, selectors.EVENT_READ, viewer)
        else:
            viewer.due = time.monotonic() + 0.1
            self._away.add(viewer)
