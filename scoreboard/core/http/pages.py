"""Declarations of pages, above their views. Everything else that has to know of a page is derived from them.

That is the language of links, the navigation of the developers' pages, the files that browsers keep for
times without a network, and the description of the API.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

from msgspec import Meta, Struct
from werkzeug.routing import Rule

from scoreboard.core.http.openapi import described, description_of

V = TypeVar("V", bound=Callable[..., Any])
NOTE = "page"
LanguageTag = Annotated[
    str, Meta(description="The language of the page, as in `de`. By default the browser's.")
]


class LanguageQuery(Struct, kw_only=True):
    """The language of a page."""

    lang: LanguageTag = ""


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page, beside its route and its docstring.

    Files are named below frontend/static; a name with a slash at its end is a folder.

    Without a network a browser shows `offline`: a copy of the page as it was seen last, a notice in its
    place, or nothing of ours, as for pages that are shown inside other programs.
    """

    files: tuple[str, ...] = ()  # scripts and style sheets that browsers keep for times without a network
    online_files: tuple[str, ...] = ()  # those that only make sense with one
    offline: Literal["copy", "notice", "nothing"] = "notice"
    nav: tuple[int, str] | None = None  # in the developers' navigation: its place there, and its text's key


class DeclaredPage(NamedTuple):
    """A page of an app."""

    rule: str  # in Flask's notation
    endpoint: str
    page: Page


def page(
    *, query: type[Struct] = LanguageQuery, problems: tuple[str, ...] = (), **declaration: Any
) -> Callable[[V], V]:
    """Declare that a view answers with a page: its query, its problems, and the fields of a Page."""
    declared = Page(**declaration)

    def attach(view: V) -> V:
        setattr(view, NOTE, declared)
        return described(query=query, html=True, problems=problems)(view)

    return attach


def declared_pages(rules: Iterable[Rule], views: Mapping[str, Callable[..., Any]]) -> list[DeclaredPage]:
    """Every page that was declared, in the order of the routes."""
    found = ((rule, getattr(views[rule.endpoint], NOTE, None)) for rule in rules)
    return [DeclaredPage(rule.rule, rule.endpoint, page) for rule, page in found if page is not None]


def takes_language(view: Callable[..., Any] | None) -> bool:
    """Whether an address of this view may name a language."""
    description = description_of(view) if view else None
    query = description.query if description else None
    return query is not None and "lang" in query.__struct_fields__
