"""Talking to the server: one connection a thread, and patience where sending again is safe."""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from scoreboard_client.errors import AwayError, RefusedError

TRIES = 8
MOST_SECONDS = 10.0  # between two tries, unless the server names a longer time
IDLE_SECONDS = 4.0  # servers close what is quiet for longer, and a call on it would be lost
PASSING = (429, 502, 503, 504)


class _Kept:
    """A thread's connection. It is closed where the thread ends."""

    def __init__(self, url: str, seconds: float) -> None:
        address = urlsplit(url)
        kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
        self.connection = kind(address.hostname or "", address.port, timeout=seconds)
        self.used = time.monotonic()

    def __del__(self) -> None:
        self.connection.close()


@dataclass(kw_only=True)
class Transport:
    """Calls of one server. Threads may share it."""

    url: str
    timeout_seconds: float = 10.0
    patience_seconds: float = 60.0  # how long a call that may be sent again is sent again
    _threads: threading.local = field(default_factory=threading.local)

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
        """The answer's JSON; {} where it has none. Raises RefusedError or AwayError.

        `again` sends the same once more, after a while, where no answer came or the server had no time.
        """
        sent = {"Accept": "application/json", **(headers or {})}
        if token:
            sent["Authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            sent["Content-Type"] = "application/json"
        until = time.monotonic() + self.patience_seconds
        for trial in range(TRIES):
            try:
                status, answered, wait = self._once(method, path, data, sent)
            except (OSError, http.client.HTTPException) as error:
                problem: Exception = AwayError(f"{self.url} does not answer: {error!r}")
                wait = None
            else:
                if status < 400:
                    return answered
                problem = RefusedError(status, answered)
                if status not in PASSING:
                    raise problem
            pause = _pause(trial, wait)
            if not again or time.monotonic() + pause > until:
                raise problem
            time.sleep(pause)
        raise problem

    def close(self) -> None:
        """Close this thread's connection."""
        self._threads.kept = None

    def _once(
        self, method: str, path: str, data: bytes | None, headers: dict[str, str]
    ) -> tuple[int, Any, float | None]:
        connection = self._connection()
        try:
            connection.request(method, self._path(path), body=data, headers=headers)
            response = connection.getresponse()
            text = response.read()
        except BaseException:
            self.close()  # what is left of it must not be taken for the next answer
            raise
        wait = response.getheader("Retry-After")
        return response.status, _parsed(text), float(wait) if wait and wait.isdigit() else None

    def _connection(self) -> http.client.HTTPConnection:
        kept: _Kept | None = getattr(self._threads, "kept", None)
        if kept is None or time.monotonic() - kept.used > IDLE_SECONDS:
            kept = self._threads.kept = _Kept(self.url, self.timeout_seconds)
        kept.used = time.monotonic()
        return kept.connection

    def _path(self, path: str) -> str:
        return urlsplit(self.url).path.rstrip("/") + path


def _parsed(text: bytes) -> Any:
    try:
        return json.loads(text) if text else {}
    except ValueError:
        return {}  # a proxy's page of its own


def _pause(trial: int, wait: float | None) -> float:
    """Seconds to the next try: longer each time, and not the same for all who wait."""
    if wait is not None:
        return wait + random.random() * min(1.0, wait)
    return random.uniform(0.1, min(MOST_SECONDS, 0.25 * 2**trial))
