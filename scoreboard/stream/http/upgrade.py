"""WebSocket: flask-sock does the handshake, then the connection is served like any other stream."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flask import Blueprint, Response, request
from flask_sock import Sock
from simple_websocket import Server
from wsproto.utilities import RemoteProtocolError

from scoreboard.core.errors import BadRequest, NotFound, ScoreboardError, Unavailable, UpgradeRequired
from scoreboard.core.http.conventions import problem
from scoreboard.core.http.links import public_site
from scoreboard.core.storage.unavailable import DatabaseUnavailable
from scoreboard.stream.http.requests import stream_request
from scoreboard.stream.http.service import StreamService
from scoreboard.stream.http.types import Opening, Refusal
from scoreboard.stream.protocol import closing
from scoreboard.stream.protocol.carriers import MESSAGES
from scoreboard.stream.protocol.types import Frame
from scoreboard.stream.protocol.websocket import Inbound
from scoreboard.stream.serving.sockets import can_watch
from scoreboard.stream.serving.viewer import GeneratorViewer, Viewer

VERSION = "13"
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2


class AnyName:
    """Accepts the first subprotocol that is offered, with any name: clients fail if they get none."""

    def __contains__(self, name: object) -> bool:
        return TOKEN.fullmatch(str(name)) is not None


class NoThread:
    """Reads nothing: flask-sock's reader would compete with the stream's for every byte."""

    name = ""

    def __init__(self, target: Callable[[], None]) -> None:
        pass

    def start(self) -> None:
        """Do nothing."""


def install(bp: Blueprint, route: Callable[[Server], None]) -> None:
    """Add a route for WebSockets to a blueprint."""
    options = {"thread_class": NoThread, "subprotocols": AnyName()}
    bp.record_once(lambda state: state.app.config.update(SOCK_SERVER_OPTIONS=options))
    bp.before_request(_check_version)
    bp.before_request(_without_compression)
    bp.register_error_handler(RemoteProtocolError, _no_handshake)
    bp.register_error_handler(ConnectionError, _gone)
    Sock().route("/ws", bp=bp)(route)


def serve(service: StreamService, handshake: Server) -> None:
    """Stream boards as WebSocket messages."""
    connection = handshake.sock
    # flask-sock must not close a connection of the stream: the web server closes its own descriptor.
    handshake.connected = False
    try:
        bye = _refuse_origin(service.origins) or _stream(service, connection)
    except NotFound:
        bye = closing.frame("board_gone")
    except (Unavailable, DatabaseUnavailable):
        bye = closing.frame("unavailable")
    except ScoreboardError:
        bye = closing.frame("forbidden")
    if bye is not None:
        with suppress(OSError):  # the client is gone already
            connection.sendall(MESSAGES.closing(bye))


def _stream(service: StreamService, connection: Any) -> Frame | None:
    """Serve the connection. Returns the bye of a refusal."""
    opening = service.open(service.authorize(stream_request(service.region_header)))
    if isinstance(opening, Refusal):
        return opening.bye
    with opening:
        viewer = _viewer(service, opening, connection)
        service.serving.join(viewer, opening.scopes, MESSAGES, opening.resumed)
    if isinstance(viewer, GeneratorViewer):
        try:
            for chunk in viewer.chunks():
                connection.sendall(chunk)
        except OSError:
            service.serving.viewers.on_closed(viewer)
    return None


def _viewer(service: StreamService, opening: Opening, connection: Any) -> Viewer:
    serving, environ = service.serving, request.environ
    viewer: Viewer
    if serving.can_take_over(environ):
        viewer = serving.take_over(opening.admission, opening.resumed, connection)
    else:
        watched_connection = connection if can_watch(environ) else None
        viewer = serving.generate(opening.admission, opening.resumed, watched_connection)
    viewer.inbound = Inbound()
    return viewer


def _refuse_origin(allowed: str) -> Frame | None:
    """Refuse pages of origins that may not connect: browsers let any page open a WebSocket."""
    origin = request.headers.get("Origin")
    own = {request.host, public_site().netloc} - {""}  # "null" has no host, nor has an unknown site
    if origin is None or allowed == "*" or origin.partition("://")[2] in own:
        return None
    origins = [one.strip().rstrip("/") for one in allowed.split(",")]
    return None if origin in origins else closing.frame("forbidden")


def _check_version() -> Response | None:
    # A request without the header is not a handshake: flask-sock answers it.
    if not request.path.endswith("/ws") or request.headers.get("Sec-WebSocket-Version", VERSION) == VERSION:
        return None
    response = problem(UpgradeRequired(f"This server speaks version {VERSION} of WebSocket (RFC 6455)."))
    response.headers.update(
        {"Sec-WebSocket-Version": VERSION, "Upgrade": "websocket", "Connection": "upgrade"}
    )
    return response


def _no_handshake(error: Exception) -> Response:
    return problem(BadRequest(f"Not a WebSocket handshake. {error}"))


def _gone(error: Exception) -> Response:
    return Response(status=499)  # nginx's code for a client that closed the request


def _without_compression() -> None:
    # flask-sock accepts compression whenever it is offered, which costs 100 KB a connection.
    request.environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
