"""Requests as bytes, made before the measurement."""

from __future__ import annotations

from random import Random

import msgspec

from tests.support import KEY


def get(path: str, **headers: str) -> bytes:
    """A GET request."""
    return _request("GET", path, headers)


def scores(board: str, entries: list[dict[str, object]]) -> bytes:
    """A request of the batch route."""
    return post(f"/v1/boards/{board}/scores", {"entries": entries}, token=KEY)


def post(path: str, body: object, *, token: str) -> bytes:
    """A POST request with a token or key."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    return _request("POST", path, headers, msgspec.json.encode(body))


def score_batches(board: str, *, players: int, size: int, count: int) -> list[bytes]:
    """Requests with `size` scores of random players each."""
    random = Random(1)
    return [
        scores(
            board,
            [
                {"player": f"player-{random.randrange(players)}", "score": random.randrange(1, 1000)}
                for _ in range(size)
            ],
        )
        for _ in range(count)
    ]


def _request(method: str, path: str, headers: dict[str, str], body: bytes = b"") -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode() + body
