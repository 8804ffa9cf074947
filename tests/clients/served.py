"""The application in the test's own process, over real HTTP: its clock stands still, and calls are seen."""

from __future__ import annotations

import threading
from typing import Any, NamedTuple

from flask import request
from werkzeug.serving import WSGIRequestHandler, make_server

from scoreboard.app import create_app
from tests.support import free_port


class Seen(NamedTuple):
    """A call that was answered."""

    path: str
    status: int
    body: Any


class Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"  # keeps connections, as gunicorn does

    def log_request(self, *args: Any) -> None:
        """Say nothing."""


class Served:
    """Serves parts on a port of 127.0.0.1."""

    def __init__(self, parts, port: int | None = None) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.seen: list[Seen] = []
        app = create_app(parts)
        app.after_request(self._see)
        self._server = make_server("127.0.0.1", self.port, app, threaded=True, request_handler=Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def statuses(self, path: str) -> list[int]:
        """How calls of this path were answered."""
        return [one.status for one in self.seen if one.path == path]

    def _see(self, response):
        self.seen.append(Seen(request.path, response.status_code, request.get_json(silent=True)))
        return response
