"""Profiles over HTTP."""

from __future__ import annotations

from flask import Blueprint, Response, request

from scoreboard.boards.wire import Empty
from scoreboard.core.http.bodies import query
from scoreboard.core.http.conventions import answer
from scoreboard.core.http.openapi import described
from scoreboard.core.http.parts import parts
from scoreboard.profiles.wire import ProfileShown

bp = Blueprint("profiles", __name__, url_prefix="/v1")


@bp.get("/players/<player>")
@described(query=Empty, answer=ProfileShown, problems=("player_not_listed", "ledger_unavailable"))
def show_player(player: str) -> Response:
    """Show a player: their name, and their results on all public boards."""
    query(request.args, Empty)
    return answer({"data": ProfileShown.of(parts().profiles.find(player))})
