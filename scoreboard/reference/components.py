"""The parts that operations of the OpenAPI document share: headers, parameters, security schemes, schemas."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from scoreboard.core.ids import ActionName, BoardId, PlayerId, SessionId

Slug = Annotated[str, Meta(pattern=r"^[a-z]+(-[a-z]+)*\Z")]

# Path parameters by name: type, description, example.
PATH_PARAMETERS: dict[str, tuple[Any, str, str]] = {
    "board": (BoardId, "A board's id.", "main"),
    "player": (PlayerId, "A player's id.", "ada"),
    "id": (str, "The id of a decision. A job has the id of its decision.", "dec_0f5c1d7a9be24c6380a1"),
    "name": (ActionName, "An action type's name.", "play-round"),
    "session": (SessionId, "A session's id.", "8d0b54c9c3f14c3c9f3d1b3f7f3f5a52"),
    "slug": (Slug, "An error code, with - in place of _.", "board-not-found"),
}

# Headers of requests and of answers by name: description, schema.
HEADERS: dict[str, tuple[str, dict[str, Any]]] = {
    "Idempotency-Key": (
        "1 to 128 printable characters. A request that is sent again with the same key counts once.",
        {"type": "string", "pattern": "^[\\x20-\\x7e]{1,128}$"},
    ),
    "Prefer": ("`handling=lenient`: unknown fields of the body are ignored at every depth.", {}),
    "Preference-Applied": (
        "`handling=lenient` where the request asked for it.",
        {"type": "string", "enum": ["handling=lenient"]},
    ),
    "If-None-Match": ("The ETag of your copy. The answer is 304 if it is still current.", {}),
    "Last-Event-ID": ("A cursor, which browsers send automatically. Overrides `since`.", {}),
    "Idempotency-Replayed": (
        "`true` if this is the stored answer to an earlier request.",
        {"type": "string", "enum": ["true"]},
    ),
    "ETag": ("Identifies the state that was read.", {}),
    "Retry-After": (
        "Seconds to wait before the same request is sent again.",
        {"type": "integer", "minimum": 0},
    ),
    "WWW-Authenticate": ("How to authenticate.", {}),
    "RateLimit-Policy": ("The limits that apply: how many requests in which time.", {}),
    "RateLimit": ("How many requests are left, and the seconds until there are more.", {}),
    "Scoreboard-Resume": (
        "The result of resuming at `since`.",
        {"type": "string", "enum": ["none", "ok", "partial"]},
    ),
    "Content-Disposition": ("The file's name: board, period and region.", {}),
    "Scoreboard-As-Of": ("When the state of all rows was read.", {"format": "date-time"}),
    "Scoreboard-Version": ("The newest fact in that state.", {"pattern": "^[0-9]+$"}),
    "Scoreboard-Total": ("The number of rows.", {"pattern": "^[0-9]+$"}),
    "Scoreboard-Revised-At": (
        "When results were last changed after the period was closed; left out if they never were.",
        {"format": "date-time"},
    ),
    "X-Request-Id": (
        "Identifies this request in the server's log: the id that you sent, or a generated one.",
        {},
    ),
}
ALWAYS_SENT = ("Retry-After", "WWW-Authenticate", "X-Request-Id", "ETag")

SCHEMES = {
    "serverKey": {
        "type": "http",
        "scheme": "bearer",
        "description": "A server key. It needs one of the scopes that the call names.",
    },
    "player": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A player's session: the access token of a sign-in.",
    },
}


class Page(Struct, frozen=True, kw_only=True):
    """The field `page` of a list's answer."""

    next: Annotated[str | None, Meta(description="The cursor of the next page; null on the last one.")]
    limit: int


class FieldProblem(Struct, frozen=True, kw_only=True):
    """The error in one field of a request."""

    field: str
    message: str


class Puzzle(Struct, frozen=True, kw_only=True):
    """A puzzle to solve by work: find a solution for which a hash begins with `difficulty` zero bits."""

    nonce: str
    difficulty: Annotated[int, Meta(description="Bits.")]


class Problem(Struct, frozen=True, kw_only=True, rename="camel"):
    """An error in the format of RFC 9457. Act on `code`."""

    type: Annotated[
        str, Meta(description="The address of the code's explanation.", extra_json_schema={"format": "uri"})
    ]
    title: str
    status: Annotated[int, Meta(ge=400, le=599)]
    code: str
    detail: str
    request_id: Annotated[str, Meta(description="The X-Request-Id of the answer.")]
    errors: Annotated[
        tuple[FieldProblem, ...] | UnsetType,
        Meta(description="With validation_failed: the problem of each field."),
    ] = UNSET
    puzzle: Annotated[
        Puzzle | UnsetType, Meta(description="With proof_of_work_needed: the puzzle to solve.")
    ] = UNSET


def header(name: str) -> dict[str, Any]:
    """The OpenAPI component of a header of answers."""
    description, schema = HEADERS[name]
    return {
        "description": description,
        "required": name in ALWAYS_SENT,
        "schema": schema or {"type": "string"},
    }


def sent_header(name: str) -> dict[str, Any]:
    """The OpenAPI parameter of a header of requests."""
    description, schema = HEADERS[name]
    return {
        "name": name,
        "in": "header",
        "required": False,
        "description": description,
        "schema": schema or {"type": "string"},
    }


def path_parameter(name: str) -> tuple[Any, dict[str, str]]:
    """The type of a path parameter, and its description and example."""
    if name not in PATH_PARAMETERS:
        return str, {}
    type, description, example = PATH_PARAMETERS[name]
    return type, {"description": description, "example": example}


def requirements(callers: tuple[str, ...]) -> list[dict[str, list[str]]]:
    """The allowed callers as security requirements.

    For anyone alone it is an empty list, because some tools can't read the requirement `{}`.
    """
    return [] if callers in ((), ("anyone",)) else [_requirement(caller) for caller in callers]


def _requirement(caller: str) -> dict[str, list[str]]:
    # "anyone", "key", "player", "player:" and a role, or a key scope.
    if caller == "anyone":
        return {}
    kind, _, role = caller.partition(":")
    if kind == "player":
        return {"player": [role] if role else []}
    return {"serverKey": [] if caller == "key" else [caller]}
