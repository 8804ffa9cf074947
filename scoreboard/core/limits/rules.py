"""What is limited, by what, and which setting says how much; and how a route says so.

    @bp.post("/auth/guest")
    @limited("guest")
    def ...

counts each call. Where only failures shall cost something, a route calls `count` before, so that a burst
tries no more than are allowed, and `give_back` where it went well; or `refuse_spent` before and `count` after
it went wrong, where a good call must not even cost the trip to Redis, and `count_later` instead of `count`
where that must not cost one either. Guards come first: they say who calls (`g.caller`).

What is counted by address is counted in two tiers for IPv6: by network, and by the site that it is in, which
is allowed 16 times as much. One customer may have 65,536 networks.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from flask import Flask, Response, current_app, g, request

from scoreboard.core.errors import TooMany
from scoreboard.core.http.addresses import Addresses, site
from scoreboard.core.http.openapi import described
from scoreboard.core.limits.counters import Tally
from scoreboard.core.limits.limiter import Limits, Use

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One limit: what is counted by, and the setting that says how much is allowed."""

    by: tuple[str, ...]  # "address", "caller" (player or server key), "of" (the route, or what it names)
    setting: str


RULES = {
    "guest": Rule(by=("address",), setting="limit_guest"),
    "sign-in": Rule(by=("address",), setting="limit_sign_in"),  # failures only
    "sign-in-name": Rule(by=("of", "address"), setting="limit_sign_in"),  # failures only, of a user name
    "sign-in-everywhere": Rule(by=("of",), setting="limit_sign_in_name"),  # failures only
    "refresh": Rule(by=("address",), setting="limit_refresh"),
    "merge": Rule(by=("caller",), setting="limit_merge"),
    "request": Rule(by=("caller", "of"), setting="limit_request"),  # of an action type
    "request-address": Rule(by=("address",), setting="limit_request_address"),
    "failed-completion": Rule(by=("caller",), setting="limit_failed"),  # failures and repetitions only
    "write": Rule(by=("address",), setting="limit_write"),  # facts that players' calls write
    "stream": Rule(by=("address",), setting="limit_stream"),
    "ticket": Rule(by=("caller",), setting="limit_ticket"),
    "ticket-address": Rule(by=("address",), setting="limit_stream"),
    "export": Rule(by=("address",), setting="limit_export"),
    "qr": Rule(by=("address",), setting="limit_qr"),
    "admin": Rule(by=("caller",), setting="limit_admin"),
}


def limited(*names: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Let a route be called no more often than these limits allow."""
    unknown = set(names) - RULES.keys()
    assert not unknown, f"no such limits: {unknown}"

    def guarded(route: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(route)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            count(*names)
            return route(*args, **kwargs)

        return described(limited=True)(call)

    return guarded


def count(*names: str, of: str | None = None) -> None:
    """Count this request, or this failure of it. Raises TooMany where that is more than is allowed."""
    tallies = _tally(names, of)
    _refuse([tally for tally in tallies if tally.exceeded], tallies)


def exceeded(*names: str, of: str | None = None) -> int:
    """Count this request. Returns for how many seconds a limit is exceeded; 0 where none is."""
    return max((tally.reset_seconds for tally in _tally(names, of) if tally.exceeded), default=0)


def give_back(*names: str, of: str | None = None) -> None:
    """Take back what `count` or `exceeded` counted: it went well."""
    _told(_limits().give_back([use for name in names for use in _uses(name, of)]))


def refuse_spent(*names: str) -> None:
    """Count nothing and ask nobody. Raises TooMany where this process knows that a limit is exceeded.

    For calls that are counted after their work: whoever has had too many must not have more work done.
    """
    limits = _limits()
    if not limits.any_spent:
        return
    uses = [use for name in names for use in _uses(name, None)]
    tallies = [tally for use in uses for tally in limits.spent(use)]
    _told(tallies)
    _refuse(tallies, tallies)


def count_later(name: str) -> None:
    """Count this request in a moment, together with others: it does not wait for Redis, nor is it refused.

    Where there were too many, `refuse_spent` refuses the next one.
    """
    _told([tally for use in _uses(name, None) for tally in _limits().count_later(use)])


def address() -> str:
    """The network that this request comes from, as limits count it. Never empty."""
    addresses: Addresses = current_app.extensions["addresses"]
    return addresses.of(request.environ)


def install(app: Flask, limits: Limits, addresses: Addresses) -> None:
    """Give an app its limits, and the addresses of its callers."""
    app.extensions |= {"limits": limits, "addresses": addresses}
    limits.init_app(app)
    app.wsgi_app = addresses.through(app.wsgi_app)  # type: ignore[method-assign]
    app.after_request(_tell)


def _limits() -> Limits:
    limits: Limits = current_app.extensions["limits"]
    return limits


def _tally(names: Sequence[str], of: str | None) -> list[Tally]:
    tallies = _limits().count([use for name in names for use in _uses(name, of)])
    _told(tallies)
    return tallies


def _told(tallies: Sequence[Tally]) -> None:
    # A request may ask several times: what it learned last of each limit is told.
    told = g.setdefault("tallies", {})
    told.update((tally.item.namespace, tally) for tally in tallies)


def _uses(name: str, of: str | None) -> Iterator[Use]:
    """What is counted for a name: the caller's own use, and behind it that of the site."""
    rule = RULES[name]
    yield Use(name, _key(rule, of, address))
    whole = site(address()) if "address" in rule.by else ""
    if whole:
        yield Use(name, _key(rule, of, lambda: whole), of_site=True)


def _key(rule: Rule, of: str | None, at: Callable[[], str]) -> str:
    """What a rule counts by. Every part of it is somebody: an empty one would be a way round."""
    words = {
        "address": at,
        "caller": lambda: g.get("caller"),
        "of": lambda: request.endpoint if of is None else of,
    }
    return "/".join(words[word]() or at() for word in rule.by)


def _refuse(over: Sequence[Tally], tallies: Sequence[Tally]) -> None:
    if not over:
        return
    seconds = max(tally.reset_seconds for tally in tallies if not tally.remaining)
    item = over[0].item
    raise TooMany(
        f"There may be {item.amount} of these in {item.get_expiry()} seconds ({item.namespace})."
        f" Wait for {seconds} seconds.",
        retry_after_seconds=seconds,
    )


def _tell(response: Response) -> Response:
    """Send what is allowed, and what is left of it (draft-ietf-httpapi-ratelimit-headers)."""
    tallies: dict[str, Tally] = g.get("tallies") or {}
    if tallies:
        response.headers["RateLimit-Policy"] = ", ".join(
            f'"{name}";q={tally.item.amount};w={tally.item.get_expiry()}' for name, tally in tallies.items()
        )
        response.headers["RateLimit"] = ", ".join(
            f'"{name}";r={tally.remaining};t={tally.reset_seconds}' for name, tally in tallies.items()
        )
    return response
