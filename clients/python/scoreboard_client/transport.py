"""Talking to the server: one connection a thread, and patience where sending again is safe."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlsplit

from scoreboard_client.answers import taken
from scoreboard_client.errors import AwayError, RefusedError, ScoreboardError

MAX_SECONDS = 10.0  # between two tries, unless the server names a longer time
IDLE_SECONDS = 4.0  # servers close what is quiet for longer, and a call on it would be lost


class _Kept:
    """The connection of a thread. It is closed when the thread ends."""

    def __init__(self, connection: http.client.HTTPConnection) -> None:
        self.connection = connection
        self.used = time.monotonic()

    def __del__(self) -> None:
        self.connection.close()


@dataclass(kw_only=True)
class Transport:
    """Calls of one server. Threads may share it."""

    url: str
    timeout_seconds: float
    patience_seconds: float  # how long a call is sent again
    _threads: threading.local = field(default_factory=threading.local)

    def __post_init__(self) -> None:
        """Raise ValueError if the URL is none of a server."""
        address = urlsplit(self.url)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise ValueError(f"{self.url!r} is no URL as in http://127.0.0.1:8000")
        self._kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
        self._host, self._port, self.prefix = address.hostname, address.port, address.path.rstrip("/")

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        token: str = "",
        headers: dict[str, str] | None = None,
        again: bool = False,
    ) -> Any:
        """The answer's JSON; {} if it has none. Raises RefusedError or AwayError.

        The request is sent again, after a pause, if the server could not be reached or had no time for it;
        with `again`, also if the server may have carried it out already.
        """
        sent = {"Accept": "application/json", **(headers or {})}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            sent["Content-Type"] = "application/json"
        if not again:
            self.close()  # a kept connection may be closed by now, and what is sent on it in doubt
        until = time.monotonic() + self.patience_seconds
        for trial in count():
            try:
                return self._once(method, path, data, sent)
            except ScoreboardError as error:
                pause = _pause(trial, error.retry_after_seconds)
                if not _passes(error, again) or time.monotonic() + pause > until:
                    raise
            time.sleep(pause)
        raise AssertionError("numbers do not end")

    def fresh(self) -> http.client.HTTPConnection:
        """A connection of one's own, to be closed. Raises AwayError."""
        connection = self._kind(self._host, self._port, timeout=self.timeout_seconds)
        self._connect(connection)
        return connection

    def close(self) -> None:
        """Close this thread's connection."""
        self._threads.kept = None

    def _once(self, method: str, path: str, data: bytes | None, headers: dict[str, str]) -> Any:
        connection = self._connection()
        try:
            connection.request(method, self.prefix + path, body=data, headers=headers)
            response = connection.getresponse()
            text = response.read()
        except (OSError, http.client.HTTPException) as error:
            self.close()
            raise AwayError(f"{self.url} does not answer: {error!r}", doubtful=True) from error
        except BaseException:
            self.close()  # what is left of it must not be taken for the next answer
            raise
        return taken(response.status, response.headers, text)

    def _connection(self) -> http.client.HTTPConnection:
        kept: _Kept | None = getattr(self._threads, "kept", None)
        if kept is None or time.monotonic() - kept.used > IDLE_SECONDS:
            kept = self._threads.kept = _Kept(self.fresh())
        kept.used = time.monotonic()
        if kept.connection.sock is None:
            self._connect(kept.connection)
        return kept.connection

    def _connect(self, connection: http.client.HTTPConnection) -> None:
        try:
            connection.connect()
        except OSError as error:
            raise AwayError(f"{self.url} can't be reached: {error}", doubtful=False) from error


def _passes(error: ScoreboardError, again: bool) -> bool:
    """Whether the same may be sent again, and may have another answer then."""
    if isinstance(error, RefusedError):
        return error.status in (408, 429) and not error.puzzle
    return isinstance(error, AwayError) and (again or not error.doubtful)


def _pause(trial: int, wait: float | None) -> float:
    """Seconds to the next try: longer each time, and not the same for all who wait."""
    if wait is not None:
        return wait + random.random() * min(1.0, wait)
    return random.uniform(0.1, min(MAX_SECONDS, 0.25 * 2 ** min(trial, 10)))
