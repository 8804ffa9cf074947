"""A player of the tests: signs in, asks, works, and completes, as the API page says."""

from __future__ import annotations

import hashlib
from itertools import count
from typing import Any

from flask.testing import FlaskClient

from scoreboard.app import create_app
from tests.contract import ContractClient


class Player:
    """One player with a session and an HTTP client."""

    def __init__(self, parts, **body: Any) -> None:
        self.parts = parts
        self.http: FlaskClient = ContractClient(create_app(parts))
        self.take(self.http.post("/v1/auth/guest", json=body).json["data"])

    def take(self, session: dict[str, Any]) -> None:
        """Go on with these tokens."""
        self.session, self.id = session, session["player"]["id"]
        self.http.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {session['accessToken']}"

    def renew(self) -> None:
        """Refresh the session."""
        body = {"refreshToken": self.session["refreshToken"]}
        self.take(self.http.post("/v1/auth/refresh", json=body).json["data"])

    def request(self, action: str = "jump", **more: Any) -> dict[str, Any]:
        """Ask for an action token."""
        answer = self.http.post("/v1/actions/request", json={"actionType": action, **more})
        assert answer.status_code == 200, answer.text
        return answer.json["data"]

    def complete(self, asked: dict[str, Any], points: int | None = None, result: str = "", **more: Any):
        """Complete it with the work that it asks for."""
        return self.send({"actionToken": asked["actionToken"], "proof": proof(asked, points, result), **more})

    def send(self, body: Any):
        return self.http.post("/v1/actions/complete", json=body)

    def play(self, action: str = "jump", points: int | None = None, **more: Any) -> dict[str, Any]:
        """A whole action. Its receipt."""
        answer = self.complete(self.request(action), points, **more)
        assert answer.status_code == 200, answer.text
        return answer.json["data"]


def proof(asked: dict[str, Any], points: int | None = None, result: str = "") -> dict[str, Any]:
    """A claim, and the work for it."""
    checksum = hashlib.sha256(f"{'' if points is None else points}|{result}".encode()).hexdigest()
    challenge = asked["challenge"]
    found = {
        "solution": solve(challenge["nonce"], checksum, challenge["difficulty"]),
        "checksum": checksum,
    }
    if points is not None:
        found["points"] = points
    if result:
        found["result"] = result
    return found


def solve(nonce: str, checksum: str, difficulty: int) -> str:
    """The first number that makes so many zero bits."""
    for number in count():
        digest = hashlib.sha256(f"{nonce}:{checksum}:{number}".encode()).digest()
        if int.from_bytes(digest, "big") >> (256 - difficulty) == 0:
            return str(number)
    raise AssertionError


def define(parts, name: str = "jump", **rules: Any) -> None:
    """An action type that asks for little, unless told otherwise."""
    body = {"boards": ["main"], "points": 10, "difficulty": 2} | rules
    parts.actions.type_admin.define(name, body, context={"caller": "tests"})
