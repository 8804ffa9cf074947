"""Pages over HTTP: the rows are in the first HTML, and a script keeps them moving."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from flask import Blueprint, Response, render_template, request

from scoreboard.boards.types import Board
from scoreboard.boards.wire import Where
from scoreboard.core.codes import CODES
from scoreboard.core.db import Busy, Full, Lost
from scoreboard.core.errors import NotFound, ScoreboardError, Unavailable
from scoreboard.core.openapi import described
from scoreboard.core.parts import parts
from scoreboard.pages import view
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

bp.app_template_filter("heading")(view.heading)
bp.app_template_filter("digits")(view.digits)


@bp.get("/")
@described(query=Where, html=True, problems=PAGE_PROBLEMS)
def home() -> str:
    """Show the default board, and the way to the others."""
    shown = _public(parts().settings.default_board)
    return _page(shown, others=[board for board in _boards() if board.id != shown.id])


@bp.get("/b/<board>")
@described(query=Where, html=True, problems=PAGE_PROBLEMS)
def board(board: str) -> str:
    """Show a board: live, or a period of it that is over."""
    return _page(_public(board), others=[])


@bp.get("/play")
@described(html=True, problems=("not_found", "ledger_unavailable"))
def play() -> str:
    """Show a game by which visitors win points, as guests."""
    board = _played()
    boards, name = parts().boards, parts().settings.demo_action
    window, shown = boards.window(board, "", "")
    page = boards.entries(board, window, shown, limit=view.PLAYERS_BESIDE)
    sign = view.SIGNS.get(board.definition.operator, "")
    return render_template("play.html", board=board, page=page, playable=name, sign=sign)


@bp.get("/problems/<slug>")
@described(html=True, problems=("not_found",))
def problem(slug: str) -> str:
    """Explain an error code: where a problem's type leads."""
    code = slug.replace("-", "_")
    if code not in CODES:
        raise NotFound(f"There is no error called {slug[:64]!r}.")
    title = code.replace("_", " ").capitalize()
    return render_template("problem.html", code=code, title=title, paragraphs=CODES[code].paragraphs)


@bp.after_request
def guard(response: Response) -> Response:
    """Say what a page may load, and that it is never to be shown from a cache unasked."""
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["Cache-Control"] = "private, no-cache"
    return response


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


def _played() -> Board:
    """The first public board on which the demo action's points can be seen. Raises NotFound."""
    type = parts().action_types.find(parts().settings.demo_action)
    named = type.rules.boards if type else ()
    shown = [board for board in _boards() if view.playable(type, board, "")]
    if not shown:
        raise NotFound("Nothing can be played here.")
    return min(shown, key=lambda board: named.index(board.id))


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
