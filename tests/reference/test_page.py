"""The page that shows the description of the API."""

from __future__ import annotations

import gzip
import json
import re

import pytest
from werkzeug.test import Client

from scoreboard.reference import page
from scoreboard.reference.samples import sample
from scoreboard.reference.types import Part, type_of

pytestmark = pytest.mark.one_database


@pytest.fixture
def document(client):
    return client.get("/openapi.json").json


def words(schema):
    return "".join(part.text for part in type_of(schema))


def test_every_call_every_shape_and_every_code_is_on_the_page(client, document):
    text = client.get("/docs/api").text

    operations = [one for path in document["paths"].values() for one in path.values()]
    ids = re.findall(r'<details class="call" id="(\w+)"', text)
    assert sorted(ids) == sorted(one["operationId"] for one in operations)
    assert set(re.findall(r'id="shape-(\w+)"', text)) == document["components"]["schemas"].keys()
    assert set(re.findall(r'href="#shape-(\w+)"', text)) <= document["components"]["schemas"].keys()
    assert "/problems/board-not-found" in text
    assert "script-src 'self'" in client.get("/docs/api").headers["Content-Security-Policy"]


def test_the_description_is_compressed_for_clients_that_accept_it(client):
    answer = client.get("/openapi.json")

    packed = Client(client.application).get("/openapi.json", headers={"Accept-Encoding": "gzip"})

    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == answer.data
    assert len(packed.data) < len(answer.data) / 5
    assert packed.headers["ETag"] == answer.headers["ETag"]


def test_a_call_has_its_callers_and_parameters(document):
    calls = {call.id: call for group in page.groups(document) for call in group.operations}

    submit = calls["submitScores"]
    assert (submit.method, submit.path) == ("POST", "/v1/boards/{board}/scores")
    assert submit.callers == ["server key with scores:write", "server key with scores:import"]
    assert [(one.name, one.where, one.required) for one in submit.parameters][:2] == [
        ("board", "path", True),
        ("Idempotency-Key", "header", False),
    ]
    assert submit.body == [Part("Batch", shape=True)]
    assert json.loads(submit.sample)["entries"][0]["player"] == "ada"
    assert calls["listBoards"].callers == []


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"type": "string", "maxLength": 3}, "string, at most 3 characters"),
        ({"type": "integer", "minimum": 0, "maximum": 9}, "integer, from 0, to 9"),
        (
            {"type": "array", "items": {"$ref": "#/components/schemas/Row"}, "maxItems": 2},
            "array of Row, at most 2",
        ),
        ({"anyOf": [{"type": "string", "format": "date-time"}, {"type": "null"}]}, "date-time or null"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "object with values integer"),
        ({"type": "string", "enum": ["asc", "desc"]}, "asc or desc"),
        ({"type": "string", "pattern": "^a$"}, "string, matching ^a$"),
        ({}, "any JSON"),
    ],
)
def test_types_are_described_in_words(schema, text):
    assert words(schema) == text


def test_every_sample_has_the_required_fields_of_its_shape(document):
    shapes = document["components"]["schemas"]
    for group in page.groups(document):
        for call in group.operations:
            if call.sample and call.body[0].shape:
                shape = shapes[call.body[0].text]
                assert set(shape.get("required", [])) <= json.loads(call.sample).keys(), call.id


def test_a_sample_of_each_kind():
    shapes = {"Row": {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}}

    assert sample(
        {"type": "array", "items": {"$ref": "#/components/schemas/Row"}, "minItems": 1}, shapes
    ) == [{"a": ""}]
    assert sample({"anyOf": [{"type": "integer", "minimum": 3}, {"type": "null"}]}, shapes) == 3
    assert sample({"type": "string", "enum": ["x", "y"]}, shapes) == "x"
    assert sample({"type": "boolean"}, shapes) is False
