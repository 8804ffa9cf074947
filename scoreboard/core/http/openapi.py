"""Descriptions of routes, for the OpenAPI document. Nothing here runs during a request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from msgspec import Struct

V = TypeVar("V", bound=Callable[..., Any])
NOTE = "description"
WRITES = ("ledger_unavailable", "outcome_unknown", "storage_full")  # problems that any write may have


@dataclass(frozen=True)
class Lead:
    """A usual next call, with fields of this answer."""

    operation: str  # its operationId
    sends: tuple[str, ...]  # fields of the answer that its body takes under the same names


@dataclass(frozen=True, kw_only=True)
class Description:
    """A route's input, answers and errors. Its path and its docstring say the rest."""

    query: type[Struct] | None = None  # a struct with a field for each parameter
    body: Any = None
    optional: bool = False  # the body may be left out
    answer: Any = None  # the value of `data`
    paged: bool = False  # `page` is beside `data`
    bare: bool = False  # the answer is `answer` itself, without `data`
    html: bool = False  # answers and problems are pages for people
    text: bool = False  # the answer is plain text
    media: str = ""  # the answer is a file of this type
    events: tuple[type[Struct], ...] = ()  # the events of a stream of server-sent events
    status: tuple[int, ...] = ()  # of success; 200 if omitted
    problems: tuple[str, ...] = ()  # codes of docs/errors.md, which states their statuses
    problems_of_parts: Callable[[], tuple[str, ...]] | None = None  # codes of the built app
    security: tuple[str, ...] = ()  # allowed callers, any of: key scopes, "key", "player", "anyone"
    once: bool = False  # honours Idempotency-Key
    tagged: bool = False  # has an ETag, and honours If-None-Match
    limited: bool = False  # counts against a rate limit
    gets: tuple[str, ...] = ()  # further headers that it reads
    sends: tuple[str, ...] = ()  # further headers of its answers
    leads: tuple[Lead, ...] = ()  # from its success
    names: tuple[type[Struct], ...] = ()  # shapes that others refer to by name only

    def join(self, other: Description) -> Description:
        """Combine both: tuples are joined; of single values, those of `other` win."""
        changes: dict[str, Any] = {}
        for field in fields(other):
            mine, new = getattr(self, field.name), getattr(other, field.name)
            if new != field.default:
                changes[field.name] = tuple(dict.fromkeys(mine + new)) if isinstance(new, tuple) else new
        return replace(self, **changes)


def described(**members: Any) -> Callable[[V], V]:
    """Attach a Description with these members to a view function, which is otherwise unchanged.

    Guards and limits do so too. All descriptions of a view function are joined, in any order.
    """
    description = Description(**members)

    def attach(view: V) -> V:
        existing = description_of(view)
        setattr(view, NOTE, existing.join(description) if existing else description)
        return view

    return attach


def description_of(view: Callable[..., Any]) -> Description | None:
    """The description of a view function, if it has one."""
    found: Description | None = getattr(view, NOTE, None)
    return found
