"""Who may call a route: server keys and their scopes."""

from __future__ import annotations

import functools
import hmac
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from flask import g, request

from scoreboard.accounts.types import ServerKey
from scoreboard.core.errors import Forbidden, Unauthenticated
from scoreboard.core.parts import parts

P = ParamSpec("P")
R = TypeVar("R")
LONGEST_SECRET = 512


def key_required(*scopes: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let only server keys call a route that have one of `scopes`. The key is g.key then."""

    def guarded(route: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(route)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            key = sent_key()
            if key is None:
                raise Unauthenticated("Send Authorization: Bearer sk_… with a server key.")
            if not set(scopes) & set(key.scopes):
                raise Forbidden(f"This key lacks the scope {' or '.join(scopes)}.")
            g.key = key
            g.caller = key.id
            return route(*args, **kwargs)

        return call

    return guarded


def sent_key() -> ServerKey | None:
    """The server key that the request carries, None where it carries none. Raises Unauthenticated."""
    header = request.headers.get("Authorization", "")
    if not header:
        return None
    scheme, _, secret = header.partition(" ")
    if scheme.lower() != "bearer" or not secret or len(secret) > LONGEST_SECRET:
        raise Unauthenticated("Send Authorization: Bearer sk_… with a server key.")
    return parts().keys.find(secret.strip())


def context() -> dict[str, str]:
    """What a fact remembers of the request that brought it: never an address, only its keyed hash."""
    address = request.remote_addr or ""
    prefix = address.rpartition("." if "." in address else ":")[0]
    return {
        "caller": g.key.id,
        "request": g.request_id,
        "address": hmac.new(parts().secret, prefix.encode(), "sha256").hexdigest()[:16],
    }
