"""The base path: below it the server shares its host with other sites.

Proxies pass the path on unchanged. It is removed here, before other code sees the request. `url_for`, `links`
and `request.script_root` put it in front of links. No header can change it.
"""

from __future__ import annotations

from typing import Any

from werkzeug import Request, Response
from werkzeug.utils import redirect

from scoreboard.core.errors import NotFound

MONITORED = ("/healthz", "/readyz", "/v1/admin/metrics")  # of each process, by load balancers and monitors
OUTSIDE = "scoreboard.outside"


def through(wsgi_app: Any, base: str) -> Any:
    """The application below a path such as /scores, or at the root of its host for an empty path."""
    if not base:
        return wsgi_app

    def call(environ: dict[str, Any], start_response: Any) -> Any:
        enter(environ, base)
        return wsgi_app(environ, start_response)

    return call


def enter(environ: dict[str, Any], base: str) -> None:
    """Remove the base path from a request's path, or mark the request as outside."""
    path = environ.get("SCRIPT_NAME", "") + environ["PATH_INFO"]
    below = path.startswith(f"{base}/")
    environ["SCRIPT_NAME"] = base  # links begin with it, also in a refusal
    environ["PATH_INFO"] = path.removeprefix(base) if below else path
    # Platforms check paths at the root of the port, without the proxy.
    if not below and path not in MONITORED:
        environ[OUTSIDE] = True


def refusal(request: Request) -> NotFound | None:
    """The error for a request outside the base path."""
    environ = request.environ
    if OUTSIDE not in environ or _lacks_slash(environ):
        return None
    return NotFound(
        f"There is nothing at {environ['PATH_INFO'][:200]!r}. This server is below {environ['SCRIPT_NAME']}/."
        " A proxy in front of it must pass the path on unchanged."
    )


def redirection(request: Request) -> Response | None:
    """A redirection to the base path, if a request lacks the slash at its end."""
    environ = request.environ
    if OUTSIDE not in environ or not _lacks_slash(environ):
        return None
    query = environ.get("QUERY_STRING", "")
    return redirect(f"{environ['SCRIPT_NAME']}/{query and '?'}{query}", 308)


def _lacks_slash(environ: dict[str, Any]) -> bool:
    return bool(environ["PATH_INFO"] == environ["SCRIPT_NAME"])
