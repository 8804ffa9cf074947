"""A way over TCP that loses, holds back or changes what a test wants to have so."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable


class TcpProxy:
    """Listens on a port of 127.0.0.1, and forwards to another one."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._open: list[socket.socket] = []
        self._mute: set[socket.socket] = set()
        self.swallowing = False  # answers are lost; what is asked gets through
        self.swallowed = threading.Event()
        self.passing: Callable[[bytes], bytes] = lambda data: data  # what becomes of answers
        self.buffering: tuple[bytes, ...] = ()  # answers with such words are held back to their end
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Cut every connection, and listen no more."""
        self._close(self._listening)
        self.cut()

    def cut(self) -> None:
        """Cut every connection, and take new ones."""
        while self._open:
            self._close(self._open.pop())

    def mute(self) -> None:
        """Let nothing through on the connections of now, and keep them open."""
        self._mute.update(self._open)

    def _close(self, one: socket.socket) -> None:
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)
        one.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.create_connection(("127.0.0.1", self._target))
                self._open += [client, server]
                threading.Thread(target=self._forward, args=(client, server, False), daemon=True).start()
                threading.Thread(target=self._forward, args=(server, client, True), daemon=True).start()

    def _forward(self, source: socket.socket, target: socket.socket, answers: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if answers and self.swallowing:
                    self.swallowed.set()
                    break
                if answers and any(words in data for words in self.buffering):
                    data += _rest(source)
                if target not in self._mute:
                    target.sendall(self.passing(data) if answers else data)
        for one in (source, target):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)


def _rest(source: socket.socket) -> bytes:
    """All that still comes, as a proxy waits for it that passes on whole answers only."""
    return b"".join(iter(lambda: source.recv(65536), b""))
