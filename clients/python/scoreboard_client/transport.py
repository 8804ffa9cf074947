"""HTTP calls: one connection for each thread, and retries if sending again is safe."""

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

from scoreboard_client.answers import decode
from scoreboard_client.errors import AwayError, RefusedError, ScoreboardError

MAX_SECONDS = 10.0  # between two tries, unless the server names a longer time
IDLE_SECONDS = 4.0  # servers close connections that are idle for longer


class _ThreadConnection:
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
    patience_seconds: float  # for which a call is repeated
    _threads: threading.local = field(default_factory=threading.local)

    def __post_init__(self) -> None:
        """Raise ValueError if the URL can't be a server's."""
        address = urlsplit(self.url)
        if address.scheme not in ("http", "https") or not address.hostname:
            raise ValueError(f"{self.url!r} is not a URL such as http://127.0.0.1:8000")
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

        The request is sent again, after a pause, if the server could not be reached or was overloaded;
        with `again`, also if the server may have carried it out already.
        """
        all_headers = {"Accept": "application/json", **(headers or {})}
        if token:
            all_headers["Authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            all_headers["Content-Type"] = "application/json"
        if not again:
            self.close()  # on an old connection it could be unknown whether the request arrived
        until = time.monotonic() + self.patience_seconds
        for trial in count():
            try:
                return self._once(method, path, data, all_headers)
            except ScoreboardError as error:
                pause = _pause(trial, error.retry_after_seconds)
                if not _is_temporary(error, again) or time.monotonic() + pause > until:
                    raise
            time.sleep(pause)
        raise AssertionError("numbers do not end")

    def connect(self) -> http.client.HTTPConnection:
        """A new connection, which the caller closes. Raises AwayError."""
        connection = self._kind(self._host, self._port, timeout=self.timeout_seconds)
        self._connect(connection)
        return connection

    def close(self) -> None:
        """Close this thread's connection."""
        self._threads.connection = None

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
            self.close()  # the rest of its answer must not be taken for the next one
            raise
        return decode(response.status, response.headers, text)

    def _connection(self) -> http.client.HTTPConnection:
        present: _ThreadConnection | None = getattr(self._threads, "connection", None)
        if present is None or time.monotonic() - present.used > IDLE_SECONDS:
            present = self._threads.connection = _ThreadConnection(self.connect())
        present.used = time.monotonic()
        if present.connection.sock is None:
            self._connect(present.connection)
        return present.connection

    def _connect(self, connection: http.client.HTTPConnection) -> None:
        try:
            connection.connect()
        except OSError as error:
            raise AwayError(f"{self.url} can't be reached: {error}", doubtful=False) from error


def _is_temporary(error: ScoreboardError, again: bool) -> bool:
    """True if it is safe to send the same again, and the answer may differ then."""
    if isinstance(error, RefusedError):
        return error.status in (408, 429) and not error.puzzle
    return isinstance(error, AwayError) and (again or not error.doubtful)


def _pause(trial: int, wait: float | None) -> float:
    """Seconds until the next try: longer each time, and different for each client."""
    if wait is not None:
        return wait + random.random() * min(1.0, wait)
    return random.uniform(0.1, min(MAX_SECONDS, 0.25 * 2 ** min(trial, 10)))
