"""The OpenAPI document, made of what routes say of themselves. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scoreboard.core.openapi import Description
from scoreboard.reference import components
from scoreboard.reference.components import Page, Problem
from scoreboard.reference.operation import Route, operation
from scoreboard.reference.shapes import Schema, Shapes

ABOUT = """\
Bodies and answers are JSON. Success is `{"data": …}`, with `page` beside it for lists. Every failure is
`application/problem+json`: act on its `code`. Times are RFC 3339 in UTC. Scores are whole numbers within
±(2^53-1). Writes that take `Idempotency-Key` may be sent again without counting twice."""


def document(routes: Iterable[Route], groups: dict[str, str], *, version: str) -> Schema:
    """The whole document. `groups` says what each group of routes is about."""
    routes = list(routes)
    shapes = Shapes(
        taken=[shape for route in routes for shape in (route.says.body, *route.says.names) if shape],
        answered=[Page, Problem, *(shape for route in routes for shape in _answered(route.says))],
    )
    paths: dict[str, Schema] = {}
    for route in routes:
        paths.setdefault(route.path, {})[route.method.lower()] = operation(route, shapes)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Scoreboard",
            "version": version,
            "description": ABOUT,
            "license": {"name": "MIT", "identifier": "MIT"},
        },
        "tags": [{"name": name, "description": text} for name, text in groups.items()],
        "paths": paths,
        "components": {
            "schemas": shapes.components,
            "headers": {name: components.header(name) for name in components.HEADERS},
            "securitySchemes": _schemes(paths),
        },
    }


def _schemes(paths: dict[str, Schema]) -> Schema:
    asked = {
        name
        for path in paths.values()
        for operation in path.values()
        for way in operation["security"]
        for name in way
    }
    return {name: scheme for name, scheme in components.SCHEMES.items() if name in asked}


def _answered(says: Description) -> list[Any]:
    return [shape for shape in (says.answer, *says.events) if shape]
<<<<<<< HEAD


def _operation(route: Route, shapes: Shapes) -> Schema:
    summary, _, details = (inspect.getdoc(route.view) or "").partition("\n")
    first, *others = route.name.split("_")
    found: Schema = {
        "operationId": first + "".join(word.capitalize() for word in others),
        "tags": [route.group],
        "summary": summary,
        "description": details.strip(),
        "parameters": _parameters(route, shapes),
        "responses": _successes(route, shapes) | _refusals(route),
        "security": [components.requirement(caller) for caller in route.says.security or ("anyone",)],
    }
    if route.says.body:
        content = {"application/json": {"schema": shapes.schema(route.says.body)}}
        found["requestBody"] = {"required": not route.says.optional, "content": content}
    return {name: value for name, value in found.items() if value or name == "security"}


def _parameters(route: Route, shapes: Shapes) -> list[Schema]:
    found = []
    for name in route.places:
        shape, about = components.place(name)
        found.append({"name": name, "in": "path", "required": True, **about, "schema": shapes.schema(shape)})
    if route.says.query:
        found += parameters(route.says.query)
    read = route.says.gets + ("Idempotency-Key",) * route.says.once + ("If-None-Match",) * route.says.tagged
    return found + [components.sent_header(name) for name in read]


def _successes(route: Route, shapes: Shapes) -> Schema:
    says = route.says
    headers = _headers(
        *says.sends,
        *(("ETag",) if says.tagged else ()),
        *(("Idempotency-Replayed",) if says.once else ()),
        *(("RateLimit-Policy", "RateLimit") if says.limited else ()),
    )
    content = {"content": _content(says, shapes)} if _content(says, shapes) else {}
    found = {
        str(status): {"description": HTTPStatus(status).phrase, "headers": headers} | content
        for status in says.status or (200,)
    }
    if says.tagged:
        found["304"] = {"description": "What you have is what there is.", "headers": headers}
    return found


def _content(says: Description, shapes: Shapes) -> Schema:
    if says.html:
        return {"text/html": {"schema": {"type": "string"}}}
    if says.text:
        return {"text/plain": {"schema": {"type": "string"}}}
    if says.events:
        events = {str(event.__struct_config__.tag): shapes.schema(event) for event in says.events}
        return {"text/event-stream": {"schema": components.event(events), "x-events": events}}
    if not says.answer:
        return {}
    schema = shapes.schema(says.answer)
    if not says.bare:
        properties = {"data": schema} | ({"page": shapes.schema(Page)} if says.paged else {})
        schema = {"type": "object", "properties": properties, "required": list(properties)}
    return {"application/json": {"schema": schema}}


def _refusals(route: Route) -> Schema:
    by_status: dict[int, list[str]] = {}
    for code in route.codes:
        status = CODES[code].status
        assert status is not None, f"{code} is never an answer's own code"
        by_status.setdefault(status, []).append(code)
    return {
        str(status): _refusal(status, codes, html=route.says.html, limited=route.says.limited)
        for status, codes in sorted(by_status.items())
        if status not in route.says.status
    }


def _refusal(status: int, codes: list[str], *, html: bool, limited: bool) -> Schema:
    extra = {401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}.get(status, ())
    limits = ("RateLimit-Policy", "RateLimit") if limited else ()
    narrowed = {"properties": {"code": {"enum": codes}, "status": {"const": status}}}
    schema = {"allOf": [{"$ref": "#/components/schemas/Problem"}, narrowed]}
    content: Schema = {"application/problem+json": {"schema": schema}}
    return {
        "description": "\n".join(f"- `{code}`: {CODES[code].meaning}" for code in codes),
        "headers": _headers(*extra, *limits),
        "content": content | ({"text/html": {"schema": {"type": "string"}}} if html else {}),
    }


def _headers(*names: str) -> Schema:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (*names, "X-Request-Id")}
=======
>>>>>>> main
