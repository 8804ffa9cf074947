"""The Python client reads the streams of this release, and those of the release before."""

from __future__ import annotations

import contextlib
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from scoreboard_client.stream import events
from scoreboard_client.transport import Transport

HELLO = b'event: hello\ndata: {"t":"hello","hb":15}\n\n'
BYE = b'event: bye\ndata: {"t":"bye","code":101}\n\n'
THIS_RELEASE = b"retry: 2804\n:   \n" + HELLO + b"retry: 900\n" + BYE
RELEASE_BEFORE = b"retry: 2804\n:   \n\n2c\r\n" + HELLO + b"\r\nretry: 900\n\n" + BYE


@contextlib.contextmanager
def stream_server(body):
    """The URL of a server whose stream is these bytes."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream; charset=utf-8")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("body", [THIS_RELEASE, RELEASE_BEFORE], ids=["now", "before"])
def test_frames_of_both_releases_are_read(body):
    with stream_server(body) as url:
        transport = Transport(url=url, timeout_seconds=10, patience_seconds=0)
        stream = events(transport, lambda route: route, "")

        assert [next(stream)["t"], next(stream)["t"]] == ["hello", "bye"]
        stream.close()
