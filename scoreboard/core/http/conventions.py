"""Flask's side of the HTTP conventions: its requests become calls, and answers become its responses."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from flask import Flask, Request, Response, request
from flask.globals import app_ctx, request_ctx
from werkzeug import Response as AnyResponse
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge

from scoreboard.core.errors import ScoreboardError
from scoreboard.core.http import answers, basepath, caching, errorpages, handling, problems, slashes
from scoreboard.core.http.answers import Answer
from scoreboard.core.http.calls import BODY_BYTES, Application, Call, current, enter, too_large
from scoreboard.core.http.endpoints import Endpoint, mark_view

log = logging.getLogger(__name__)

HTTP_CODES = {
    404: "not_found",
    405: "method_not_allowed",
    413: "body_too_large",
    415: "unsupported_media_type",
}


def as_flask_view(endpoint: Endpoint) -> Callable[..., Response]:
    """A view function of an endpoint, with its description. The server's fast path calls the endpoint."""

    @wraps(endpoint)
    def view(**variables: str) -> Response:
        return as_response(endpoint(current(), **variables))

    return mark_view(view, endpoint)


def as_response(answer: Answer) -> Response:
    """An answer as a response of Flask, with its headers in the same order."""
    response = Response(answer.body, answer.status, headers=answer.headers)
    if "Content-Type" not in answer.headers:  # Flask adds one to every response
        del response.headers["Content-Type"]
    return response


def as_answer(response: Response) -> Answer:
    """A complete response of Flask as an answer."""
    return Answer(response.status_code, response.get_data(), dict(response.headers))


def answer(body: Any, status: int = 200) -> Response:
    """Answer with JSON."""
    return as_response(answers.answer(body, status))


def no_content() -> Response:
    """Answer 204, without a body."""
    return as_response(Answer(204))


def problem(error: ScoreboardError) -> Response:
    """Answer with an error as application/problem+json (RFC 9457)."""
    return as_response(problems.problem(current(), error))


def json_body(limit: int = BODY_BYTES, *, optional: bool = False) -> Any:
    """The request's JSON body; {} if it is absent and `optional`.

    Raises BodyTooLarge, UnsupportedMediaType or BadRequest.
    """
    return current().json_body(limit, optional=optional)


def raw_body(limit: int = BODY_BYTES) -> bytes:
    """The bytes of the request's JSON body. Raises BodyTooLarge or UnsupportedMediaType."""
    return current().raw_body(limit)


def answer_with_etag(etag: str, body: Callable[[], Any], *, max_age_seconds: int = 1) -> Response:
    """Answer a read, with its ETag. If the client has it already, answer 304 without making the body."""
    return as_response(caching.answer_with_etag(current(), etag, body, max_age_seconds=max_age_seconds))


def enter_request(app: Application, incoming: Request) -> None:
    """Make a request the current call."""

    def read(limit: int) -> bytes:
        incoming.max_content_length = limit
        try:
            return incoming.get_data(cache=True)
        except RequestEntityTooLarge:
            raise too_large(limit) from None

    enter(Call(app, incoming.environ, incoming.path, read))


def install(app: Flask) -> None:
    """Install these conventions in an app."""
    app.url_map.strict_slashes = True
    app.url_map.merge_slashes = False  # a path with two slashes in a row is 404, not another path of a route
    app.before_request(_begin)
    app.after_request(_end)
    app.register_error_handler(ScoreboardError, _error_response)
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(Exception, _unexpected)


def _begin() -> AnyResponse | None:
    # Returned and not raised: rendering an error page would cost more than the request that is refused.
    refusal = handling.begin(current())
    return problem(refusal) if refusal else basepath.redirection(request.environ)


def _end(response: Response) -> Response:
    handling.finish(current(), response.status_code, response.headers)
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
    current().code = error.code
    try:
        response: AnyResponse = page(error)
    except Exception as failure:
        log.exception("an error page failed", exc_info=failure, extra={"request": current().id})
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
    return _error_response(problems.error_of(current(), error))
