"""What caches on the way may keep: every answer to a read says so, or they would decide on their own."""

from __future__ import annotations

from werkzeug import Request, Response

READS = ("GET", "HEAD")
NEVER = "no-store"


def read(request: Request, seconds: int = 1) -> str:
    """The Cache-Control of a read. All who do not say who they are get the same, so they may share it."""
    return "private, no-cache" if "HTTP_AUTHORIZATION" in request.environ else f"public, max-age={seconds}"


def complete(request: Request, response: Response) -> None:
    """Say it for an answer whose route did not. Failures are over when the next request comes."""
    if request.method in READS and "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = read(request) if response.status_code < 400 else NEVER
