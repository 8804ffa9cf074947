"""Calling endpoints without Flask, for the fast path."""

from __future__ import annotations

from typing import Any

from scoreboard.core.http import basepath
from scoreboard.core.http.answers import Answer
from scoreboard.core.http.calls import Application, Call, enter
from scoreboard.core.http.handling import handle
from scoreboard.server.endpointtree import EndpointTree
from scoreboard.server.fastparser import PlainRequest


class NotHandled(Exception):
    """No endpoint answers this request. Nothing was done for it, so Flask can answer it."""


class Endpoints:
    """The endpoints of an application, behind the same proxies and below the same path as its views."""

    def __init__(self, app: Any) -> None:
        """`app` is the application of Flask."""
        self._app: Application = app.extensions["application"]
        self._tree = EndpointTree(app.url_map.iter_rules(), app.view_functions)
        through_proxies = self._app.addresses.through(self._answer)
        self._enter = basepath.mount(through_proxies, self._app.parts.base.settings.below)

    def answer(self, request: PlainRequest) -> Answer:
        """The answer of the endpoint that a request is for. Raises NotHandled."""
        found: Answer = self._enter(request.environ(), None)
        return found

    def _answer(self, environ: dict[str, Any], _start_response: Any) -> Answer:
        path = environ["PATH_INFO"]
        found = None if basepath.OUTSIDE in environ else self._tree.find(environ["REQUEST_METHOD"], path)
        if found is None:
            raise NotHandled
        # The parser has read the whole body.
        call = Call(self._app, environ, path, lambda _limit: environ["wsgi.input"].getvalue())
        enter(call)
        try:
            return handle(call, found.endpoint, found.variables)
        finally:
            enter(None)  # its connection may be idle for long
