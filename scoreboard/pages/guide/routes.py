"""Pages for developers who build on this server."""

from __future__ import annotations

import re

from flask import Blueprint, render_template
from markupsafe import Markup

from scoreboard.core.errors import NotFound
from scoreboard.core.http import links
from scoreboard.core.http.errorcodes import CODES
from scoreboard.core.http.pages import page
from scoreboard.core.http.parts import parts
from scoreboard.pages import rendering
from scoreboard.pages.boardlist import public_boards
from scoreboard.pages.guide.samples import Server
from scoreboard.pages.routes import explain

bp = Blueprint("guide", __name__)
bp.after_request(rendering.add_headers)

LIMITS = ("guest", "request", "failed", "stream", "admin")  # those that a developer meets first
ADVICE = {  # keys of texts, by status
    **dict.fromkeys((400, 413, 415, 422), "guide.mend"),
    **dict.fromkeys((401, 403), "guide.signIn"),
    **dict.fromkeys((404, 405, 409, 426, 501), "guide.look"),
    **dict.fromkeys((408, 429, 503), "guide.wait"),
    500: "guide.report",
}
CODE, CODE_HTML = re.compile(r"`([^`]+)`"), Markup('<code translate="no">{}</code>')


@bp.get("/docs")
@page(nav=(10, "site.guide"), header=(30, "site.docs"), online_files=("js/docs/", "css/docs.css"))
def guide() -> str:
    """Show how to build on this server, with calls to copy."""
    settings = parts().base.settings
    here = Server(url=_url(), board=settings.default_board, action=settings.demo_action)
    limits = [(name, getattr(settings, f"limit_{name}")) for name in LIMITS]
    return render_template("guide.html", here=here, steps=here.steps(), limits=limits)


@bp.get("/docs/events")
@page(nav=(30, "site.events"))
def events() -> str:
    """Show the frames of a stream as they arrive."""
    return render_template("events.html", boards=public_boards(), board=parts().base.settings.default_board)


@bp.get("/docs/embed")
@page(nav=(40, "site.embed"))
def builder() -> str:
    """Show a board as it looks on another site, and the code that puts it there."""
    board = parts().base.settings.default_board
    return render_template("builder.html", boards=public_boards(), board=board, url=_url())


@bp.get("/problems")
@page(nav=(50, "site.problems"))
def problems() -> str:
    """List all error codes."""
    return render_template("problems.html", codes=CODES)


@bp.get("/problems/<slug>")
@page(problems=("not_found",))
def problem(slug: str) -> str:
    """Explain an error code. The `type` of a problem leads here."""
    code = slug.replace("-", "_")
    if code not in CODES:
        raise NotFound(f"There is no error called {slug[:64]!r}.")
    error = CODES[code]
    advice = ADVICE.get(error.status or 0, "")
    return render_template("problem.html", code=code, explained=error, advice=advice)


@bp.app_template_filter()
def with_code(text: str) -> Markup:
    """A text with code in backticks, as HTML."""
    parts = CODE.split(text)  # text and code alternate
    return Markup("").join(CODE_HTML.format(part) if index % 2 else part for index, part in enumerate(parts))


bp.errorhandler(NotFound)(explain)


def _url() -> str:
    return links.root().rstrip("/")
