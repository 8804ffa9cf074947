"""One user's event stream: opened, held, and opened anew with its cursor when the server asks for that."""

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

from tests.load.scenario.seen import STREAM, WAIT, Seen

FRAME = re.compile(rb"\nevent: (?!bye)")
CURSOR = b"\nid: "
BYE = re.compile(rb'\ndata: ({"t":"bye".*)\n')
CODE, RETRY_MS = re.compile(rb'"why":"(\w+)"'), re.compile(rb'"retry_ms":(\d+)')
# Frames come four times a second at most. Reading them together leaves the cores to the server; sockets
# hold far more than a second's.
LOOK_SECONDS = 1.0
# Three times the slowest heartbeat of the default settings.
SILENT_SECONDS = 50.0
OPENED = {"drain", "max_age", "rebalance"}  # not refusals: any stream ends so once


def hold(url: str, board: str, seen: Seen, tell: Callable[..., None]) -> None:
    """Hold a stream open, until it is killed. What is told of it is the time to its first frame."""
    cursor = ""
    while True:
        begun = time.perf_counter()
        try:
            cursor, pause = _follow(url, board, cursor, seen, tell)
        except OSError as error:
            _note(tell, STREAM, begun, error=f"broke off: {error!r}")
            pause = 0.5 + random()
        gevent.sleep(pause)


def _follow(url: str, board: str, cursor: str, seen: Seen, tell: Callable[..., None]) -> tuple[str, float]:
    """Read one stream to its `bye`. The cursor at which to go on, and seconds until then.

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
            seen.stream_bytes += len(data)
            if not opened and FRAME.search(tail):
                opened = True
                _note(tell, STREAM, begun)
            if not tail.startswith(b"HTTP/1.1 200") and not opened:
                break
            if CURSOR in tail:
                cursor = _line(tail[tail.rindex(CURSOR) + len(CURSOR) :], cursor)
            if b"bye" in tail and (bye := BYE.search(tail)):
                return cursor, _dismissed(bye[1], begun, tell)
            # Its last line may go on in what comes next.
            tail = tail[tail.rfind(b"\n", 0, -1) :] if opened else tail
            if opened:
                gevent.sleep(LOOK_SECONDS)
    raise OSError("it ended without a bye" if opened else tail.split(b"\r")[0].decode("utf-8", "replace"))


def _line(text: bytes, otherwise: str) -> str:
    """The line that a text begins with, where all of it is there."""
    line, end, _ = text.partition(b"\n")
    return line.decode() if end else otherwise


def _dismissed(bye: bytes, begun: float, tell: Callable[..., None]) -> float:
    """Seconds after which the server asks to come back."""
    why = _first(CODE, bye, b"unknown").decode()
    if why not in OPENED:
        _note(tell, f"{STREAM}: {why}", begun, kind=WAIT)
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
    tell: Callable[..., None], name: str, begun: float, *, kind: str = "SSE", error: Any = None
) -> None:
    tell(
        request_type=kind,
        name=name,
        response_time=1000 * (time.perf_counter() - begun),
        response_length=0,
        exception=error,
        context={},
    )
