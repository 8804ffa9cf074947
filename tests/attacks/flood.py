"""Holds as many connections as it can: `python -m tests.attacks.flood KIND PORT SECONDS`.

It is a process of its own, so that it doesn't slow down the measuring one. It prints a line when each of its
connections has been open once.
"""

from __future__ import annotations

import contextlib
import resource
import select
import socket
import sys
import time

CONNECTIONS, OPENED_A_SECOND, REOPENED_A_SECOND = 3000, 1000, 100
GONE = select.EPOLLRDHUP | select.EPOLLHUP | select.EPOLLERR
HEAD = b"POST %s HTTP/1.1\r\nHost: t\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
# Cheap for the server, and with answers long enough to fill every buffer on the way.
PIPELINE = b"GET /vendor/swagger-ui/swagger-ui-bundle.js HTTP/1.1\r\nHost: t\r\n\r\n" * 5
UNREAD, UNREAD_A_SECOND = bytes(64 * 1024), 125_000_000  # 1 Gbit/s

# The first bytes of each connection, and the number of connections.
KINDS = {
    "bodies": (HEAD % (b"/v1/auth/login", 60_000) + b" " * 30_000, CONNECTIONS),
    "readers": (PIPELINE, CONNECTIONS),
    "idle": (b"", CONNECTIONS),
    "unread": (HEAD % (b"/v1/nothing", 10**12), 16),
}


class Flood:
    """The connections of one attack."""

    def __init__(self, kind: str, port: int) -> None:
        self.kind, self.port = kind, port
        self.opening, self.count = KINDS[kind]
        self.held: dict[int, socket.socket] = {}
        self.poll = select.epoll()
        self.opened = 0
        self.sent = 0

    def open(self) -> None:
        """Open one more connection. It never reads."""
        one = socket.socket()
        one.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        one.settimeout(1)
        with contextlib.suppress(OSError):
            one.connect(("127.0.0.1", self.port))
            one.setblocking(False)
            if self.opening:
                one.send(self.opening)
            self.held[one.fileno()] = one
            self.poll.register(one.fileno(), GONE | (select.EPOLLOUT if self.kind == "unread" else 0))
            self.opened += 1
            return
        one.close()

    def step(self, seconds: float) -> None:
        """Send on connections that take data, and forget those that the server closed."""
        for descriptor, event in self.poll.poll(0.01):
            if event & GONE or not self._send(descriptor, seconds):
                self.poll.unregister(descriptor)
                self.held.pop(descriptor).close()

    def _send(self, descriptor: int, seconds: float) -> bool:
        if self.sent > UNREAD_A_SECOND * seconds:
            time.sleep(0.001)
            return True
        try:
            self.sent += self.held[descriptor].send(UNREAD)
        except BlockingIOError:
            pass
        except OSError:
            return False
        return True


def allowed_openings(flood: Flood, seconds: float) -> float:
    """The number of connections that may have been opened by now."""
    first = flood.count / OPENED_A_SECOND
    return min(seconds, first) * OPENED_A_SECOND + max(0.0, seconds - first) * REOPENED_A_SECOND


def main(kind: str, port: int, seconds: float) -> None:
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    flood, began = Flood(kind, port), time.monotonic()
    announced = False
    while (now := time.monotonic() - began) < seconds:
        while len(flood.held) < flood.count and flood.opened < allowed_openings(flood, now):
            flood.open()
        flood.step(now)
        if not announced and flood.opened >= flood.count:
            announced = True
            print("open", flush=True)
    print(f"{kind}: {flood.opened} opened, {len(flood.held)} held at the end, {flood.sent} bytes", flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
