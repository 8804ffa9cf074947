"""The OpenAPI document, made from the descriptions of routes. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from scoreboard.core.http.openapi import Description
from scoreboard.reference import components
from scoreboard.reference.components import Page, Problem
from scoreboard.reference.operation import Route, operation
from scoreboard.reference.shapes import Schema, Shapes

ABOUT = """\
Bodies and answers are JSON. Success is `{"data": …}`, with `page` beside it for lists. Every failure is
`application/problem+json`: act on its `code`. Times are RFC 3339 in UTC. Scores are whole numbers within
±(2^53-1). Writes that take `Idempotency-Key` may be sent again without counting twice."""


def document(routes: Iterable[Route], groups: dict[str, str], *, version: str) -> Schema:
    """The whole document. `groups` has a description of each group of routes."""
    routes = list(routes)
    shapes = Shapes(
        requests=[
            shape for route in routes for shape in (route.description.body, *route.description.names) if shape
        ],
        answers=[Page, Problem, *(shape for route in routes for shape in _answer_shapes(route.description))],
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
        "tags": [
            {"name": name, "description": text}
            for name, text in groups.items()
            if any(route.group == name for route in routes)
        ],
        "paths": paths,
        "components": {
            "schemas": shapes.components,
            "headers": {name: components.header(name) for name in components.HEADERS},
            "securitySchemes": _schemes(paths),
        },
    }


def _schemes(paths: dict[str, Schema]) -> Schema:
    names = {
        name
        for path in paths.values()
        for operation in path.values()
        for requirement in operation["security"]
        for name in requirement
    }
    return {name: scheme for name, scheme in components.SCHEMES.items() if name in names}


def _answer_shapes(description: Description) -> list[Any]:
    return [shape for shape in (description.answer, *description.events) if shape]
