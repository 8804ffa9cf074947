"""keys: create, list and revoke server keys."""

from __future__ import annotations

import argparse
from typing import Any

from config.settings import Settings
from scoreboard.accounts.rules import SCOPES
from scoreboard.core.clock import rfc3339
from scoreboard.parts import build
from scoreboard.stream.protocol.types import Kick


def add(commands: Any) -> None:
    """Add the commands."""
    actions = commands.add_parser("keys", help="server keys").add_subparsers(
        dest="action", metavar="ACTION", required=True
    )
    create = actions.add_parser("create", help="make a key, and print it; it is never printed again")
    create.add_argument("--scopes", required=True, help=f"comma-separated: {', '.join(SCOPES)}")
    create.add_argument("--name", default="key", help="a name that tells its purpose")
    create.set_defaults(run=run_create)
    actions.add_parser("list", help="list all keys, without their secrets").set_defaults(run=run_list)
    revoke = actions.add_parser("revoke", help="revoke a key: after 30 seconds no process accepts it")
    revoke.add_argument("id")
    revoke.set_defaults(run=run_revoke)


def run_create(args: argparse.Namespace, settings: Settings) -> int:
    """Print a new key."""
    parts = build(settings)
    scopes = [scope.strip() for scope in args.scopes.split(",") if scope.strip()]
    _, secret = parts.accounts.keys.create(args.name, scopes)
    parts.close()
    print(secret)
    return 0


def run_list(args: argparse.Namespace, settings: Settings) -> int:
    """Print a line for each key."""
    parts = build(settings)
    for key in parts.accounts.keys.all():
        state = "revoked" if key.revoked_at else "active"
        print(f"{key.id:14} {state:8} {rfc3339(key.created_at)}  {','.join(key.scopes)}  {key.name}")
    parts.close()
    return 0


def run_revoke(args: argparse.Namespace, settings: Settings) -> int:
    """Revoke a key."""
    parts = build(settings)
    parts.accounts.keys.revoke(args.id)
    parts.stream.signals.kick(Kick(session=args.id))
    parts.close()
    print(f"{args.id} is revoked")
    return 0
