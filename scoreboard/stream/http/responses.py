"""Answers that do not end: written by a generator, or sent on a socket taken from the web server."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from contextlib import suppress
from email.utils import formatdate
from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from scoreboard.core.errors import TooMany, Unauthenticated, Unavailable
from scoreboard.stream.http.types import Opening, Refusal
from scoreboard.stream.protocol.carriers import CHUNKED, EVENTS, Carrier
from scoreboard.stream.protocol.types import Resumed
from scoreboard.stream.publishing.edge import hold_headers
from scoreboard.stream.serving.serving import Serving
from scoreboard.stream.serving.sockets import HandedOver, can_watch

HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "private, no-cache, no-store, no-transform",
    "Content-Encoding": "identity",  # so that no proxy compresses it: Caddy delays compressed answers
    "X-Accel-Buffering": "no",  # nginx sends each frame at once
    "Vary": "Origin",
}


class HandedOverResponse(Response):
    """An event stream whose socket belongs to the stream from its first byte on."""

    automatically_set_content_length = False

    def __init__(self, serving: Serving, opening: Opening, headers: Mapping[str, str]) -> None:
        super().__init__(headers=dict(headers))
        self._serving, self._opening = serving, opening

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Take the connection from the web server, which must not touch it any more."""
        carrier = CHUNKED if environ["SERVER_PROTOCOL"] == "HTTP/1.1" else EVENTS
        opening, head = self._opening, self._head(environ, carrier)
        with suppress(OSError), opening:  # no file descriptor is left, or the client is gone
            viewer = self._serving.take_over(opening.admission, opening.resumed, environ["gunicorn.socket"])
            self._serving.join(viewer, opening.scopes, carrier, opening.resumed, head)
        raise HandedOver

    def _head(self, environ: Any, carrier: Carrier) -> bytes:
        lines = [f"{environ['SERVER_PROTOCOL']} {self.status}", f"Date: {formatdate(usegmt=True)}"]
        lines += [f"{name}: {value}" for name, value in self.get_wsgi_headers(environ)]
        lines += ["Connection: close", *(["Transfer-Encoding: chunked"] if carrier is CHUNKED else [])]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


def event_stream(serving: Serving, opening: Opening) -> Response:
    """The answer that streams to an admitted client."""
    headers, environ = HEADERS | {"Scoreboard-Resume": opening.resumed.resume}, request.environ
    if serving.can_take_over(environ):
        return HandedOverResponse(serving, opening, headers)
    viewer = serving.generate(opening.admission, opening.resumed, _connection(environ))
    serving.join(viewer, opening.scopes, EVENTS, opening.resumed)
    response = Response(viewer.chunks(), headers=headers)
    response.call_on_close(lambda: serving.viewers.on_closed(viewer))  # also if no chunk was ever read
    return response


def held_stream(serving: Serving, scopes: tuple[str, ...], resumed: Resumed) -> Response:
    """The answer to an edge, which holds the connection itself and gets the frames that follow."""
    query = urlencode({"boards": ",".join(scopes), "since": str(resumed.at), "link": "next"})
    positions = {scope: serving.hub.position(scope) for scope in scopes}
    response = Response(_held_bytes(serving, resumed), headers=HEADERS)
    for name, value in hold_headers(positions, resumed, f"{request.script_root}{request.path}?{query}"):
        response.headers.add(name, value)
    return response


def _held_bytes(serving: Serving, resumed: Resumed) -> bytes:
    if "link" in request.args:  # the stream continues
        return EVENTS.carry(resumed.frames)
    first = [serving.sweeper.hello(resumed.resume), *resumed.frames]
    return EVENTS.opening(random.randrange(1000, 5000), first)


def refusal_response(refusal: Refusal, error: Exception | None = None) -> Response:
    """The answer to a client that can't stream now."""
    bye = refusal.bye
    # An EventSource that gets 429 or 503 never tries again, so the refusal is sent inside a stream.
    if "text/event-stream" in request.headers.get("Accept", ""):
        return Response(EVENTS.closing(bye), headers=HEADERS)
    if error := error or refusal.error:
        raise error
    seconds = -(-bye["retry_ms"] // 1000)
    if bye["code"] == 301:
        raise Unauthenticated("The ticket has expired. Get a new one.", code="token_expired")
    if bye["code"] in (202, 203):
        raise TooMany("Too many streams from this address or player.", retry_after_seconds=seconds)
    raise Unavailable(
        "This server has no room for another stream now.",
        code="too_many_streams",
        retry_after_seconds=seconds,
    )


def _connection(environ: Any) -> Any:
    return environ["gunicorn.socket"] if can_watch(environ) else None
