"""The command line: python -m scoreboard COMMAND."""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Callable

try:
    import tqdm  # noqa: F401 - stands for all that must be installed
except ImportError:
    sys.exit(
        "Scoreboard's packages are not installed here: `make run` first, then .venv/bin/python -m scoreboard"
    )

from config.settings import SettingError, Settings, load
from scoreboard.commands import boards, keyring, keys, migrate, players, replay, serve, settings
from scoreboard.commands.redis_server import running
from scoreboard.core import db
from scoreboard.core.errors import ScoreboardError
from scoreboard.core.logs import configure
from scoreboard.core.redis import RedisAway
from scoreboard.core.unavailable import DatabaseUnavailable

Command = Callable[[argparse.Namespace, Settings], int]
MODULES = (serve, migrate, keys, keyring, players, replay, boards, settings)


def main(arguments: list[str] | None = None) -> int:
    """Run one command. Returns the exit status; what went wrong is said in one sentence."""
    parser = argparse.ArgumentParser(prog="python -m scoreboard", description=__doc__)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for module in MODULES:
        module.add(commands)
    asked = parser.parse_args(arguments)
    try:
        loaded = load()
        configure("WARNING" if loaded.log_level.upper() == "INFO" else loaded.log_level)
        logging.getLogger(db.__name__).setLevel(logging.ERROR)  # its warnings are the sentence below
        run: Command = asked.run
        return run(asked, running(loaded))
    except (SettingError, ScoreboardError, RedisAway, DatabaseUnavailable, OSError) as error:
        print(f"scoreboard {asked.command}: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
