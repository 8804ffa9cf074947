"""One user's event stream, which is opened again from its cursor when it ends."""

from __future__ import annotations

import re
import ssl
import time
from collections.abc import Callable
from random import random
from typing import Any
from urllib.parse import urlsplit

import gevent
from gevent import socket

from tests.load.scenario.records import STREAM, WAIT, Records

FRAME = re.compile(rb"\nevent: (?!bye)")
CURSOR = b"\nid: "
BYE = re.compile(rb'\ndata: ({"t":"bye".*)\n')
CODE, RETRY_MS = re.compile(rb'"why":"(\w+)"'), re.compile(rb'"retry_ms":(\d+)')
# Frames come at most four times a second. Reading several at once saves processor time, and a socket's buffer
# holds far more than the frames of a second.
READ_SECONDS = 1.0
# Three times the slowest heartbeat of the default settings.
SILENT_SECONDS = 50.0
ORDINARY_ENDS = {"drain", "max_age", "rebalance"}  # not refusals


def hold(url: str, board: str, records: Records, fire: Callable[..., None]) -> None:
    """Hold a stream open until the greenlet is killed. Records the time to its first frame."""
    cursor = ""
    while True:
        begun = time.perf_counter()
        try:
            cursor, pause = _follow(url, board, cursor, records, fire)
        except OSError as error:
            _note(fire, STREAM, begun, error=f"interrupted: {error!r}")
            pause = 0.5 + random()
        gevent.sleep(pause)


def _follow(
    url: str, board: str, cursor: str, records: Records, fire: Callable[..., None]
) -> tuple[str, float]:
    """Read one stream to its `bye`. Returns the cursor to continue from, and the pause in seconds.

    Raises OSError if it ends otherwise.
    """
    begun, opened, tail = time.perf_counter(), False, b""
    with _connect(url) as connection:
        since, server = f"&since={cursor}" if cursor else "", urlsplit(url)
        connection.sendall(
            f"GET {server.path.rstrip('/')}/v1/stream?boards={board}{since} HTTP/1.1\r\n"
            f"Host: {server.netloc}\r\nAccept: text/event-stream\r\n\r\n".encode()
        )
        while data := connection.recv(262_144):
            tail += data
            records.stream_bytes += len(data)
            if not opened and FRAME.search(tail):
                opened = True
                _note(fire, STREAM, begun)
            if not tail.startswith(b"HTTP/1.1 200") and not opened:
                break
            if CURSOR in tail:
                cursor = _line(tail[tail.rindex(CURSOR) + len(CURSOR) :], cursor)
            if b"bye" in tail and (bye := BYE.search(tail)):
                return cursor, _pause_after(bye[1], begun, fire)
            # The last line may be incomplete.
            tail = tail[tail.rfind(b"\n", 0, -1) :] if opened else tail
            if opened:
                gevent.sleep(READ_SECONDS)
    raise OSError("it ended without a bye" if opened else tail.split(b"\r")[0].decode("utf-8", "replace"))


def _line(text: bytes, otherwise: str) -> str:
    """The first line of a text, or `otherwise` if it is incomplete."""
    line, end, _ = text.partition(b"\n")
    return line.decode() if end else otherwise


def _pause_after(bye: bytes, begun: float, fire: Callable[..., None]) -> float:
    """The seconds after which the server asks to reconnect."""
    reason = _first(CODE, bye, b"unknown").decode()
    if reason not in ORDINARY_ENDS:
        _note(fire, f"{STREAM}: {reason}", begun, kind=WAIT)
    return int(_first(RETRY_MS, bye, b"1000")) / 1000


def _first(pattern: re.Pattern[bytes], text: bytes, otherwise: bytes) -> bytes:
    found = pattern.search(text)
    return found[1] if found else otherwise


def _connect(url: str) -> Any:
    parts = urlsplit(url)
    secure = parts.scheme == "https"
    port = parts.port or (443 if secure else 80)
    connection = socket.create_connection((parts.hostname, port), timeout=SILENT_SECONDS)
    if secure:
        connection = ssl.create_default_context().wrap_socket(connection, server_hostname=parts.hostname)
    return connection


def _note(
    fire: Callable[..., None], name: str, begun: float, *, kind: str = "SSE", error: Any = None
) -> None:
    fire(
        request_type=kind,
        name=name,
        response_time=1000 * (time.perf_counter() - begun),
        response_length=0,
        exception=error,
        context={},
    )
