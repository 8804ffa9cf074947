"""A way over TCP that loses, holds back, delays or changes what a test wants to have so."""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable


class TcpProxy:
    """Listens on a port of 127.0.0.1, and forwards to another one, or to the path of a Unix socket."""

    def __init__(self, target: int | str) -> None:
        self.target = target  # of new connections
        self._listening = socket.create_server(("127.0.0.1", 0), backlog=512)
        self.port: int = self._listening.getsockname()[1]
        self._open: set[socket.socket] = set()
        self._mute: set[socket.socket] = set()
        self._flows = threading.Event()
        self._flows.set()
        self.refusing = False  # new connections are cut at once, as by a server that is not there
        self.delay_seconds = 0.0  # what each piece takes longer, in each direction
        self.swallowing = False  # answers are lost; what is asked gets through
        self.swallowed = threading.Event()
        self.losing: bytes = b""  # an answer with these words is lost, once, and its connection cut
        self.taken = 0  # how many connections came
        self.lost = 0  # how many answers were lost so
        self.passing: Callable[[bytes], bytes] = lambda data: data  # what becomes of answers
        self.buffering: tuple[bytes, ...] = ()  # answers with such words are held back to their end
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Cut every connection, and listen no more."""
        _shut(self._listening)
        self._listening.close()
        self._flows.set()
        self.cut()

    def cut(self) -> None:
        """Cut every connection, and take new ones."""
        for one in list(self._open):
            _shut(one)

    def mute(self) -> None:
        """Let nothing through on the connections of now, and keep them open."""
        self._mute.update(self._open)

    def leave(self) -> None:
        """Be away: cut every connection, and take none until `repair`."""
        self.refusing = True
        self.cut()

    def stall(self) -> None:
        """Hold whatever comes until `repair`. Connections stay open, and new ones get no answer."""
        self._flows.clear()

    def repair(self) -> None:
        """Let everything through again, also what was held."""
        self.refusing = False
        self._flows.set()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                self.taken += 1
                server = None if self.refusing else self._connect()
                if server is None:
                    client.close()
                    continue
                self._open |= {client, server}
                threading.Thread(target=self._connected, args=(client, server), daemon=True).start()

    def _connected(self, client: socket.socket, server: socket.socket) -> None:
        asking = threading.Thread(target=self._ask, args=(client, server), daemon=True)
        asking.start()
        self._answer(server, client)
        asking.join()
        for one in (client, server):
            self._open.discard(one)
            self._mute.discard(one)
            one.close()

    def _connect(self) -> socket.socket | None:
        """A connection to the target; None if nobody is there."""
        if isinstance(self.target, int):
            family, address = socket.AF_INET, ("127.0.0.1", self.target)
        else:
            family, address = socket.AF_UNIX, self.target
        server = socket.socket(family)
        try:
            server.connect(address)
        except OSError:
            server.close()
            return None
        return server

    def _ask(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                self._hold()
                if server not in self._mute:
                    server.sendall(data)
        _shut(client, server)

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                self._hold()
                if self.losing and self.losing in data:
                    self.losing = b""
                    self.lost += 1
                    break
                if self.swallowing:
                    self.swallowed.set()
                    break
                if any(words in data for words in self.buffering):
                    data += _rest(server)
                if client not in self._mute:
                    client.sendall(self.passing(data))
        _shut(client, server)

    def _hold(self) -> None:
        if self.delay_seconds:
            time.sleep(self.delay_seconds)
        self._flows.wait()


def _shut(*sockets: socket.socket) -> None:
    for one in sockets:
        with contextlib.suppress(OSError):
            one.shutdown(socket.SHUT_RDWR)


def _rest(source: socket.socket) -> bytes:
    """All that still comes, as a proxy waits for it that passes on whole answers only."""
    return b"".join(iter(lambda: source.recv(65536), b""))
