"""Sockets that outlive their request: duplicated, non-blocking, and watched for their end.

gunicorn's plain gevent worker lets go of a connection when the application raises StopIteration, and
closes only its own descriptor. A duplicate then belongs to the stream, without a greenlet of its own.
"""

from __future__ import annotations

import _socket  # gevent does not patch this one: it must not wait
import contextlib
import os
import socket
import ssl
from collections.abc import Callable, Mapping
from typing import Any

from scoreboard.core.concurrency.threads import cooperative

SEND_BUFFER = 64 * 1024  # the system's default swallows megabytes before a dead reader is noticed
READ, WRITE = 1, 2


class HandedOver(StopIteration):
    """Tells gunicorn that the connection does not belong to it any more. Not an error."""


def can_hand_over(environ: Mapping[str, Any]) -> bool:
    """Whether the connection of this request can be taken from the web server."""
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
    """Another descriptor of a connection, which never blocks."""
    # Descriptors of one connection share the blocking mode; gevent's are always non-blocking.
    taken = _socket.socket(connection.family, connection.type, connection.proto, os.dup(connection.fileno()))
    taken.setblocking(False)
    tune(taken)
    return taken


def tune(connection: Any) -> None:
    """Keep little in the kernel, send at once, and detect dead peers.

    TCP_USER_TIMEOUT would detect them too, but it also cuts off slow readers: see `unacknowledged`.
    """
    with contextlib.suppress(OSError):  # macOS refuses options for a connection whose client is gone
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        if connection.family in (socket.AF_INET, socket.AF_INET6):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def announce(connection: Any) -> None:
    """Tell the web worker that a connection is a stream now, which its limits do not apply to."""
    if hasattr(connection, "become_stream"):
        connection.become_stream()


def watch(connection: Any, event: int, on_ready: Callable[[], object]) -> Any:
    """Have `on_ready` called by the event loop whenever a socket is ready. It must not wait."""
    from gevent import get_hub

    watcher = get_hub().loop.io(connection.fileno(), event)
    watcher.start(on_ready)
    return watcher


def unwatch(watcher: Any) -> None:
    """Stop watching. Must come before the socket is closed."""
    if watcher is not None:
        watcher.stop()
        watcher.close()


def watchable(environ: Mapping[str, Any]) -> bool:
    """Whether the connection of a request can be watched: there is one, and an event loop."""
    return cooperative() and environ.get("gunicorn.socket") is not None


def end(connection: Any) -> None:
    """Shut a connection down, for all descriptors of it."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
