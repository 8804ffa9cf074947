"""Share cards of boards and players, over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from html import unescape

from flask import Blueprint, Response, g, render_template, request

from scoreboard.boards.types import Board, Row
from scoreboard.core.http import cors
from scoreboard.core.http.compression import compress
from scoreboard.core.http.openapi import described
from scoreboard.core.http.pages import LanguageQuery
from scoreboard.core.http.parts import parts
from scoreboard.core.limits.rules import limited
from scoreboard.pages import rendering, view
from scoreboard.pages.cards import card as cards
from scoreboard.pages.cards.card import Card, Line
from scoreboard.pages.cards.fonts import Fonts
from scoreboard.pages.cards.pictures import CACHE_SECONDS, Drawing, Pictures
from scoreboard.pages.messages import ENGLISH, LANGUAGES
from scoreboard.pages.wire import BoardPageQuery

bp = Blueprint("cards", __name__)
bp.add_app_template_global(cards.size, "card_size")
bp.add_app_template_global(cards.isolate, "isolate")

THIN_SPACE = "\N{THIN SPACE}"
SVG, PNG = "image/svg+xml", "image/png"
FONTS = Fonts()
BOARD_PROBLEMS = ("board_not_found", "period_not_found", "region_not_found", "ledger_unavailable")
PLAYER_PROBLEMS = ("player_not_listed", "ledger_unavailable")


@bp.get("/b/<board>/card.svg")
@described(query=BoardPageQuery, media=SVG, tagged=True, problems=BOARD_PROBLEMS)
def board_svg(board: str) -> Response:
    """Get a board's share card: its title and its first rows."""
    _choose_language()
    return _answer(_drawing(_board_card(board)).svg, SVG)


@bp.get("/b/<board>/card.png")
@limited("card")
@described(query=BoardPageQuery, media=PNG, tagged=True, problems=(*BOARD_PROBLEMS, "card_unavailable"))
def board_png(board: str) -> Response:
    """Get a board's share card as PNG, for previews of links."""
    where = (request.args.get("period", ""), request.args.get("region", ""))
    parts().boards.service.readable(board)  # a card that is kept may be of a board that is private now
    return _picture(("board", board, *where), lambda: _board_card(board))


@bp.get("/p/<player>/card.svg")
@described(query=LanguageQuery, media=SVG, tagged=True, problems=PLAYER_PROBLEMS)
def player_svg(player: str) -> Response:
    """Get a player's share card: their name, and their ranks on the boards of this server."""
    _choose_language()
    return _answer(_drawing(_player_card(player)).svg, SVG)


@bp.get("/p/<player>/card.png")
@limited("card")
@described(query=LanguageQuery, media=PNG, tagged=True, problems=(*PLAYER_PROBLEMS, "card_unavailable"))
def player_png(player: str) -> Response:
    """Get a player's share card as PNG, for previews of links."""
    return _picture(("player", player), lambda: _player_card(player))


def _picture(name: tuple[str, ...], make: Callable[[], Card]) -> Response:
    language = _choose_language()
    pictures = rendering.once_per_app("card_pictures", Pictures)
    return _answer(pictures.get((*name, language), lambda: _drawing(make())), PNG)


def _board_card(id: str) -> Card:
    boards = parts().boards.service
    board = boards.readable(id)
    window, period = boards.window(board, request.args.get("period", ""), request.args.get("region", ""))
    page = boards.entries(board, window, period, limit=cards.LINES)
    region = _drawable_region(board, window.region)
    facts = [rendering.period_name(period), region, _players(page.total)]
    lines = [
        _line(board, row, rank=rank, name=cards.drawable_name(FONTS.can_draw, row.name, row.player))
        for rank, row in zip(view.ranks(page.rows), page.rows, strict=True)
    ]
    return _card(_title(board), facts, lines)


def _drawable_region(board: Board, region: str) -> str:
    return cards.drawable_name(FONTS.can_draw, view.region_name(board, region), region)


def _player_card(player: str) -> Card:
    profile = parts().profiles.find(player)
    newest = [(one.board, [*one.current, *one.past][0]) for one in profile.boards]
    best = sorted(newest, key=lambda one: one[1].row.rank)[: cards.LINES]
    lines = [
        _line(board, one.row, rank=f"{one.row.rank}", name=_title(board), note=_players(one.total))
        for board, one in best
    ]
    return _card(cards.drawable_name(FONTS.can_draw, profile.name, player), [], lines)


def _line(board: Board, row: Row, *, rank: str, name: str, note: str = "") -> Line:
    score = THIN_SPACE.join(rendering.scored(row.score, board.definition))
    return Line(rank=rank, place=row.rank, name=name, note=note, score=score)


def _card(title: str, facts: Iterable[str], lines: Sequence[Line]) -> Card:
    return Card(
        title=title,
        facts=" · ".join(cards.isolate(unescape(fact)) for fact in facts if fact),
        lines=lines,
        empty=unescape(rendering.say("board.empty")),
        rtl=rendering.language().direction == "rtl",
    )


def _title(board: Board) -> str:
    return cards.drawable_name(FONTS.can_draw, board.definition.title or board.id, board.id)


def _players(total: int) -> str:
    return unescape(rendering.say("board.players", n=total))


def _choose_language() -> str:
    """Switch to English if there is no font for the language of the request. Returns the card's language."""
    if not FONTS.can_draw(rendering.language().name):
        g.language = LANGUAGES[ENGLISH]
    return rendering.language().tag


def _drawing(card: Card) -> Drawing:
    svg = render_template("card.svg", card=card, width=cards.WIDTH, height=cards.HEIGHT)
    return Drawing(svg, (*FONTS.bundled, *(FONTS.further(card.texts) or ())))


def _answer(image: str | bytes, media: str) -> Response:
    response = Response(image, content_type=media)
    response.headers["Cache-Control"] = f"public, max-age={CACHE_SECONDS}"
    response.headers["Content-Security-Policy"] = rendering.IMAGE_POLICY
    response.vary.add("Accept-Language")
    response.add_etag(weak=True)
    response.make_conditional(request)
    return cors.share(response if media == PNG else compress(response))
