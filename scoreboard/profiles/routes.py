"""Profiles over HTTP."""

from __future__ import annotations

from flask import Blueprint

from scoreboard.boards.wire import Empty
from scoreboard.core.http.answers import Answer, answer
from scoreboard.core.http.bodies import query
from scoreboard.core.http.calls import Call
from scoreboard.core.http.conventions import as_flask_view
from scoreboard.core.http.openapi import described
from scoreboard.core.http.parts import parts
from scoreboard.profiles.wire import ProfileShown

bp = Blueprint("profiles", __name__, url_prefix="/v1")


@bp.get("/players/<player>")
@as_flask_view
@described(query=Empty, answer=ProfileShown, problems=("player_not_listed", "ledger_unavailable"))
def show_player(call: Call, player: str) -> Answer:
    """Show a player: their name, and their results on all public boards."""
    query(call.args, Empty)
    return answer({"data": ProfileShown.of(parts().profiles.find(player))})
