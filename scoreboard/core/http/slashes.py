"""Redirections from addresses of pages that end with a slash too many: /docs/ leads to /docs."""

from __future__ import annotations

from urllib.parse import quote

from werkzeug import Request, Response
from werkzeug.exceptions import HTTPException
from werkzeug.routing import MapAdapter
from werkzeug.utils import redirect

from scoreboard.core.http.caching import READS
from scoreboard.core.http.errorpages import is_of_api


def redirection(request: Request, routes: MapAdapter | None) -> Response | None:
    """A redirection to the same address without the slash, if a route is there; None otherwise.

    Only the path of a route is repeated, and `path` begins with one slash, so it leads to no other host.
    """
    path = request.path
    if routes is None or request.method not in READS or is_of_api(path) or not path.endswith("/"):
        return None
    shorter = path[:-1]
    # Browsers resolve the dots of `/b/..` to another address.
    if {".", ".."} & set(shorter.split("/")) or not _is_route(routes, shorter):
        return None
    query = request.query_string.decode("latin-1")
    return redirect(f"{request.script_root}{quote(shorter)}{query and '?'}{query}", 308)


def _is_route(routes: MapAdapter, path: str) -> bool:
    try:
        routes.match(path, method="GET")
    except HTTPException:
        return False
    return True
