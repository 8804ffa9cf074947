"""The load: keep-alive connections that say the next thing as soon as the last one is answered.

Runs in a process of its own and costs little: plain sockets, no pipelining.
"""

from __future__ import annotations

import pickle
import selectors
import socket
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tests.load.measure import Sample

ANSWER_SECONDS = 30.0
MISSED_SECONDS = 1.0


class Speaker(Protocol):
    """Knows what a connection says."""

    @property
    def steps(self) -> int:
        """How many requests make one of what is counted."""

    def say(self, heard: bytes | None) -> bytes:
        """The next request, after what was heard last; None if it begins anew."""


@dataclass
class Repeats:
    """Says one prebuilt request after the other, whatever it hears."""

    requests: Sequence[bytes]
    steps: int = 1
    _said: int = -1

    def say(self, heard: bytes | None) -> bytes:
        self._said += 1
        return self.requests[self._said % len(self.requests)]


@dataclass
class Plan:
    """What to say, where to, and for how long. Connections take the speakers by turns."""

    port: int
    speakers: Sequence[Speaker]
    connections: int
    seconds: float
    status: int = 200
    a_second: float = 0.0  # of what is counted; 0 for as much as is answered


def drive(plan: Plan) -> Sample:
    """Send for a while, from another process. Raises AssertionError if an answer is a wrong one."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.load.generator"],
        input=pickle.dumps(plan),
        stdout=subprocess.PIPE,
        check=True,
        timeout=plan.seconds + 2 * ANSWER_SECONDS,
    )
    sample, wrong = pickle.loads(done.stdout)
    assert not wrong, wrong
    return sample


class Connection:
    """One client."""

    def __init__(self, port: int, speaker: Speaker) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=ANSWER_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent = 0.0
        self._speaker, self._step = speaker, 0
        self._got, self._head, self._missing = bytearray(), 0, -1

    def begin(self) -> None:
        """Say the first thing."""
        self._step = 0
        self._send(self._speaker.say(None))

    def go_on(self, heard: bytes) -> bool:
        """Say the next thing. False if nothing is left to say."""
        self._step += 1
        if self._step == self._speaker.steps:
            return False
        self._send(self._speaker.say(heard))
        return True

    def receive(self) -> tuple[bytes, bytes] | None:
        """The answer's first line and its body once all of it is there, else nothing yet."""
        data = self.socket.recv(262_144)
        if not data:
            raise ConnectionError("the server closed a connection")
        self._got += data
        if self._missing < 0:
            self._head, self._missing = _lengths(self._got)
        if self._missing < 0 or len(self._got) < self._missing:
            return None
        line, body = bytes(self._got[: self._got.index(b"\r\n")]), bytes(self._got[self._head :])
        self._got.clear()
        self._missing = -1
        return line, body

    def _send(self, request: bytes) -> None:
        self.sent = time.perf_counter()
        self.socket.sendall(request)


def _lengths(got: bytearray) -> tuple[int, int]:
    """How long an answer's head is, and the whole answer; -1 where the head is not complete yet."""
    end = got.find(b"\r\n\r\n")
    if end < 0:
        return -1, -1
    head = bytes(got[:end]).lower()
    at = head.find(b"content-length:")
    body = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
    return end + 4, end + 4 + body


class KeyedLock:
    """Has connections that are free begin anew: at once, or so many a second."""

    def __init__(self, plan: Plan, now: float) -> None:
        self.free: deque[Connection] = deque()
        self._pause = 1 / plan.a_second if plan.a_second else 0.0
        self._due = now

    @property
    def seconds(self) -> float:
        """How long the next answer may be waited for."""
        if self._pause and self.free:
            return max(0.0, self._due - time.perf_counter())
        return ANSWER_SECONDS

    def begin(self) -> None:
        """Have those begin whose turn it is. What was missed is made up for, but not for ever."""
        now = time.perf_counter()
        self._due = max(self._due, now - MISSED_SECONDS)
        while self.free and (not self._pause or self._due <= now):
            self.free.popleft().begin()
            self._due += self._pause


def run(plan: Plan) -> tuple[Sample | None, str]:
    """Speak and listen by turns on every connection, until the time is over and all is answered.

    Returns what was measured, and the first answer that must not be. The latencies are those of the
    last request of what is counted.
    """
    expected = f"HTTP/1.1 {plan.status}".encode()
    selector, latencies, refused, waiting = selectors.DefaultSelector(), [], 0, plan.connections
    begun = time.perf_counter()
    until, turns = begun + plan.seconds, KeyedLock(plan, begun)
    for number in range(plan.connections):
        connection = Connection(plan.port, plan.speakers[number % len(plan.speakers)])
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        turns.free.append(connection)
    while waiting:
        turns.begin()
        for key, _ in selector.select(turns.seconds):
            try:
                heard = key.data.receive()
            except OSError as error:
                # An idle connection is closed after a while: another one waits for its answer since then.
                return None, f"{waiting} requests were not answered: {error}"
            if heard is None:
                continue
            now, (line, body) = time.perf_counter(), heard
            if line.startswith(expected):
                sent = key.data.sent
                if key.data.go_on(body):
                    continue
                latencies.append(now - sent)
            elif line.startswith(b"HTTP/1.1 503"):
                refused += 1
            else:
                return None, f"expected {plan.status}, got {line.decode()} {body[:300].decode()}"
            turns.free.append(key.data)
        if time.perf_counter() >= until:
            waiting -= len(turns.free)
            for connection in turns.free:
                selector.unregister(connection.socket)
                connection.socket.close()
            turns.free.clear()
    if not latencies:
        return None, "every request was refused"
    sample = Sample(
        done=len(latencies),
        seconds=time.perf_counter() - begun,
        latencies_ms=percentiles(latencies),
        refused=refused,
    )
    return sample, ""


def percentiles(seconds: list[float]) -> tuple[float, float, float]:
    """p50, p95 and p99 in milliseconds."""
    seconds.sort()
    p50, p95, p99 = (1000 * seconds[int(len(seconds) * part)] for part in (0.5, 0.95, 0.99))
    return p50, p95, p99


def _main() -> None:
    plan: Any = pickle.load(sys.stdin.buffer)
    sys.stdout.buffer.write(pickle.dumps(run(plan)))


if __name__ == "__main__":
    # Unpickled plans name this module by its path, not __main__.
    _main()
