"""keyring: list, rotate and revoke the keys that tokens are sealed with."""

from __future__ import annotations

import argparse
from typing import Any

from config.settings import SettingError, Settings
from scoreboard.core.clock import rfc3339
from scoreboard.keyring.rules import state
from scoreboard.keyring.types import State, Term
from scoreboard.parts import build

MISSING = "SECRET_KEY is not set: run this command with the environment of the server"


def add(commands: Any) -> None:
    """Add the commands."""
    actions = commands.add_parser("keyring", help="the keys that tokens are sealed with").add_subparsers(
        dest="action", metavar="ACTION", required=True
    )
    actions.add_parser("list", help="list the keys of the ring").set_defaults(run=run_list)
    rotate = actions.add_parser("rotate", help="make a key now; it is used after the publish time")
    rotate.set_defaults(run=run_rotate)
    revoke = actions.add_parser("revoke", help="revoke a key: within half a minute no process accepts it")
    which = revoke.add_mutually_exclusive_group(required=True)
    which.add_argument("kid", nargs="?", help="the key")
    which.add_argument("--all", action="store_true", help="every key, as after restoring a backup")
    revoke.set_defaults(run=run_revoke)


def run_list(args: argparse.Namespace, settings: Settings) -> int:
    """Print a line for each key."""
    parts = build(settings)
    for term in parts.ring.all():
        print(_line(term, state(term, parts.base.clock())))
    parts.close()
    return 0


def run_rotate(args: argparse.Namespace, settings: Settings) -> int:
    """Make a key."""
    _check(settings)
    parts = build(settings)
    term = parts.ring.rotate()
    parts.close()
    print(f"{term.kid} signs from {rfc3339(term.signs_from)}")
    return 0


def run_revoke(args: argparse.Namespace, settings: Settings) -> int:
    """Revoke a key, or all."""
    _check(settings)
    parts = build(settings)
    if args.all:
        revoked = parts.ring.revoke_all()
    else:
        parts.ring.revoke(args.kid)
        revoked = [args.kid]
    parts.close()
    for kid in revoked:
        print(f"{kid} is revoked")
    return 0


def _check(settings: Settings) -> None:
    # No server could open a key that was sealed with a random secret.
    if not settings.secret_key:
        raise SettingError(MISSING)


def _line(term: Term, state: State) -> str:
    line = f"{term.kid:14} {state:10} made {rfc3339(term.created_at)}"
    if state is State.REVOKED:
        return f"{line}  revoked {rfc3339(term.revoked_at or 0)}"
    if state is State.UNREADABLE:
        return f"{line}  sealed with another SECRET_KEY"
    return f"{line}  signs {_span(term.signs_from, term.signs_until)}  opens {_span(None, term.opens_until)}"


def _span(since: int | None, until: int | None) -> str:
    begin = "" if since is None else f"from {rfc3339(since)} "
    return f"{begin}until {'the next key signs' if until is None else rfc3339(until)}".strip()
