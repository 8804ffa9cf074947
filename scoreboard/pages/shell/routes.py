"""The web pages as an installable app, and the files that browsers and search engines request."""

from __future__ import annotations

import msgspec
from flask import Blueprint, Response, render_template, request, url_for

from scoreboard.core.http import assets, files
from scoreboard.core.http.openapi import described
from scoreboard.core.http.pages import LanguageQuery, page
from scoreboard.core.http.parts import parts
from scoreboard.pages import rendering
from scoreboard.pages.shell.files import STATIC, UNREGISTER, ServiceWorker

bp = Blueprint("shell", __name__)
bp.after_request(rendering.add_headers)

BACKGROUND = "#f6f5f1"  # --ground of tokens.css
ICONS = (
    ("favicon.svg", "any", "any"),
    ("icons/icon-192.png", "192x192", "any"),
    ("icons/icon-512.png", "512x512", "any"),
    ("icons/maskable-192.png", "192x192", "maskable"),
    ("icons/maskable-512.png", "512x512", "maskable"),
)
UNSEARCHED = ("/v1/", "/embed/", "/overlay/", "/offline")  # pages of boards have the same contents, and more
BASE_FILES = (  # the files that base.html and /offline load
    "css/base.css",
    "css/site.css",
    "css/tokens.css",
    "favicon.svg",
    "js/account/header-link.js",
    "js/cached-notice.js",
    "js/language.js",
    "js/messages.js",
    "js/offline.js",
    "js/site.js",
    "js/theme-button.js",
    "js/theme.js",
)


@bp.get("/sw.js")
@described()
def service_worker() -> Response:
    """Get the service worker, by which browsers keep boards and show them without a network."""
    on = parts().base.settings.service_worker == "on"
    text = _service_worker().script(assets.prefix()) if on else UNREGISTER
    response = Response(text, content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/manifest.webmanifest")
@described(query=LanguageQuery)
def manifest() -> Response:
    """Get the manifest by which a browser installs the pages as an app."""
    body = {
        "id": f"{request.script_root}/",
        "name": "Scoreboard",
        "description": str(rendering.say("site.about")),
        "lang": rendering.language().tag,
        "dir": rendering.language().direction,
        "start_url": f"{request.script_root}/",
        "scope": f"{request.script_root}/",
        "display": "standalone",
        "background_color": BACKGROUND,
        "theme_color": BACKGROUND,
        "icons": [
            {"src": url_for("static", filename=file, version=None), "sizes": sizes, "purpose": purpose}
            for file, sizes, purpose in ICONS
        ],
    }
    return Response(msgspec.json.encode(body), content_type="application/manifest+json")


@bp.get("/robots.txt")
@described(text=True)
def robots() -> Response:
    """Get the rules for search engines: they may read the pages, and leave the API alone."""
    lines = ("User-agent: *", *(f"Disallow: {request.script_root}{path}" for path in UNSEARCHED), "")
    response = Response("\n".join(lines), content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "public, max-age=3600"
    return response


@bp.get("/favicon.ico")
@described(media="image/vnd.microsoft.icon", tagged=True)
def favicon() -> Response:
    """Get the icon under the name that some programs request. Browsers take the icon that pages name."""
    return files.send(str(STATIC), "favicon.ico")


@bp.get("/offline")
@page(files=BASE_FILES)
def offline() -> str:
    """Show the boards that a browser kept, while there is no network."""
    return render_template("offline.html")


def _service_worker() -> ServiceWorker:
    return rendering.once_per_app("service_worker", lambda: ServiceWorker.of(rendering.pages()))
