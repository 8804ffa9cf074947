"""Cache-Control for every answer to a read. Without it, caches would decide by heuristics."""

from __future__ import annotations

from werkzeug import Request, Response

READS = ("GET", "HEAD")
NEVER = "no-store"


def read(request: Request, seconds: int = 1) -> str:
    """The Cache-Control of a read. Caches may share answers to requests without credentials."""
    return "private, no-cache" if "HTTP_AUTHORIZATION" in request.environ else f"public, max-age={seconds}"


def complete(request: Request, response: Response) -> None:
    """Add Cache-Control to an answer of a read, unless its route did. Failures are not cached."""
    if request.method in READS and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = read(request) if response.status_code < 400 else NEVER
