"""Managing boards, action types and players over HTTP."""

from __future__ import annotations

from flask import Blueprint, Response, request

from scoreboard.accounts.guard import context, key_required
from scoreboard.accounts.wire import RenamedPlayer, Renaming
from scoreboard.actions.types import Rules
from scoreboard.actions.wire import ActionTypeShown
from scoreboard.boards.types import BoardShown, Definition
from scoreboard.core.http.bodies import convert, parse_json
from scoreboard.core.http.calls import current
from scoreboard.core.http.conventions import answer, json_body, no_content, raw_body
from scoreboard.core.http.idempotency import sent_key
from scoreboard.core.http.openapi import WRITES, described
from scoreboard.core.http.parts import parts
from scoreboard.core.limits.rules import limited

bp = Blueprint("admin", __name__, url_prefix="/v1/admin")


@bp.get("/boards/<board>")
@key_required("boards:write", "admin", role="admin")
@limited("admin")
@described(answer=BoardShown, problems=("board_not_found", "ledger_unavailable"))
def show_definition(board: str) -> Response:
    """Show a board in the shape that PUT takes."""
    return answer({"data": parts().boards.service.board(board).as_json()})


@bp.put("/boards/<board>")
@key_required("boards:write", "admin", role="admin")
@limited("admin")
@described(
    body=Definition,
    answer=BoardShown,
    status=(200, 201),
    once=True,
    problems=(*WRITES, "score_out_of_range", "deleted_since"),
)
def define_board(board: str) -> Response:
    """Create or change a board."""
    body = raw_body()
    definition = parse_json(body)
    if isinstance(definition, dict) and definition.get("id") == board:
        del definition["id"]

    def write() -> Response:
        revised, created = parts().boards.admin.define(board, definition, context=context(), key=sent_key())
        if not revised.definition.public:
            parts().stream.signals.forbid(board)
        return answer({"data": revised.as_json()}, 201 if created else 200)

    return parts().base.answers.write_once(
        current().caller, body, write, incarnation=lambda: parts().boards.service.incarnation(board)
    )


@bp.delete("/boards/<board>")
@key_required("boards:write", "admin", role="admin")
@limited("admin")
@described(status=(204,), once=True, problems=(*WRITES, "board_not_found"))
def delete_board(board: str) -> Response:
    """Delete a board with all its standings."""

    def write() -> Response:
        parts().boards.admin.delete(board, context=context(), key=sent_key())
        parts().stream.signals.forbid(board)
        return no_content()

    return parts().base.answers.write_once(
        current().caller,
        request.get_data(),
        write,
        incarnation=lambda: parts().boards.service.incarnation(board),
    )


@bp.get("/action-types")
@key_required("admin", role="admin")
@limited("admin")
@described(answer=list[ActionTypeShown], paged=True, problems=("ledger_unavailable",))
def list_action_types() -> Response:
    """List the action types."""
    types = parts().actions.types.all()
    action_types = [ActionTypeShown.of(type) for type in types]
    return answer({"data": action_types, "page": {"next": None, "limit": len(action_types)}})


@bp.get("/action-types/<name>")
@key_required("admin", role="admin")
@limited("admin")
@described(answer=ActionTypeShown, problems=("unknown_action_type", "ledger_unavailable"))
def show_action_type(name: str) -> Response:
    """Show an action type in the shape that PUT takes."""
    return answer({"data": ActionTypeShown.of(parts().actions.types.get(name))})


@bp.put("/action-types/<name>")
@key_required("admin", role="admin")
@limited("admin")
@described(
    body=Rules, answer=ActionTypeShown, status=(200, 201), once=True, problems=(*WRITES, "deleted_since")
)
def define_action_type(name: str) -> Response:
    """Create or change an action type."""
    body = raw_body()
    rules = parse_json(body)
    if isinstance(rules, dict) and rules.get("name") == name:
        del rules["name"]

    def write() -> Response:
        action_type, created = parts().actions.type_admin.define(
            name, rules, context=context(), key=sent_key()
        )
        return answer({"data": ActionTypeShown.of(action_type)}, 201 if created else 200)

    return parts().base.answers.write_once(
        current().caller, body, write, incarnation=lambda: parts().actions.types.incarnation(name)
    )


@bp.delete("/action-types/<name>")
@key_required("admin", role="admin")
@limited("admin")
@described(status=(204,), once=True, problems=(*WRITES, "unknown_action_type"))
def delete_action_type(name: str) -> Response:
    """Delete an action type. Tokens that were issued before can still be completed."""

    def write() -> Response:
        parts().actions.type_admin.delete(name, context=context(), key=sent_key())
        return no_content()

    return parts().base.answers.write_once(
        current().caller,
        request.get_data(),
        write,
        incarnation=lambda: parts().actions.types.incarnation(name),
    )


@bp.patch("/players/<player>")
@key_required("admin", role="moderator")
@limited("admin")
@described(
    body=Renaming, answer=RenamedPlayer, problems=(*WRITES, "player_not_found", "invalid_display_name")
)
def rename_player(player: str) -> Response:
    """Change a player's display name, on all boards at once."""
    renaming = convert(json_body(), Renaming)
    name = parts().accounts.players.rename(player, renaming.display_name, context=context())
    return answer({"data": RenamedPlayer(id=player, display_name=name)})
