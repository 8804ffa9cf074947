"""The limits of a completion's `result`: its bytes in the journal, and no control characters."""

from __future__ import annotations

import msgspec
import pytest

from scoreboard.actions.rules import nonce
from scoreboard.core.storage.db import rows
from tests.actions.play import define
from tests.boards.calls import refusal

TOO_LARGE = (400, "result_too_large")


@pytest.fixture
def database_url(sqlite_url):
    """Nothing here depends on the kind of the database."""
    return sqlite_url


def journal_bytes(parts):
    """The number of bytes of the newest completion's result in the journal, without its quotes."""
    text = "SELECT data FROM journal WHERE kind = 'action' ORDER BY seq DESC LIMIT 1"
    data = parts.base.database.run(lambda db: rows(db, text))[0][0]
    return len(msgspec.json.encode(msgspec.json.decode(data)["result"])) - 2


@pytest.mark.parametrize(
    ("text", "bytes"),
    [("a", 1), ('"', 2), ("\\", 2), ("ü", 2), ("€", 3), ("🎲", 4), ("/", 1), (" ", 1)],
    ids=["letter", "quote", "backslash", "two bytes", "three bytes", "four bytes", "slash", "space"],
)
def test_a_result_may_have_512_bytes_as_the_journal_keeps_them(ada, parts, text, bytes):
    most = 512 // bytes
    fits = ada.complete(ada.request(), result=text * most)

    assert fits.status_code == 200
    assert journal_bytes(parts) == most * bytes <= 512
    assert refusal(ada.complete(ada.request(), result=text * (most + 1))) == TOO_LARGE


@pytest.mark.parametrize("text", ["\0", "\x01", "\n", "\t", "\x1f", "\x7f", "\x80", "\x9f"], ids=repr)
def test_a_result_has_no_control_characters(ada, text):
    answer = ada.complete(ada.request(), result=f"a{text}b")

    assert refusal(answer) == (400, "invalid_proof")
    assert "control character" in answer.json["detail"]


def test_the_refusal_names_the_size_and_the_limit(ada, parts):
    define(parts, "note", resultBytes=10)

    answer = ada.complete(ada.request("note"), result='"' * 6)

    assert refusal(answer) == TOO_LARGE
    assert "10 bytes" in answer.json["detail"]
    assert "12" in answer.json["detail"]


def test_an_action_type_sets_the_number_of_bytes(ada, parts):
    define(parts, "none", resultBytes=0)
    define(parts, "many", resultBytes=4096)

    assert refusal(ada.complete(ada.request("none"), result="x")) == TOO_LARGE
    assert ada.complete(ada.request("none")).status_code == 200
    assert ada.complete(ada.request("many"), result="x" * 4096).status_code == 200
    assert refusal(ada.complete(ada.request("many"), result="x" * 4097)) == TOO_LARGE


def test_the_answer_with_a_token_has_the_number_of_bytes(ada, parts):
    define(parts, "many", resultBytes=700)

    assert ada.request("jump")["resultBytes"] == 512
    assert ada.request("many")["resultBytes"] == 700


def test_the_limit_of_a_token_stays_as_it_was_issued(ada, parts):
    define(parts, "many", resultBytes=700)
    issued_token = ada.request("many")
    define(parts, "many", resultBytes=10)

    assert ada.complete(issued_token, result="x" * 700).status_code == 200
    assert refusal(ada.complete(ada.request("many"), result="x" * 11)) == TOO_LARGE


def test_a_token_of_an_earlier_release_takes_4096_bytes(ada, parts):
    issued_token = ada.request()
    tokens = parts.actions.service.tokens
    fields = msgspec.msgpack.decode(msgspec.msgpack.encode(tokens.open(issued_token["actionToken"], ada.id)))
    token = tokens.seal(fields[:-1])  # a token of that release, without the last field
    issued_token |= {"actionToken": token, "challenge": issued_token["challenge"] | {"nonce": nonce(token)}}

    assert refusal(ada.complete(issued_token, result="x" * 4097)) == TOO_LARGE
    assert ada.complete(issued_token, result="x" * 4096).status_code == 200


def test_a_refused_result_leaves_the_token_valid(ada):
    issued_token = ada.request()

    assert refusal(ada.complete(issued_token, result="x" * 513)) == TOO_LARGE
    assert ada.complete(issued_token, result="x" * 512).status_code == 200


@pytest.mark.parametrize("value", [-1, 4097, 1.5, "512", None], ids=repr)
def test_result_bytes_are_a_whole_number_up_to_4096(client, value):
    body = {"boards": ["main"], "points": 1, "resultBytes": value}

    assert refusal(client.put("/v1/admin/action-types/odd", json=body)) == (400, "validation_failed")


def test_action_types_are_shown_with_their_result_bytes(client):
    body = {"boards": ["main"], "points": 1}

    created = client.put("/v1/admin/action-types/note", json=body).json["data"]
    changed = client.put("/v1/admin/action-types/note", json=body | {"resultBytes": 64}).json["data"]

    assert (created["resultBytes"], changed["resultBytes"]) == (512, 64)
    assert client.get("/v1/admin/action-types/note").json["data"] == changed
