"""Players and their sessions over HTTP."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response
from msgspec import UNSET, structs

from scoreboard.accounts import attempts
from scoreboard.accounts.guard import context, player_required
from scoreboard.accounts.types import Tokens
from scoreboard.accounts.wire import (
    Changes,
    Credentials,
    Guest,
    NewPassword,
    OpenSession,
    PlayerShown,
    Refresh,
    Registration,
    SessionShown,
    SignIn,
)
from scoreboard.core.http.bodies import convert
from scoreboard.core.http.calls import current
from scoreboard.core.http.conventions import answer, json_body, no_content
from scoreboard.core.http.openapi import WRITES, described
from scoreboard.core.http.parts import parts
from scoreboard.core.limits.rules import count_later, limited, refuse_exceeded

bp = Blueprint("accounts", __name__, url_prefix="/v1")

ENTRY = (*WRITES, "invalid_display_name")


@bp.post("/auth/guest")
@limited("guest", "write")
@described(body=Guest, optional=True, answer=SessionShown, status=(201,), problems=ENTRY)
def create_guest() -> Response:
    """Create a guest and sign in."""
    body = convert(json_body(optional=True), Guest)
    return _session(
        parts().accounts.players.guest(name=body.display_name, region=body.region, context=context()), 201
    )


@bp.post("/auth/register")
@limited("guest", "write")
@described(
    body=Registration,
    answer=SessionShown,
    status=(201,),
    problems=(*ENTRY, "username_taken", "overloaded"),
)
def register() -> Response:
    """Register a player with user name and password."""
    body = convert(json_body(), Registration)
    return _session(
        parts().accounts.players.register(
            body.username, body.password, name=body.display_name, region=body.region, context=context()
        ),
        201,
    )


@bp.post("/auth/login")
@described(
    body=SignIn,
    answer=SessionShown,
    limited=True,
    problems=(
        *WRITES,
        "invalid_credentials",
        "account_suspended",
        "proof_of_work_needed",
        "overloaded",
    ),
)
def login() -> Response:
    """Sign in with user name and password."""
    body = convert(json_body(), SignIn)
    refuse_exceeded("write")
    with attempts.sign_in(body.username, body.password, body.proof):
        tokens = parts().accounts.players.login(body.username, body.password, context=context())
    count_later("write")
    return _session(tokens)


@bp.post("/auth/upgrade")
@player_required
@limited("guest", "write")
@described(
    body=Credentials,
    answer=SessionShown,
    problems=(*WRITES, "player_not_found", "username_taken", "not_a_guest", "overloaded"),
)
def upgrade_guest() -> Response:
    """Give a guest a user name and a password: id and scores stay, the session is a new one."""
    body = convert(json_body(), Credentials)
    return _session(
        parts().accounts.players.upgrade(current().player, body.username, body.password, context=context())
    )


@bp.post("/auth/refresh")
@limited("refresh")
@described(
    body=Refresh,
    answer=SessionShown,
    problems=(*WRITES, "invalid_refresh_token", "refresh_token_reused", "account_suspended"),
)
def refresh() -> Response:
    """Get new tokens for a refresh token, which can be used once."""
    return _session(parts().accounts.sessions.renew(convert(json_body(), Refresh).refresh_token))


@bp.post("/auth/logout")
@limited("refresh", "write")
@described(body=Refresh, status=(204,), problems=WRITES)
def logout() -> Response:
    """End the session of a refresh token."""
    parts().accounts.sessions.sign_out(convert(json_body(), Refresh).refresh_token)
    return no_content()


@bp.get("/me")
@player_required
@described(answer=PlayerShown, problems=("player_not_found", "ledger_unavailable"))
def show_me() -> Response:
    """Show the signed-in player."""
    return _private({"data": PlayerShown.of(parts().accounts.players.me(current().player.id))})


@bp.patch("/me")
@player_required
@limited("guest", "write")
@described(body=Changes, answer=PlayerShown, problems=(*ENTRY, "player_not_found"))
def change_me() -> Response:
    """Change your display name or region, or leave all boards: `listed`."""
    body = convert(json_body(), Changes)
    names = {"display_name": "displayName", "region": "region"}
    sent = {name: value for name, value in structs.asdict(body).items() if value is not UNSET}
    changes = {names[name]: value for name, value in sent.items() if name in names}
    player = current().player.id
    changed = parts().accounts.players.change(player, changes, context=context())
    if body.listed is not UNSET:
        parts().moderation.players.set_listed(player, body.listed, context=context())
        changed = parts().accounts.players.me(player)
    return _private({"data": PlayerShown.of(changed)})


@bp.post("/me/password")
@player_required
@described(
    body=NewPassword,
    status=(204,),
    limited=True,
    problems=(*WRITES, "wrong_password", "no_password", "player_not_found", "overloaded"),
)
def change_password() -> Response:
    """Change your password: all other sessions end."""
    body = convert(json_body(), NewPassword)
    refuse_exceeded("write")
    account = parts().accounts.players.me(current().player.id)
    with attempts.change(account.id, account.username):
        parts().accounts.players.change_password(
            current().player, body.current_password, body.new_password, context=context()
        )
    count_later("write")
    return no_content()


@bp.get("/me/sessions")
@player_required
@limited("refresh")
@described(answer=list[OpenSession], problems=("player_not_found", "ledger_unavailable"))
def list_sessions() -> Response:
    """List your open sessions, the one that was used last first."""
    found = parts().accounts.sessions.open_of(parts().accounts.players.me(current().player.id))
    return _private({"data": [OpenSession.of(one, current=current().player.session) for one in found]})


@bp.delete("/me/sessions")
@player_required
@limited("refresh", "write")
@described(status=(204,), problems=(*WRITES, "player_not_found"))
def end_other_sessions() -> Response:
    """End all your sessions except the current one."""
    parts().accounts.players.end_sessions(
        current().player.id, except_for=current().player.session, why="ended by its player", context=context()
    )
    return no_content()


@bp.delete("/me/sessions/<session>")
@player_required
@limited("refresh", "write")
@described(status=(204,), problems=(*WRITES, "session_not_found"))
def end_session(session: str) -> Response:
    """End one of your sessions; it may be the current one."""
    parts().accounts.sessions.end_own(current().player.id, session)
    return no_content()


def _session(tokens: Tokens, status: int = 200) -> Response:
    return _private({"data": SessionShown.of(tokens)}, status)


def _private(body: Any, status: int = 200) -> Response:
    response = answer(body, status)
    response.headers["Cache-Control"] = "no-store"
    return response
