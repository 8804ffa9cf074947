"""The rate limits: the key that each counts by, and the setting that defines it. Decorators apply them.

    @bp.post("/auth/guest")
    @limited("guest")
    def ...

counts each call. If only failures count, a route calls `count` before its work, so that a burst can't exceed
the limit, and `give_back` on success. If a successful call must not wait for Redis, the route calls
`refuse_exceeded` before its work, and after a failure `count`, or `count_later`, which never waits. Guards
come before limits, because they set the caller of the call.

For IPv6, limits by address apply twice: to the address, a network of 64 bits, and to its site, which is
allowed 16 times as much. One customer may have 65,536 such networks.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import ParamSpec, TypeVar

from scoreboard.core.errors import TooMany
from scoreboard.core.http.addresses import site
from scoreboard.core.http.calls import current
from scoreboard.core.http.openapi import described
from scoreboard.core.limits.counters import Tally
from scoreboard.core.limits.limiter import Limits, Use

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One limit: the parts of the key that it counts by, and the setting that says how much is allowed."""

    by: tuple[str, ...]  # "address", "caller" (player or server key), "of" (a name that the route gives)
    setting: str


RULES = {
    "guest": Rule(by=("address",), setting="limit_guest"),
    # The comments name the counted calls, if not all are counted.
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
    "card": Rule(by=("address",), setting="limit_card"),
    "admin": Rule(by=("caller",), setting="limit_admin"),
}


def limited(*names: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Decorate a route to refuse calls that exceed one of these limits."""
    unknown = set(names) - RULES.keys()
    assert not unknown, f"no such limits: {unknown}"

    def decorate(route: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(route)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            count(*names)
            return route(*args, **kwargs)

        return described(limited=True)(call)

    return decorate


def count(*names: str, of: str | None = None) -> None:
    """Count this request, or its failure. Raises TooMany if a limit is exceeded."""
    tallies = _tally(names, of)
    _refuse([tally for tally in tallies if tally.exceeded], tallies)


def count_and_wait_seconds(*names: str, of: str | None = None) -> int:
    """Count this request. Returns the seconds until no limit is exceeded; 0 if none is."""
    return max((tally.reset_seconds for tally in _tally(names, of) if tally.exceeded), default=0)


def give_back(*names: str, of: str | None = None) -> None:
    """Undo what `count` or `count_and_wait_seconds` counted for this request. Called on success."""
    _remember(_limits().give_back([use for name in names for use in _uses(name, of)]))


def refuse_exceeded(*names: str) -> None:
    """Raise TooMany if this process knows that a limit is exceeded. Counts nothing and does not wait.

    For calls that are counted after their work: beyond the limit, no more work is done.
    """
    limits = _limits()
    if not limits.any_exceeded:
        return
    uses = [use for name in names for use in _uses(name, None)]
    tallies = [tally for use in uses for tally in limits.exceeded(use)]
    _remember(tallies)
    _refuse(tallies, tallies)


def count_later(name: str) -> None:
    """Count this request in a moment, together with others. Neither waits for Redis nor raises.

    If the request exceeds the limit, `refuse_exceeded` refuses the next one.
    """
    _remember([tally for use in _uses(name, None) for tally in _limits().count_later(use)])


def address() -> str:
    """The address of this request's caller, as limits count it: a network for IPv6. Never empty."""
    call = current()
    return call.app.addresses.of(call.environ)


def _limits() -> Limits:
    limits: Limits = current().app.limits
    return limits


def _tally(names: Sequence[str], of: str | None) -> list[Tally]:
    tallies = _limits().count([use for name in names for use in _uses(name, of)])
    _remember(tallies)
    return tallies


def _remember(tallies: Sequence[Tally]) -> None:
    # A request may count several times: the headers have the last tally of each limit.
    call = current()
    call.tallies = (call.tallies or {}) | {tally.item.namespace: tally for tally in tallies}


def _uses(name: str, of: str | None) -> Iterator[Use]:
    """The uses that count against a limit: the caller's, and that of the caller's site."""
    rule = RULES[name]
    yield Use(name, _key(rule, of, address))
    callers_site = site(address()) if "address" in rule.by else ""
    if callers_site:
        yield Use(name, _key(rule, of, lambda: callers_site), of_site=True)


def _key(rule: Rule, of: str | None, at: Callable[[], str]) -> str:
    """The key that a rule counts by. No part may be empty, or callers could share or bypass a counter."""
    parts = {
        "address": at,
        "caller": lambda: current().caller,
        "of": lambda: of,
    }
    return "/".join(parts[part]() or at() for part in rule.by)


def _refuse(exceeded_tallies: Sequence[Tally], tallies: Sequence[Tally]) -> None:
    if not exceeded_tallies:
        return
    seconds = max(tally.reset_seconds for tally in tallies if not tally.remaining)
    item = exceeded_tallies[0].item
    raise TooMany(
        f"Rate limit '{item.namespace}' exceeded: {item.amount} per {item.get_expiry()} s."
        f" Retry in {seconds} s.",
        retry_after_seconds=seconds,
    )
