"""migrate: update the tables, and register the boards, action types and key of the settings."""

from __future__ import annotations

import argparse
from typing import Any

from config.settings import Settings
from scoreboard.parts import build


def add(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("migrate", help="create or update the databases' tables")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Migrate, then define the boards and action types of their files, and the bootstrap key."""
    parts = build(settings)
    migrations = parts.base.migrate()
    parts.preparation.prepare()
    parts.close()
    print(f"migrations run: {', '.join(migrations)}" if migrations else "tables are up to date")
    return 0
