"""The API description (OpenAPI) over HTTP, and the page that shows it."""

from __future__ import annotations

import hashlib
import inspect
import re
import sys
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import msgspec
from flask import Blueprint, Flask, Response, current_app, render_template, request
from markupsafe import Markup, escape
from msgspec import Raw

from scoreboard import __version__
from scoreboard.core.http.compression import compress
from scoreboard.core.http.conventions import answer_with_etag
from scoreboard.core.http.links import public_site
from scoreboard.core.http.openapi import described, description_of
from scoreboard.core.http.pages import page
from scoreboard.reference import page as reference
from scoreboard.reference.document import document
from scoreboard.reference.operation import Route

CODE = re.compile(r"`([^`]+)`")
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)

bp = Blueprint("reference", __name__)


@bp.get("/openapi.json")
@described(answer=dict[str, Any], bare=True, tagged=True)
def openapi() -> Response:
    """Get this API description, as OpenAPI 3.1."""
    text = msgspec.json.encode(_document() | {"servers": [{"url": _server()}]})
    return compress(
        answer_with_etag(hashlib.sha256(text).hexdigest()[:16], lambda: Raw(text), max_age_seconds=60)
    )


@bp.get("/docs/api")
@page(nav=(20, "site.api"), online_files=("css/reference.css",))
def docs() -> Response:
    """Show this API description as a page on which calls can be tried."""
    described = _document()
    html = render_template("api.html", groups=reference.groups(described), shapes=reference.shapes(described))
    response = Response(html)
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "private, no-cache"
    response.vary.add("Accept-Language")
    return compress(response)


@bp.app_template_filter("mark_code")
def mark_code(text: str) -> Markup:
    """A text of the description as HTML: `code` is marked as such."""
    return Markup(CODE.sub(r'<code translate="no">\1</code>', str(escape(text))))  # noqa: S704 - escaped before


def routes(app: Flask) -> Iterator[Route]:
    """Every described route of an app. Static files are not part of the API."""
    for rule in app.url_map.iter_rules():
        group, _, name = rule.endpoint.rpartition(".")
        view = app.view_functions[rule.endpoint]
        description = description_of(view)
        if description is None:
            continue
        if description.problems_of_parts:
            further = description.problems_of_parts()
            description = replace(description, problems=(*description.problems, *further))
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield Route(
                method=method, rule=rule.rule, group=group, name=name, view=view, description=description
            )


def groups(app: Flask) -> dict[str, str]:
    """Each blueprint's name, and the first line of its module's docstring."""
    return {
        name: (inspect.getdoc(sys.modules[blueprint.import_name]) or "").partition("\n")[0]
        for name, blueprint in app.blueprints.items()
    }


def _server() -> str:
    # A path is enough if the document is read from here; a client made from a copy needs the address.
    return public_site().url or request.script_root or "/"


def _document() -> dict[str, Any]:
    # Made once, when it is first requested: by then every blueprint is registered.
    extensions = current_app.extensions
    if "openapi" not in extensions:
        extensions["openapi"] = document(routes(current_app), groups(current_app), version=__version__)
    found: dict[str, Any] = extensions["openapi"]
    return found
