"""Trusted scores over HTTP."""

from __future__ import annotations

from functools import cache

from flask import Blueprint

from scoreboard.accounts.guard import context, key_required
from scoreboard.accounts.rules import IMPORT
from scoreboard.core.http.answers import Answer, answer
from scoreboard.core.http.bodies import convert, parse_json
from scoreboard.core.http.calls import BATCH_BYTES, Call
from scoreboard.core.http.conventions import as_flask_view
from scoreboard.core.http.idempotency import sent_key
from scoreboard.core.http.openapi import WRITES, described
from scoreboard.core.http.parts import parts
from scoreboard.scores.types import Batch, Entry, Report

bp = Blueprint("scores", __name__, url_prefix="/v1")


@bp.post("/boards/<board>/scores")
@as_flask_view
@key_required("scores:write", IMPORT)
@described(body=Batch, answer=Report, once=True, problems=(*WRITES, "board_not_found"), names=(Entry,))
def submit_scores(call: Call, board: str) -> Answer:
    """Submit up to 1000 scores to a board."""
    body = call.raw_body(BATCH_BYTES)
    batch = convert(parse_json(body), Batch)

    def write() -> Answer:
        report = parts().scores.submit(
            board,
            batch.entries,
            caller=call.caller,
            context=context(),
            key=sent_key(),
            imports=IMPORT in call.scopes,
        )
        return answer({"data": report})

    # Read once, before the write: the board may be deleted and created again while it is written.
    incarnation = cache(lambda: parts().boards.service.incarnation(board))
    return parts().base.answers.answer_once(call.caller, body, write, incarnation=incarnation)
