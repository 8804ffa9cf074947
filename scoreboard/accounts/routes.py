"""Players and their sessions over HTTP."""

from __future__ import annotations

from typing import Annotated, Any

from flask import Blueprint, Response, g
from msgspec import UNSET, Meta, Struct, UnsetType, structs

from scoreboard.accounts.guard import context, player_required
from scoreboard.accounts.types import Tokens
from scoreboard.core.bodies import shaped
from scoreboard.core.errors import Unauthenticated
from scoreboard.core.http import answer, nothing, sent
from scoreboard.core.ids import RegionId
from scoreboard.core.limits import check, count, limited
from scoreboard.core.parts import parts

bp = Blueprint("accounts", __name__, url_prefix="/v1")

SIGN_IN = ("sign-in", "sign-in-name")  # limits of failures
Username = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.@+-]{0,63}\Z")]
Password = Annotated[str, Meta(max_length=1024)]
RefreshToken = Annotated[str, Meta(max_length=256)]
DisplayName = Annotated[str, Meta(max_length=1024)]


class Guest(Struct, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Who wants to play at once."""

    display_name: DisplayName | None = None
    region: RegionId | None = None


class Credentials(Struct, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A user name and its password."""

    username: Username
    password: Password


class Registration(Credentials, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """Who wants to be known by a name."""

    display_name: DisplayName | None = None
    region: RegionId | None = None


class Refresh(Struct, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """What was handed out with the last access token."""

    refresh_token: RefreshToken


class Changes(Struct, kw_only=True, rename="camel", forbid_unknown_fields=True, omit_defaults=True):
    """What to change of oneself. What is left out stays; region null takes it away."""

    display_name: DisplayName | UnsetType = UNSET
    region: RegionId | UnsetType | None = UNSET


@bp.post("/auth/guest")
@limited("guest")
def create_guest() -> Response:
    """Come in as a guest."""
    asked = shaped(sent(optional=True), Guest)
    return _session(
        parts().players.guest(name=asked.display_name, region=asked.region, context=context()), 201
    )


@bp.post("/auth/register")
@limited("guest")
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
def login() -> Response:
    """Sign in with user name and password."""
    asked = shaped(sent(), Credentials)
    check(*SIGN_IN, of=asked.username)
    try:
        return _session(parts().players.login(asked.username, asked.password, context=context()))
    except Unauthenticated:
        count(*SIGN_IN, of=asked.username)
        raise


@bp.post("/auth/upgrade")
@player_required
@limited("guest")
def upgrade_guest() -> Response:
    """Give a guest a user name and a password: id and scores stay."""
    asked = shaped(sent(), Credentials)
    return _session(parts().players.upgrade(g.player, asked.username, asked.password, context=context()))


@bp.post("/auth/refresh")
@limited("refresh")
def refresh() -> Response:
    """Get new tokens for a refresh token, which is spent by it."""
    return _session(parts().sessions.renew(shaped(sent(), Refresh).refresh_token))


@bp.post("/auth/logout")
@limited("refresh")
def logout() -> Response:
    """End the session of a refresh token."""
    parts().sessions.leave(shaped(sent(), Refresh).refresh_token)
    return nothing()


@bp.get("/me")
@player_required
def show_me() -> Response:
    """Show who is signed in."""
    return _private({"data": parts().players.me(g.player.id).as_json()})


@bp.patch("/me")
@player_required
def change_me() -> Response:
    """Change one's display name or region."""
    asked = shaped(sent(), Changes)
    names = {"display_name": "displayName", "region": "region"}
    changes = {names[name]: value for name, value in structs.asdict(asked).items() if value is not UNSET}
    return _private({"data": parts().players.change(g.player.id, changes, context=context()).as_json()})


def _session(tokens: Tokens, status: int = 200) -> Response:
    return _private({"data": tokens.as_json()}, status)


def _private(body: Any, status: int = 200) -> Response:
    response = answer(body, status)
    response.headers["Cache-Control"] = "no-store"
    return response
