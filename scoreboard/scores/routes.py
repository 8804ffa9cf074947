"""Trusted scores over HTTP."""

from __future__ import annotations

import msgspec
from flask import Blueprint, Response, g

from scoreboard.accounts.guard import context, key_required
from scoreboard.core.answers import sent_key
from scoreboard.core.bodies import parsed, shaped
from scoreboard.core.http import BATCH_BYTES, answer, raw
from scoreboard.core.parts import parts
from scoreboard.scores.types import Batch

bp = Blueprint("scores", __name__, url_prefix="/v1")


@bp.post("/boards/<board>/scores")
@key_required("scores:write")
def submit_scores(board: str) -> Response:
    """Submit up to 1000 scores to a board."""
    body = raw(BATCH_BYTES)
    batch = shaped(parsed(body), Batch)

    def write() -> Response:
        report = parts().scores.submit(
            board, batch.entries, caller=g.caller, context=context(), key=sent_key()
        )
        data = msgspec.to_builtins(report)
        if not report.degraded:
            del data["degraded"]
        return answer({"data": data})

    return parts().answers.once(g.caller, body, write)
