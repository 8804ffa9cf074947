"""A viewer that applies every frame by the protocol's rules, and checks each checksum."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import threading
from urllib.parse import urlencode
from zlib import crc32

from tests.support import wait_until


class Watcher:
    """Streams boards in a thread, and reconnects from its cursor whenever the connection ends."""

    def __init__(
        self,
        port: int,
        *boards: str,
        since: str = "",
        reconnect: bool = True,
        lists: dict[str, list[dict]] | None = None,
        seen: dict[str, int] | None = None,
    ) -> None:
        self.port, self.boards, self.cursor, self._reconnect = port, boards, since, reconnect
        self.lists = lists or {}  # the rows at the cursor `since`, by board
        self.seen = seen or {}
        self.frames: list[dict] = []
        self.faults: list[str] = []
        self._stopping = threading.Event()
        self._socket: socket.socket | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self.cut()
        self._thread.join(10)

    def cut(self) -> None:
        """Cut the connection, as a failing network does."""
        with contextlib.suppress(OSError, AttributeError):
            self._socket.shutdown(socket.SHUT_RDWR)

    def wait(self, kind: str, seconds: float = 10) -> dict:
        """The first frame of a kind; waits for it."""
        wait_until(lambda: any(frame["t"] == kind for frame in self.frames), seconds=seconds, why=self.story)
        return next(frame for frame in self.frames if frame["t"] == kind)

    def kinds(self) -> list[str]:
        return [frame["t"] for frame in self.frames]

    def story(self) -> str:
        return "\n".join(json.dumps(frame)[:200] for frame in self.frames[-20:]) + f"\n{self.faults}"

    def _run(self) -> None:
        while not self._stopping.is_set():
            with contextlib.suppress(OSError, http.client.HTTPException, ValueError, AttributeError):
                self._stream()
            if not self._reconnect:
                return
            self._stopping.wait(0.05)

    def _stream(self) -> None:
        query = {"boards": ",".join(self.boards)} | ({"since": self.cursor} if self.cursor else {})
        path, headers = f"/v1/stream?{urlencode(query)}", {"Accept": "text/event-stream"}
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)) as connection:
            connection.request("GET", path, headers=headers)
            self._socket = connection.sock  # kept here, since the connection drops it when its answer ends
            with connection.getresponse() as answer:
                for raw in answer:
                    line = raw.decode()
                    if self._stopping.is_set():
                        return
                    if line.startswith("data: "):
                        self._take(json.loads(line[6:]))

    def _take(self, frame: dict) -> None:
        kind, board = frame["t"], frame.get("b")
        if kind == "snapshot":
            self.lists[board], self.seen[board] = frame["top"], frame["s"]
        elif kind == "delta" and frame["s"] > self.seen.get(board, 0):
            if frame["p"] != self.seen.get(board):
                self.faults.append(f"gap: {frame['p']} after {self.seen.get(board)}")
            self.lists[board], self.seen[board] = apply(self.lists.get(board, []), frame), frame["s"]
        if kind in ("snapshot", "delta") and checksum(self.lists[board]) != frame["crc"]:
            self.faults.append(f"checksum of {kind} {frame['s']}")
        if kind == "hb":
            for name, s, crc in frame["b"]:
                if s == self.seen.get(name) and crc != checksum(self.lists[name]):
                    self.faults.append(f"checksum of heartbeat {name} {s}")
        self.cursor = frame.get("id", self.cursor)
        self.frames.append(frame)


def apply(lines: list[dict], frame: dict) -> list[dict]:
    by_id = {line["id"]: line for line in lines}
    gone = {*frame["rm"], *(line["id"] for _, line in frame["up"])}
    lines = [line for line in lines if line["id"] not in gone]
    for index, line in frame["up"]:
        lines.insert(index, {**by_id.get(line["id"], {}), **line})
    return lines


def checksum(lines: list[dict]) -> str:
    text = "".join("{id}\t{s}\n".format(**line) for line in lines)
    return f"{crc32(text.encode()):08x}"
