"""The action protocol over HTTP."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g

from scoreboard.accounts.guard import context, player_required
from scoreboard.actions.types import Completion, Issued, Request
from scoreboard.core.bodies import shaped
from scoreboard.core.clock import rfc3339
from scoreboard.core.errors import ScoreboardError
from scoreboard.core.http import answer, sent
from scoreboard.core.limits import count
from scoreboard.core.parts import parts

bp = Blueprint("actions", __name__, url_prefix="/v1/actions")


@bp.post("/request")
@player_required
def request_action() -> Response:
    """Ask for an action token."""
    asked = shaped(sent(), Request)
    type = parts().action_types.get(asked.action_type)
    count("request", "request-address", of=type.name)
    return answer({"data": _issued(parts().actions.request(g.player, type, asked))})


@bp.post("/complete")
@player_required
def complete_action() -> Response:
    """Complete an action: its points, the new score and the rank."""
    done = shaped(sent(), Completion)
    try:
        return answer({"data": parts().actions.complete(g.player, done, context=context())})
    except ScoreboardError as refusal:
        # A good completion is bounded by its ticket, and costs nothing here.
        if refusal.status < 500:
            count("failed-completion")
        raise


def _issued(issued: Issued) -> dict[str, Any]:
    ticket, rules = issued.ticket, issued.rules
    return {
        "actionToken": issued.token,
        "actionType": ticket.action,
        "points": rules.points,
        "minSeconds": rules.min_seconds,
        "expiresAt": rfc3339(ticket.expires_at),
        "challenge": {
            "algorithm": "SHA-256",
            "nonce": issued.nonce,
            "timestamp": ticket.issued_at,
            "difficulty": ticket.difficulty,
        },
    }
