"""Many viewers in one thread: each applies its frames by the protocol's rules, and checks the checksums."""

from __future__ import annotations

import json
import random
import selectors
import socket
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.watcher import apply, checksum

HEAD_END = b"\r\n\r\n"


@dataclass(eq=False)
class CrowdViewer:
    """One viewer, which reconnects from its cursor after each interruption."""

    path: str
    port: int
    cursor: str = ""
    seen: int | None = None  # the number of the newest frame
    rows: list[dict] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    reasons: Counter[str] = field(default_factory=Counter)
    resumed: Counter[str] = field(default_factory=Counter)
    byes: list[tuple[float, int]] = field(default_factory=list)
    socket: socket.socket | None = None
    opened: int = 0
    due: float = 0.0  # the time of the next try
    frame_at: float = 0.0
    heartbeats: int = 0
    _received: bytes = b""
    _in_body: bool = False

    def open(self) -> bool:
        self.opened += 1
        self._received, self._in_body = b"", False
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
        """Take in the received bytes. Returns False if the stream has ended, by a bye or an error."""
        try:
            data = self.socket.recv(262_144)
        except BlockingIOError:
            return True
        except OSError:
            return False
        if not data:
            return False
        before = len(self.byes)
        self._received += data
        # Chunk sizes have lines of their own, which never begin with "data: ".
        *lines, self._received = self._received.split(b"\n")
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
                self.faults.append("a snapshot without a reason")
            self.reasons[frame["why"]] += 1
            self.rows, self.seen = frame["top"], frame["s"]
        elif kind == "delta" and (self.seen is None or frame["s"] > self.seen):
            if frame["p"] != self.seen:
                self.faults.append(f"a gap: {frame['p']} after {self.seen}")
            self.rows, self.seen = apply(self.rows, frame), frame["s"]
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

    def __init__(self, port: int, path: str, count: int, *, reconnects: bool = True) -> None:
        self.path, self.port, self.viewers = path, port, []
        self.selector, self.reconnects = selectors.DefaultSelector(), reconnects
        self._away: set[CrowdViewer] = set()
        self.grow(count)

    def grow(self, count: int) -> None:
        """Open more viewers, at once."""
        for _ in range(count):
            self.viewers.append(CrowdViewer(self.path, self.port))
            self._open(self.viewers[-1])

    def run(self, seconds: float, *, until: object = None) -> bool:
        """Read for a while, or until a condition is true. Returns True if it became true."""
        end = time.monotonic() + seconds
        while (now := time.monotonic()) < end:
            for key, _ in self.selector.select(0.02):
                viewer = key.data
                if viewer.socket is not None and not viewer.read():
                    self.cut(viewer, pause=0.05)
            for viewer in [one for one in self._away if one.due <= now and self.reconnects]:
                self._away.discard(viewer)
                self._open(viewer)
            if until is not None and until():
                return True
        return False

    def cut(self, viewer: CrowdViewer, *, pause: float = 0.0) -> None:
        """Close a viewer's connection, as a failing network does."""
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

    def _open(self, viewer: CrowdViewer) -> None:
        if viewer.open():
            self.selector.register(viewer.socket, selectors.EVENT_READ, viewer)
        else:
            viewer.due = time.monotonic() + 0.1
            self._away.add(viewer)
