"""The description of the API in the form in which its page shows it. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from scoreboard.reference.samples import sample
from scoreboard.reference.types import Part, type_of

Schema = dict[str, Any]
JSON = ("application/json", "text/event-stream")  # media types of answers with a schema


@dataclass(frozen=True, kw_only=True)
class Field:
    """A parameter, or a field of a shape."""

    name: str
    type: list[Part]
    required: bool
    about: str
    where: str = ""  # of a parameter: path, query or header
    example: str = ""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer with one status."""

    status: str
    type: list[Part]
    codes: list[str]  # of errors


@dataclass(frozen=True, kw_only=True)
class Operation:
    """A call."""

    id: str
    method: str
    path: str
    summary: str
    about: str
    callers: list[str]
    parameters: list[Field]
    body: list[Part]
    sample: str  # of a body, as JSON; "" if there is none
    answers: list[Answer]
    media: str  # of a successful answer


@dataclass(frozen=True, kw_only=True)
class Group:
    """The calls of one part of the API."""

    name: str
    about: str
    operations: list[Operation]


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A named shape of bodies and answers."""

    name: str
    about: str
    fields: list[Field]


def groups(document: Schema) -> list[Group]:
    """The calls by group, in the order of the document."""
    found = [
        (operation["tags"][0], _operation(method, path, operation, document))
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    ]
    return [
        Group(
            name=tag["name"],
            about=tag["description"],
            operations=[one for group, one in found if group == tag["name"]],
        )
        for tag in document["tags"]
    ]


def shapes(document: Schema) -> list[Shape]:
    """All named shapes, by name."""
    return [
        Shape(name=name, about=schema.get("description", ""), fields=list(_fields(schema)))
        for name, schema in sorted(document["components"]["schemas"].items())
    ]


def _operation(method: str, path: str, operation: Schema, document: Schema) -> Operation:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema")
    answers = [_answer(status, response) for status, response in operation["responses"].items()]
    return Operation(
        id=operation["operationId"],
        method=method.upper(),
        path=path,
        summary=operation["summary"],
        about=operation.get("description", ""),
        callers=[_caller(requirement) for requirement in operation["security"]],
        parameters=[_parameter(one) for one in operation.get("parameters", [])],
        body=type_of(body) if body else [],
        sample=_json(sample(body, document["components"]["schemas"])) if body else "",
        answers=answers,
        media=next(iter(_success(operation).get("content", {})), ""),
    )


def _success(operation: Schema) -> Schema:
    found: Schema = next(
        (response for status, response in operation["responses"].items() if status.startswith("2")), {}
    )
    return found


def _caller(requirement: Mapping[str, list[str]]) -> str:
    """One kind of caller that is allowed, such as "server key with scores:write"."""
    if not requirement:
        return "anyone"
    ((scheme, rights),) = requirement.items()
    caller = {"serverKey": "server key", "player": "player"}[scheme]
    return f"{caller} with {', '.join(rights)}" if rights else caller


def _parameter(parameter: Schema) -> Field:
    schema = parameter["schema"]
    example = parameter.get("example", next(iter(schema.get("examples", [])), ""))
    return Field(
        name=parameter["name"],
        type=type_of(schema),
        required=parameter.get("required", False),
        about=parameter.get("description", schema.get("description", "")),
        where=parameter["in"],
        example=str(example) if parameter["in"] == "path" else "",
    )


def _fields(schema: Schema) -> Iterator[Field]:
    required = schema.get("required", [])
    for name, one in schema.get("properties", {}).items():
        yield Field(name=name, type=type_of(one), required=name in required, about=one.get("description", ""))


def _answer(status: str, response: Schema) -> Answer:
    content = response.get("content", {})
    problem = content.get("application/problem+json", {}).get("schema")
    if problem:
        codes = problem["allOf"][1]["properties"]["code"]["enum"]
        return Answer(status=status, type=[], codes=codes)
    media: str = next(iter(content), "")
    if media in JSON:
        return Answer(status=status, type=_data(content[media]["schema"]), codes=[])
    return Answer(status=status, type=[Part(media)] if media else [], codes=[])


def _data(schema: Schema) -> list[Part]:
    """The type of an answer, or of its field `data` if it has one."""
    properties = schema.get("properties", {})
    return type_of(properties.get("data", schema))


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)
