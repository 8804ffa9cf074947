"""Every operation, also a new one, refuses invalid calls as its description says."""

from __future__ import annotations

import pytest

from scoreboard.accounts.rules import SCOPES
from tests import contract
from tests.boards.calls import refusal

PATH_VALUES = {"board": "main", "player": "ada"}
BODY_BYTES = 1024 * 1024 + 1


def calls(*, where):
    """Method and path of every operation of which `where` is true, with a value for each parameter."""
    for path, methods in contract.document()["paths"].items():
        for method, operation in methods.items():
            if where(operation):
                places = [one["name"] for one in operation.get("parameters", []) if one["in"] == "path"]
                yield method, path.format(**{name: PATH_VALUES.get(name, "x") for name in places})


def by_key(operation, *, not_with=None):
    """True if server keys may call it, except with the key scope `not_with`."""
    scopes = [scope for way in operation["security"] for scope in way.get("serverKey", [])]
    return any("serverKey" in way for way in operation["security"]) and not_with not in scopes


def needs_credentials(operation):
    return bool(operation["security"]) and {} not in operation["security"]


def takes_a_body(operation):
    return "requestBody" in operation


def send(client, method, path, **options):
    return client.open(path, method=method.upper(), **options)


@pytest.mark.one_database
@pytest.mark.parametrize("header", ["", "Bearer wrong", "Basic YTpi", "Bearer " + "x" * 600])
def test_calls_without_valid_credentials_are_refused(client, header):
    found = list(calls(where=needs_credentials))

    assert found
    for method, path in found:
        answer = send(client, method, path, json={}, headers={"Authorization": header})
        assert refusal(answer)[0] == 401, path
        assert answer.headers["WWW-Authenticate"]


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("body", "mimetype", "status", "code"),
    [
        (b"{}", "text/plain", 415, "unsupported_media_type"),
        (b"{", "application/json", 400, "malformed_json"),
        (b'{"a": 1, "a": 2}', "application/json", 400, "malformed_json"),
        (b'"' + b"x" * BODY_BYTES + b'"', "application/json", 413, "body_too_large"),
        (b'{"unknownToAll": 1}', "application/json", 400, "validation_failed"),
        (b"[1]", "application/json", 400, "validation_failed"),
        (b"null", "application/json", 400, "validation_failed"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_an_invalid_body_is_refused(client, body, mimetype, status, code):
    found = list(calls(where=lambda operation: takes_a_body(operation) and by_key(operation)))

    assert found
    for method, path in found:
        answer = send(client, method, path, data=body, content_type=mimetype)
        assert refusal(answer) == (status, code), path


@pytest.mark.one_database
@pytest.mark.parametrize("scope", SCOPES)
def test_a_key_without_the_scope_is_refused(client, parts, scope):
    _, secret = parts.accounts.keys.create("narrow", [scope])
    found = calls(where=lambda operation: needs_credentials(operation) and by_key(operation, not_with=scope))

    for method, path in found:
        answer = send(client, method, path, json={}, headers={"Authorization": f"Bearer {secret}"})
        assert refusal(answer) == (403, "insufficient_scope"), path


@pytest.mark.one_database
def test_an_invalid_idempotency_key_is_refused(client):
    def takes_the_header(operation):
        names = [one["name"] for one in operation.get("parameters", [])]
        return "Idempotency-Key" in names and by_key(operation)

    found = list(calls(where=takes_the_header))

    assert found
    for method, path in found:
        headers = {"Idempotency-Key": "x" * 129}
        answer = send(
            client, method, path, json={"entries": [{}]} if "scores" in path else {}, headers=headers
        )
        assert refusal(answer) == (400, "validation_failed"), path


@pytest.mark.parametrize("text", ["%00", "%FF%FE", "%E2%80%AE", "..%2F", "x" * 500, "%F0%9F%8F%86", "%7F"])
def test_strange_texts_in_paths_get_answers_that_are_described(client, text):
    for path, methods in contract.document()["paths"].items():
        for method, operation in methods.items():
            places = [one["name"] for one in operation.get("parameters", []) if one["in"] == "path"]
            if places:
                strange = path.format(**dict.fromkeys(places, text))
                answer = send(client, method, strange, json={})  # the client compares it with its description
                assert 400 <= answer.status_code < 500, strange


@pytest.mark.one_database
def test_an_unknown_method_is_refused_with_the_allowed_ones(client):
    for path in contract.document()["paths"]:
        answer = client.open(path.replace("{", "").replace("}", ""), method="PROPFIND")
        assert refusal(answer) == (405, "method_not_allowed")
        assert answer.headers["Allow"]
