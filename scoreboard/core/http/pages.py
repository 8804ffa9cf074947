"""Declarations of web pages, as decorators of their view functions.

Derived from them are the language of links, the navigation in the header and that of the developers' pages,
the files that browsers keep for times without a network, and the description of the API.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, NamedTuple, TypeVar

from msgspec import Meta, Struct
from werkzeug.routing import Rule

from scoreboard.core.http.openapi import described, description_of

V = TypeVar("V", bound=Callable[..., Any])
ATTRIBUTE = "page"  # of a view function: its Page
LanguageTag = Annotated[
    str, Meta(description="The language of the page, as in `de`. By default the browser's.")
]


class LanguageQuery(Struct, kw_only=True):
    """The query parameter of all pages."""

    lang: LanguageTag = ""


@dataclass(frozen=True, kw_only=True)
class Page:
    """The declaration of a web page, beside its route and its docstring.

    Paths of files are relative to frontend/static; a path with a slash at its end is a folder.

    `offline` tells the browser what to show without a network: its copy of the page from the last visit, a
    notice, or nothing of ours, for pages that are shown inside other programs.
    """

    files: tuple[str, ...] = ()  # scripts and style sheets that browsers keep for times without a network
    online_files: tuple[str, ...] = ()  # those that are only of use with a network
    offline: Literal["copy", "notice", "nothing"] = "notice"
    nav: tuple[int, str] | None = None  # in the developers' navigation: its position and its message key
    header: tuple[int, str] | None = None  # the same in the header of all pages
    is_offered: Callable[[], bool] = lambda: True  # whether the header has its link now


class DeclaredPage(NamedTuple):
    """A web page with its route."""

    rule: str  # in Flask's notation
    endpoint: str
    page: Page


def page(
    *, query: type[Struct] = LanguageQuery, problems: tuple[str, ...] = (), **declaration: Any
) -> Callable[[V], V]:
    """Declare that a view function answers with a web page.

    `query` and `problems` are for the description of the API, `declaration` are the fields of a Page.
    """
    declared = Page(**declaration)

    def attach(view: V) -> V:
        setattr(view, ATTRIBUTE, declared)
        return described(query=query, html=True, problems=problems)(view)

    return attach


def declared_pages(rules: Iterable[Rule], views: Mapping[str, Callable[..., Any]]) -> list[DeclaredPage]:
    """Every declared page, in the order of the routes."""
    pages = ((rule, getattr(views[rule.endpoint], ATTRIBUTE, None)) for rule in rules)
    return [DeclaredPage(rule.rule, rule.endpoint, page) for rule, page in pages if page is not None]


def takes_language(view: Callable[..., Any] | None) -> bool:
    """True if the view function has the query parameter `lang`."""
    description = description_of(view) if view else None
    query = description.query if description else None
    return query is not None and "lang" in query.__struct_fields__
