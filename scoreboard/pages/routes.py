"""Pages over HTTP: the rows are in the first HTML, and a script keeps them moving."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, render_template, request

from scoreboard.boards.types import Board
from scoreboard.core.db import Busy, Full, Lost
from scoreboard.core.errors import NotFound, ScoreboardError, Unavailable
from scoreboard.core.openapi import described
from scoreboard.core.parts import parts
from scoreboard.pages import manners, view
from scoreboard.pages.wire import Shown
from scoreboard.stream.types import scope_of

SDK = Path(__file__).parent.parent.parent / "clients" / "javascript"

bp = Blueprint("pages", __name__)
sdk = Blueprint("sdk", __name__, static_folder=str(SDK), static_url_path="/sdk")

# Names are written by strangers: a page that runs and loads only our own files can't be turned by them.
POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; manifest-src 'self'"
)

PAGE_PROBLEMS = ("not_found", "period_not_found", "region_not_found", "ledger_unavailable")

manners.install(bp)
bp.app_template_filter("heading")(view.heading)
bp.app_template_filter("digits")(view.digits)


@bp.get("/")
@described(query=Shown, html=True, problems=PAGE_PROBLEMS)
def home() -> str:
    """Show the default board, and the way to the others."""
    shown = _public(parts().settings.default_board)
    return _page(shown, others=[board for board in _boards() if board.id != shown.id])


@bp.get("/b/<board>")
@described(query=Shown, html=True, problems=PAGE_PROBLEMS)
def board(board: str) -> str:
    """Show a board: live, or a period of it that is over."""
    return _page(_public(board), others=[])


@bp.after_request
def guard(response: Response) -> Response:
    """Say what a page may load, and that it is never to be shown from a cache unasked."""
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "private, no-cache"
    return manners.speak(response)


@sdk.after_request
def share(response: Response) -> Response:
    """Let pages of other sites load these modules: a browser asks for leave to import across sites."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


@bp.errorhandler(ScoreboardError)
def explain(error: ScoreboardError) -> tuple[str, int, dict[str, str]]:
    """An error as people read it."""
    waits = error.retry_after_seconds if isinstance(error, Unavailable) else None
    boards = [] if waits else _boards()
    text = render_template("error.html", error=error, again=waits and max(waits, 5), boards=boards)
    return text, error.status, {} if waits is None else {"Retry-After": str(waits)}


@bp.errorhandler(Lost)
@bp.errorhandler(Busy)
@bp.errorhandler(Full)
def explain_outage(error: Exception) -> tuple[str, int, dict[str, str]]:
    """A database that can't be read now, as people read it."""
    return explain(Unavailable("The database can't be reached right now. No score is lost."))


def _page(board: Board, *, others: list[Board]) -> str:
    period, region = request.args.get("period", ""), request.args.get("region", "")
    boards, now = parts().boards, parts().clock()
    window, shown = boards.window(board, period, region)
    page = boards.entries(board, window, shown, limit=board.definition.size)
    live = shown == boards.current(board)
    texts: dict[str, Any] = {
        "page": page,
        "others": others,
        "live": live,
        "running": shown.covers(now),
        "scope": scope_of(window),
        "since": parts().cursor(window, page.stamp) if live else "",
        "asked": period,
        "region": region,
        "periods": [(choice, boards.period(board, choice.period) == shown) for choice in view.choices(board)],
        "period_name": view.period_name(shown),
        "ties": view.TIES[board.definition.ties],
        "example": view.example(board, region),
        "playable": _playable(board, region) if live else "",
        "sign": view.SIGNS.get(board.definition.operator, ""),
    }
    return render_template("board.html", **texts)


def _playable(board: Board, region: str) -> str:
    """The action type that visitors may play on this page, if any. It is no reason not to show the rows."""
    name = parts().settings.demo_action
    with suppress(Lost, Busy):
        if view.playable(parts().action_types.find(name), board, region):
            return name
    return ""


def _boards() -> list[Board]:
    return [board for board in parts().boards.all() if board.definition.public]


def _public(id: str) -> Board:
    """A board that everybody may see. Raises NotFound, for a private one too: it is nobody's business."""
    try:
        found = parts().boards.board(id)
    except NotFound:
        found = None
    if found is None or not found.definition.public:
        raise NotFound(f"There is no board named {id[:64]!r} here, or it is not public.")
    return found
