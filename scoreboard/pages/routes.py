"""The web pages of boards, over HTTP. Their HTML contains the rows, and a script keeps them up to date."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, Response, g, make_response, render_template, request, url_for

from scoreboard.boards.types import Board
from scoreboard.core.clock import rfc3339
from scoreboard.core.errors import ScoreboardError, Unavailable
from scoreboard.core.http import cors, errorpages
from scoreboard.core.http.files import Files
from scoreboard.core.http.links import link
from scoreboard.core.http.pages import page
from scoreboard.core.http.parts import parts
from scoreboard.core.root import ROOT
from scoreboard.core.storage.unavailable import DatabaseUnavailable
from scoreboard.pages import boardlist, choices, game, params, rendering, rowparts, view
from scoreboard.pages.sharing.phones import log_missing_code, phone_address
from scoreboard.pages.wire import BoardPageQuery, BoardsQuery, EmbedQuery, OverlayQuery, RowsQuery

SDK = ROOT / "clients" / "javascript"

bp = Blueprint("pages", __name__)
sdk = Files("sdk", __name__, static_folder=str(SDK), static_url_path="/sdk")

# The parts of the board that a kind of page leaves out.
EMBED_HIDES = ("views", "search", "dense", "star")
TV_HIDES = ("views", "search", "pause", "dense", "star", "pager", "pill", "trend", "head")
OVERLAY_HIDES = (*TV_HIDES, "podium", "badge")
TV_ROWS = 10

PAGE_PROBLEMS = ("board_not_found", "period_not_found", "region_not_found", "ledger_unavailable")
BOARD_FILES = (
    "css/board.css",
    "css/leaderboard.css",
    "css/row-parts.css",
    "css/share.css",
    "js/board/",
    "js/copy-field.js",
    "js/countdown.js",
    "js/formatting.js",
    "js/main.js",
    "js/period-end.js",
)
PLAY_FILES = ("css/play.css", "css/play-page.css", "js/play/")

rendering.install(bp)
bp.after_request(rendering.add_headers)
bp.app_template_filter("heading")(view.heading)
bp.app_template_filter("digits")(rendering.digits)
bp.app_template_filter("scored")(rendering.scored)
bp.app_template_filter("gap")(rendering.gap)
bp.app_template_filter("json_text")(rowparts.json_text)
bp.app_template_filter("initials")(rowparts.initials)
bp.app_template_filter("hue")(rowparts.hue)
bp.app_template_filter("flag_sign")(rowparts.flag_sign)
bp.app_template_filter("link_name")(rowparts.link_name)
bp.app_template_filter("instant")(rfc3339)
bp.app_template_filter("utc_minute")(view.utc_minute)
bp.add_app_template_global(view.region_name)


@bp.get("/")
@page(query=BoardPageQuery, problems=PAGE_PROBLEMS, files=BOARD_FILES, offline="copy")
def home() -> str:
    """Show the default board, with links to the others."""
    default = parts().boards.service.readable(parts().base.settings.default_board)
    others = [board for board in boardlist.public_boards() if board.id != default.id]
    return _board(default, others=others[: boardlist.BOARDS_OF_A_PAGE])


@bp.get("/boards")
@page(
    query=BoardsQuery,
    problems=("ledger_unavailable",),
    files=("css/boards.css", "js/boards/", "js/countdown.js"),
    header=(10, "site.boards"),
)
def boards() -> str:
    """List all public boards, with their players, their leaders, and the ends of their periods."""
    public, limit = boardlist.public_boards(), boardlist.BOARDS_OF_A_PAGE
    offset = params.number(request.args, "offset", 0, least=0, most=10**9) // limit * limit
    lines = boardlist.lines(public[offset : offset + limit])
    page_links = view.page_links(offset, limit, len(public))
    return render_template(
        "boards.html", lines=lines, total=len(public), offset=offset, page_links=page_links
    )


@bp.get("/b/<board>")
@page(query=RowsQuery, problems=PAGE_PROBLEMS, files=BOARD_FILES, offline="copy")
def board(board: str) -> str:
    """Show a board: its current period live, or a past one."""
    return _board(parts().boards.service.readable(board), others=[])


@bp.get("/b/<board>/tv")
@page(query=BoardPageQuery, problems=PAGE_PROBLEMS, files=("css/tv.css",), offline="copy")
def tv(board: str) -> str:
    """Show a board on a big screen: its rows, page after page, and a QR code that links to the board."""
    shown = parts().boards.service.readable(board)
    has_code = phone_address(link("pages.board", board=board)) != ""
    if not has_code:
        log_missing_code()
    return render_template("tv.html", **_board_values(shown, limit=TV_ROWS), hide=TV_HIDES, has_code=has_code)


@bp.get("/overlay/<board>")
@page(query=OverlayQuery, problems=PAGE_PROBLEMS, files=("css/overlay.css",), offline="nothing")
def overlay(board: str) -> str:
    """Show the first rows of a board on a transparent background: an overlay for streaming software."""
    shown = parts().boards.service.readable(board)
    rows = params.number(request.args, "rows", 5, least=1, most=20)
    hide = (*OVERLAY_HIDES, *params.words(request.args, "hide"))
    theme = params.one_of(request.args, "theme", ("dark", "light"))
    scale = params.number(request.args, "scale", 100, least=50, most=400)
    values = _board_values(shown, limit=rows)
    return render_template("overlay.html", **values, hide=hide, theme=theme, scale=scale)


@bp.get("/embed/<board>")
@page(query=EmbedQuery, problems=PAGE_PROBLEMS, files=("css/embed.css",), offline="nothing")
def embedded(board: str) -> str:
    """Show a board inside a page of another site, which loads this in an iframe."""
    g.ancestors = "*"  # any site may do that
    shown = parts().boards.service.readable(board)
    rows = params.number(request.args, "rows", 10, least=1, most=view.MAX_ROWS)
    theme = params.one_of(request.args, "theme", ("auto", "dark", "light"))
    hide = (*EMBED_HIDES, *params.words(request.args, "hide"))
    return render_template("embed.html", **_board_values(shown, limit=rows), hide=hide, theme=theme)


@bp.get("/play")
@page(
    problems=("not_found", "ledger_unavailable"),
    files=PLAY_FILES,
    offline="copy",
    header=(20, "site.play"),
    is_offered=game.is_offered,
)
def play() -> str:
    """Show the demo game, in which visitors win points as guests."""
    board = game.demo_board()
    boards, name = parts().boards.service, parts().base.settings.demo_action
    window, period = boards.window(board, "", "")
    entries = boards.entries(board, window, period, limit=view.PLAYERS_BESIDE)
    sign = view.SIGNS.get(board.definition.operator, "")
    return render_template("play.html", board=board, page=entries, playable=name, sign=sign)


@sdk.after_request
def share(response: Response) -> Response:
    """Let pages of other sites import these modules. Browsers only allow that with CORS headers."""
    return cors.share(response)


@bp.errorhandler(ScoreboardError)
def explain(error: ScoreboardError) -> Response:
    """Answer an error as a web page."""
    seconds = error.retry_after_seconds if isinstance(error, Unavailable) else None
    html = render_template(
        "error.html",
        error=error,
        retry_seconds=seconds and max(seconds, 5),
        boards=_boards_instead() if error.status == 404 else [],
    )
    response = make_response(html, error.status)
    if error.retry_after_seconds is not None:
        response.headers["Retry-After"] = str(error.retry_after_seconds)
    return response


@bp.errorhandler(DatabaseUnavailable)
def explain_outage(error: Exception) -> Response:
    """Answer that the database can't be reached, as a web page."""
    return explain(Unavailable("The database can't be reached at the moment. No score is lost."))


def explain_anywhere(error: ScoreboardError) -> Response:
    """The page that browsers get for an error outside of the pages, as for an unknown address."""
    return rendering.add_headers(explain(error))


bp.record_once(lambda setup: setup.app.extensions.update({errorpages.EXTENSION: explain_anywhere}))


def _boards_instead() -> list[Board]:
    """The boards that an error page for a missing address offers."""
    try:
        return boardlist.public_boards()[: boardlist.BOARDS_OF_A_PAGE]
    except DatabaseUnavailable:
        return []


def _board(board: Board, *, others: list[Board]) -> str:
    region = request.args.get("region", "")
    values = _board_values(board, limit=view.MAX_ROWS)
    shown = choices.Shown(board, values["period"], values["period_param"], region)
    offered = choices.groups(shown, partial(_address, board))
    return render_template(
        "board.html",
        **values,
        hide=(),
        others=others,
        has_past=any(kind != "all" for kind in board.windows),
        choice_groups=offered,
        menus=choices.need_menus(offered),
        playable=game.playable_action(board, region) if values["current"] else "",
        sign=view.SIGNS.get(board.definition.operator, ""),
    )


def _address(board: Board, period: str, region: str) -> str:
    return url_for("pages.board", board=board.id, period=period or None, region=region or None)


def _board_values(board: Board, *, limit: int) -> dict[str, Any]:
    """The values for a template that shows a board: some of its rows, and the cursor to stream it from."""
    period_param, region = request.args.get("period", ""), request.args.get("region", "")
    boards, size = parts().boards.service, board.definition.size
    limit = min(limit, size)
    offset = params.number(request.args, "offset", 0, least=0, most=10**9) // limit * limit
    window, period = boards.window(board, period_param, region)
    entries = boards.entries(board, window, period, offset=offset, limit=limit)
    scopes = parts().stream.scopes.showing(board.id, period.id, region)
    current = period == boards.current(board)
    complete = offset == 0 and len(entries.rows) == min(entries.total, size)
    return {
        "page": entries,
        "ranks": view.ranks(entries.rows),
        "limit": limit,
        "offset": offset,
        "page_links": view.page_links(offset, limit, entries.total),
        "period_param": period_param,
        "region": region,
        "region_name": view.region_name(board, region),
        "period": period,
        "period_name": rendering.period_name(period),
        "current": current,
        "scope": scopes[0] if scopes else "",
        # Deltas can only be applied to the complete list. Without a cursor the stream begins with a snapshot.
        "since": parts().cursor(window, entries.stamp) if current and complete else "",
        "ties": view.TIES[board.definition.ties],
        "column_titles": {one.name: one.title for one in board.definition.columns if one.title},
        "avatars": parts().base.settings.avatar_url,
        "score_heading": view.score_heading(board.definition),
        "summary": view.summary(board, entries.rows, rendering.number_style()),
        "example": view.example(board, region),
    }
