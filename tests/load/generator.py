"""The load: keep-alive connections that send the next request as soon as the last one is answered.

It runs in a process of its own, and takes little processor time: plain sockets, no pipelining.
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


class Caller(Protocol):
    """Makes the requests of a connection."""

    @property
    def steps(self) -> int:
        """The number of requests that count as one."""

    def next_request(self, answer: bytes | None) -> bytes:
        """The next request. `answer` is the body of the last answer; None at the beginning of a count."""


@dataclass
class Repeats:
    """Sends one prebuilt request after the other, whatever the answers."""

    requests: Sequence[bytes]
    steps: int = 1
    _sent_count: int = -1

    def next_request(self, answer: bytes | None) -> bytes:
        self._sent_count += 1
        return self.requests[self._sent_count % len(self.requests)]


@dataclass
class Plan:
    """The requests to send, their server and their duration. Connections take the callers in turn."""

    port: int
    callers: Sequence[Caller]
    connections: int
    seconds: float
    status: int = 200
    a_second: float = 0.0  # counts a second; 0 for as many as possible


def drive(plan: Plan) -> Sample:
    """Send for a while, from another process. Raises AssertionError if an answer is wrong."""
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

    def __init__(self, port: int, caller: Caller) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=ANSWER_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent = 0.0
        self._caller, self._step = caller, 0
        self._received, self._head, self._missing = bytearray(), 0, -1

    def begin(self) -> None:
        """Send the first request of a count."""
        self._step = 0
        self._send(self._caller.next_request(None))

    def go_on(self, answer: bytes) -> bool:
        """Send the next request. Returns False if the count is complete."""
        self._step += 1
        if self._step == self._caller.steps:
            return False
        self._send(self._caller.next_request(answer))
        return True

    def receive(self) -> tuple[bytes, bytes] | None:
        """The answer's first line and its body once it is complete; None before."""
        data = self.socket.recv(262_144)
        if not data:
            raise ConnectionError("the server closed a connection")
        self._received += data
        if self._missing < 0:
            self._head, self._missing = _lengths(self._received)
        if self._missing < 0 or len(self._received) < self._missing:
            return None
        line, body = (
            bytes(self._received[: self._received.index(b"\r\n")]),
            bytes(self._received[self._head :]),
        )
        self._received.clear()
        self._missing = -1
        return line, body

    def _send(self, request: bytes) -> None:
        self.sent = time.perf_counter()
        self.socket.sendall(request)


def _lengths(received: bytearray) -> tuple[int, int]:
    """The lengths of an answer's head and of the whole answer; -1 if the head is not complete yet."""
    end = received.find(b"\r\n\r\n")
    if end < 0:
        return -1, -1
    head = bytes(received[:end]).lower()
    at = head.find(b"content-length:")
    body = int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0
    return end + 4, end + 4 + body


class Starter:
    """Starts the next count of free connections: at once, or at a fixed rate."""

    def __init__(self, plan: Plan, now: float) -> None:
        self.free: deque[Connection] = deque()
        self._pause = 1 / plan.a_second if plan.a_second else 0.0
        self._due = now

    @property
    def seconds(self) -> float:
        """The longest time to wait for an answer now."""
        if self._pause and self.free:
            return max(0.0, self._due - time.perf_counter())
        return ANSWER_SECONDS

    def begin(self) -> None:
        """Start the counts that are due. After a delay at most MISSED_SECONDS are made up for."""
        now = time.perf_counter()
        self._due = max(self._due, now - MISSED_SECONDS)
        while self.free and (not self._pause or self._due <= now):
            self.free.popleft().begin()
            self._due += self._pause


def run(plan: Plan) -> tuple[Sample | None, str]:
    """Send and receive on all connections, until the time is over and every request is answered.

    Returns the sample, and the first wrong answer. The latencies are those of the last request of each count.
    """
    expected = f"HTTP/1.1 {plan.status}".encode()
    selector, latencies, refused, waiting = selectors.DefaultSelector(), [], 0, plan.connections
    begun = time.perf_counter()
    until, starter = begun + plan.seconds, Starter(plan, begun)
    for number in range(plan.connections):
        connection = Connection(plan.port, plan.callers[number % len(plan.callers)])
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        starter.free.append(connection)
    while waiting:
        starter.begin()
        for key, _ in selector.select(starter.seconds):
            try:
                answer = key.data.receive()
            except OSError as error:
                # Another connection waits for an answer for so long that the server closed this idle one.
                return None, f"{waiting} requests were not answered: {error}"
            if answer is None:
                continue
            now, (line, body) = time.perf_counter(), answer
            if line.startswith(expected):
                sent = key.data.sent
                if key.data.go_on(body):
                    continue
                latencies.append(now - sent)
            elif line.startswith(b"HTTP/1.1 503"):
                refused += 1
            else:
                return None, f"expected {plan.status}, got {line.decode()} {body[:300].decode()}"
            starter.free.append(key.data)
        if time.perf_counter() >= until:
            waiting -= len(starter.free)
            for connection in starter.free:
                selector.unregister(connection.socket)
                connection.socket.close()
            starter.free.clear()
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
