"""What operations of the document share: headers, path parameters, ways to authenticate. Tables."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import UNSET, Meta, Struct, UnsetType

from scoreboard.core.ids import ActionName, BoardId, PlayerId, SessionId

Slug = Annotated[str, Meta(pattern=r"^[a-z]+(-[a-z]+)*\Z")]

# Parameters in paths: shape, description, example.
PLACES: dict[str, tuple[Any, str, str]] = {
    "board": (BoardId, "A board's id.", "main"),
    "player": (PlayerId, "A player's id.", "ada"),
    "name": (ActionName, "An action type's name.", "play-round"),
    "session": (SessionId, "A session's id.", "8d0b54c9c3f14c3c9f3d1b3f7f3f5a52"),
    "slug": (Slug, "An error code, with - for _.", "board-not-found"),
}

# Headers of requests and of answers.
HEADERS: dict[str, tuple[str, dict[str, Any]]] = {
    "Idempotency-Key": (
        "1 to 128 printable characters: the same key with the same request counts once.",
        {"type": "string", "pattern": "^[\\x20-\\x7e]{1,128}$"},
    ),
    "Prefer": ("`handling=lenient`: unknown fields of the body are ignored at every depth.", {}),
    "Preference-Applied": (
        "`handling=lenient` where that was asked for.",
        {"type": "string", "enum": ["handling=lenient"]},
    ),
    "If-None-Match": ("The ETag of what you have: answered with 304 where it is the same still.", {}),
    "Last-Event-ID": ("A cursor, as a browser sends it by itself. Wins over `since`.", {}),
    "Idempotency-Replayed": ("`true` where this is the stored answer.", {"type": "string", "enum": ["true"]}),
    "ETag": ("Names the state that was read.", {}),
    "Retry-After": ("Seconds after which to send the same again.", {"type": "integer", "minimum": 0}),
    "WWW-Authenticate": ("How to authenticate.", {}),
    "RateLimit-Policy": ("The limits that count here: how many in which time.", {}),
    "RateLimit": ("How many are left, and after how many seconds there are more.", {}),
    "Scoreboard-Resume": (
        "Whether `since` could be resumed.",
        {"type": "string", "enum": ["none", "ok", "partial"]},
    ),
    "Content-Disposition": ("A file's name: board, period and region.", {}),
    "Scoreboard-As-Of": ("When the state was read that all rows are of.", {"format": "date-time"}),
    "Scoreboard-Version": ("The newest fact in that state.", {"pattern": "^[0-9]+$"}),
    "Scoreboard-Total": ("How many rows there are.", {"pattern": "^[0-9]+$"}),
    "Scoreboard-Revised-At": (
        "When results were last changed after the period was closed; left out where never.",
        {"format": "date-time"},
    ),
    "X-Request-Id": ("Names this request in the server's log: yours, or one that was made.", {}),
}
REQUIRED = ("Retry-After", "WWW-Authenticate", "X-Request-Id", "ETag")

SCHEMES = {
    "serverKey": {
        "type": "http",
        "scheme": "bearer",
        "description": "A server key. What a call demands is a scope of it, any of those named.",
    },
    "player": {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A player's session: the access token of a sign-in.",
    },
}


class Page(Struct, frozen=True, kw_only=True):
    """Where a list goes on."""

    next: Annotated[str | None, Meta(description="The cursor of the next page; null on the last one.")]
    limit: int


class FieldProblem(Struct, frozen=True, kw_only=True):
    """What is wrong with one field."""

    field: str
    message: str


class Puzzle(Struct, frozen=True, kw_only=True):
    """Work to do before something is done: a solution for which a hash begins with zero bits."""

    nonce: str
    difficulty: Annotated[int, Meta(description="Bits.")]


class Problem(Struct, frozen=True, kw_only=True, rename="camel"):
    """An error, as RFC 9457 shapes it. Act on `code`."""

    type: Annotated[
        str, Meta(description="Where the code is explained.", extra_json_schema={"format": "uri"})
    ]
    title: str
    status: Annotated[int, Meta(ge=400, le=599)]
    code: str
    detail: str
    request_id: Annotated[str, Meta(description="The X-Request-Id of the answer.")]
    errors: Annotated[
        tuple[FieldProblem, ...] | UnsetType, Meta(description="Of validation_failed: each field.")
    ] = UNSET
    puzzle: Annotated[Puzzle | UnsetType, Meta(description="Of proof_of_work_needed: what to solve.")] = UNSET


def header(name: str) -> dict[str, Any]:
    """A header of answers, as a component."""
    description, schema = HEADERS[name]
    return {
        "description": description,
        "required": name in REQUIRED,
        "schema": schema or {"type": "string"},
    }


def sent_header(name: str) -> dict[str, Any]:
    """A header of requests, as a parameter."""
    description, schema = HEADERS[name]
    return {
        "name": name,
        "in": "header",
        "required": False,
        "description": description,
        "schema": schema or {"type": "string"},
    }


def place(name: str) -> tuple[Any, dict[str, str]]:
    """The shape of a parameter in a path, and what to say of it."""
    if name not in PLACES:
        return str, {}
    shape, description, example = PLACES[name]
    return shape, {"description": description, "example": example}


def requirements(callers: tuple[str, ...]) -> list[dict[str, list[str]]]:
    """Who may call; nothing at all where that is anyone, which tools understand better than `{}` alone."""
    return [] if callers in ((), ("anyone",)) else [_requirement(caller) for caller in callers]


def _requirement(caller: str) -> dict[str, list[str]]:
    # A scope of a server key where it is nothing else.
    if caller == "anyone":
        return {}
    kind, _, role = caller.partition(":")
    if kind == "player":
        return {"player": [role] if role else []}
    return {"serverKey": [] if caller == "key" else [caller]}
