"""Guards of endpoints and views: server keys with a scope, players, and players with a role may call them."""

from __future__ import annotations

import functools
import hmac
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from scoreboard.accounts.types import Player, Role, ServerKey
from scoreboard.core.errors import Forbidden, ScoreboardError, Unauthenticated
from scoreboard.core.http.calls import current
from scoreboard.core.http.crosssite import is_server_key
from scoreboard.core.http.openapi import described
from scoreboard.core.http.parts import parts
from scoreboard.core.limits.rules import address
from scoreboard.core.storage.unavailable import DatabaseUnavailable

P = ParamSpec("P")
R = TypeVar("R")
LONGEST_SECRET = 2048
KEY_NEEDED = "Send Authorization: Bearer sk_… with a server key."
PLAYER_NEEDED = "Send Authorization: Bearer … with a player's access token."
ROLE_LEVELS: dict[Role, int] = {"player": 0, "moderator": 1, "admin": 2}


def key_required(*scopes: str, role: Role | None = None) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Make a decorator: only server keys with one of `scopes`, and players with `role`, may call the route.

    Sets the call's `caller` to the caller's id, its `role` to the player's role or "key", and its `scopes` to
    those of the key.
    """

    def decorate(route: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(route)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            caller, call = sent_caller(), current()
            if caller is None:
                raise Unauthenticated(KEY_NEEDED)
            call.caller = caller.id  # before any refusal, so that the log names the caller
            call.role = caller.role if isinstance(caller, Player) else "key"
            if isinstance(caller, Player):
                _check_role(caller, role)
            elif not set(scopes) & set(caller.scopes):
                raise Forbidden(f"This key lacks the scope {' or '.join(scopes)}.")
            else:
                call.scopes = tuple(caller.scopes)
            return route(*args, **kwargs)

        callers = scopes if role is None else (*scopes, f"player:{role}")
        refusals = (
            "unauthenticated",
            "insufficient_scope",
            "forbidden",
            "token_expired",
            "account_suspended",
        )
        return described(security=callers, problems=refusals)(guarded)

    return decorate


def player_required(route: Callable[P, R]) -> Callable[P, R]:
    """Let only players call a route. Sets the call's `player`, and its `caller` to the player's id."""

    @functools.wraps(route)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        token, call = _bearer(), current()
        if not token:
            raise Unauthenticated(PLAYER_NEEDED)
        call.player = parts().accounts.sessions.player(token)
        call.caller = call.player.id
        return route(*args, **kwargs)

    refusals = ("unauthenticated", "token_expired", "account_suspended")
    return described(security=("player",), problems=refusals)(guarded)


def sent_caller() -> ServerKey | Player | None:
    """The caller, by the request's credentials; None without any. Raises Unauthenticated."""
    secret = _bearer()
    if not secret:
        return None
    if is_server_key(secret):
        return parts().accounts.keys.find(secret)
    return parts().accounts.sessions.player(secret)


def sent_key() -> ServerKey | None:
    """The request's server key; None if it has no valid one, or the database can't be read."""
    try:
        caller = sent_caller()
    except (ScoreboardError, DatabaseUnavailable):
        return None
    return caller if isinstance(caller, ServerKey) else None


def privileged_caller() -> ServerKey | Player | None:
    """The caller if it is a server key or a moderator, which may see private boards; None for all others.

    Raises Unauthenticated if the credentials are not valid.
    """
    caller = sent_caller()
    if isinstance(caller, Player) and ROLE_LEVELS[caller.role] < ROLE_LEVELS["moderator"]:
        return None
    return caller


def context() -> dict[str, str]:
    """The context of a request that a fact stores: never an address, only its keyed hash."""
    call = current()
    return {"caller": call.caller, "request": call.id, "address": network()}


def network() -> str:
    """The keyed hash of the network of this request's caller, as 16 hex digits."""
    whole = address()
    prefix = whole.rpartition(".")[0] or whole  # without the last byte of an IPv4 address
    return hmac.digest(parts().base.address_key, prefix.encode(), "sha256").hex()[:16]


def log_network() -> None:
    """Add the network to this request's log line."""
    current().network = network()


def _bearer() -> str:
    header: str = current().environ.get("HTTP_AUTHORIZATION", "")
    scheme, _, secret = header.partition(" ")
    if header and (scheme.lower() != "bearer" or not secret or len(secret) > LONGEST_SECRET):
        raise Unauthenticated("Send Authorization: Bearer …, with a server key or an access token.")
    return secret.strip()


def _check_role(player: Player, role: Role | None) -> None:
    if role is None or ROLE_LEVELS[player.role] < ROLE_LEVELS[role]:
        raise Forbidden(
            f"This needs {'a server key' if role is None else f'the role {role}'}.", code="forbidden"
        )
