"""The command line: python -m scoreboard COMMAND."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import Any

if sys.platform == "win32":
    sys.exit("Scoreboard runs on Linux and macOS. On Windows use WSL, and run the same command in it.")
try:
    import tqdm  # noqa: F401 - one of the packages that must be installed
except ImportError:
    sys.exit(
        "Scoreboard's packages are not installed: run `make run` first, then .venv/bin/python -m scoreboard"
    )

from scoreboard.core.root import IS_BUNDLED, ROOT

if IS_BUNDLED:
    sys.path.insert(0, str(ROOT))  # a wheel has `config` there

from config.settings import SettingError, Settings, load
from scoreboard.chaos.permission import ChaosError
from scoreboard.commands.redis_server import with_local_defaults
from scoreboard.core.errors import ScoreboardError
from scoreboard.core.logs import configure
from scoreboard.core.storage import db
from scoreboard.core.storage.redis import RedisAway
from scoreboard.core.storage.unavailable import DatabaseUnavailable

Command = Callable[[argparse.Namespace, Settings], int]
MODULES = ("serve", "migrate", "keys", "keyring", "players", "replay", "boards", "settings")


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Returns the exit status, and prints an error as one sentence."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = argparse.ArgumentParser(prog="python -m scoreboard", description=__doc__)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND")
    for module in _modules(arguments):
        module.add(commands)
    args = parser.parse_args(arguments)
    if args.command is None:
        parser.print_help()
        return 2
    try:
        loaded = load()
        level = "WARNING" if loaded.log_level.upper() == "INFO" else loaded.log_level
        configure(level, silent=[db.__name__])  # a command prints the database's error at its end
        run: Command = args.run
        return run(args, with_local_defaults(loaded))
    except (SettingError, ChaosError, ScoreboardError, RedisAway, DatabaseUnavailable, OSError) as error:
        print(f"scoreboard {args.command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _modules(arguments: Sequence[str]) -> list[Any]:
    # Only the command that is asked for: the others import half a second of code that `serve` does not need.
    names = arguments[:1] if arguments and arguments[0] in MODULES else MODULES
    return [import_module(f"scoreboard.commands.{name}") for name in names]


if __name__ == "__main__":
    sys.exit(main())
