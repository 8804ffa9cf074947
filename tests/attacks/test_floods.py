"""One address that holds all it can, and everybody else, who is served as if it were not there."""

from __future__ import annotations

import contextlib
import http.client
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.attacks.flood import KINDS
from tests.support import ROOT, Stack, wait_until

pytestmark = [pytest.mark.alone, pytest.mark.timeout(300)]

LONG = os.environ.get("FAULTS") == "long"
# The server closes connections that say nothing after five seconds, and more of them come.
QUIET_SECONDS, SECONDS = (5, 60) if LONG else (3, 8)
# Fast path, trusted proxies (with one, no connections are counted by address).
SETUPS = (("on", "1"), ("off", "0"), ("on", "0"), ("off", "1"))
CASES = list(zip(KINDS, SETUPS, strict=True))
CHUNKED = (
    b"POST /v1/auth/login HTTP/1.1\r\nHost: t\r\n"
    b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
)
# The attack shares two cores with the server: a slice of the scheduler, and a collection of garbage, take as
# long on a quiet machine. Before there were limits, calls took seconds, or were never answered.
NOISE_SECONDS, TIMES = 0.02, 5
SPARE_BYTES = 24 * 1024 * 1024  # what Python keeps for the next time, once


@pytest.fixture
def stack(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stack]:
    """One web process with places for 2000 connections, fewer than come."""
    fast_path, hops = request.param
    stack = Stack(
        tmp_path / "data",
        {
            "FAST_PATH": fast_path,
            "TRUSTED_PROXY_HOPS": hops,
            "STREAM_MAX_OPEN": "1000",
            "STREAM_FREE_ADDRESSES": "192.0.2.0/24",  # so that this machine's connections are counted
            "LOG_LEVEL": "WARNING",
        },
    )
    stack.start()
    yield stack
    stack.end()


def named(case: object) -> str:
    return "-".join(case) if isinstance(case, tuple) else str(case)


@pytest.mark.parametrize(("kind", "stack"), CASES, indirect=["stack"], ids=named)
def test_others_are_served_while_one_address_floods(kind, stack):
    quiet, before = times(stack, QUIET_SECONDS), memory(stack)

    with attack(kind, stack, SECONDS):
        busy = times(stack, SECONDS)

    print(f"p99 {p99(quiet):.3f} s, then {p99(busy):.3f} s of {len(busy)} calls; at most {max(busy):.3f} s")
    assert p99(busy) <= TIMES * max(p99(quiet), NOISE_SECONDS)
    wait_until(lambda: memory(stack) < before + SPARE_BYTES, seconds=40, why=lambda: (before, memory(stack)))


@pytest.mark.parametrize("stack", SETUPS[:2], indirect=True, ids=named)
def test_no_client_occupies_the_process_alone(stack):
    """One client sends thousands of requests at once, another one a body in the smallest chunks there are."""
    address = ("127.0.0.1", stack.port)
    with socket.create_connection(address) as many, socket.create_connection(address) as small:
        sending = [
            threading.Thread(target=many.sendall, args=(b"GET /healthz HTTP/1.1\r\nHost: t\r\n\r\n" * 3000,)),
            threading.Thread(target=small.sendall, args=(CHUNKED + b"1\r\n \r\n" * 60_000,)),
        ]
        for one in sending:
            one.start()
        found = times(stack, 3)
        for one in sending:
            one.join()

    assert max(found) < 0.5, "the event loop was held by one of them"


@contextlib.contextmanager
def attack(kind: str, stack: Stack, seconds: float) -> Iterator[None]:
    """Attack a stack, once all connections have been opened."""
    command = [sys.executable, "-m", "tests.attacks.flood", kind, str(stack.port), str(seconds + 30)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"open\n"
        yield
        assert process.poll() is None
    finally:
        process.terminate()
        process.communicate(timeout=10)


def times(stack: Stack, seconds: float) -> list[float]:
    """How long each of the calls from another address took, half of them on connections of their own."""
    found, until = [], time.monotonic() + seconds
    with contextlib.closing(connect(stack)) as kept:
        while time.monotonic() < until:
            with contextlib.closing(connect(stack)) as fresh:
                found += [call(kept), call(fresh)]
            time.sleep(0.02)
    return found


def connect(stack: Stack) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", stack.port, timeout=15, source_address=("127.0.0.2", 0))


def call(connection: http.client.HTTPConnection) -> float:
    """How long one call took."""
    began = time.monotonic()
    connection.request("GET", "/v1/boards/main/entries")
    answer = connection.getresponse()
    answer.read()
    assert answer.status == 200
    return time.monotonic() - began


def p99(found: list[float]) -> float:
    return sorted(found)[len(found) * 99 // 100]


def memory(stack: Stack) -> int:
    """What the web process has in memory now."""
    (worker,) = stack.workers
    pages = int(Path(f"/proc/{worker}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")
