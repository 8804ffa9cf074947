"""What makes the pages an app, over HTTP."""

from __future__ import annotations

import msgspec
from flask import Blueprint, Response, render_template, request, url_for

from scoreboard.core.http.openapi import described
from scoreboard.core.http.parts import parts
from scoreboard.pages import rendering
from scoreboard.pages.shell.files import LEAVING, worker
from scoreboard.pages.wire import Spoken

bp = Blueprint("shell", __name__)
bp.after_request(rendering.dress)

GROUND = "#f5f4f0"  # --ground of tokens.css
ICONS = (
    ("favicon.svg", "any", "any"),
    ("icons/icon-192.png", "192x192", "any"),
    ("icons/icon-512.png", "512x512", "any"),
    ("icons/maskable-192.png", "192x192", "maskable"),
    ("icons/maskable-512.png", "512x512", "maskable"),
)


@bp.get("/sw.js")
@described()
def service_worker() -> Response:
    """Get the service worker: what browsers keep, and show when there is no network."""
    on = parts().base.settings.service_worker == "on"
    text = worker(request.script_root) if on else LEAVING
    response = Response(text, content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response


@bp.get("/manifest.webmanifest")
@described(query=Spoken)
def manifest() -> Response:
    """Get what a browser needs to install the pages as an app."""
    body = {
        "id": f"{request.script_root}/",
        "name": "Scoreboard",
        "description": str(rendering.say("site.about")),
        "lang": rendering.language().tag,
        "dir": rendering.language().direction,
        "start_url": f"{request.script_root}/",
        "scope": f"{request.script_root}/",
        "display": "standalone",
        "background_color": GROUND,
        "theme_color": GROUND,
        "icons": [
            {"src": url_for("static", filename=file), "sizes": sizes, "purpose": purpose}
            for file, sizes, purpose in ICONS
        ],
    }
    return Response(msgspec.json.encode(body), content_type="application/manifest+json")


@bp.get("/offline")
@described(query=Spoken, html=True)
def offline() -> str:
    """Show which boards a browser kept, while there is no network."""
    return render_template("offline.html")
