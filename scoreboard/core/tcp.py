"""Facts and options of TCP connections, as far as the system has them."""

from __future__ import annotations

import contextlib
import fcntl
import socket
import sys
import termios
from typing import Any

UNSENT_BYTES = 128 * 1024
NWRITE = 0x1024  # macOS: a socket option that Python does not name; Linux has an ioctl
NOTSENT_LOWAT = 25  # Linux: Python names it TCP_NOTSENT_LOWAT from 3.12 on


def unacknowledged_bytes(connection: Any) -> int:
    """The number of sent bytes that are not acknowledged yet; 0 if the system can't tell."""
    try:
        if sys.platform == "darwin":
            return int(connection.getsockopt(socket.SOL_SOCKET, NWRITE))
        return int.from_bytes(fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, bytes(4)), sys.byteorder)
    except OSError:
        return 0


def families_apart() -> bool:
    """True if a socket on all IPv6 addresses gets no IPv4 connections; on most systems it gets both."""
    try:
        with socket.socket(socket.AF_INET6) as probe:
            return bool(probe.getsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY))
    except OSError:
        return False


def hold_little(listener: Any) -> None:
    """Let the kernel buffer little unsent data of accepted connections; its default is 4 MB for each."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError):
            listener.setsockopt(socket.IPPROTO_TCP, NOTSENT_LOWAT, UNSENT_BYTES)
