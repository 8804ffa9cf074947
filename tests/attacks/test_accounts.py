"""Guessed passwords, stolen passwords and tokens, and attempts to lock out the owner of an account."""

from __future__ import annotations

import secrets
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.sockets import Raw, close_all
from tests.support import wait_until

WRONG = "a guessed one"


@pytest.fixture(autouse=True)
def close_connections():
    yield
    close_all()


@pytest.fixture
def call(server):
    """Calls the API from an address, with an access token or without credentials."""

    def call(method, path, body=None, *, token=None, address="203.0.113.9"):
        return server.call(method, path, body, key=token, headers={"X-Forwarded-For": address})

    return call


@pytest.fixture
def ada(call):
    """The credentials of a new player, and the answer to the registration."""
    credentials = {"username": f"ada{secrets.token_hex(6)}", "password": secrets.token_hex(12)}
    return credentials, call("POST", "/v1/auth/register", credentials).json["data"]


def open_stream(server, call, token):
    """An open stream with a ticket of this session."""
    ticket = call("POST", "/v1/stream/ticket", token=token).json["data"]["ticket"]
    stream = Raw(server.port).send(f"/v1/stream?ticket={ticket}", X_Forwarded_For="203.0.113.9")
    stream.until(b"event: snapshot")
    return stream


def is_refused(call, session):
    """True if both tokens of a session are refused, by every process."""
    access = [call("GET", "/v1/me", token=session["accessToken"]).status for _ in range(6)]
    refresh = call("POST", "/v1/auth/refresh", {"refreshToken": session["refreshToken"]}).status
    return {*access, refresh} == {401}


def test_wrong_passwords_from_one_address_do_not_lock_out_others(call, ada):
    credentials, _ = ada
    guess = credentials | {"password": WRONG}
    statuses = [call("POST", "/v1/auth/login", guess, address="198.51.100.7").status for _ in range(12)]

    assert statuses == [401] * 10 + [429] * 2
    assert call("POST", "/v1/auth/login", credentials).status == 200


def test_wrong_passwords_from_many_addresses_do_not_lock_out_the_owner(call, ada):
    credentials, _ = ada
    guess = credentials | {"password": WRONG}

    def code_of_guess(number):
        return call("POST", "/v1/auth/login", guess, address=f"10.{number // 200}.{number % 200}.1").json[
            "code"
        ]

    with ThreadPoolExecutor(8) as pool:
        codes = list(pool.map(code_of_guess, range(200)))

    # The minute may end in between, and on a busy machine all slots may be taken.
    assert codes.count("proof_of_work_needed") > 0
    assert set(codes) <= {"invalid_credentials", "proof_of_work_needed", "overloaded"}
    assert call("POST", "/v1/auth/login", credentials).status == 200


def test_copied_tokens_of_a_guest_are_refused_once_it_has_a_password(server, call):
    guest = call("POST", "/v1/auth/guest", {}).json["data"]
    stream = open_stream(server, call, guest["accessToken"])
    name = {"username": f"bob{secrets.token_hex(6)}", "password": secrets.token_hex(12)}

    upgraded = call("POST", "/v1/auth/upgrade", name, token=guest["accessToken"]).json["data"]

    wait_until(lambda: is_refused(call, guest), seconds=8)
    assert b'"code":301' in stream.until(b"event: bye") + stream.rest()
    assert call("GET", "/v1/me", token=upgraded["accessToken"]).json["data"]["id"] == guest["player"]["id"]
    renewed = call("POST", "/v1/auth/refresh", {"refreshToken": upgraded["refreshToken"]})
    assert renewed.json["data"]["player"]["id"] == guest["player"]["id"]


def test_sessions_of_a_stolen_password_end_once_it_is_changed(server, call, ada):
    credentials, mine = ada
    stolen = call("POST", "/v1/auth/login", credentials, address="203.0.113.50").json["data"]
    stream = open_stream(server, call, stolen["accessToken"])
    change = {"currentPassword": credentials["password"], "newPassword": secrets.token_hex(12)}

    assert call("POST", "/v1/me/password", change, token=mine["accessToken"]).status == 204

    wait_until(lambda: is_refused(call, stolen), seconds=8)
    assert b'"code":402' in stream.until(b"event: bye") + stream.rest()
    assert call("POST", "/v1/auth/login", credentials).json["code"] == "invalid_credentials"
    assert {call("GET", "/v1/me", token=mine["accessToken"]).status for _ in range(6)} == {200}


def test_a_session_that_the_player_ended_is_refused(call, ada):
    credentials, mine = ada
    stolen = call("POST", "/v1/auth/login", credentials).json["data"]
    listed = call("GET", "/v1/me/sessions", token=mine["accessToken"]).json["data"]
    other = next(one["id"] for one in listed if not one["current"])

    assert call("DELETE", f"/v1/me/sessions/{other}", token=mine["accessToken"]).status == 204

    wait_until(lambda: is_refused(call, stolen), seconds=8)


def test_players_cannot_end_the_sessions_of_others(call, ada):
    _, mine = ada
    thief = call("POST", "/v1/auth/guest", {}).json["data"]
    (listed,) = call("GET", "/v1/me/sessions", token=mine["accessToken"]).json["data"]

    assert call("DELETE", f"/v1/me/sessions/{listed['id']}", token=thief["accessToken"]).status == 404
    assert call("DELETE", "/v1/me/sessions", token=thief["accessToken"]).status == 204

    assert call("GET", "/v1/me", token=mine["accessToken"]).status == 200
