"""Players and their sessions over HTTP."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g
from msgspec import UNSET, structs

from scoreboard.accounts.guard import context, player_required
from scoreboard.accounts.rules import username_key
from scoreboard.accounts.types import Tokens
from scoreboard.accounts.wire import (
    Changes,
    Credentials,
    Guest,
    PlayerShown,
    Refresh,
    Registration,
    SessionShown,
)
from scoreboard.core.bodies import shaped
from scoreboard.core.errors import Unauthenticated
from scoreboard.core.http import answer, nothing, sent
from scoreboard.core.limits import check, count, count_later, limited
from scoreboard.core.openapi import WRITES, described
from scoreboard.core.parts import parts

bp = Blueprint("accounts", __name__, url_prefix="/v1")

SIGN_IN = ("sign-in", "sign-in-name")  # limits of failures
ENTRY = (*WRITES, "invalid_display_name")


@bp.post("/auth/guest")
@limited("guest", "write")
@described(body=Guest, optional=True, answer=SessionShown, status=(201,), problems=ENTRY)
def create_guest() -> Response:
    """Come in as a guest."""
    asked = shaped(sent(optional=True), Guest)
    return _session(
        parts().players.guest(name=asked.display_name, region=asked.region, context=context()), 201
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
    asked = shaped(sent(), Registration)
    return _session(
        parts().players.register(
            asked.username, asked.password, name=asked.display_name, region=asked.region, context=context()
        ),
        201,
    )


@bp.post("/auth/login")
@described(
    body=Credentials,
    answer=SessionShown,
    limited=True,
    problems=(*WRITES, "invalid_credentials", "overloaded"),
)
def login() -> Response:
    """Sign in with user name and password."""
    asked = shaped(sent(), Credentials)
    name = username_key(asked.username)
    check(*SIGN_IN, "write", of=name)
    try:
        tokens = parts().players.login(asked.username, asked.password, context=context())
    except Unauthenticated:
        count(*SIGN_IN, of=name)
        raise
    count_later("write")
    return _session(tokens)


@bp.post("/auth/upgrade")
@player_required
@limited("guest", "write")
@described(
    body=Credentials,
    answer=SessionShown,
    problems=(*WRITES, "invalid_refresh_token", "username_taken", "not_a_guest", "overloaded"),
)
def upgrade_guest() -> Response:
    """Give a guest a user name and a password: id and scores stay."""
    asked = shaped(sent(), Credentials)
    return _session(parts().players.upgrade(g.player, asked.username, asked.password, context=context()))


@bp.post("/auth/refresh")
@limited("refresh")
@described(
    body=Refresh,
    answer=SessionShown,
    problems=(*WRITES, "invalid_refresh_token", "refresh_token_reused"),
)
def refresh() -> Response:
    """Get new tokens for a refresh token, which is spent by it."""
    return _session(parts().sessions.renew(shaped(sent(), Refresh).refresh_token))


@bp.post("/auth/logout")
@limited("refresh", "write")
@described(body=Refresh, status=(204,), problems=WRITES)
def logout() -> Response:
    """End the session of a refresh token."""
    parts().sessions.leave(shaped(sent(), Refresh).refresh_token)
    return nothing()


@bp.get("/me")
@player_required
@described(answer=PlayerShown, problems=("player_not_found", "ledger_unavailable"))
def show_me() -> Response:
    """Show who is signed in."""
    return _private({"data": PlayerShown.of(parts().players.me(g.player.id))})


@bp.patch("/me")
@player_required
@limited("guest", "write")
@described(body=Changes, answer=PlayerShown, problems=(*ENTRY, "player_not_found"))
def change_me() -> Response:
    """Change one's display name or region."""
    asked = shaped(sent(), Changes)
    names = {"display_name": "displayName", "region": "region"}
    changes = {names[name]: value for name, value in structs.asdict(asked).items() if value is not UNSET}
    changed = parts().players.change(g.player.id, changes, context=context())
    return _private({"data": PlayerShown.of(changed)})


def _session(tokens: Tokens, status: int = 200) -> Response:
    return _private({"data": SessionShown.of(tokens)}, status)


def _private(body: Any, status: int = 200) -> Response:
    response = answer(body, status)
    response.headers["Cache-Control"] = "no-store"
    return response
