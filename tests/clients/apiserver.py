"""The application in the test's own process, over real HTTP, with a record of all calls."""

from __future__ import annotations

import threading
from typing import Any, NamedTuple

from flask import request
from werkzeug.serving import WSGIRequestHandler, make_server

from scoreboard.app import create_app
from tests.support import free_port


class Call(NamedTuple):
    """A call that was answered."""

    path: str
    status: int
    body: Any


class Handler(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"  # keeps connections, as gunicorn does

    def log_request(self, *args: Any) -> None:
        """Log nothing."""


class ApiServer:
    """Serves parts on a port of 127.0.0.1."""

    def __init__(self, parts, port: int | None = None) -> None:
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.calls: list[Call] = []
        app = create_app(parts)
        app.after_request(self._record)
        self._server = make_server("127.0.0.1", self.port, app, threaded=True, request_handler=Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def statuses(self, path: str) -> list[int]:
        """The statuses of the calls of this path, in order."""
        return [one.status for one in self.calls if one.path == path]

    def _record(self, response):
        self.calls.append(Call(request.path, response.status_code, request.get_json(silent=True)))
        return response
