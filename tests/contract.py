"""Compares the answers of all tests with the description of the API."""

from __future__ import annotations

import functools
import re
from typing import Any

import jsonschema_rs
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import HTTPException
from werkzeug.test import TestResponse

from config.settings import Settings
from scoreboard.app import create_app
from scoreboard.core.http import basepath
from scoreboard.parts import Parts, build
from tests.support import KEY

Schema = dict[str, Any]


def app_of(parts: Parts) -> Flask:
    """The application over these parts, made once: it costs 13 ms, and a test has several clients."""
    own = vars(parts)  # so that it is forgotten with them
    if "application" not in own:
        own["application"] = create_app(parts)
    return own["application"]


def client_of(parts: Parts) -> ContractClient:
    """A client of the application over these parts, as a server that holds a key."""
    client = ContractClient(app_of(parts))
    client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {KEY}"
    return client


class ContractClient(FlaskClient):
    """A client that fails if an answer differs from the description of its route."""

    def open(self, *args: Any, **kwargs: Any) -> TestResponse:
        response = super().open(*args, **kwargs)
        read = response.request.method in ("GET", "HEAD")
        assert "Cache-Control" in response.headers or not read, f"caches may keep {response.request.path}"
        operation = self._operation(response)
        if operation is not None:
            check_answer(operation, response)
        return response

    def _operation(self, response: TestResponse) -> Schema | None:
        """The description of the route that answered; None if no route did."""
        environ = dict(response.request.environ)
        below = self.application.extensions["parts"].base.settings.below
        if below:
            basepath.enter(environ, below)
        if basepath.OUTSIDE in environ:
            return None
        try:
            rule, _ = self.application.url_map.bind_to_environ(environ).match(return_rule=True)
        except HTTPException:
            return None
        path = re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", rule.rule)
        return document()["paths"].get(path, {}).get(environ["REQUEST_METHOD"].lower())


def check_answer(operation: Schema, response: TestResponse) -> None:
    """Fail if an answer has a status, header, type or shape that is not described."""
    name, status = operation["operationId"], str(response.status_code)
    assert status in operation["responses"], (
        f"{name} is not described to answer {status}: {response.text[:500]}"
    )

    described = operation["responses"][status]
    for header in described["headers"]:
        if document()["components"]["headers"][header]["required"]:
            assert header in response.headers, f"{name} {status} lacks {header}"

    content, mimetype = described.get("content", {}), response.mimetype or ""
    # An empty answer needs no type, but Flask gives a 304 one.
    assert mimetype in content or not content, f"{name} {status} is {mimetype}"
    if mimetype in content and mimetype.endswith("json"):
        error = next(validator(name, status, mimetype).iter_errors(response.json), None)
        assert error is None, f"{name} {status} is not as described: {error}"


def check_frame(frame: Any) -> None:
    """Fail if a frame of the stream differs from its description."""
    error = next(frame_validator(frame["t"]).iter_errors(frame), None)
    assert error is None, f"{frame['t']} is not as described: {error}"


@functools.cache
def document() -> Schema:
    """The description, as every application of this version serves it."""
    parts = build(Settings(secret_key="x" * 32))
    try:
        return create_app(parts).test_client().get("/openapi.json").json
    finally:
        parts.close()


@functools.cache
def validator(name: str, status: str, mimetype: str) -> Any:
    """The validator for answers of one operation."""
    return strict(operations()[name]["responses"][status]["content"][mimetype]["schema"])


@functools.cache
def frame_validator(name: str) -> Any:
    """The validator for frames of one type."""
    streamed = operations()["stream"]["responses"]["200"]["content"]["text/event-stream"]
    return strict(streamed["x-events"][name])


def strict(schema: Schema) -> Any:
    """A validator for a schema that also refuses other members."""
    full = without_more(schema) | {
        "components": {"schemas": without_more(document()["components"]["schemas"])}
    }
    return jsonschema_rs.Draft202012Validator(full, validate_formats=True)


@functools.cache
def operations() -> dict[str, Schema]:
    """Every operation by its id."""
    return {
        operation["operationId"]: operation
        for path in document()["paths"].values()
        for operation in path.values()
    }


def without_more(schema: Any) -> Any:
    """The schema without further members. Clients must accept them, but here all are described."""
    if isinstance(schema, list):
        return [without_more(one) for one in schema]
    if not isinstance(schema, dict):
        return schema
    copy = {name: without_more(one) for name, one in schema.items()}
    if schema.get("type") == "object" and isinstance(schema.get("properties"), dict):
        copy.setdefault("additionalProperties", False)
    return copy
