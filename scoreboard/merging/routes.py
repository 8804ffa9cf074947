"""Merging a guest into an account over HTTP."""

from __future__ import annotations

from flask import Blueprint, Response

from scoreboard.accounts.guard import context, player_required
from scoreboard.accounts.wire import PlayerShown
from scoreboard.core.http.bodies import convert
from scoreboard.core.http.calls import current
from scoreboard.core.http.conventions import answer, json_body
from scoreboard.core.http.openapi import WRITES, described
from scoreboard.core.http.parts import parts
from scoreboard.core.limits.rules import limited
from scoreboard.merging.wire import Merge, Merged

bp = Blueprint("merging", __name__, url_prefix="/v1")


@bp.post("/me/merge")
@player_required
@limited("merge", "write")
@described(
    body=Merge,
    answer=Merged,
    problems=(
        *WRITES,
        "invalid_guest_token",
        "account_needed",
        "not_a_guest",
        "already_merged",
        "scoring_disabled",
        "score_out_of_range",
        "player_not_found",
    ),
)
def merge_guest() -> Response:
    """Merge a guest into your account: the guest's scores become yours."""
    token = convert(json_body(), Merge).guest_refresh_token
    guest = parts().merging.merge(current().player, token, context=context())
    merged = Merged(player=PlayerShown.of(parts().accounts.players.me(current().player.id)), guest=guest)
    response = answer({"data": merged})
    response.headers["Cache-Control"] = "no-store"
    return response
