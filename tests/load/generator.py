"""The load: keep-alive connections that send a request as soon as the last one is answered.

Runs in a process of its own and costs little: prebuilt requests, plain sockets, no pipelining.
"""

from __future__ import annotations

import pickle
import selectors
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import cycle
from typing import Any

from tests.load.measure import Sample

ANSWER_SECONDS = 30.0


@dataclass
class Plan:
    """What to send, where to, and for how long."""

    port: int
    requests: Sequence[bytes]
    connections: int
    seconds: float
    status: int = 200


def drive(plan: Plan) -> Sample:
    """Send for a while, from another process. Raises AssertionError where an answer is a wrong one."""
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

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=ANSWER_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sent = 0.0
        self._got, self._missing = bytearray(), -1

    def send(self, request: bytes) -> None:
        self.sent = time.perf_counter()
        self.socket.sendall(request)

    def receive(self) -> bytes | None:
        """The answer's first line once all of it is there, else nothing yet."""
        data = self.socket.recv(262_144)
        if not data:
            raise ConnectionError("the server closed a connection")
        self._got += data
        if self._missing < 0:
            self._missing = _length(self._got)
        if self._missing < 0 or len(self._got) < self._missing:
            return None
        line = bytes(self._got[: self._got.index(b"\r\n")])
        self._got.clear()
        self._missing = -1
        return line


def _length(got: bytearray) -> int:
    """How long the whole answer is; -1 where its head is not complete yet."""
    end = got.find(b"\r\n\r\n")
    if end < 0:
        return -1
    head = bytes(got[:end]).lower()
    at = head.find(b"content-length:")
    return end + 4 + (int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0)


def run(plan: Plan) -> tuple[Sample | None, str]:
    """Send and wait by turns on every connection, until the time is over and all is answered.

    Returns what was measured, and the first answer that must not be.
    """
    requests, expected = cycle(plan.requests), f"HTTP/1.1 {plan.status}".encode()
    selector, latencies, refused, waiting = selectors.DefaultSelector(), [], 0, plan.connections
    begun = time.perf_counter()
    until = begun + plan.seconds
    for _ in range(plan.connections):
        connection = Connection(plan.port)
        selector.register(connection.socket, selectors.EVENT_READ, connection)
        connection.send(next(requests))
    while waiting:
        for key, _ in selector.select(ANSWER_SECONDS):
            try:
                line = key.data.receive()
            except OSError as error:
                # An idle connection is closed after 5 s: another one waits for its answer since then.
                return None, f"{waiting} requests were not answered: {error}"
            if line is None:
                continue
            now = time.perf_counter()
            if line.startswith(expected):
                latencies.append(now - key.data.sent)
            elif line.startswith(b"HTTP/1.1 503"):
                refused += 1
            else:
                return None, f"expected {plan.status}, got {line.decode()}"
            if now < until:
                key.data.send(next(requests))
            else:
                waiting -= 1
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
