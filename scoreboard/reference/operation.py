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
from scoreboard.core.http.cors import READS
from scoreboard.core.http.errorcodes import CODES
from scoreboard.core.http.openapi import Description, Lead
from scoreboard.reference import components
from scoreboard.reference.components import Page
from scoreboard.reference.shapes import Schema, Shapes, parameters

VARIABLE = re.compile(r"<(?:\w+:)?(\w+)>")
HTML = {"text/html": {"schema": {"type": "string"}}}
LIMITS = ("RateLimit-Policy", "RateLimit")
WITH = {401: ("WWW-Authenticate",), 429: ("Retry-After",), 503: ("Retry-After",)}


@dataclass(frozen=True, kw_only=True)
class Route:
    """One method of one path, and the view behind it."""

    method: str
    rule: str  # as Flask writes it
    group: str
    name: str
    view: Callable[..., Any]
    says: Description

    @property
    def path(self) -> str:
        """The path as OpenAPI writes it."""
        return VARIABLE.sub(r"{\1}", self.rule)

    @property
    def places(self) -> list[str]:
        """Names of the parameters in the path."""
        return VARIABLE.findall(self.rule)

    @property
    def codes(self) -> list[str]:
        """Every code that it may refuse with: those it names, and those that come with what it takes."""
        says = self.says
        implied = {
            "validation_failed": says.body or says.once or (says.query and not says.html and not says.media),
            "malformed_json": says.body,
            "body_too_large": says.body,
            "unsupported_media_type": says.body,
            "unsupported_content_encoding": says.body,
            "request_timeout": says.body,
            "idempotency_key_reused": says.once,
            "rate_limited": says.limited,
            "not_found": self.places,  # an id with a slash in it leads nowhere
            "cross_site_request": self.method not in READS,
            "untrusted_host": self.rule not in MONITORED,
            "internal_error": True,
        }
        return sorted({*says.problems, *(code for code, applies in implied.items() if applies)})


def operation(route: Route, shapes: Shapes) -> Schema:
    """A route as the document describes it."""
    summary, _, details = (inspect.getdoc(route.view) or "").partition("\n")
    first, *others = route.name.split("_")
    found: Schema = {
        "operationId": first + "".join(word.capitalize() for word in others),
        "tags": [route.group],
        "summary": summary,
        "description": details.strip(),
        "parameters": _parameters(route, shapes),
        "responses": dict(sorted((_refusals(route) | _successes(route, shapes)).items())),
        "security": components.requirements(route.says.security),
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
    read = (
        *route.says.gets,
        *("Idempotency-Key",) * route.says.once,
        *("If-None-Match",) * route.says.tagged,
        *("Prefer",) * bool(route.says.body),
    )
    return found + [components.sent_header(name) for name in read]


def _successes(route: Route, shapes: Shapes) -> Schema:
    says = route.says
    headers = _headers(
        *says.sends,
        *("ETag",) * says.tagged,
        *("Idempotency-Replayed",) * says.once,
        *("Preference-Applied",) * bool(says.body),
        *LIMITS * says.limited,
    )
    content = _content(says, shapes)
    links = {lead.operation: _link(lead) for lead in says.leads}
    found: Schema = {
        str(status): {"description": HTTPStatus(status).phrase, "headers": headers}
        | ({"content": content} if content and status != 204 else {})
        | ({"links": links} if links else {})
        for status in says.status or (200,)
    }
    if says.tagged:
        found["304"] = {"description": "What you have is what there is.", "headers": headers}
    return found


def _link(lead: Lead) -> Schema:
    # Right would be `requestBody`, but openapi-generator refuses a document that has one there.
    body = {field: f"$response.body#/data/{field}" for field in lead.sends}
    names = ", ".join(f"`{field}`" for field in lead.sends)
    about = f"Its body takes {names} of this answer."
    return {"operationId": lead.operation, "description": about, "x-request-body": body}


def _content(says: Description, shapes: Shapes) -> Schema:
    if says.html:
        return HTML
    if says.media:
        return {says.media: {"schema": {"type": "string"}}}
    if says.text:
        return {"text/plain": {"schema": {"type": "string"}}}
    if says.events:
        return {"text/event-stream": _events(says.events, shapes)}
    if not says.answer:
        return {}
    schema = shapes.schema(says.answer)
    if not says.bare:
        properties = {"data": schema} | ({"page": shapes.schema(Page)} if says.paged else {})
        schema = {"type": "object", "properties": properties, "required": list(properties)}
    return {"application/json": {"schema": schema}}


def _events(frames: tuple[type[Struct], ...], shapes: Shapes) -> Schema:
    # OpenAPI 3.1 has no word for events. Tools that read streams take the schema for that of `data`.
    about = "`data` of each event, as JSON. `event` is the same as its `t`."
    schema = {"description": about} | shapes.schema(Union[frames])  # noqa: UP007 - known at run time only
    by_name = {str(frame.__struct_config__.tag): shapes.schema(frame) for frame in frames}
    return {"schema": schema, "x-events": by_name}


def _refusals(route: Route) -> Schema:
    by_status: dict[int, list[str]] = {}
    for code in route.codes:
        status = CODES[code].status
        assert status is not None, f"{code} is no answer's own code"
        by_status.setdefault(status, []).append(code)
    return {str(status): _refusal(status, codes, route.says) for status, codes in sorted(by_status.items())}


def _refusal(status: int, codes: list[str], says: Description) -> Schema:
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
        "headers": _headers(*WITH.get(status, ()), *LIMITS * says.limited),
        "content": content | (HTML if says.html else {}),
    }


def _headers(*names: str) -> Schema:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (*names, "X-Request-Id")}
