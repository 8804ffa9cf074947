"""How frames come: by server-sent events, or by asking again and again. Closing a generator hangs up."""

from __future__ import annotations

import contextlib
import http.client
import json
import socket
import time
from collections.abc import Callable, Generator, Iterator

from scoreboard_client.answers import taken
from scoreboard_client.errors import AwayError, RefusedError
from scoreboard_client.frames import Frame, Lost
from scoreboard_client.transport import Transport

HELLO_SECONDS = 10.0  # nothing at all for so long: some proxies hold streams back
BEATS_MISSED = 2.5
WAIT_SECONDS = 25  # that an answer to a poll may take, beside the way
POLLED_SECONDS = 600.0  # then events are tried again; a stream is not older either

Address = Callable[[str], str]  # where a route is asked for what is watched, from where one is


class SilentError(AwayError):
    """The server was reached, and nothing came in time."""


def events(transport: Transport, address: Address, token: str) -> Generator[Frame, None, None]:
    """The frames of one stream, until it ends.

    Raises RefusedError, AwayError, and Lost if something else than frames comes.
    """
    path = transport.prefix + address("/v1/stream")
    with contextlib.closing(transport.fresh()) as connection:
        reader = _Reader(connection.sock)
        try:
            with _answer(connection, path, token) as response:
                yield from reader.frames(response)
        except (OSError, http.client.HTTPException) as error:
            silent = isinstance(error, TimeoutError) and not reader.heard
            away = SilentError if silent else AwayError
            raise away(f"The stream broke off: {error!r}", doubtful=False) from error
    raise AwayError("The stream ended without a word.", doubtful=False)


def polls(transport: Transport, address: Address, token: str) -> Generator[Frame, None, None]:
    """The frames of one poll after another, for some minutes. Raises RefusedError or AwayError."""
    patient = Transport(
        url=transport.url, timeout_seconds=WAIT_SECONDS + transport.timeout_seconds, patience_seconds=0
    )
    until, told = time.monotonic() + POLLED_SECONDS, ""
    with contextlib.closing(patient):
        while time.monotonic() < until:
            path = f"{address('/v1/poll')}&wait={WAIT_SECONDS}{told}"
            answer = patient.call("GET", path, token=token, again=True)
            if "told" in answer:
                told = f"&told={answer['told']}"  # private frames up to here were seen
            yield from answer["frames"]
            yield {"t": "hb", "id": answer["id"], "b": []}  # it says where the stream is, and proves nothing
            if all(frame["t"] == "me" for frame in answer["frames"]):
                time.sleep(answer["retry_ms"] / 1000)  # a busy server answers without waiting
    raise AwayError("Polled for long enough.", doubtful=False)


class _Reader:
    """Reads frames, each in its time. What is no frame does not count: proxies may say something too."""

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
                self._heard_at = time.monotonic()  # what waited while nobody asked for it is not late

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
        taken(response.status, response.headers, response.read(65536))
        raise RefusedError(response.status, {"detail": "The answer is no event stream."})


def _frame(text: bytes) -> Frame:
    try:
        frame = json.loads(text)
    except ValueError:
        frame = None
    if not isinstance(frame, dict) or "t" not in frame:
        raise Lost(f"no frame: {text[:100]!r}")
    return frame
