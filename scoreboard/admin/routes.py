"""Managing boards over HTTP."""

from __future__ import annotations

from flask import Blueprint, Response, g, request

from scoreboard.accounts.guard import context, key_required
from scoreboard.core.answers import sent_key
from scoreboard.core.bodies import parsed
from scoreboard.core.http import answer, raw
from scoreboard.core.limits import limited
from scoreboard.core.parts import parts

bp = Blueprint("admin", __name__, url_prefix="/v1/admin")


@bp.get("/boards/<board>")
@key_required("boards:write", "admin")
@limited("admin")
def show_definition(board: str) -> Response:
    """Show a board as PUT takes it."""
    return answer({"data": parts().boards.board(board).as_json()})


@bp.put("/boards/<board>")
@key_required("boards:write", "admin")
@limited("admin")
def define_board(board: str) -> Response:
    """Create a board, or change it."""
    body = raw()
    definition = parsed(body)
    if isinstance(definition, dict) and definition.get("id") == board:
        del definition["id"]

    def write() -> Response:
        defined, created = parts().manage.define(board, definition, context=context(), key=sent_key())
        return answer({"data": defined.as_json()}, 201 if created else 200)

    return parts().answers.once(g.key.id, body, write)


@bp.delete("/boards/<board>")
@key_required("boards:write", "admin")
@limited("admin")
def delete_board(board: str) -> Response:
    """Delete a board with all its standings."""

    def write() -> Response:
        parts().manage.delete(board, context=context(), key=sent_key())
        gone = Response(status=204)
        del gone.headers["Content-Type"]
        return gone

    return parts().answers.once(g.key.id, request.get_data(), write)
