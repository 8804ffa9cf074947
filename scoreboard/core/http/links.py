"""Absolute links. All are made here, because a request's Host header may be forged."""

from __future__ import annotations

from flask import Response, after_this_request, request, url_for

from scoreboard.core.http.calls import current
from scoreboard.core.http.site import Site


def root() -> str:
    """The beginning of absolute links, with a slash at its end.

    Without PUBLIC_URL it is the request's host, which can be forged: shared caches may not keep it.
    """
    call = current()
    if not call.app.site.url:
        after_this_request(_forbid_sharing)
    return call.root


def link(endpoint: str, **values: object) -> str:
    """The absolute link to a route."""
    return root() + url_for(endpoint, **values).removeprefix(request.script_root)[1:]  # type: ignore[arg-type]


def public_site() -> Site:
    """The public address of this server."""
    return current().app.site


def _forbid_sharing(response: Response) -> Response:
    cache_control = response.headers.get("Cache-Control", "private, no-cache")
    response.headers["Cache-Control"] = cache_control.replace("public", "private")
    return response
