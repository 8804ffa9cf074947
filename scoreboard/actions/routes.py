"""The action protocol over HTTP."""

from __future__ import annotations

from flask import Blueprint

from scoreboard.accounts.guard import context, player_required
from scoreboard.actions.refusals import TooFast
from scoreboard.actions.types import ActionRequest, Completion, Proof, Receipt
from scoreboard.actions.wire import IssuedShown
from scoreboard.core.errors import ScoreboardError
from scoreboard.core.http.answers import Answer, answer
from scoreboard.core.http.bodies import convert
from scoreboard.core.http.calls import Call
from scoreboard.core.http.conventions import as_flask_view
from scoreboard.core.http.openapi import WRITES, Lead, described
from scoreboard.core.http.parts import parts
from scoreboard.core.limits.rules import count, count_later, refuse_exceeded

bp = Blueprint("actions", __name__, url_prefix="/v1/actions")

FAILED, WRITE = "failed-completion", "write"  # names of limits
UNKNOWN = "*"  # stands for all names without an action type

# The error codes of the token and of the fold. The checks name theirs in their `problems`.
REFUSALS = (
    "invalid_action_token",
    "token_already_used",
    "invalid_proof",
    "scoring_disabled",
    "overlapping_action",
    "player_merged",
    "cap_reached",
    "board_not_found",
    "board_not_open",
    "increment_too_large",
    "score_out_of_range",
)


@bp.post("/request")
@as_flask_view
@player_required
@described(
    body=ActionRequest,
    answer=IssuedShown,
    leads=(Lead("completeAction", ("actionToken",)),),
    limited=True,
    problems=(
        "scoring_disabled",
        "board_not_open",
        "board_not_found",
        "unknown_action_type",
        "ledger_unavailable",
    ),
)
def request_action(call: Call) -> Answer:
    """Request an action token."""
    body = convert(call.json_body(), ActionRequest)
    found = parts().actions.types.find(body.action_type)
    # Unknown names share a count: each of them costs a look-up in the catalogue.
    count("request", "request-address", of=found.name if found else UNKNOWN)
    type = found or parts().actions.types.get(body.action_type)
    return answer({"data": IssuedShown.of(parts().actions.service.request(call.player, type, body))})


@bp.post("/complete")
@as_flask_view
@player_required
@described(
    body=Completion,
    names=(Proof,),
    answer=Receipt,
    limited=True,
    problems=(*WRITES, *REFUSALS),
    problems_of_parts=lambda: parts().actions.service.problems,
)
def complete_action(call: Call) -> Answer:
    """Complete an action: its points, the new score and the rank."""
    refuse_exceeded(FAILED, WRITE)
    completion = convert(call.json_body(), Completion)
    try:
        receipt = parts().actions.service.complete(call.player, completion, context=context())
    except TooFast:
        count(FAILED, WRITE)  # it may have been recorded
        raise
    except ScoreboardError as refusal:
        if refusal.status < 500:
            count(FAILED)
        raise
    if receipt.replayed:
        count(FAILED)
    else:
        count_later(WRITE)  # without a trip to Redis, which would slow completions down
    return answer({"data": receipt})
