"""Errors as web pages, for browsers that asked for a page. All other clients get problem+json.

Below /v1/ browsers get problem+json too.
"""

from __future__ import annotations

from werkzeug import Request

from scoreboard.core.http.media import HTML, JSON, PROBLEM

API = "/v1/"
EXTENSION = "error_page"  # of the app: the function that makes such a page. Only the web pages register one


def is_wanted(request: Request) -> bool:
    """Whether a request prefers a page to JSON. Without a preference JSON is sent."""
    if is_of_api(request.path):
        return False
    return request.accept_mimetypes.best_match((PROBLEM, JSON, HTML)) == HTML


def is_of_api(path: str) -> bool:
    """Whether a path belongs to the API, which answers in JSON only."""
    return path.startswith(API)
