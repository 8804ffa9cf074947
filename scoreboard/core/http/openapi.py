"""Descriptions of routes, for the OpenAPI document. Nothing here runs during a request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any, TypeVar

from msgspec import Struct

V = TypeVar("V", bound=Callable[..., Any])
NOTE = "description"
WRITES = ("ledger_unavailable", "outcome_unknown", "storage_full")  # what any write may meet


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
    answer: Any = None  # what stands in `data`
    paged: bool = False  # `page` stands beside it
    bare: bool = False  # the answer is `answer` itself, without `data`
    html: bool = False  # answers and problems are pages for people
    text: bool = False  # the answer is plain text
    media: str = ""  # the answer is a file of this type
    events: tuple[type[Struct], ...] = ()  # what a stream of server-sent events carries
    status: tuple[int, ...] = ()  # of success; left out it is 200
    problems: tuple[str, ...] = ()  # codes of docs/errors.md, which says their statuses
    problems_of_parts: Callable[[], tuple[str, ...]] | None = (
        None  # further codes, known once the app is built
    )
    security: tuple[str, ...] = ()  # the callers that are allowed, any of: scopes, "key", "player", "anyone"
    once: bool = False  # honours Idempotency-Key
    tagged: bool = False  # has an ETag, and honours If-None-Match
    limited: bool = False  # counts against a rate limit
    gets: tuple[str, ...] = ()  # further headers that it reads
    sends: tuple[str, ...] = ()  # further headers of its answers
    leads: tuple[Lead, ...] = ()  # from its success
    names: tuple[type[Struct], ...] = ()  # shapes that others point to by name only

    def joined(self, other: Description) -> Description:
        """Both in one: what lists things is added, what says one thing is said by `other`."""
        changes: dict[str, Any] = {}
        for field in fields(other):
            mine, new = getattr(self, field.name), getattr(other, field.name)
            if new != field.default:
                changes[field.name] = tuple(dict.fromkeys(mine + new)) if isinstance(new, tuple) else new
        return replace(self, **changes)


def described(**what: Any) -> Callable[[V], V]:
    """Attach a Description to a view, which stays as it is.

    Guards and limits attach theirs in the same way. All descriptions of a view are joined, in any order.
    """
    description = Description(**what)

    def attach(view: V) -> V:
        known = description_of(view)
        setattr(view, NOTE, known.joined(description) if known else description)
        return view

    return attach


def description_of(view: Callable[..., Any]) -> Description | None:
    """The description of a view, if it has one."""
    found: Description | None = getattr(view, NOTE, None)
    return found
