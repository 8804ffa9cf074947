"""settings: print every setting, its value and its description."""

from __future__ import annotations

import argparse
from typing import Any

from config.settings import Settings, default, table


def add(commands: Any) -> None:
    """Add the command."""
    parser = commands.add_parser("settings", help="print every setting with its value")
    parser.add_argument("--env-example", action="store_true", help="print the settings as .env.example")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Print the table."""
    for row in table():
        name = row.metadata["name"]
        if args.env_example:
            print(f"# {row.metadata['help']}\n# {name}={default(row)}\n")
            continue
        value = getattr(settings, row.name)
        text = "(set)" if row.metadata["secret"] and value else value
        print(f"{name} = {text}\n    {row.metadata['help']}")
    return 0
