"""A TCP proxy that refuses connections, and loses, stalls, delays or alters data, as a test sets it."""

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
        self.refuses = False  # new connections are cut at once, as if no server were there
        self.delay_seconds = 0.0  # added to each piece of data, in each direction
        self.drops_answers = False  # requests get through, their answers do not
        self.answer_dropped = threading.Event()
        self.lose_once: bytes = b""  # the next answer with these bytes is lost, and its connection cut
        self.connection_count = 0
        self.lost_count = 0  # answers lost by `lose_once`
        self.alter: Callable[[bytes], bytes] = lambda data: data  # applied to answers
        self.buffered: tuple[
            bytes, ...
        ] = ()  # answers with any of these bytes are held until they are complete
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Cut every connection, and stop listening."""
        _shut(self._listening)
        self._listening.close()
        self._flows.set()
        self.cut()

    def cut(self) -> None:
        """Cut every connection. New ones are accepted."""
        for one in list(self._open):
            _shut(one)

    def mute(self) -> None:
        """Let nothing through on the present connections, and keep them open."""
        self._mute.update(self._open)

    def leave(self) -> None:
        """Cut every connection, and accept none until `repair`."""
        self.refuses = True
        self.cut()

    def stall(self) -> None:
        """Hold all data until `repair`. Connections stay open, and new ones get no answer."""
        self._flows.clear()

    def repair(self) -> None:
        """Let everything through again, including held data."""
        self.refuses = False
        self._flows.set()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                self.connection_count += 1
                server = None if self.refuses else self._connect()
                if server is None:
                    client.close()
                    continue
                self._open |= {client, server}
                threading.Thread(target=self._forward, args=(client, server), daemon=True).start()

    def _forward(self, client: socket.socket, server: socket.socket) -> None:
        requests = threading.Thread(target=self._forward_requests, args=(client, server), daemon=True)
        requests.start()
        self._forward_answers(server, client)
        requests.join()
        for one in (client, server):
            self._open.discard(one)
            self._mute.discard(one)
            one.close()

    def _connect(self) -> socket.socket | None:
        """A connection to the target; None if it refuses."""
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

    def _forward_requests(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := client.recv(65536):
                self._hold()
                if server not in self._mute:
                    server.sendall(data)
        _shut(client, server)

    def _forward_answers(self, server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                self._hold()
                if self.lose_once and self.lose_once in data:
                    self.lose_once = b""
                    self.lost_count += 1
                    break
                if self.drops_answers:
                    self.answer_dropped.set()
                    break
                if any(part in data for part in self.buffered):
                    data += _rest(server)
                if client not in self._mute:
                    client.sendall(self.alter(data))
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
    """The data until the other side closes."""
    return b"".join(iter(lambda: source.recv(65536), b""))
