"""A player for tests: signs in, requests action tokens, does the work, and completes them."""

from __future__ import annotations

import hashlib
from itertools import count
from typing import Any

from flask.testing import FlaskClient

from tests.contract import ContractClient, app_of


class Player:
    """One player with a session and an HTTP client."""

    def __init__(self, parts, **body: Any) -> None:
        self.parts = parts
        self.http: FlaskClient = ContractClient(app_of(parts))
        self.take(self.http.post("/v1/auth/guest", json=body).json["data"])

    def take(self, session: dict[str, Any]) -> None:
        """Use the tokens of this session from now on."""
        self.session, self.id = session, session["player"]["id"]
        self.http.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {session['accessToken']}"

    def renew(self) -> None:
        """Refresh the session."""
        body = {"refreshToken": self.session["refreshToken"]}
        self.take(self.http.post("/v1/auth/refresh", json=body).json["data"])

    def request(self, action: str = "jump", **more: Any) -> dict[str, Any]:
        """Request an action token. Returns the data of the answer."""
        answer = self.http.post("/v1/actions/request", json={"actionType": action, **more})
        assert answer.status_code == 200, answer.text
        return answer.json["data"]

    def complete(
        self, issued_token: dict[str, Any], points: int | None = None, result: str = "", **more: Any
    ):
        """Complete an action token, with the work that it requires. Returns the answer."""
        return self.send(
            {"actionToken": issued_token["actionToken"], "proof": proof(issued_token, points, result), **more}
        )

    def send(self, body: Any):
        return self.http.post("/v1/actions/complete", json=body)

    def play(self, action: str = "jump", points: int | None = None, **more: Any) -> dict[str, Any]:
        """Request and complete an action. Returns the receipt."""
        answer = self.complete(self.request(action), points, **more)
        assert answer.status_code == 200, answer.text
        return answer.json["data"]


def proof(issued_token: dict[str, Any], points: int | None = None, result: str = "") -> dict[str, Any]:
    """The proof of a completion: a claim, and the work for it."""
    checksum = hashlib.sha256(f"{'' if points is None else points}|{result}".encode()).hexdigest()
    challenge = issued_token["challenge"]
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
    """The first number for which the hash begins with `difficulty` zero bits."""
    for number in count():
        digest = hashlib.sha256(f"{nonce}:{checksum}:{number}".encode()).digest()
        if int.from_bytes(digest, "big") >> (256 - difficulty) == 0:
            return str(number)
    raise AssertionError


def define(parts, name: str = "jump", **rules: Any) -> None:
    """Define an action type with little work. `rules` override its other rules."""
    body = {"boards": ["main"], "points": 10, "difficulty": 2} | rules
    parts.actions.type_admin.define(name, body, context={"caller": "tests"})
