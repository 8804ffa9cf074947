"""A proxy in front of PostgreSQL that loses commits, or their answers, as a test sets it."""

from __future__ import annotations

import contextlib
import socket
import tempfile
import threading
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

COMMIT = b"COMMIT"


class Proxy:
    """Listens on a Unix socket, and forwards to a server that listens on another one."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._server = f"{parse_qs(parts.query)['host'][0]}/.s.PGSQL.{parts.port or 5432}"
        self._folder = tempfile.TemporaryDirectory(prefix="proxy-")
        self.url = f"postgresql://{parts.username}@{parts.path}?host={self._folder.name}"
        self._listening = socket.socket(socket.AF_UNIX)
        self._listening.bind(str(Path(self._folder.name) / ".s.PGSQL.5432"))
        self._listening.listen()
        self._open: list[socket.socket] = [self._listening]
        self.lose_answers = 0  # the answers to this many commits are dropped, and their connections cut
        self.lose_commits = 0  # this many commits are dropped, and their connections cut
        self.refuses = False  # no new connection gets through
        self.flows = threading.Event()  # while it is not set, bytes in both directions wait
        self.flows.set()
        self.lost = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def cut(self) -> None:
        """Cut every connection, and let none through until `repair`."""
        self.refuses = True
        for one in self._open[1:]:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    def stall(self) -> None:
        """Hold all bytes until `repair`; connections stay open, as those of a host that does not answer."""
        self.flows.clear()

    def repair(self) -> None:
        """Let connections through again."""
        self.refuses = False
        self.flows.set()

    def close(self) -> None:
        """Cut every connection, and stop listening."""
        self.refuses = True
        self.flows.set()
        for one in self._open:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._folder.cleanup()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                if self.refuses:
                    client.close()
                    continue
                server = socket.socket(socket.AF_UNIX)
                server.connect(self._server)
                self._open += [client, server]
                committing = threading.Event()
                threading.Thread(target=self._up, args=(client, server, committing), daemon=True).start()
                threading.Thread(target=self._down, args=(server, client, committing), daemon=True).start()

    def _up(self, client: socket.socket, server: socket.socket, committing: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                self.flows.wait()
                if COMMIT in data and self.lose_commits:
                    self.lose_commits -= 1
                    break
                if COMMIT in data and self.lose_answers:
                    self.lose_answers -= 1
                    committing.set()
                server.sendall(data)
        self._cut(client, server)

    def _down(self, server: socket.socket, client: socket.socket, committing: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                self.flows.wait()
                if committing.is_set():
                    break
                client.sendall(data)
        self._cut(client, server)

    def _cut(self, *sockets: socket.socket) -> None:
        for one in sockets:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        self.lost.set()
