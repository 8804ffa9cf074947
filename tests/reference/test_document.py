"""The description has every route, and agrees with the answers."""

from __future__ import annotations

import ast
import re

import pytest

from scoreboard.app import create_app
from scoreboard.core import errors
from scoreboard.core.http.conventions import HTTP_CODES
from scoreboard.core.http.errorcodes import CODES
from scoreboard.core.http.openapi import description_of
from tests import contract
from tests.support import ROOT

pytestmark = pytest.mark.one_database


@pytest.fixture
def app(make_parts, sqlite_url):
    return create_app(make_parts(sqlite_url))


@pytest.fixture
def document(app):
    return app.test_client().get("/openapi.json").json


def api(app):
    """Every rule except those of files."""
    return [rule for rule in app.url_map.iter_rules() if rule.endpoint.rpartition(".")[2] != "static"]


def operations(document):
    return [operation for path in document["paths"].values() for operation in path.values()]


def test_every_route_is_in_it_and_no_other(app, document):
    routes = {
        (method.lower(), re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule))
        for rule in api(app)
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }

    assert {(method, path) for path, methods in document["paths"].items() for method in methods} == routes


def test_every_view_is_described(app):
    for rule in api(app):
        view = app.view_functions[rule.endpoint]
        assert description_of(view) is not None, f"{rule.endpoint} needs @described"
        assert view.__doc__, rule.endpoint


def test_the_document_is_openapi(document):
    # Its import compiles grammars, which takes seconds in each process that collects tests.
    from openapi_spec_validator import OpenAPIV31SpecValidator

    assert document["openapi"].startswith("3.1")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_every_shape_is_used_and_every_reference_has_a_target(document):
    text = str(document)
    references = set(re.findall(r"#/components/schemas/(\w+)", text))

    assert references == document["components"]["schemas"].keys()


def test_operations_have_names_of_their_own(document):
    names = [operation["operationId"] for operation in operations(document)]

    assert len(set(names)) == len(names)


def test_links_lead_from_an_answers_fields_to_the_body_that_takes_them(document):
    operations = {one["operationId"]: one for path in document["paths"].values() for one in path.values()}
    found = []
    for name, operation in operations.items():
        for answer in operation["responses"].values():
            for link in answer.get("links", {}).values():
                data = schema(answer)["properties"]["data"]
                body = schema(operations[link["operationId"]]["requestBody"])
                for field, expression in link["x-request-body"].items():
                    assert expression == f"$response.body#/data/{field}"
                    assert f"`{field}`" in link["description"]
                    assert field in properties(document, data)
                    assert field in properties(document, body)
                found.append((name, link["operationId"]))

    assert found == [("requestAction", "completeAction")]


def schema(part):
    return part["content"]["application/json"]["schema"]


def properties(document, schema):
    return document["components"]["schemas"][schema["$ref"].rpartition("/")[2]]["properties"]


def test_every_parameter_in_a_path_is_explained(document):
    for operation in operations(document):
        for parameter in operation.get("parameters", []):
            assert parameter.get("description") or parameter["in"] == "query", parameter


def test_problems_have_codes_with_their_status_and_meaning(document):
    for operation in operations(document):
        for status, response in operation["responses"].items():
            problem = response.get("content", {}).get("application/problem+json")
            if problem:
                for code in problem["schema"]["allOf"][1]["properties"]["code"]["enum"]:
                    assert CODES[code].status == int(status)
                    assert f"`{code}`" in response["description"]


def test_a_code_is_answered_with_the_status_that_its_paragraph_names():
    statuses = {error.code: error.status for error in classes(errors.ScoreboardError)}
    statuses |= {code: status for status, code in HTTP_CODES.items()}
    error_calls = {
        (keyword.value.value, getattr(errors, call.func.id).status)
        for source in (ROOT / "scoreboard").rglob("*.py")
        for call in ast.walk(ast.parse(source.read_text("utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and hasattr(errors, call.func.id)
        for keyword in call.keywords
        if keyword.arg == "code" and isinstance(keyword.value, ast.Constant)
    }

    for code, status in error_calls | set(statuses.items()):
        if CODES[code].status is not None:
            assert CODES[code].status == status, code


def test_patterns_are_those_of_json_schema(document):
    assert r"\Z" not in str(document)


def test_fields_with_defaults_are_optional_for_senders(document):
    for name, schema in document["components"]["schemas"].items():
        for field, one in schema.get("properties", {}).items():
            assert "default" not in one, f"{name}.{field}: generators demand it of senders"

    rules = document["components"]["schemas"]["Rules"]
    assert rules["required"] == ["boards", "points"]
    assert rules["properties"]["offline"]["description"] == "Default: `false`."


def test_the_most_frequent_bodies_are_typed_to_their_last_field(document):
    schemas = document["components"]["schemas"]

    assert schemas["Batch"]["properties"]["entries"]["items"] == {"$ref": "#/components/schemas/Entry"}
    assert schemas["Completion"]["properties"]["proof"] == {"$ref": "#/components/schemas/Proof"}


def test_frames_have_a_required_field_that_names_their_kind(document):
    stream = next(one for one in operations(document) if one["operationId"] == "stream")
    content = stream["responses"]["200"]["content"]["text/event-stream"]
    poll_frames = document["components"]["schemas"]["Polled"]["properties"]["frames"]["items"]

    assert content["schema"]["discriminator"]["propertyName"] == "t"
    assert [one["$ref"] for one in content["x-events"].values()] == [
        one["$ref"] for one in content["schema"]["anyOf"]
    ]
    for one in (*content["schema"]["anyOf"], *poll_frames["anyOf"]):
        schema = document["components"]["schemas"][one["$ref"].rpartition("/")[2]]
        assert schema["required"][0] == "t"
        assert schema["properties"]["t"]["type"] == "string"


def test_the_document_avoids_keywords_that_tools_refuse(document):
    found = list(schemas_in(document))

    assert [one for one in found if one.get("items") is False] == []
    assert [one for one in found if one.get("type") == "array" and "items" not in one] == []
    assert [one for one in found if isinstance(one.get("enum"), list) and "type" not in one] == []
    assert [one for one in found if "const" in one] == []
    assert [one["security"] for one in operations(document) if one["security"] == [{}]] == []
    for operation in operations(document):
        for response in operation["responses"].values():
            for link in response.get("links", {}).values():
                assert "requestBody" not in link


def test_bodies_can_be_read_leniently(document):
    for operation in operations(document):
        headers = [one["name"] for one in operation.get("parameters", []) if one["in"] == "header"]
        assert ("Prefer" in headers) == ("requestBody" in operation), operation["operationId"]


def schemas_in(value):
    """Every object of the document."""
    if isinstance(value, dict):
        yield value
    for one in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from schemas_in(one)


def test_the_document_can_be_cached_and_revalidated(client):
    first = client.get("/openapi.json")
    again = client.get("/openapi.json", headers={"If-None-Match": first.headers["ETag"]})

    assert (first.status_code, again.status_code, again.data) == (200, 304, b"")


def test_behind_a_prefix_it_names_the_prefix(client):
    at_root = client.get("/openapi.json").json
    below = client.get("/openapi.json", environ_overrides={"SCRIPT_NAME": "/games"}).json

    assert at_root["servers"] == [{"url": "/"}]
    assert below["servers"] == [{"url": "/games"}]


def test_behind_a_prefix_the_viewer_finds_its_files(client):
    page = client.get("/docs/api", environ_overrides={"SCRIPT_NAME": "/games"}).text

    assert all(
        path.startswith("/games/") for path in re.findall(r'(?:href|src|data-description)="([^"#]+)"', page)
    )


def classes(base):
    yield base
    for subclass in base.__subclasses__():
        yield from classes(subclass)


def test_an_answer_that_differs_from_its_description_fails(client):
    response = client.get("/v1/boards")
    operation = contract.operations()["showBoard"]

    with pytest.raises(AssertionError, match="showBoard 200 is not as described"):
        contract.check_answer(operation, response)


def test_calls_of_players_need_a_session_and_those_of_servers_a_key(document):
    def callers(name):
        found = next(one for one in operations(document) if one["operationId"] == name)
        return [next(iter(one), "anyone") for one in found["security"] or [{}]]

    assert callers("completeAction") == ["player"]
    assert callers("submitScores") == ["serverKey", "serverKey"]  # either of two scopes
    assert callers("createGuest") == ["anyone"]
    assert callers("defineActionType") == ["serverKey", "player"]
