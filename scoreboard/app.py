"""The Flask application."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from flask import Flask, Response

from scoreboard import roles
from scoreboard.core import cors, files, http, limits
from scoreboard.core.http import BATCH_BYTES
from scoreboard.parts import Parts

FRONTEND = Path(__file__).parent.parent / "frontend"


class App(Flask):
    """Flask, without its question at each of a request's functions whether it is a coroutine: none is."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function as it is."""
        return func

    def send_static_file(self, filename: str) -> Response:
        """A file of the pages. Those of other sites may load it too: they show boards."""
        return cors.shared(files.send(str(self.static_folder), filename))


def create_app(parts: Parts, serve: Sequence[str] = tuple(roles.ROLES)) -> Flask:
    """The application over these parts, with the routes of some roles."""
    app = App(
        "scoreboard",
        static_folder=str(FRONTEND / "static"),
        template_folder=str(FRONTEND / "templates"),
    )
    app.config["MAX_CONTENT_LENGTH"] = BATCH_BYTES
    app.extensions["parts"] = parts
    http.install(app, origins=parts.settings.origins)
    limits.install(app)
    for blueprint in roles.blueprints(serve):
        app.register_blueprint(blueprint)
    return app
