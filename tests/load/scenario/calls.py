"""One user's calls of the API, with a connection and a session of its own, and with retries."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from contextlib import closing
from random import random
from typing import Any
from urllib.parse import urlsplit

import gevent
from geventhttpclient import HTTPClient
from geventhttpclient.response import HTTPConnectionClosed, HTTPParseError

from tests.load.scenario.plan import Plan
from tests.load.scenario.records import WAIT

AWAY = (OSError, HTTPConnectionClosed, HTTPParseError)
ANSWER_SECONDS = 30.0
AGAIN_SECONDS = 1.0  # after a failure without Retry-After
# gunicorn closes connections that were idle for 5 s: a request at that moment gets no answer.
IDLE_SECONDS = 4.0


class Refused(Exception):
    """The server refused a call."""

    def __init__(self, status: int, problem: dict[str, Any]) -> None:
        super().__init__(f"{status} {problem.get('code', '')}: {problem.get('detail', '')}")
        self.status, self.code = status, problem.get("code", "")


class Calls:
    """A user's calls. `fire` is Locust's event, which gets every answer."""

    def __init__(self, url: str, fire: Callable[..., None]) -> None:
        self._url, self._fire = url, fire
        self._below = urlsplit(url).path.rstrip("/")  # the path that the server is below
        self._http: HTTPClient | None = None
        self._used = 0.0
        self._session: dict[str, Any] = {}

    @property
    def player(self) -> str:
        """The id of the signed-in player."""
        player: str = self._session["player"]["id"]
        return player

    def sign_in(self) -> None:
        """Sign in as a new guest."""
        self._session = {}
        self._session = self.call("sign in", "POST", "/v1/auth/guest", {})

    def call(self, name: str, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """The data of the answer. Repeats the call after temporary errors, as clients should.

        Raises Refused if the server refuses it.
        """
        while True:
            try:
                return self._once(name, method, path, body)
            except Refused as refusal:
                if refusal.code != "token_expired":
                    raise
                self._renew()

    def close(self) -> None:
        """Close the connection."""
        if self._http is not None:
            self._http.close()
            self._http = None

    def _once(self, name: str, method: str, path: str, body: Any) -> dict[str, Any]:
        data = b"" if body is None else json.dumps(body, separators=(",", ":")).encode()
        while True:
            begun = time.perf_counter()
            try:
                answer = self._connection().request(method, self._below + path, data, self._headers())
                content = bytes(answer.read())
            except AWAY as error:
                self._used = 0.0
                self._note(name, begun, error=f"no answer: {error!r}")
                gevent.sleep(AGAIN_SECONDS)
                continue
            status, self._used = answer.status_code, time.monotonic()
            if status < 400:
                self._note(name, begun, length=len(content))
                answer_data: dict[str, Any] = json.loads(content)["data"]
                return answer_data
            problem = _problem(content)
            waits = answer.get("Retry-After") if status in (429, 503) else None
            if waits is None or problem.get("code") == "cap_reached":
                if problem.get("code") not in ("token_expired", "cap_reached"):
                    self._note(name, begun, error=f"{status} {problem.get('code', '')}")
                if status < 500:
                    raise Refused(status, problem)
                gevent.sleep(AGAIN_SECONDS)
                continue
            self._note(f"{name}: {status} {problem.get('code', '')}", begun, kind=WAIT)
            # After an outage the users then do not all come back at once.
            gevent.sleep(float(waits) + random() * min(1.0, float(waits)))

    def _headers(self) -> dict[str, str]:
        token = self._session.get("accessToken")
        signed = {"Authorization": f"Bearer {token}"} if token else {}
        return {"Content-Type": "application/json", **signed}

    def _connection(self) -> HTTPClient:
        if time.monotonic() - self._used > IDLE_SECONDS:
            self.close()
        if self._http is None:
            self._http = HTTPClient.from_url(
                self._url, network_timeout=ANSWER_SECONDS, connection_timeout=ANSWER_SECONDS
            )
        return self._http

    def _renew(self) -> None:
        body = {"refreshToken": self._session["refreshToken"]}
        self._session = self._once("refresh session", "POST", "/v1/auth/refresh", body)

    def _note(
        self, name: str, begun: float, *, kind: str = "API", length: int = 0, error: Any = None
    ) -> None:
        self._fire(
            request_type=kind,
            name=name,
            response_time=1000 * (time.perf_counter() - begun),
            response_length=length,
            exception=error,
            context={},
        )


def _problem(content: bytes) -> dict[str, Any]:
    """The problem of an answer; empty if it is not the server's own, but a proxy's."""
    try:
        problem = json.loads(content)
    except ValueError:
        return {}
    return problem if isinstance(problem, dict) else {}


def try_out(plan: Plan) -> None:
    """Play once, so that a wrong plan gets one clear error. Raises OSError or Refused."""

    def fire(exception: object = None, **_: object) -> None:
        if exception:
            raise OSError(exception)

    with closing(Calls(plan.url, fire)) as calls:
        calls.sign_in()
        calls.call("", "GET", f"/v1/boards/{plan.board}")
        calls.call("", "POST", "/v1/actions/request", {"actionType": plan.action})
