"""Bodies of clients that can't omit a field, or that know more fields than this server."""

from __future__ import annotations

import re
from typing import Annotated, Any

import msgspec
import pytest

from scoreboard.core.errors import ValidationFailed
from scoreboard.core.http.bodies import convert, parse_json
from scoreboard.core.http.lenient import correct
from scoreboard.core.http.openapi import description_of
from scoreboard.core.http.preferences import HANDLING
from tests.actions.play import Player, define, proof
from tests.boards.calls import put, refusal

LENIENT = {"Prefer": "handling=lenient"}
# As JsonUtility writes a [Serializable] class of which only displayName was set.
UNITY_GUEST = b'{"displayName":"Uni","region":""}'
UNITY_ENTRY = (
    b'{"entries":[{"player":"uni","score":5,"displayName":"","region":"","occurredAt":"","operator":""}]}'
)


class Inner(msgspec.Struct, forbid_unknown_fields=True):
    name: str
    note: str | None = None


class Outer(msgspec.Struct, forbid_unknown_fields=True):
    inner: Inner | None = None
    many: list[Inner] = []
    free: dict[str, Any] = {}
    word: str = "default"
    number: int | None = None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"word": ""}, {}),
        ({"inner": {"name": "a", "note": ""}}, {"inner": {"name": "a"}}),
        ({"many": [{"name": "", "note": ""}]}, {"many": [{"name": ""}]}),
        ({"many": {}, "free": []}, {"many": [], "free": {}}),
        ({"free": {"kept": "", "too": []}}, {"free": {"kept": "", "too": []}}),
        ({"number": ""}, {"number": ""}),
        ({"inner": [], "new": 1}, {"inner": {}, "new": 1}),
        ([], {}),
        (["x"], ["x"]),
        (None, None),
    ],
    ids=str,
)
def test_only_values_that_mean_absence_are_removed(value, expected):
    assert correct(value, Outer) == expected


def test_unknown_fields_are_ignored_at_every_depth_if_requested():
    sent = {"new": 1, "inner": {"name": "a", "new": 2}, "many": [{"name": "b", "new": 3}], "free": {"new": 4}}

    assert correct(sent, Outer) == sent
    assert correct(sent, Outer, lenient=True) == {
        "inner": {"name": "a"},
        "many": [{"name": "b"}],
        "free": {"new": 4},
    }


@pytest.mark.parametrize(
    ("header", "lenient"),
    [
        ("handling=lenient", True),
        ('respond-async, Handling = "LENIENT"; x=1', True),
        ("handling=strict, handling=lenient", False),
        ("handling=lenients", False),
        ("nothandling=lenient", False),
        ("lenient", False),
        ("", False),
    ],
)
def test_a_preference_is_read_as_in_rfc_7240(client, header, lenient):
    answer = client.post("/v1/auth/guest", json={"new": 1}, headers={"Prefer": header})

    assert answer.status_code == (201 if lenient else 400)
    assert answer.headers.get("Preference-Applied") == ("handling=lenient" if lenient else None)


def test_a_long_header_takes_no_longer_to_be_read():
    assert HANDLING.search("handling" + " " * 8000 + "=" + ' "' * 4000) is None


def test_a_preference_holds_for_its_own_request_only(client):
    assert client.post("/v1/auth/guest", json={"new": 1}, headers=LENIENT).status_code == 201
    assert client.post("/v1/auth/guest", json={"new": 1}).status_code == 400


def post_raw(client, path, data):
    return client.post(path, data=data, content_type="application/json")


def test_guests_of_unity_and_of_an_empty_table_are_accepted(client):
    for body in (UNITY_GUEST, b"[]", b"{}"):
        answer = post_raw(client, "/v1/auth/guest", body)
        assert answer.status_code == 201, answer.text
        assert answer.json["data"]["player"]["region"] is None


def test_an_empty_name_changes_no_name(parts):
    ada = Player(parts)
    ada.http.patch("/v1/me", json={"displayName": "Ada"})

    answer = ada.http.patch("/v1/me", json={"displayName": "", "region": ""})

    assert answer.json["data"]["displayName"] == "Ada"


def test_entries_of_unity_lua_and_php_are_accepted(client):
    for body in (
        UNITY_ENTRY,
        b'{"entries":[{"player":"lua","score":5.0,"metadata":[],"columns":[]}]}',
        b'{"entries":[{"player":"two","score":1,"displayName":""}]}',
        b'{"entries":[{"player":"due","score":1,"occurredAt":""}]}',
    ):
        report = post_raw(client, "/v1/boards/main/scores", body).json["data"]
        assert (report["accepted"], report["rejected"]) == (1, [])


def test_an_empty_key_is_a_lost_key(client):
    body = {"entries": [{"player": "ada", "score": 1, "idempotencyKey": ""}]}

    (rejected,) = client.post("/v1/boards/main/scores", json=body, headers=LENIENT).json["data"]["rejected"]

    assert rejected["detail"] == "idempotencyKey: must be 1 to 128 printable ASCII characters"


def test_a_newer_client_of_a_server_is_understood_if_it_requests_that(client):
    body = {"client": "unity", "entries": [{"player": "ada", "score": 1, "mood": "good"}]}

    strict = client.post("/v1/boards/main/scores", json=body)
    lenient = client.post("/v1/boards/main/scores", json=body, headers=LENIENT)

    assert refusal(strict) == (400, "validation_failed")
    assert lenient.json["data"]["rejected"] == []
    assert lenient.headers["Preference-Applied"] == "handling=lenient"


def test_a_stored_answer_does_not_say_that_a_preference_was_applied(client):
    body = {"entries": [{"player": "ada", "score": 1, "mood": "good"}]}
    keyed = {"Idempotency-Key": "one"}
    first = client.post("/v1/boards/main/scores", json=body, headers=keyed)

    again = client.post("/v1/boards/main/scores", json=body, headers=keyed | LENIENT)

    assert len(first.json["data"]["rejected"]) == 1
    assert again.json == first.json
    assert "Preference-Applied" not in again.headers


def test_a_newer_client_can_play(parts):
    define(parts)
    ada = Player(parts)
    newer = {"headers": LENIENT}
    action = ada.http.post("/v1/actions/request", json={"actionType": "jump", "new": 1}, **newer)
    assert action.status_code == 200, action.text
    work = proof(action.json["data"])
    body = {"actionToken": action.json["data"]["actionToken"], "deviceId": "", "captcha": ""}

    strict = ada.http.post("/v1/actions/complete", json=body | {"proof": work | {"new": 1}})
    done = ada.http.post("/v1/actions/complete", json=body | {"proof": work | {"new": 1}}, **newer)

    assert refusal(strict)[1] == "invalid_proof"
    assert done.status_code == 200, done.text


def test_boards_are_defined_by_empty_tables_and_newer_servers(client):
    body = {"columns": {}, "windows": [], "operator": "", "unit": "", "new": {}}
    assert client.put("/v1/admin/boards/lua", json=body, headers=LENIENT).status_code == 201


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/auth/guest", {"region": "EU!"}),
        ("/v1/auth/register", {"username": "-", "password": "correct horse battery"}),
        ("/v1/boards/main/scores", {"entries": [{"player": "é", "score": 1}]}),
        ("/v1/boards/main/scores", {"entries": [{"player": "a", "score": 1, "occurredAt": "today"}]}),
    ],
)
def test_errors_are_worded(client, path, body):
    answer = client.post(path, json=body)

    assert "must be" in answer.text
    assert not re.search(r"regex|\\|\^|iso", answer.text)


def test_every_pattern_of_a_body_or_a_query_has_words(client):
    descriptions = [description_of(view) for view in client.application.view_functions.values()]
    shapes = {shape for one in descriptions if one for shape in (one.body, one.query, *one.names) if shape}
    assert shapes
    for shape in shapes:
        for expression in patterns(msgspec.json.schema(shape)):
            model = msgspec.defstruct("model", [("text", msgspec_text(expression))])
            with pytest.raises(ValidationFailed) as raised:
                convert({"text": "\n"}, model)
            assert raised.value.errors[0].message.startswith("must be "), expression


def msgspec_text(expression):
    return Annotated[str, msgspec.Meta(pattern=expression)]


def patterns(schema):
    if isinstance(schema, dict):
        yield from (one for name, one in schema.items() if name == "pattern" and isinstance(one, str))
    for one in schema.values() if isinstance(schema, dict) else schema if isinstance(schema, list) else ():
        yield from patterns(one)


@pytest.mark.parametrize(
    ("encoding", "words"),
    [
        ("utf-16", "it is UTF-16, send it as UTF-8"),
        ("utf-16-le", "it is UTF-16, send it as UTF-8"),
        ("utf-16-be", "it is UTF-16, send it as UTF-8"),
        ("utf-32", "it is UTF-32, send it as UTF-8"),
        ("latin-1", "it is not UTF-8"),
    ],
)
def test_a_body_of_another_encoding_is_named_as_such(client, encoding, words):
    answer = post_raw(client, "/v1/auth/guest", '{"displayName": "é"}'.encode(encoding))

    assert answer.json["detail"] == f"The body is not valid JSON: {words}."


def test_private_boards_are_not_shown_by_a_field_that_was_left_out(client):
    put(client, "secret", public=False)

    assert parse_json(b'{"public": ""}') == {"public": ""}
    assert refusal(client.put("/v1/admin/boards/secret", json={"public": ""})) == (400, "validation_failed")
