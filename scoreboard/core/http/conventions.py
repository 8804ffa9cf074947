"""HTTP manners that every route shares: answers, problems, request ids, body limits."""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Collection
from random import getrandbits
from typing import Any

import msgspec
from flask import Flask, Request, Response, g, request
from flask.globals import app_ctx, request_ctx
from werkzeug import Response as AnyResponse
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from scoreboard.core.concurrency import deadline
from scoreboard.core.errors import (
    BadRequest,
    BodyTooLarge,
    ScoreboardError,
    UnsupportedMediaType,
    ValidationFailed,
)
from scoreboard.core.http import basepath, bodies, caching, cors, crosssite, hosts, links, preferences
from scoreboard.core.http.basepath import MONITORED
from scoreboard.core.http.site import Site
from scoreboard.core.logs import inform, shown
from scoreboard.core.storage.unavailable import DatabaseUnavailable, unavailable

log = logging.getLogger(__name__)

BODY_BYTES = 64 * 1024
BATCH_BYTES = 1024 * 1024
REQUEST_ID = re.compile(r"^[\x21-\x7e]{1,128}\Z")
HTTP_CODES = {
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "unsupported_media_type",
}
HSTS = "max-age=31536000"
LOGGED = ("caller", "code", "network")  # of `g`, where a request has them
JSON, PROBLEM = "application/json", "application/problem+json"

_encode = msgspec.json.Encoder().encode


def answer(body: Any, status: int = 200) -> Response:
    """A JSON answer."""
    return Response(_encode(body), status, content_type=JSON)


def nothing() -> Response:
    """An answer without a body: 204."""
    response = Response(status=204)
    del response.headers["Content-Type"]
    return response


def problem(error: ScoreboardError) -> Response:
    """An error as application/problem+json (RFC 9457)."""
    g.code = error.code
    body: dict[str, Any] = {
        "type": f"{links.root()}problems/{error.code.replace('_', '-')}",
        "title": error.title,
        "status": error.status,
        "code": error.code,
        "detail": error.detail,
        "requestId": g.request_id,
    }
    if isinstance(error, ValidationFailed):
        body["errors"] = [{"field": one.field, "message": one.message} for one in error.errors]
    body |= error.members
    response = Response(_encode(body), error.status, mimetype=PROBLEM)
    if error.retry_after_seconds is not None:
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    if error.code == "unsupported_content_encoding":
        response.headers["Accept-Encoding"] = "identity"  # RFC 9110, 15.5.16
    if error.status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="scoreboard"'
    response.headers["Cache-Control"] = "no-store"
    return response


def sent(limit: int = BODY_BYTES, *, optional: bool = False) -> Any:
    """The request's JSON body; {} where it may be left out and is.

    Raises BodyTooLarge, UnsupportedMediaType or BadRequest.
    """
    if optional and not request.content_length and "Transfer-Encoding" not in request.headers:
        return {}
    return bodies.parsed(raw(limit))


def raw(limit: int = BODY_BYTES) -> bytes:
    """The request's body, known to be called JSON. Raises BodyTooLarge or UnsupportedMediaType."""
    asked = request_ctx.request
    if asked.mimetype != "application/json":
        raise UnsupportedMediaType("Send JSON, with Content-Type: application/json.")
    _refuse_encoded(asked.environ.get("HTTP_CONTENT_ENCODING", ""))
    asked.max_content_length = limit
    began = time.monotonic()
    try:
        return asked.get_data(cache=True)
    except RequestEntityTooLarge:
        raise BodyTooLarge(f"This body may have {limit} bytes at most.") from None
    finally:
        deadline.extend(time.monotonic() - began)  # how long a client takes to send it is not ours


def _refuse_encoded(encoding: str) -> None:
    """Refuse a compressed body: a few kilobytes can unpack to gigabytes. Raises UnsupportedMediaType."""
    if encoding.strip().lower() not in ("", "identity"):
        raise UnsupportedMediaType(
            f"The server takes no compressed bodies: send it without Content-Encoding: {encoding[:40]}.",
            code="unsupported_content_encoding",
        )


def tagged(etag: str, body: Callable[[], Any], *, max_age_seconds: int = 1) -> Response:
    """A read's answer with its tag: 304, without making the body, where the client has it already."""
    held = request.if_none_match.contains_weak(etag)
    response = Response(status=304) if held else answer(body())
    # Weak: two answers of one state differ in asOf, and mean the same.
    response.set_etag(etag, weak=True)
    response.headers["Cache-Control"] = caching.read(request, max_age_seconds)
    return response


def install(app: Flask, *, origins: Collection[str] = (), public_url: str = "") -> None:
    """Give an app these manners. Pages of `origins` may write, and links begin with `public_url`."""
    app.config["ORIGINS"] = frozenset(origins)
    app.config["SITE"] = Site(public_url)
    app.url_map.strict_slashes = True
    app.url_map.merge_slashes = False  # what is not there is 404, not a way round
    app.before_request(_begin)
    app.after_request(_end)
    app.register_error_handler(ScoreboardError, problem)
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(Exception, _last_resort)


def _begin() -> AnyResponse | None:
    given = request.headers.get("X-Request-Id", "")
    # Nobody guesses at it, so it needs no system call.
    g.request_id = given if REQUEST_ID.match(given) else f"{getrandbits(64):016x}"
    g.started = time.monotonic()
    deadline.begin()
    asked, config = request_ctx.request, app_ctx.app.config
    preferences.begin(asked.environ.get("HTTP_PREFER", ""))
    # Answered and not raised: a page that explains it would cost more than is refused.
    refused: ScoreboardError | None = _malformed_host(asked) or _misdirected(asked, config["SITE"])
    refused = refused or basepath.refusal(asked)
    refused = refused or crosssite.refusal(asked, config["SITE"], config["ORIGINS"])
    return problem(refused) if refused else basepath.redirection(asked)


def _misdirected(asked: Request, site: Site) -> BadRequest | None:
    """What is wrong with a request for another host than PUBLIC_URL's. Monitors may use any."""
    if site.trusts(asked.environ.get("HTTP_HOST", "")) or asked.environ["PATH_INFO"] in MONITORED:
        return None
    return BadRequest(f"This server is at {site.url}. Send the request to that host.", code="untrusted_host")


def _malformed_host(asked: Request) -> BadRequest | None:
    """What is wrong with a Host header that names no host, or with its absence (RFC 9112, 3.2)."""
    told = asked.environ.get("HTTP_HOST")
    if told is None and asked.environ.get("SERVER_PROTOCOL") == "HTTP/1.1":
        return BadRequest("A request by HTTP/1.1 needs the header Host.")
    if hosts.malformed(told or ""):
        return BadRequest(f"The header Host must name a host, in {hosts.LONGEST} characters at most.")
    return None


def _end(response: Response) -> Response:
    deadline.lift()  # what is streamed goes on for hours
    # Each look at `request` and `g` finds out anew whose they are.
    asked, told = request_ctx.request, app_ctx.g
    response.headers["X-Request-Id"] = told.request_id
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    caching.complete(asked, response)
    if app_ctx.app.config["SITE"].secure:
        response.headers["Strict-Transport-Security"] = HSTS
    if asked.path.startswith("/v1/"):
        cors.allow(asked, response, app_ctx.app.config["ORIGINS"])
        preferences.tell(asked, response)
    if asked.path not in ("/healthz", "/readyz"):
        inform(
            log,
            "request",
            {
                "request": told.request_id,
                "method": asked.method,
                "path": shown(asked.path),
                "status": response.status_code,
                "ms": round((time.monotonic() - told.started) * 1000, 1),
                **{name: told.get(name) for name in LOGGED if name in told},
            },
        )
    return response


def _http_problem(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:
        return error.get_response()  # type: ignore[return-value]
    known = ScoreboardError(_plain(error), code=HTTP_CODES.get(status, "bad_request"))
    known.status = status
    response = problem(known)
    if status == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))  # type: ignore[attr-defined]
    return response


def _plain(error: HTTPException) -> str:
    if error.code == 404:
        return f"There is nothing at {(request.script_root + request.path)[:200]!r}."
    return (error.description or error.name).split(". ")[0]


def _last_resort(error: Exception) -> Response:
    if isinstance(error, DatabaseUnavailable):
        return problem(unavailable(error))
    log.error(
        "a request failed", exc_info=error, extra={"request": g.request_id, "path": shown(request.path)}
    )
    return problem(ScoreboardError("Something went wrong on our side. The request id helps us to find it."))
