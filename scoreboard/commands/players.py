"""players: roles, passwords, sessions, suspension, names."""

from __future__ import annotations

import argparse
import getpass
import secrets
import sys
from collections.abc import Callable
from typing import Any, get_args

from config.settings import Settings
from scoreboard.accounts.players import Players
from scoreboard.accounts.rules import LONGEST_PASSWORD, SHORTEST_PASSWORD
from scoreboard.accounts.types import Account, Role
from scoreboard.core.errors import FieldError, ValidationFailed
from scoreboard.parts import build

ROLES = {
    "player": "remove every role",
    "moderator": "let a player moderate others",
    "admin": "let a player manage everything",
}
assert tuple(ROLES) == get_args(Role)
CONTEXT = {"caller": "command"}

Work = Callable[[Players, Account, argparse.Namespace], str]


def add(commands: Any) -> None:
    """Add the commands."""
    actions = commands.add_parser("players", help="players: roles, passwords, sessions").add_subparsers(
        dest="action", metavar="ACTION", required=True
    )

    def command_for_all(name: str, work: Callable[[Players], str], help: str) -> None:
        actions.add_parser(name, help=help).set_defaults(run=run_for_all, work=work)

    def command(name: str, work: Work, help: str, **more: Any) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = actions.add_parser(name, help=help)
        parser.add_argument("player", help="the player's user name, or id")
        parser.set_defaults(run=run, work=work, **more)
        return parser

    for role, help in ROLES.items():
        command(f"make-{role}", _grant, help, role=role)
    new = command("set-password", _set_password, "give a player another password; all sessions end")
    new.add_argument("--generate", action="store_true", help="generate one, and print it")
    command("end-sessions", _end_sessions, "sign a player out everywhere")
    command("suspend", _suspend, "lock a player out until `reinstate`; scores stay on the boards")
    command("reinstate", _reinstate, "let a suspended player sign in again")
    command_for_all("list-shared", _list_shared, "list older user names that count as the same today")
    command_for_all(
        "hide-addresses", _hide_addresses, "rename players whose display name is an e-mail address"
    )


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Run a command on a player. Raises NotFound if there is none."""
    parts = build(settings)
    try:
        account = parts.accounts.players.find(args.player)
        outcome = args.work(parts.accounts.players, account, args)
        print(f"{account.username or account.display_name} ({account.id}) {outcome}")
    finally:
        parts.close()
    return 0


def run_for_all(args: argparse.Namespace, settings: Settings) -> int:
    """Run a command without a player."""
    parts = build(settings)
    try:
        print(args.work(parts.accounts.players))
    finally:
        parts.close()
    return 0


def _list_shared(players: Players) -> str:
    shared = players.accounts.stored.find_shared()
    lines = [f"{username} ({player}) is {key}" for key, username, player in shared]
    return "\n".join(lines) or "no user names count as the same"


def _hide_addresses(players: Players) -> str:
    return f"players renamed: {players.hide_addresses(context=CONTEXT)}"


def _grant(players: Players, account: Account, args: argparse.Namespace) -> str:
    return f"is {players.grant(account.id, args.role, context=CONTEXT).role} now"


def _set_password(players: Players, account: Account, args: argparse.Namespace) -> str:
    password = secrets.token_urlsafe(15) if args.generate else _read_password()
    players.set_password(account.id, password, context=CONTEXT)
    suffix = f": {password}" if args.generate else ""
    return f"has a new password{suffix}\nAll sessions have ended."


def _end_sessions(players: Players, account: Account, args: argparse.Namespace) -> str:
    players.end_sessions(account.id, why="ended by an operator", context=CONTEXT)
    warning = " This guest has no password, and can't sign in again." if account.guest else ""
    return f"is signed out everywhere.{warning}"


def _suspend(players: Players, account: Account, args: argparse.Namespace) -> str:
    players.suspend(account.id, context=CONTEXT)
    return "is suspended"


def _reinstate(players: Players, account: Account, args: argparse.Namespace) -> str:
    players.reinstate(account.id, context=CONTEXT)
    return "is no longer suspended"


def _read_password() -> str:
    """Read a password, typed twice, or from standard input. Other users could see an argument."""
    if sys.stdin.isatty():
        password = getpass.getpass("New password: ")
        if getpass.getpass("Once more: ") != password:
            raise ValidationFailed(FieldError("password", "the two entries differ"))
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    if not SHORTEST_PASSWORD <= len(password) <= LONGEST_PASSWORD:
        raise ValidationFailed(
            FieldError("password", f"must have {SHORTEST_PASSWORD} to {LONGEST_PASSWORD} characters")
        )
    return password
