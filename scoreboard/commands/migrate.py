"""migrate: bring the tables up to date, and register what the settings name."""

from __future__ import annotations

import argparse
from typing import Any

from config.settings import Settings
from scoreboard.parts import build


def add(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("migrate", help="create or update the databases' tables")
    parser.set_defaults(run=run)


def run(asked: argparse.Namespace, settings: Settings) -> int:
    """Migrate, then define the boards of the boards file and the bootstrap key."""
    parts = build(settings)
    done = parts.base.migrate()
    parts.preparation.prepare()
    parts.close()
    print(f"migrations run: {', '.join(done)}" if done else "tables are up to date")
    return 0
