"""Pages for those who build something on this server."""

from __future__ import annotations

from flask import Blueprint, render_template

from scoreboard.core.errors import NotFound
from scoreboard.core.http import links
from scoreboard.core.http.errorcodes import CODES
from scoreboard.core.http.pages import page
from scoreboard.core.http.parts import parts
from scoreboard.pages import rendering
from scoreboard.pages.guide.advice import advice, coded
from scoreboard.pages.guide.samples import Here
from scoreboard.pages.routes import explain, public_boards

bp = Blueprint("guide", __name__)
bp.after_request(rendering.dress)

LIMITS = ("guest", "request", "failed", "stream", "admin")  # those that a developer meets first


@bp.get("/docs")
@page(nav=(10, "site.guide"), online_files=("js/docs/", "css/docs.css"))
def guide() -> str:
    """Show how to build on this server, with calls that can be copied as they are."""
    settings = parts().settings
    here = Here(url=_url(), board=settings.default_board, action=settings.demo_action)
    limits = [(name, getattr(settings, f"limit_{name}")) for name in LIMITS]
    return render_template("guide.html", here=here, steps=here.steps(), limits=limits)


@bp.get("/docs/events")
@page(nav=(30, "site.events"))
def events() -> str:
    """Show the frames of a stream as they come."""
    return render_template("events.html", boards=public_boards(), board=parts().settings.default_board)


@bp.get("/docs/embed")
@page(nav=(40, "site.embed"))
def builder() -> str:
    """Show what a board looks like on another page, and the lines that put it there."""
    board = parts().settings.default_board
    return render_template("builder.html", boards=public_boards(), board=board, url=_url())


@bp.get("/problems")
@page(nav=(50, "site.problems"))
def problems() -> str:
    """List all error codes."""
    return render_template("problems.html", codes=CODES)


@bp.get("/problems/<slug>")
@page(problems=("not_found",))
def problem(slug: str) -> str:
    """Explain an error code: where a problem's type leads."""
    code = slug.replace("-", "_")
    if code not in CODES:
        raise NotFound(f"There is no error called {slug[:64]!r}.")
    explained = CODES[code]
    return render_template("problem.html", code=code, explained=explained, advice=advice(explained.status))


bp.errorhandler(NotFound)(explain)
bp.add_app_template_filter(coded)


def _url() -> str:
    return links.root().rstrip("/")
