"""Errors as web pages, for browsers that asked for a page. The route group of the pages registers how.

All other clients get problem+json, and below /v1/ browsers do too.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, Response, request

from scoreboard.core.errors import ScoreboardError
from scoreboard.core.http.media import HTML, JSON, PROBLEM

API = "/v1/"
EXTENSION = "error_page"
ErrorPage = Callable[[ScoreboardError], Response]


def install(app: Flask, page: ErrorPage) -> None:
    """Let an app answer browsers with these pages."""
    app.extensions[EXTENSION] = page


def page_for(app: Flask, error: ScoreboardError) -> Response | None:
    """The page that explains an error to the browser of this request; None if it wants JSON."""
    page: ErrorPage | None = app.extensions.get(EXTENSION)
    return page(error) if page and is_wanted() else None


def is_wanted() -> bool:
    """Whether this request prefers a page to JSON. Without a preference JSON is sent."""
    if is_of_api(request.path):
        return False
    return request.accept_mimetypes.best_match((PROBLEM, JSON, HTML)) == HTML


def is_of_api(path: str) -> bool:
    """Whether a path belongs to the API, which answers in JSON only."""
    return path.startswith(API)
