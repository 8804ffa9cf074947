"""What the log keeps of strangers: neither where they are, nor the secrets that they carry."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest

from tests.support import Answer, Stack, wait_until

ADDRESS, ADDRESS6 = "198.51.100.77", "2001:db8:abcd:ef01::77"
TICKET = "ticket-that-nobody-else-may-have"
LEVELS = ("INFO", "DEBUG")
PATHS = [
    f"/v1/stream?boards=main&ticket={TICKET}",
    f"/v1/ws?boards=main&ticket={TICKET}",
    f"/v1/poll?boards=main&ticket={TICKET}&since=%00",
    f"/v1/poll?boards=private-{TICKET}" + "&x=1" * 300,
    f"/v1/stream%3Fboards=main&ticket={TICKET}",
    f"/v1/stream;ticket={TICKET}",
    f"/v1/stream&ticket={TICKET}",
    f"/v1/stream%23ticket={TICKET}",
    f"/v1/stream%0a?ticket={TICKET}",
    f"/v1/boards/main/entries?around=%ff&token={TICKET}",
    f"http://127.0.0.1/v1/boards?ticket={TICKET}",
    f"/b/main?ticket={TICKET}",
    f"/oembed?url=http://127.0.0.1/b/main?ticket={TICKET}",
    f"/static/../../etc?ticket={TICKET}",
    f"/v1/nothing/here?ticket={TICKET}",
]


@pytest.fixture(scope="module", params=LEVELS)
def spoken(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A server of its own, whose whole log is read. At DEBUG libraries would tell all that they do."""
    environment = {"TRUSTED_PROXY_HOPS": "1", "LOG_LEVEL": request.param, "LIMIT_GUEST": "3/minute"}
    stack = Stack(tmp_path_factory.mktemp("spoken") / "data", environment)
    stack.start()
    yield stack
    stack.end()


def asked(stack: Stack, method: str, path: str, *lines: str, body: bytes = b"") -> bytes:
    """The beginning of what a raw request is answered, from somewhere on the internet."""
    head = [
        f"{method} {path} HTTP/1.1",
        "Host: 127.0.0.1",
        f"X-Forwarded-For: {ADDRESS}",
        f"Content-Length: {len(body)}",
        *lines,
    ]
    with socket.create_connection(("127.0.0.1", stack.port), timeout=15) as connection:
        connection.sendall("\r\n".join([*head, "", ""]).encode("latin-1") + body)
        return connection.recv(4096)


def test_neither_addresses_nor_secrets_are_in_the_log(spoken):
    for path in PATHS:
        for lines in (
            (),
            (f"Authorization: Bearer {TICKET}", f"Origin: https://{TICKET}", "Cookie: a=" + TICKET),
        ):
            for method in ("GET", "POST", "DELETE"):
                asked(spoken, method, path, *lines)
    login = json.dumps({"username": "nobody", "password": TICKET}).encode()
    for _ in range(15):
        asked(spoken, "POST", "/v1/auth/login", "Content-Type: application/json", body=login)
        asked(spoken, "POST", "/v1/auth/guest", f"X-Forwarded-For: {ADDRESS6}, {ADDRESS}")
    refresh = json.dumps({"refreshToken": TICKET}).encode()
    asked(spoken, "POST", "/v1/auth/refresh", "Content-Type: application/json", body=refresh)
    asked(spoken, "GET", "/v1/boards", "X-Request-Id: the-last-one")
    log = spoken.data_dir / "serve.log"
    wait_until(lambda: "the-last-one" in log.read_text(), seconds=10, why=spoken.log)
    said = log.read_text()

    assert '"path":"/v1/stream"' in said
    for secret in (ADDRESS, ADDRESS.rpartition(".")[0], ADDRESS6, "2001:db8:abcd", TICKET):
        assert [line for line in said.splitlines() if secret in line] == []


def test_the_log_tells_which_calls_were_refused_and_whose_they_were(spoken):
    login = {"username": "nobody-here", "password": "not-the-password"}
    guest = spoken.call("POST", "/v1/auth/guest", key=None).json["data"]
    player, token = guest["player"]["id"], guest["accessToken"]
    from_afar = {"X-Forwarded-For": "203.0.113.5"}

    wrong = [spoken.call("POST", "/v1/auth/login", login, key=None, headers=from_afar) for _ in range(2)]
    refused = spoken.call("PUT", "/v1/admin/boards/mine", {}, key=token)

    first, second, other = (line_of(spoken, answer) for answer in (*wrong, refused))
    assert first["code"] == "invalid_credentials"
    assert first["network"] == second["network"]
    assert "nobody-here" not in json.dumps(first)
    assert (other["code"], other["caller"]) == (refused.json["code"], player)


def line_of(stack: Stack, answer: Answer) -> dict:
    """The line that a server logs of a request."""
    log, mark = stack.data_dir / "serve.log", f'"request":"{answer.headers["X-Request-Id"]}"'
    wait_until(lambda: mark in log.read_text(), why=stack.log)
    line = next(line for line in log.read_text().splitlines() if mark in line)
    return json.loads(line[line.index("{") :])
