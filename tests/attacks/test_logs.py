"""The log contains neither addresses nor secrets of callers."""

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
def logged_stack(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """A server of its own, whose whole log is read. At DEBUG libraries could log requests."""
    environment = {"TRUSTED_PROXY_HOPS": "1", "LOG_LEVEL": request.param, "LIMIT_GUEST": "3/minute"}
    stack = Stack(tmp_path_factory.mktemp("logged") / "data", environment)
    stack.start()
    yield stack
    stack.end()


def send(stack: Stack, method: str, path: str, *lines: str, body: bytes = b"") -> bytes:
    """Send a raw request from an address of the internet. Returns the beginning of the answer."""
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


def test_neither_addresses_nor_secrets_are_in_the_log(logged_stack):
    for path in PATHS:
        for lines in (
            (),
            (f"Authorization: Bearer {TICKET}", f"Origin: https://{TICKET}", "Cookie: a=" + TICKET),
        ):
            for method in ("GET", "POST", "DELETE"):
                send(logged_stack, method, path, *lines)
    login = json.dumps({"username": "nobody", "password": TICKET}).encode()
    for _ in range(15):
        send(logged_stack, "POST", "/v1/auth/login", "Content-Type: application/json", body=login)
        send(logged_stack, "POST", "/v1/auth/guest", f"X-Forwarded-For: {ADDRESS6}, {ADDRESS}")
    refresh = json.dumps({"refreshToken": TICKET}).encode()
    send(logged_stack, "POST", "/v1/auth/refresh", "Content-Type: application/json", body=refresh)
    send(logged_stack, "GET", "/v1/boards", "X-Request-Id: the-last-one")
    log = logged_stack.data_dir / "serve.log"
    wait_until(lambda: "the-last-one" in log.read_text(), seconds=10, why=logged_stack.log)
    text = log.read_text()

    assert '"path":"/v1/stream"' in text
    for secret in (ADDRESS, ADDRESS.rpartition(".")[0], ADDRESS6, "2001:db8:abcd", TICKET):
        assert [line for line in text.splitlines() if secret in line] == []


def test_the_log_has_refused_calls_with_code_and_caller(logged_stack):
    login = {"username": "nobody-here", "password": "not-the-password"}
    guest = logged_stack.call("POST", "/v1/auth/guest", key=None).json["data"]
    player, token = guest["player"]["id"], guest["accessToken"]
    from_afar = {"X-Forwarded-For": "203.0.113.5"}

    wrong = [
        logged_stack.call("POST", "/v1/auth/login", login, key=None, headers=from_afar) for _ in range(2)
    ]
    refused = logged_stack.call("PUT", "/v1/admin/boards/mine", {}, key=token)

    first, second, other = (line_of(logged_stack, answer) for answer in (*wrong, refused))
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
