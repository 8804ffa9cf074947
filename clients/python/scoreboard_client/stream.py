"""Receives frames, by server-sent events or by polling. Closing a generator closes its connection."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import time
from collections.abc import Callable, Generator, Iterator

from scoreboard_client.answers import decode
from scoreboard_client.errors import AwayError, RefusedError
from scoreboard_client.frames import Frame, Lost
from scoreboard_client.transport import Transport

HELLO_SECONDS = 10.0  # the time in which the first frame must come: some proxies buffer streams
BEATS_MISSED = 2.5
WAIT_SECONDS = 25  # for which the server may hold back the answer to a poll
POLLED_SECONDS = 600.0  # then events are tried again

Address = Callable[[str], str]  # from a route to its path with the query of this watch


class SilentError(AwayError):
    """The server was reached, but no frame came in time."""


def events(transport: Transport, address: Address, token: str) -> Generator[Frame, None, None]:
    """The frames of one stream, until it ends.

    Raises RefusedError, AwayError, and Lost if anything but frames comes.
    """
    path = transport.prefix + address("/v1/stream")
    with contextlib.closing(transport.connect()) as connection:
        reader = _Reader(connection.sock)
        try:
            with _answer(connection, path, token) as response:
                yield from reader.frames(response)
        except (OSError, http.client.HTTPException) as error:
            silent = isinstance(error, TimeoutError) and not reader.heard
            away = SilentError if silent else AwayError
            raise away(f"The stream was interrupted: {error!r}", doubtful=False) from error
    raise AwayError("The stream ended without a bye frame.", doubtful=False)


def polls(transport: Transport, address: Address, token: str) -> Generator[Frame, None, None]:
    """The frames of one poll after another, for some minutes. Raises RefusedError or AwayError."""
    patient = Transport(
        url=transport.url, timeout_seconds=WAIT_SECONDS + transport.timeout_seconds, patience_seconds=0
    )
    until, last_tell = time.monotonic() + POLLED_SECONDS, ""
    with contextlib.closing(patient):
        while time.monotonic() < until:
            path = f"{address('/v1/poll')}&wait={WAIT_SECONDS}{last_tell}"
            answer = patient.call("GET", path, token=token, again=True)
            if "told" in answer:
                last_tell = f"&told={answer['told']}"  # private frames up to here were seen
            yield from answer["frames"]
            yield {"t": "hb", "id": answer["id"], "b": []}  # it carries the cursor, and no checksums
            if all(frame["t"] == "me" for frame in answer["frames"]):
                time.sleep(answer["retry_ms"] / 1000)  # a busy server answers without waiting
    raise AwayError("Polled for long enough.", doubtful=False)


class _Reader:
    """Reads frames, each within its time. Only frames count as signs of life: proxies may send comments."""

    def __init__(self, sock: socket.socket) -> None:
        self.heard = False
        self._sock, self._seconds = sock, HELLO_SECONDS
        self._sock.settimeout(self._seconds)
        self._heard_at = time.monotonic()

    def frames(self, response: http.client.HTTPResponse) -> Iterator[Frame]:
        """Each frame. Raises OSError, HTTPException or Lost."""
        for line in self._lines(response):
            if line.startswith(b"data:"):
                frame = _frame(line[5:])
                self.heard = True
                if frame["t"] == "hello":
                    self._seconds = BEATS_MISSED * frame["hb"]
                yield frame
                self._heard_at = time.monotonic()  # time that the caller took for a frame does not count

    def _lines(self, response: http.client.HTTPResponse) -> Iterator[bytes]:
        rest = b""
        while data := self._read(response):
            *lines, rest = (rest + data).split(b"\n")
            yield from lines

    def _read(self, response: http.client.HTTPResponse) -> bytes:
        left = self._heard_at + self._seconds - time.monotonic()
        if left <= 0:
            raise TimeoutError("no frame in time")
        self._sock.settimeout(left)
        return response.read1(65536)


def _answer(connection: http.client.HTTPConnection, path: str, token: str) -> http.client.HTTPResponse:
    headers = {"Accept": "text/event-stream"} | ({"Authorization": f"Bearer {token}"} if token else {})
    connection.request("GET", path, headers=headers)
    response = connection.getresponse()
    if response.status == 200 and response.headers.get_content_type() == "text/event-stream":
        return response
    with response:
        decode(response.status, response.headers, response.read(65536))
        raise RefusedError(response.status, {"detail": "The answer is no event stream."})


def _frame(text: bytes) -> Frame:
    try:
        frame = json.loads(text)
    except ValueError:
        frame = None
    if not isinstance(frame, dict) or "t" not in frame:
        raise Lost(f"no frame: {text[:100]!r}")
    return frame
