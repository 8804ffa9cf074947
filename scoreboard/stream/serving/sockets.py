"""Sockets that are handed over from gunicorn: duplicated, non-blocking, watched by the event loop.

If the application raises StopIteration, gunicorn's plain gevent worker drops the connection and closes only
its own descriptor. The stream keeps the duplicate, and needs no greenlet.
"""

from __future__ import annotations

import _socket  # gevent does not patch this module, so its sockets never switch greenlets
import contextlib
import os
import socket
import ssl
from collections.abc import Callable, Mapping
from typing import Any

from scoreboard.core.concurrency.threads import uses_gevent

SEND_BUFFER = 64 * 1024  # with the system's default, megabytes are buffered before a dead reader is noticed
READ, WRITE = 1, 2


class HandedOver(StopIteration):
    """Tells gunicorn that it does not own the connection any more. Not an error."""


def can_hand_over(environ: Mapping[str, Any]) -> bool:
    """True if the connection of this request can be taken from the web server."""
    connection = environ.get("gunicorn.socket")
    return (
        connection is not None
        and not isinstance(connection, ssl.SSLSocket)  # a duplicate would bypass TLS
        and environ.get("SERVER_PROTOCOL") in ("HTTP/1.0", "HTTP/1.1")
        and environ.get("HTTP_VERSION") != "2"
        and environ["REQUEST_METHOD"] == "GET"
        and environ.get("CONTENT_LENGTH") in (None, "", "0")
        and "HTTP_TRANSFER_ENCODING" not in environ
    )


def duplicate(connection: Any) -> Any:
    """A second, non-blocking socket object with a descriptor of its own for a connection."""
    # Descriptors of one connection share the blocking mode; gevent's are always non-blocking.
    copy = _socket.socket(connection.family, connection.type, connection.proto, os.dup(connection.fileno()))
    copy.setblocking(False)
    tune(copy)
    return copy


def tune(connection: Any) -> None:
    """Limit the kernel's send buffer, send without delay, and detect dead peers.

    TCP_USER_TIMEOUT would detect them too, but it also cuts off slow readers: see `unacknowledged_bytes`.
    """
    with contextlib.suppress(OSError):  # macOS refuses options for a connection whose client is gone
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        if connection.family in (socket.AF_INET, socket.AF_INET6):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def announce(connection: Any) -> None:
    """Tell the web worker that a connection is a stream now: its limits on connections do not apply to it."""
    if hasattr(connection, "become_stream"):
        connection.become_stream()


def watch(connection: Any, event: int, on_ready: Callable[[], object]) -> Any:
    """Have the event loop call `on_ready` whenever a socket is ready. `on_ready` must not wait."""
    from gevent import get_hub

    watcher = get_hub().loop.io(connection.fileno(), event)
    watcher.start(on_ready)
    return watcher


def unwatch(watcher: Any) -> None:
    """Stop watching. Must come before the socket is closed."""
    if watcher is not None:
        watcher.stop()
        watcher.close()


def can_watch(environ: Mapping[str, Any]) -> bool:
    """True if the connection of a request can be watched: there is one, and an event loop."""
    return uses_gevent() and environ.get("gunicorn.socket") is not None


def end(connection: Any) -> None:
    """Shut a connection down, for all its descriptors."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
