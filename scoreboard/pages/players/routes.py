"""The page of a player: their ranks on all public boards, and their moves while the page is open."""

from __future__ import annotations

from flask import Blueprint, render_template

from scoreboard.core.errors import ScoreboardError
from scoreboard.core.http.pages import page
from scoreboard.core.http.parts import parts
from scoreboard.core.storage.unavailable import DatabaseUnavailable
from scoreboard.pages import rendering, view
from scoreboard.pages.routes import explain, explain_outage
from scoreboard.profiles.types import BoardResults

bp = Blueprint("players", __name__)
bp.after_request(rendering.add_headers)
bp.errorhandler(ScoreboardError)(explain)
bp.errorhandler(DatabaseUnavailable)(explain_outage)
bp.add_app_template_global(rendering.period_name, "period_name")

PLAYER_FILES = ("css/player.css", "js/player/")


@bp.get("/p/<player>")
@page(problems=("player_not_listed", "ledger_unavailable"), files=PLAYER_FILES)
def player(player: str) -> str:
    """Show a player: their ranks, scores and best results on all public boards."""
    profile = parts().profiles.find(player)
    return render_template(
        "player.html",
        profile=profile,
        summary=view.profile_summary(profile),
        scopes={one.board.id: _scope(one) for one in profile.boards},
        kind_keys=view.CURRENT,
    )


def _scope(results: BoardResults) -> str:
    """The stream scope of a board's running period, in which the player's row may be."""
    board = results.board
    scopes = parts().stream.scopes.showing(board.id, parts().boards.service.current(board).id, "")
    return scopes[0] if scopes else ""
