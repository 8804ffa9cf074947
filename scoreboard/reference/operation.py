"""One operation of the document: a route's parameters, body, answers and refusals. Pure."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Union

from msgspec import Struct

from scoreboard.core.http.basepath import MONITORED
from scoreboard.core.http.errorcodes import CODES
from scoreboard.core.http.methods import READS
from scoreboard.core.http.openapi import Description, Lead
from scoreboard.reference import components
from scoreboard.reference.components import Page
from scoreboard.reference.shapes import Schema, Shapes, parameters

VARIABLE = re.compile(r"<(?:\w+:)?(\w+)>")
HTML = {"text/html": {"schema": {"type": "string"}}}
LIMITS = ("RateLimit-Policy", "RateLimit")
STATUS_HEADERS = {401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}


@dataclass(frozen=True, kw_only=True)
class Route:
    """A method of a path, and its view."""

    method: str
    rule: str  # in Flask's notation
    group: str
    name: str
    view: Callable[..., Any]
    description: Description

    @property
    def path(self) -> str:
        """The path in OpenAPI's notation."""
        return VARIABLE.sub(r"{\1}", self.rule)

    @property
    def path_parameters(self) -> list[str]:
        """Names of the parameters in the path."""
        return VARIABLE.findall(self.rule)

    @property
    def codes(self) -> list[str]:
        """Every error code that it may answer with: those that it names, and those that its input implies."""
        description = self.description
        conditions = {
            "validation_failed": description.body
            or description.once
            or (description.query and not description.html and not description.media),
            "malformed_json": description.body,
            "body_too_large": description.body,
            "unsupported_media_type": description.body,
            "unsupported_content_encoding": description.body,
            "request_timeout": description.body,
            "idempotency_key_reused": description.once,
            "rate_limited": description.limited,
            "not_found": self.path_parameters,  # an id with a slash in it matches no route
            "cross_site_request": self.method not in READS,
            "untrusted_host": self.rule not in MONITORED,
            "internal_error": True,
        }
        return sorted({*description.problems, *(code for code, applies in conditions.items() if applies)})


def operation(route: Route, shapes: Shapes) -> Schema:
    """A route as an OpenAPI operation."""
    summary, _, details = (inspect.getdoc(route.view) or "").partition("\n")
    first, *others = route.name.split("_")
    found: Schema = {
        "operationId": first + "".join(word.capitalize() for word in others),
        "tags": [route.group],
        "summary": summary,
        "description": details.strip(),
        "parameters": _parameters(route, shapes),
        "responses": dict(sorted((_refusals(route) | _successes(route, shapes)).items())),
        "security": components.requirements(route.description.security),
    }
    if route.description.body:
        content = {"application/json": {"schema": shapes.schema(route.description.body)}}
        found["requestBody"] = {"required": not route.description.optional, "content": content}
    return {name: value for name, value in found.items() if value or name == "security"}


def _parameters(route: Route, shapes: Shapes) -> list[Schema]:
    found = []
    for name in route.path_parameters:
        shape, about = components.path_parameter(name)
        found.append({"name": name, "in": "path", "required": True, **about, "schema": shapes.schema(shape)})
    if route.description.query:
        found += parameters(route.description.query)
    read = (
        *route.description.gets,
        *("Idempotency-Key",) * route.description.once,
        *("If-None-Match",) * route.description.tagged,
        *("Prefer",) * bool(route.description.body),
    )
    return found + [components.sent_header(name) for name in read]


def _successes(route: Route, shapes: Shapes) -> Schema:
    description = route.description
    headers = _headers(
        *description.sends,
        *("ETag",) * description.tagged,
        *("Idempotency-Replayed",) * description.once,
        *("Preference-Applied",) * bool(description.body),
        *LIMITS * description.limited,
    )
    content = _content(description, shapes)
    links = {lead.operation: _link(lead) for lead in description.leads}
    found: Schema = {
        str(status): {"description": HTTPStatus(status).phrase, "headers": headers}
        | ({"content": content} if content and status != 204 else {})
        | ({"links": links} if links else {})
        for status in description.status or (200,)
    }
    if description.tagged:
        found["304"] = {"description": "Your copy is still current.", "headers": headers}
    return found


def _link(lead: Lead) -> Schema:
    # `requestBody` would be right, but openapi-generator refuses a document with one in a link.
    body = {field: f"$response.body#/data/{field}" for field in lead.sends}
    names = ", ".join(f"`{field}`" for field in lead.sends)
    about = f"Its body takes {names} from this answer."
    return {"operationId": lead.operation, "description": about, "x-request-body": body}


def _content(description: Description, shapes: Shapes) -> Schema:
    if description.html:
        return HTML
    if description.media:
        return {description.media: {"schema": {"type": "string"}}}
    if description.text:
        return {"text/plain": {"schema": {"type": "string"}}}
    if description.events:
        return {"text/event-stream": _events(description.events, shapes)}
    if not description.answer:
        return {}
    schema = shapes.schema(description.answer)
    if not description.bare:
        properties = {"data": schema} | ({"page": shapes.schema(Page)} if description.paged else {})
        schema = {"type": "object", "properties": properties, "required": list(properties)}
    return {"application/json": {"schema": schema}}


def _events(frames: tuple[type[Struct], ...], shapes: Shapes) -> Schema:
    # OpenAPI 3.1 cannot describe events. Tools that read streams take the schema as that of `data`.
    about = "The `data` of each event, as JSON. Its `event` equals `t` in it."
    schema = {"description": about} | shapes.schema(Union[frames])  # noqa: UP007 - known at run time only
    by_name = {str(frame.__struct_config__.tag): shapes.schema(frame) for frame in frames}
    return {"schema": schema, "x-events": by_name}


def _refusals(route: Route) -> Schema:
    by_status: dict[int, list[str]] = {}
    for code in route.codes:
        status = CODES[code].status
        assert status is not None, f"{code} has no status of its own"
        by_status.setdefault(status, []).append(code)
    return {
        str(status): _refusal(status, codes, route.description) for status, codes in sorted(by_status.items())
    }


def _refusal(status: int, codes: list[str], description: Description) -> Schema:
    narrowed = {
        "properties": {
            "code": {"type": "string", "enum": codes},
            "status": {"type": "integer", "enum": [status]},
        },
    }
    schema = {"allOf": [{"$ref": "#/components/schemas/Problem"}, narrowed]}
    content: Schema = {"application/problem+json": {"schema": schema}}
    return {
        "description": "\n".join(f"- `{code}`: {CODES[code].meaning}" for code in codes),
        "headers": _headers(*STATUS_HEADERS.get(status, ()), *LIMITS * description.limited),
        "content": content | (HTML if description.html else {}),
    }


def _headers(*names: str) -> Schema:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (*names, "X-Request-Id")}
