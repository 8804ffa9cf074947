"""HTTP conventions of all routes: JSON answers, errors, request ids, limits of bodies."""

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
from scoreboard.core.http import (
    basepath,
    bodies,
    caching,
    cors,
    crosssite,
    errorpages,
    hosts,
    links,
    preferences,
    slashes,
)
from scoreboard.core.http.basepath import MONITORED
from scoreboard.core.http.media import JSON, PROBLEM
from scoreboard.core.http.site import Site
from scoreboard.core.logs import inform, loggable_path
from scoreboard.core.storage.unavailable import DatabaseUnavailable, unavailable

log = logging.getLogger(__name__)

BODY_BYTES = 64 * 1024
BATCH_BYTES = 1024 * 1024  # of a body with a batch of entries
REQUEST_ID = re.compile(r"^[\x21-\x7e]{1,128}\Z")
HTTP_CODES = {
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "unsupported_media_type",
}
HSTS = "max-age=31536000"
LOG_ATTRIBUTES = ("caller", "code", "network")  # of `g`: logged if they are set

_encode = msgspec.json.Encoder().encode


def answer(body: Any, status: int = 200) -> Response:
    """Answer with JSON."""
    return Response(_encode(body), status, content_type=JSON)


def no_content() -> Response:
    """Answer 204, without a body."""
    response = Response(status=204)
    del response.headers["Content-Type"]
    return response


def problem(error: ScoreboardError) -> Response:
    """Answer with an error as application/problem+json (RFC 9457)."""
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


def json_body(limit: int = BODY_BYTES, *, optional: bool = False) -> Any:
    """The request's JSON body; {} if it is absent and `optional`.

    Raises BodyTooLarge, UnsupportedMediaType or BadRequest.
    """
    if optional and not request.content_length and "Transfer-Encoding" not in request.headers:
        return {}
    return bodies.parse_json(raw_body(limit))


def raw_body(limit: int = BODY_BYTES) -> bytes:
    """The bytes of the request's JSON body. Raises BodyTooLarge or UnsupportedMediaType."""
    incoming = request_ctx.request
    if incoming.mimetype != "application/json":
        raise UnsupportedMediaType("Send JSON, with Content-Type: application/json.")
    _refuse_encoded(incoming.environ.get("HTTP_CONTENT_ENCODING", ""))
    incoming.max_content_length = limit
    start = time.monotonic()
    try:
        return incoming.get_data(cache=True)
    except RequestEntityTooLarge:
        raise BodyTooLarge(f"The body is too large: at most {limit} bytes are allowed.") from None
    finally:
        deadline.extend(time.monotonic() - start)  # waiting for the client does not count


def _refuse_encoded(encoding: str) -> None:
    """Refuse a compressed body: a few kilobytes can unpack to gigabytes. Raises UnsupportedMediaType."""
    if encoding.strip().lower() not in ("", "identity"):
        raise UnsupportedMediaType(
            f"Compressed bodies are not supported: send it without Content-Encoding: {encoding[:40]}.",
            code="unsupported_content_encoding",
        )


def answer_with_etag(etag: str, body: Callable[[], Any], *, max_age_seconds: int = 1) -> Response:
    """Answer a read, with its ETag. If the client has it already, answer 304 without making the body."""
    unchanged = request.if_none_match.contains_weak(etag)
    response = Response(status=304) if unchanged else answer(body())
    # The ETag is weak, because two answers of the same state may differ in `asOf`.
    response.set_etag(etag, weak=True)
    response.headers["Cache-Control"] = caching.read(request, max_age_seconds)
    return response


def install(app: Flask, *, origins: Collection[str] = (), public_url: str = "") -> None:
    """Install these conventions in an app. Pages of `origins` may write. Links begin with `public_url`."""
    app.config["ORIGINS"] = frozenset(origins)
    app.config["SITE"] = Site(public_url)
    app.url_map.strict_slashes = True
    app.url_map.merge_slashes = False  # a path with two slashes in a row is 404, not another path of a route
    app.before_request(_begin)
    app.after_request(_end)
    app.register_error_handler(ScoreboardError, _error_response)
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(Exception, _unexpected)


def _begin() -> AnyResponse | None:
    id = request.headers.get("X-Request-Id", "")
    # A request id is not secret, so it needs no cryptographic randomness.
    g.request_id = id if REQUEST_ID.match(id) else f"{getrandbits(64):016x}"
    g.started = time.monotonic()
    deadline.begin()
    incoming, config = request_ctx.request, app_ctx.app.config
    preferences.begin(incoming.environ.get("HTTP_PREFER", ""))
    # Returned and not raised: rendering an error page would cost more than the request that is refused.
    refusal: ScoreboardError | None = _malformed_host(incoming) or _wrong_host(incoming, config["SITE"])
    refusal = refusal or basepath.refusal(incoming)
    refusal = refusal or crosssite.refusal(incoming, config["SITE"], config["ORIGINS"])
    return problem(refusal) if refusal else basepath.redirection(incoming)


def _wrong_host(incoming: Request, site: Site) -> BadRequest | None:
    """The error for a request to another host than PUBLIC_URL's. Monitors may use any host."""
    if site.trusts(incoming.environ.get("HTTP_HOST", "")) or incoming.environ["PATH_INFO"] in MONITORED:
        return None
    return BadRequest(f"This server is at {site.url}. Send the request to that host.", code="untrusted_host")


def _malformed_host(incoming: Request) -> BadRequest | None:
    """The error for a missing or malformed Host header (RFC 9112, 3.2)."""
    host = incoming.environ.get("HTTP_HOST")
    if host is None and incoming.environ.get("SERVER_PROTOCOL") == "HTTP/1.1":
        return BadRequest("HTTP/1.1 requests need a Host header.")
    if hosts.is_malformed(host or ""):
        return BadRequest(f"The Host header must name a host, with at most {hosts.LONGEST} characters.")
    return None


def _end(response: Response) -> Response:
    deadline.lift()  # a stream lasts for hours
    # Each use of the proxies `request` and `g` costs a look-up.
    incoming, context = request_ctx.request, app_ctx.g
    response.headers["X-Request-Id"] = context.request_id
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Referrer-Policy"] = "no-referrer"
    caching.complete(incoming, response)
    if app_ctx.app.config["SITE"].secure:
        response.headers["Strict-Transport-Security"] = HSTS
    if incoming.path.startswith("/v1/"):
        cors.allow(incoming, response, app_ctx.app.config["ORIGINS"])
        preferences.add_header(incoming, response)
    if incoming.path not in ("/healthz", "/readyz"):
        inform(
            log,
            "request",
            {
                "request": context.request_id,
                "method": incoming.method,
                "path": loggable_path(incoming.path),
                "status": response.status_code,
                "ms": round((time.monotonic() - context.started) * 1000, 1),
                **{name: context.get(name) for name in LOG_ATTRIBUTES if name in context},
            },
        )
    return response


def _error_response(error: ScoreboardError) -> AnyResponse:
    """Answer with an error: as a web page for browsers, and as problem+json for all others."""
    response = _error_page(error) or problem(error)
    if not errorpages.is_of_api(request.path):
        response.vary.add("Accept")
    return response


def _error_page(error: ScoreboardError) -> AnyResponse | None:
    page = app_ctx.app.extensions.get(errorpages.EXTENSION)
    if page is None or not errorpages.is_wanted(request):
        return None
    g.code = error.code
    try:
        response: AnyResponse = page(error)
    except Exception as failure:
        log.exception("an error page failed", exc_info=failure, extra={"request": g.request_id})
        return None
    return response


def _http_problem(error: HTTPException) -> AnyResponse:
    status = error.code or 500
    if status < 400:
        return error.get_response()
    if status == 404 and request.url_rule is None:
        redirection = slashes.redirection(request, request_ctx.url_adapter)
        if redirection is not None:
            return redirection
    converted = ScoreboardError(_detail_of(error), code=HTTP_CODES.get(status, "bad_request"))
    converted.status = status
    response = _error_response(converted)
    if status == 405 and getattr(error, "valid_methods", None):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods))  # type: ignore[attr-defined]
    return response


def _detail_of(error: HTTPException) -> str:
    if error.code == 404:
        return f"There is nothing at {(request.script_root + request.path)[:200]!r}."
    return (error.description or error.name).split(". ")[0]


def _unexpected(error: Exception) -> AnyResponse:
    if isinstance(error, DatabaseUnavailable):
        return _error_response(unavailable(error))
    log.error(
        "a request failed",
        exc_info=error,
        extra={"request": g.request_id, "path": loggable_path(request.path)},
    )
    return _error_response(
        ScoreboardError("Internal error. The server's log has details under this request id.")
    )
