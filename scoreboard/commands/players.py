"""players: give a player a role."""

from __future__ import annotations

import argparse
from typing import Any, get_args

from config.settings import Settings
from scoreboard.accounts.types import Role
from scoreboard.parts import build

ROLES = {
    "player": "take every role away",
    "moderator": "let a player judge others",
    "admin": "let a player manage everything",
}
assert tuple(ROLES) == get_args(Role)


def add(commands: Any) -> None:
    """Add the commands."""
    actions = commands.add_parser("players", help="players and their roles").add_subparsers(
        dest="action", metavar="ACTION", required=True
    )
    for role, help in ROLES.items():
        make = actions.add_parser(f"make-{role}", help=help)
        make.add_argument("who", help="the player's user name, or his id")
        make.set_defaults(run=run, role=role)


def run(asked: argparse.Namespace, settings: Settings) -> int:
    """Give a role. Raises NotFound where there is no such player."""
    parts = build(settings)
    try:
        found = parts.players.find(asked.who)
        account = parts.players.grant(found.id, asked.role, context={"caller": "command"})
        print(f"{account.username or account.display_name} ({account.id}) is {account.role} now")
    finally:
        parts.close()
    return 0
