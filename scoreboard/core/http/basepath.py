"""The base path, below which the whole server is, if it shares its host with other sites.

Proxies pass the path on unchanged. This module removes it before other code sees the request. `url_for`,
`links` and `request.script_root` put it in front of links. No header can change it.
"""

from __future__ import annotations

from typing import Any

from werkzeug import Response
from werkzeug.utils import redirect

from scoreboard.core.errors import NotFound

# Paths that load balancers and monitors also call without the base path, at each process.
MONITORED = ("/healthz", "/readyz", "/v1/admin/metrics")
OUTSIDE = "scoreboard.outside"  # in the WSGI environment: the request is outside the base path


def mount(wsgi_app: Any, base: str) -> Any:
    """Mount a WSGI application below a path such as /scores. An empty path leaves it unchanged."""
    if not base:
        return wsgi_app

    def call(environ: dict[str, Any], start_response: Any) -> Any:
        enter(environ, base)
        return wsgi_app(environ, start_response)

    return call


def enter(environ: dict[str, Any], base: str) -> None:
    """Remove the base path from a request's path, or mark the request as outside of it."""
    path = environ.get("SCRIPT_NAME", "") + environ["PATH_INFO"]
    below = path.startswith(f"{base}/")
    environ["SCRIPT_NAME"] = base  # links begin with it, also on error pages
    environ["PATH_INFO"] = path.removeprefix(base) if below else path
    # Platforms call these paths at the process's own port, not through the proxy.
    if not below and path not in MONITORED:
        environ[OUTSIDE] = True


def refusal(environ: dict[str, Any]) -> NotFound | None:
    """The error for a request outside the base path."""
    if OUTSIDE not in environ or _lacks_slash(environ):
        return None
    return NotFound(
        f"There is nothing at {environ['PATH_INFO'][:200]!r}. This server is below {environ['SCRIPT_NAME']}/."
        " A proxy in front of it must pass the path on unchanged."
    )


def redirection(environ: dict[str, Any]) -> Response | None:
    """A redirection to the base path with a slash at its end, for a request that lacks the slash."""
    if OUTSIDE not in environ or not _lacks_slash(environ):
        return None
    query = environ.get("QUERY_STRING", "")
    return redirect(f"{environ['SCRIPT_NAME']}/{query and '?'}{query}", 308)


def _lacks_slash(environ: dict[str, Any]) -> bool:
    return bool(environ["PATH_INFO"] == environ["SCRIPT_NAME"])
