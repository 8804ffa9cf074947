"""Answers that do not end: written by a generator, or handed over with their sockets."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from email.utils import formatdate
from typing import Any
from urllib.parse import urlencode

from flask import Response, request

from scoreboard.core.errors import TooMany, Unauthenticated, Unavailable
from scoreboard.core.http.parts import parts
from scoreboard.stream.http.requests import Asked
from scoreboard.stream.protocol.carriers import CHUNKED, EVENTS, Carrier
from scoreboard.stream.protocol.types import Frame, Resumed
from scoreboard.stream.publishing.edge import holding
from scoreboard.stream.serving.sockets import HandedOver, can_hand_over, watchable
from scoreboard.stream.serving.viewer import GeneratorViewer, SocketViewer

HEADERS = {
    "Content-Type": "text/event-stream; charset=utf-8",
    "Cache-Control": "private, no-cache, no-store, no-transform",
    "Content-Encoding": "identity",  # nobody compresses it: Caddy would hold back whatever it compresses
    "X-Accel-Buffering": "no",  # nginx sends each frame at once
    "Vary": "Origin",
}


class HandedOverResponse(Response):
    """An event stream whose socket is ours from its first byte on."""

    automatically_set_content_length = False

    def __init__(self, asked: Asked, resumed: Resumed, headers: Mapping[str, str]) -> None:
        super().__init__(headers=dict(headers))
        self._asked, self._resumed = asked, resumed

    def __call__(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """Take the connection from the server, which must not touch it any more."""
        viewers, carrier = parts().stream.viewers, _carrier(environ)
        at, now = self._resumed.at, viewers.monotonic()
        try:
            viewer = SocketViewer(viewers, self._asked.who, at, now, environ["gunicorn.socket"])
        except OSError:  # no more files may be open
            viewers.dismiss(self._asked.who)
            raise HandedOver from None
        try:
            viewers.join(viewer, self._asked.scopes, carrier, self._resumed, self._head(environ, carrier))
        except OSError:  # gone before he was served
            viewers.left(viewer)
        raise HandedOver

    def _head(self, environ: Any, carrier: Carrier) -> bytes:
        lines = [f"{environ['SERVER_PROTOCOL']} {self.status}", f"Date: {formatdate(usegmt=True)}"]
        lines += [f"{name}: {value}" for name, value in self.get_wsgi_headers(environ)]
        lines += ["Connection: close", *(["Transfer-Encoding: chunked"] if carrier is CHUNKED else [])]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


def event_stream(asked: Asked, resumed: Resumed) -> Response:
    """The answer that streams to somebody who has a place."""
    headers = HEADERS | {"Scoreboard-Resume": resumed.resume}
    viewers, environ = parts().stream.viewers, request.environ
    if viewers.handing_over and can_hand_over(environ):
        return HandedOverResponse(asked, resumed, headers)
    viewer = GeneratorViewer(viewers, asked.who, resumed.at, viewers.monotonic(), _connection(environ))
    viewers.join(viewer, asked.scopes, EVENTS, resumed)
    response = Response(viewer.parts(), headers=headers)
    response.call_on_close(lambda: viewers.left(viewer))  # also where not even the first part was asked for
    return response


def held(asked: Asked, resumed: Resumed) -> Response:
    """The answer to an edge, which holds the connection itself and is sent the frames that follow."""
    query = urlencode({"boards": ",".join(asked.scopes), "since": str(resumed.at), "link": "next"})
    positions = {scope: parts().stream.hub.position(scope) for scope in asked.scopes}
    response = Response(_held_bytes(resumed), headers=HEADERS)
    for name, value in holding(positions, resumed, f"{request.script_root}{request.path}?{query}"):
        response.headers.add(name, value)
    return response


def _held_bytes(resumed: Resumed) -> bytes:
    if "link" in request.args:  # the stream goes on: it does not begin again
        return EVENTS.carry(resumed.frames)
    first = [parts().stream.viewers.hello(resumed.resume), *resumed.frames]
    return EVENTS.opening(random.randrange(1000, 5000), first)


def refused(bye: Frame, error: Exception | None = None) -> Response:
    """The answer to somebody who can't come in now."""
    # An EventSource that gets 429 or 503 never tries again, so it is told inside a stream.
    if "text/event-stream" in request.headers.get("Accept", ""):
        return Response(EVENTS.closing(bye), headers=HEADERS)
    if error is not None:
        raise error
    seconds = -(-bye["retry_ms"] // 1000)
    if bye["code"] == 301:
        raise Unauthenticated("This ticket is too old, get a new one.", code="token_expired")
    if bye["code"] in (202, 203):
        raise TooMany("Too many streams from where you are.", retry_after_seconds=seconds)
    raise Unavailable("No more streams here now.", code="too_many_streams", retry_after_seconds=seconds)


def _carrier(environ: Any) -> Carrier:
    return CHUNKED if environ["SERVER_PROTOCOL"] == "HTTP/1.1" else EVENTS


def _connection(environ: Any) -> Any:
    return environ["gunicorn.socket"] if watchable(environ) else None
