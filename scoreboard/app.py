"""The Flask application."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any

from flask import Flask, Request, Response
from flask.ctx import RequestContext
from werkzeug.routing import MapAdapter, Rule

from scoreboard import roles
from scoreboard.core.http import assets, basepath, calls, conventions, cors, files
from scoreboard.core.http.calls import BATCH_BYTES, Application
from scoreboard.core.http.site import Site
from scoreboard.core.root import ROOT
from scoreboard.parts import Parts

FRONTEND = ROOT / "frontend"
FILES = (FRONTEND / "static", ROOT / "clients" / "javascript")  # which pages load


class App(Flask):
    """Flask without some work at each request that has the same result every time."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        """The function as it is: none is a coroutine."""
        return func

    def request_context(self, environ: dict[str, Any]) -> RequestContext:
        """The context of a request, which becomes the current call."""
        context = super().request_context(environ)
        conventions.enter_request(self.extensions["application"], context.request)
        return context

    def wsgi_app(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Answer a request. Afterwards its call is no longer the current one."""
        before = calls.enter(None)
        try:
            return super().wsgi_app(environ, start_response)
        finally:
            calls.enter(before)

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """The adapter that finds a request's route and builds URLs; None if the path alone tells the route.

        The path alone tells it for paths of the API without variables. Their requests build no URLs.
        """
        if request is None:
            return None
        rule = self._constant_rules.get((request.method, request.environ["PATH_INFO"]))
        if rule is None:
            return super().create_url_adapter(request)
        request.url_rule, request.view_args = rule, {}
        return None

    @cached_property
    def _constant_rules(self) -> dict[tuple[str, str], Rule]:
        """The rules of such paths, by method and path. The first request collects them."""
        return {
            (method, rule.rule): rule
            for rule in self.url_map.iter_rules()
            for method in {"GET", "POST"} & (rule.methods or set())
            if rule.rule.startswith("/v1/") and not (rule.arguments or rule.redirect_to)
        }

    def send_static_file(self, filename: str, version: str = "") -> Response:
        """A file of the pages. Pages of other sites may load it too, to show boards."""
        return cors.share(files.send(str(self.static_folder), filename, version))


def create_app(parts: Parts, serve: Sequence[str] = tuple(roles.ROLES)) -> Flask:
    """The application over these parts, with some route groups."""
    app = App(
        "scoreboard",
        static_folder=str(FRONTEND / "static"),
        template_folder=str(FRONTEND / "templates"),
    )
    app.add_url_rule(f"{assets.PREFIX}/static/<path:filename>", endpoint="static")
    assets.install(app, FILES)
    app.config["MAX_CONTENT_LENGTH"] = BATCH_BYTES
    app.extensions["parts"] = parts
    app.extensions["application"] = _application(parts)
    conventions.install(app)
    parts.base.limits.init_app(app)
    app.wsgi_app = parts.base.addresses.through(app.wsgi_app)  # type: ignore[method-assign]
    if parts.base.chaos:
        app.wsgi_app = parts.base.chaos.through(app.wsgi_app)  # type: ignore[method-assign]
    app.wsgi_app = basepath.mount(app.wsgi_app, parts.base.settings.below)  # type: ignore[method-assign]
    for blueprint in roles.blueprints(serve):
        app.register_blueprint(blueprint)
    return app


def _application(parts: Parts) -> Application:
    settings = parts.base.settings
    return Application(
        parts=parts,
        site=Site(settings.public_url),
        origins=frozenset(settings.origins),
        addresses=parts.base.addresses,
        limits=parts.base.limits,
    )
