"""WebSocket: flask-sock does the handshake, then the connection is served like every other."""

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
from scoreboard.core.http.links import known_site
from scoreboard.core.http.openapi import described
from scoreboard.core.http.parts import parts
from scoreboard.core.storage.unavailable import DatabaseUnavailable
from scoreboard.stream.http.requests import StreamQuery, asked, turned_away
from scoreboard.stream.protocol import closing
from scoreboard.stream.protocol.carriers import MESSAGES
from scoreboard.stream.protocol.types import Frame
from scoreboard.stream.protocol.websocket import Inbound
from scoreboard.stream.serving.sockets import can_hand_over, watchable
from scoreboard.stream.serving.viewer import GeneratorViewer, SocketViewer, Viewer

VERSION = "13"
TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110, section 5.6.2


class AnyName:
    """Takes the first subprotocol that is offered, whatever its name: clients fail where they get none."""

    def __contains__(self, name: object) -> bool:
        return TOKEN.fullmatch(str(name)) is not None


class NoThread:
    """Reads nothing: flask-sock's own reader would compete with ours for every byte."""

    name = ""

    def __init__(self, target: Callable[[], None]) -> None:
        pass

    def start(self) -> None:
        """Do nothing."""


def install(bp: Blueprint) -> None:
    """Add the route to a blueprint."""
    options = {"thread_class": NoThread, "subprotocols": AnyName()}
    bp.record_once(lambda state: state.app.config.update(SOCK_SERVER_OPTIONS=options))
    bp.before_request(_check_version)
    bp.before_request(_without_compression)
    bp.register_error_handler(RemoteProtocolError, _no_handshake)
    bp.register_error_handler(ConnectionError, _gone)
    Sock().route("/ws", bp=bp)(stream_messages)


@described(
    query=StreamQuery,
    status=(101,),
    security=("anyone", "key", "player"),
    problems=("bad_request", "unsupported_websocket_version"),
)
def stream_messages(handshaken: Server) -> None:
    """Stream boards as WebSocket messages."""
    connection = handshaken.sock
    # flask-sock must not close what is ours: its own descriptor is closed by the server.
    handshaken.connected = False
    try:
        bye = _refusal() or _served(connection)
    except NotFound:
        bye = closing.frame("board_gone")
    except (Unavailable, DatabaseUnavailable):
        bye = closing.frame("unavailable")
    except ScoreboardError:
        bye = closing.frame("forbidden")
    if bye is not None:
        with suppress(OSError):  # he is gone already
            connection.sendall(MESSAGES.closing(bye))


def _served(connection: Any) -> Frame | None:
    """Serve the connection. Returns the bye to refuse it with."""
    one, _ = asked()
    resumed, viewers = parts().stream.hub.resume(one.scopes, one.since), parts().stream.viewers
    away = turned_away(one, resumed)
    if away is not None:
        return away[0]
    try:
        handed = viewers.handing_over and can_hand_over(request.environ)
        watched = connection if watchable(request.environ) else None
        viewer: Viewer = (SocketViewer if handed else GeneratorViewer)(
            viewers, one.who, resumed.at, viewers.monotonic(), connection if handed else watched
        )
    except BaseException:
        viewers.dismiss(one.who)
        raise
    viewer.inbound = Inbound()
    try:
        viewers.join(viewer, one.scopes, MESSAGES, resumed)
        if isinstance(viewer, GeneratorViewer):
            for part in viewer.parts():
                connection.sendall(part)
    except OSError:
        viewers.left(viewer)
    return None


def _refusal() -> Frame | None:
    """Turn away pages of origins that may not connect: browsers let any page open a WebSocket."""
    origin, allowed = request.headers.get("Origin"), parts().base.settings.stream_origins
    ours = {request.host, known_site().netloc} - {""}  # "null" has no host, nor has a site that is not known
    if origin is None or allowed == "*" or origin.partition("://")[2] in ours:
        return None
    known = [one.strip().rstrip("/") for one in allowed.split(",")]
    return None if origin in known else closing.frame("forbidden")


def _check_version() -> Response | None:
    # Without the header it is no handshake, and flask-sock says so.
    if not request.path.endswith("/ws") or request.headers.get("Sec-WebSocket-Version", VERSION) == VERSION:
        return None
    response = problem(UpgradeRequired(f"This server speaks version {VERSION} of WebSocket (RFC 6455)."))
    response.headers.update(
        {"Sec-WebSocket-Version": VERSION, "Upgrade": "websocket", "Connection": "upgrade"}
    )
    return response


def _no_handshake(error: Exception) -> Response:
    return problem(BadRequest(f"This is no WebSocket handshake. {error}"))


def _gone(error: Exception) -> Response:
    return Response(status=499)  # as nginx calls it: nobody is left to read this


def _without_compression() -> None:
    # flask-sock accepts it wherever it is offered, which costs 100 KB a connection.
    request.environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
