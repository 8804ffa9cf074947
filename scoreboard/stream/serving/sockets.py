"""Sockets that outlive their request: duplicated, never waited for, and watched for leavers.

gunicorn's plain gevent worker lets go of a connection when the application raises StopIteration, and
closes its own descriptor only. A duplicate then belongs to us, without a greenlet of its own.
"""

from __future__ import annotations

import _socket  # the one that gevent does not patch: it must not wait
import contextlib
import os
import socket
import ssl
from collections.abc import Callable, Mapping
from typing import Any

from scoreboard.core.concurrency.threads import cooperative

SEND_BUFFER = 64 * 1024  # with the system's own a reader who is gone takes megabytes before he is noticed
READ, WRITE = 1, 2


class HandedOver(StopIteration):
    """Tells gunicorn that the connection is not its own any more. Not an error."""


def can_hand_over(environ: Mapping[str, Any]) -> bool:
    """Whether this request's connection is plain enough to be taken from the server."""
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
    """Another descriptor of a connection, which never waits."""
    # Descriptors of one connection share whether they wait; gevent's never do.
    taken = _socket.socket(connection.family, connection.type, connection.proto, os.dup(connection.fileno()))
    taken.setblocking(False)
    tune(taken)
    return taken


def tune(connection: Any) -> None:
    """Keep little in the kernel, send at once, and find out who is gone.

    TCP_USER_TIMEOUT would find the dead too, but also cuts off who reads slowly: see `unacknowledged`.
    """
    with contextlib.suppress(OSError):  # macOS has no options any more for a connection whose client is gone
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        if connection.family in (socket.AF_INET, socket.AF_INET6):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def announce(connection: Any) -> None:
    """Tell our web worker that a connection is a stream now: then its limits do not hold."""
    if hasattr(connection, "become_stream"):
        connection.become_stream()


def watch(connection: Any, event: int, tell: Callable[[], object]) -> Any:
    """Have `tell` called by the event loop whenever a socket is ready. It must not wait."""
    from gevent import get_hub

    watcher = get_hub().loop.io(connection.fileno(), event)
    watcher.start(tell)
    return watcher


def unwatch(watcher: Any) -> None:
    """Stop watching. Must come before the socket is closed."""
    if watcher is not None:
        watcher.stop()
        watcher.close()


def watchable(environ: Mapping[str, Any]) -> bool:
    """Whether the request's connection can be watched: there is one, and an event loop."""
    return cooperative() and environ.get("gunicorn.socket") is not None


def end(connection: Any) -> None:
    """End a connection for everybody who holds a descriptor of it."""
    with contextlib.suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)
